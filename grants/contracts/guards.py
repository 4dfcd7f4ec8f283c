"""What must be true of a contract for a file to go on."""

from flask_babel import gettext as _

from grants.contracts import queries
from grants.lifecycle import Reason, guard


@guard("contracts.issued")
def issued(project, by):
    """The text is frozen, numbered and printed."""
    if queries.live(project) is None:
        yield Reason(_("The contract has not been issued."))


@guard("contracts.signed_scan_filed")
def signed_scan_filed(project, by):
    """The signed paper is in the system, page by page."""
    contract = queries.live(project)
    if contract is None or contract.scan_id is None:
        yield Reason(_("The scan of the signed contract has not been filed."))
