"""What must be true of a contract for it and for its file to go on."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from grants.contracts import queries
from grants.contracts.operations.signing import mandate_gap, name_gaps
from grants.lifecycle import Reason, guard


@guard("contracts.issued", _l("the contract is issued"))
def issued(project, by):
    """The text is frozen, numbered and printed."""
    if queries.live(project) is None:
        yield Reason(
            _(
                "The contract of %(reference)s has not been issued: the coordinator issues it.",
                reference=project.reference,
            )
        )


@guard("contracts.in_force", _l("the contract is in force"))
def in_force(project, by):
    """The contract was read, signed by both parties, filed page by page, and brought into force."""
    contract = queries.live(project)
    if contract is None:
        yield Reason(
            _(
                "The contract of %(reference)s has not been issued: the coordinator issues it.",
                reference=project.reference,
            )
        )
    elif contract.in_force_at is None:
        yield Reason(_("The contract %(reference)s is not in force.", reference=contract.reference))


# What files that began with the first version of their workflow ask under its old name.
guard("contracts.signed_scan_filed")(in_force)


@guard("contracts.whole_scan", _l("every page of the signed paper is filed"))
def whole_scan(contract, by):
    """Every page of the signed paper is in the system, recognised by its code or stated by a person."""
    if contract.scan_id is None:
        yield Reason(
            _("The scan of the signed contract %(reference)s has not been filed.", reference=contract.reference)
        )
        return
    pages = {one.page for one in contract.scan_pages if one.page is not None}
    missing = [page for page in range(1, (contract.pages or 0) + 1) if page not in pages]
    if missing or not contract.pages:
        yield Reason(
            ngettext(
                "Page %(pages)s of the scan could not be read: somebody must state which it is.",
                "Pages %(pages)s of the scan could not be read: somebody must state which they are.",
                len(missing),
                pages=", ".join(map(str, missing)),
            )
        )


@guard("contracts.mandates_hold", _l("who signed held office on that day"))
def mandates_hold(contract, by):
    """Those who signed are the officers whom the contract names, and held office on the day."""
    officers = {officer.id: officer for officer in contract.group.officers}
    for text in name_gaps(contract, officers.values()):
        yield Reason(text)
    signed = {one.officer_id: one for one in contract.signatures}
    for number, officer in officers.items():
        if number not in signed:
            yield Reason(_("The signature of %(name)s is not recorded.", name=officer.name))
        elif signed[number].signed_on and (gap := mandate_gap(officer, signed[number].signed_on)):
            yield Reason(gap)
