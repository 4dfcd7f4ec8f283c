"""The contract on the file's page."""

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import pgettext

from grants.access import policy
from grants.contracts import queries
from grants.contracts.amendments import queries as amendments
from grants.core.formatting import day
from grants.core.texts import pick
from grants.lifecycle import definition_of
from grants.projects.sections import section


def state_of(contract) -> tuple[str, str]:
    """Where a contract stands, in words and with the tone of a tag."""
    if contract.cancelled_at is not None:
        return pgettext("a contract", "Cancelled"), "late"
    if contract.in_force_at is not None:
        return _("In force since %(day)s", day=day(contract.signed_on)), "ok"
    return pick(definition_of(contract).place(contract.step).label), "now"


def amendment_state(amendment) -> tuple[str, str]:
    """Where a change of the contract stands, in words and with the tone of a tag."""
    place = definition_of(amendment).place(amendment.step)
    tone = "now" if amendment.waits_for else "ok" if amendment.in_force_at else "neutral"
    return pick(place.label), tone


def may_file_scan(contract, project, person) -> bool:
    """Whether the signed paper may be filed by this person now."""
    return (
        contract.step == "signed"
        and contract.cancelled_at is None
        and policy.sees(person, "contracts.file_scan", project)
    )


def path_of(contract) -> list[dict]:
    """The way of a contract from the print to its entry into force, as `ui.rail` shows it."""
    definition = definition_of(contract)
    places = [place for place in (*definition.steps.values(), *definition.ends.values()) if place.code != "cancelled"]
    notes = {
        "prepared": day(contract.issued_at),
        "read_aloud": day(contract.read_on) if contract.read_on else "",
        "signed_by_group": day(contract.group_signed_on) if contract.group_signed_on else "",
        "signed": day(contract.signed_on) if contract.signed_on else "",
        "in_force": day(contract.in_force_at) if contract.in_force_at else "",
    }
    labels = {
        "prepared": _("Printed"), "read_aloud": _("Read aloud"), "signed_by_group": _("Signed by the group"),
        "signed": _("Signed for the programme"), "in_force": _("In force"),
    }  # fmt: skip
    codes = [place.code for place in places]
    reached = codes.index(contract.step) if contract.step in codes else -1
    over = contract.waits_for is None
    return [
        {
            "label": labels.get(code, code),
            "note": notes.get(code, ""),
            "state": "done" if number <= reached else "now" if number == reached + 1 and not over else "todo",
        }
        for number, code in enumerate(codes)
    ]


@section("contract", order=60, title=_l("Contract"), template="contracts/section.html", right="contracts.view",
         part="contract")  # fmt: skip
def contract(project, person):
    """State, text, verification and scan of the contract; nothing before there is one."""
    found = queries.latest(project)
    if found is None:
        return None
    changeable = amendments.may_propose(project, person)
    return {
        "amendments": amendments.of_contract(found),
        "amendment_states": amendment_state,
        "months": amendments.months(found),
        "amount": amendments.amount(found),
        "amend_url": url_for("amendments.new", reference=project.reference) if changeable is not None else None,
        "contract": found,
        "state": state_of(found),
        "rail": [] if found.cancelled_at else path_of(found),
        "scan_url": url_for("contracts.file_scan", reference=found.reference)
        if may_file_scan(found, project, person)
        else None,
    }
