"""What changes about contracts: issued and cancelled, signed, their scan filed, and their texts written."""

from grants.contracts.operations.issuing import LONGEST_MONTHS, cancel, issue
from grants.contracts.operations.scans import file_scan, state_page
from grants.contracts.operations.signing import (
    bring_into_force,
    record_group_signatures,
    record_programme_signature,
    record_reading,
    start_again,
)

__all__ = [
    "LONGEST_MONTHS", "bring_into_force", "cancel", "file_scan", "issue", "record_group_signatures",
    "record_programme_signature", "record_reading", "start_again", "state_page",
]  # fmt: skip
