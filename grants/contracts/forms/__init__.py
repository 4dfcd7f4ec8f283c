"""What people give about contracts and their texts."""

from grants.contracts.forms.signing import FINGERS, MANNERS, IssueForm, ManyForm, ScanForm, StateForm, WitnessForm

__all__ = ["FINGERS", "MANNERS", "IssueForm", "ManyForm", "ScanForm", "StateForm", "WitnessForm"]
