"""The contract on the file's page."""

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from grants.access import policy
from grants.contracts import queries
from grants.core.formatting import day
from grants.projects.sections import section


def state_of(contract) -> tuple[str, str]:
    """Where a contract stands, in words and with the tone of a tag."""
    if contract.cancelled_at is not None:
        return _("Cancelled"), "late"
    if contract.in_force_at is not None:
        return _("In force since %(day)s", day=day(contract.signed_on)), "ok"
    if contract.scan_id is not None:
        return _("Signed paper filed, signatures to be recorded"), "now"
    return _("To be signed"), "now"


def may_file_scan(contract, project, person) -> bool:
    """Whether the signed paper may be filed by this person now."""
    open_still = contract.in_force_at is None and contract.cancelled_at is None
    return open_still and policy.sees(person, "contracts.file_scan", project)


@section("contract", order=60, title=_l("Contract"), template="contracts/section.html", right="contracts.view",
         part="contract")  # fmt: skip
def contract(project, person):
    """State, text, verification and scan of the contract; nothing before there is one."""
    found = queries.latest(project)
    if found is None:
        return None
    return {
        "contract": found,
        "state": state_of(found),
        "scan_url": url_for("contracts.file_scan", reference=found.reference)
        if may_file_scan(found, project, person)
        else None,
    }
