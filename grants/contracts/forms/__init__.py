"""What people give about contracts and their texts."""

from grants.contracts.forms.signing import FINGERS, MANNERS, IssueForm, ScanForm, StateForm, WitnessForm

__all__ = ["FINGERS", "MANNERS", "IssueForm", "ScanForm", "StateForm", "WitnessForm"]
