"""What people give about contracts and their texts."""

from grants.contracts.forms.signing import FINGERS, MANNERS, IssueForm, ScanForm, StateForm

__all__ = ["FINGERS", "MANNERS", "IssueForm", "ScanForm", "StateForm"]
