"""Issuing a contract, filing its signed paper, bringing it into force, cancelling it."""

from flask_babel import gettext as _

from grants import journal
from grants.access import policy
from grants.contracts import queries, wording
from grants.contracts.models import Contract, Signature
from grants.core import clock
from grants.core.database import db
from grants.core.errors import Problem, Refused, collect
from grants.core.money import format_francs
from grants.core.references import new_reference
from grants.core.uploads import Upload
from grants.documents import operations as documents
from grants.documents import plain
from grants.projects.models import Project

LONGEST_MONTHS = 60


def issue(
    project: Project, *, months: int, start: str | None, place: str, represented_by: str, language: str, by
) -> Contract:
    """Freeze the text of the contract, number it and print it. Part of the act `issue_contract` of the file.

    Raises Problems for what cannot be printed, Refused where there is one already or where the decision is missing.
    """
    if queries.live(project) is not None:
        raise Refused(_("There is a contract already: cancel it before another is issued."))
    content = wording.context(
        project, months=months, start=start, place=place, represented_by=represented_by, language=language
    )
    amount = content["costs"]["grant"]
    if amount != project.granted:
        raise Refused(
            _(
                "The decision grants %(decided)s, the file says %(granted)s: the contract cannot be issued.",
                decided=format_francs(amount),
                granted=format_francs(project.granted or 0),
            )
        )
    reference = new_reference("CV")
    document = documents.issue("contract", project, reference=reference, context=content, by=by)
    contract = Contract(
        reference=reference,
        project=project,
        document=document,
        amount=amount,
        months=months,
        content=plain.storable(content),
        issued_by_id=by.id,
    )
    db.session.add(contract)
    db.session.flush()
    return contract


def file_scan(contract: Contract, uploads: list[Upload], *, by) -> Contract:
    """File the signed paper: one PDF, or a photo of each page. Until the contract is in force it may be filed anew.

    Raises Problems (field `scan`), Refused for a contract that was cancelled or is in force.
    """
    policy.require(by, "contracts.file_scan", contract.project)
    db.session.flush()
    db.session.refresh(contract, with_for_update={"of": Contract})
    if contract.cancelled_at is not None:
        raise Refused(_("This contract was cancelled."))
    if contract.in_force_at is not None:
        raise Refused(_("This contract is in force: its signed paper is no longer replaced."))
    collect(None if uploads else Problem(_("Choose the PDF or the photos of the signed pages."), "scan"))
    files = [documents.attach(upload, contract, by=by) for upload in uploads]
    contract.scan_id = min(file.id for file in files)
    db.session.flush()
    db.session.expire(contract, ["scan"])
    journal.record(
        contract.project,
        "file_contract_scan",
        by=by,
        data={"contract": contract.reference, "sha256": [file.sha256 for file in files]},
    )
    return contract


def bring_into_force(project: Project, values: dict, *, by) -> Contract:
    """Record how the paper was read and signed; from here on the contract binds. Part of `register_signature`.

    `values`: signed_on, place, language, reader, signatures (officer_id, manner, finger), witnesses (name, paper). Raises
    Problems, all at once, where an officer named in the contract has not signed or no longer holds office, where the
    witnesses are not two, or where a day cannot be.
    """
    contract = queries.live(project)
    if contract is None or contract.scan_id is None:
        raise Refused(_("The scan of the signed contract has not been filed."))
    officers = {officer.id: officer for officer in project.group.officers}
    # What is no number names no officer; it is answered below like an officer of another group.
    given = {int(one["officer_id"]) if str(one["officer_id"]).isdecimal() else 0: one for one in values["signatures"]}
    collect(
        _day_problem(contract, values["signed_on"]),
        *_mandate_problems(contract, officers.values()),
        *_signature_problems(officers, given),
        *_witness_problems(values["witnesses"], officers.values()),
    )
    contract.signed_on = values["signed_on"]
    contract.signed_at_place = values["place"]
    contract.read_in = values["language"]
    contract.reader = values["reader"]
    contract.witnesses = [{"name": one["name"], "paper": one["paper"]} for one in values["witnesses"]]
    contract.registered_by_id, contract.in_force_at = by.id, clock.now()
    for officer in officers.values():
        one = given[officer.id]
        finger = one["finger"] if one["manner"] == "thumbprint" else None
        db.session.add(
            Signature(
                contract_id=contract.id,
                officer_id=officer.id,
                name=officer.name,
                office=officer.office,
                manner=one["manner"],
                finger=finger,
            )
        )
    db.session.flush()
    db.session.expire(contract, ["signatures"])
    return contract


def _day_problem(contract: Contract, signed_on) -> Problem | None:
    if signed_on is None:
        return Problem(_("The day of the signature is needed."), "signed_on")
    if signed_on > clock.today():
        return Problem(_("This day is still to come."), "signed_on")
    if signed_on < contract.issued_at.astimezone(clock.BAMAKO).date():
        return Problem(_("The contract was not printed yet on that day."), "signed_on")
    return None


def _mandate_problems(contract: Contract, officers):
    """The officers of today are those whom the contract names."""
    named = {officer["name"] for officer in wording.signed_by(contract.content)}
    for officer in officers:
        if officer.name not in named:
            text = _(
                "%(name)s holds office today but is not named in the contract: it must be drawn up anew.",
                name=officer.name,
            )
            yield Problem(text, "signatures")
    for name in sorted(named - {officer.name for officer in officers}):
        yield Problem(
            _("%(name)s is named in the contract but no longer holds office: it must be drawn up anew.", name=name),
            "signatures",
        )


def _signature_problems(officers: dict, given: dict):
    for officer in officers.values():
        one = given.get(officer.id)
        if one is None or one.get("manner") not in ("signature", "thumbprint"):
            yield Problem(_("Say how %(name)s signed.", name=officer.name), "signatures")
        elif one["manner"] == "thumbprint" and not one.get("finger"):
            yield Problem(_("Say with which finger %(name)s signed.", name=officer.name), "signatures")
    if given.keys() - officers.keys():
        yield Problem(_("Only the officers of the group sign for it."), "signatures")


def _witness_problems(witnesses: list[dict], officers):
    whole = [one for one in witnesses if one.get("name") and one.get("paper")]
    if len(whole) != 2:
        yield Problem(_("Two witnesses are needed, each with name and paper."), "witnesses")
        return
    names = [one["name"].casefold() for one in whole]
    if names[0] == names[1]:
        yield Problem(_("The two witnesses are two people."), "witnesses")
    if set(names) & {officer.name.casefold() for officer in officers}:
        yield Problem(_("Who signs for the group cannot be its witness."), "witnesses")


def cancel(project: Project, reason: str, *, by) -> Contract | None:
    """Cancel the live contract of a file, and say so to whoever verifies its code. Does nothing where there is none."""
    contract = queries.live(project)
    if contract is None:
        return None
    documents.cancel(contract.document, by=by, reason=reason)
    contract.cancelled_at = clock.now()
    db.session.flush()
    return contract
