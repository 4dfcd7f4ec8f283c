"""What the signed paper says: who read it aloud, who signed and how, and from when on it binds.

Nobody signs here: the paper is the original, and these verbs copy what stands on it. Each is part of an action of the
contract's own workflow; all problems are told at once, each with its field.
"""

from datetime import date

from flask_babel import gettext as _

from grants import lifecycle
from grants.contracts import wording
from grants.contracts.models import Contract, Signature
from grants.core import clock
from grants.core.database import db
from grants.core.errors import Problem, Problems, Refused, collect
from grants.core.formatting import day

MANNERS = ("signature", "thumbprint")


def record_reading(contract: Contract, values: dict) -> Contract:
    """Record how the text was made known: read_on, place, language, reader, reader_paper, audio_played, present.

    Raises Problems for a day before the print or still to come, and for a reader without a name.
    """
    collect(
        *_day_problems(values["read_on"], "read_on", not_before=_printed_on(contract)),
        None if values["reader"] else Problem(_("Say who read and explained the text."), "reader"),
        None if values["language"] else Problem(_("Say in which language it was read."), "language"),
        None if values["present"] else Problem(_("Say who was present."), "present"),
    )
    contract.read_on, contract.read_at_place, contract.read_in = values["read_on"], values["place"], values["language"]
    contract.reader, contract.reader_paper = values["reader"], values["reader_paper"] or None
    contract.audio_played = values["audio_played"] == "yes"
    contract.present = values["present"]
    db.session.flush()
    return contract


def record_group_signatures(contract: Contract, values: dict) -> Contract:
    """Record who signed for the group: place, signatures (officer_id, signed_on, paper, manner, finger), witnesses.

    Every officer named in the contract signs, nobody else; mandates hold on the day of each signature; a thumbprint needs two
    witnesses with their papers. Raises Problems, all at once.
    """
    officers = {officer.id: officer for officer in contract.group.officers}
    # What is no number names no officer; it is answered below like an officer of another group.
    given = {int(one["officer_id"]) if str(one["officer_id"]).isdecimal() else 0: one for one in values["signatures"]}
    collect(
        None if values["place"] else Problem(_("Say where it was signed."), "place"),
        *_name_problems(contract, officers.values()),
        *_signature_problems(contract, officers, given),
        *_witness_problems(values["witnesses"], officers.values(), given.values()),
    )
    for officer in officers.values():
        one = given[officer.id]
        made = Signature(
            contract_id=contract.id,
            officer_id=officer.id,
            name=officer.name,
            office=officer.office,
            signed_on=one["signed_on"],
            paper=one["paper"] or None,
            manner=one["manner"],
            finger=one["finger"] if one["manner"] == "thumbprint" else None,
        )
        db.session.add(made)
    contract.witnesses = [
        {"name": one["name"], "paper": one["paper"]} for one in values["witnesses"] if one.get("name")
    ]
    contract.signed_at_place = values["place"]
    contract.group_signed_on = max(given[number]["signed_on"] for number in officers)
    db.session.flush()
    db.session.expire(contract, ["signatures"])
    return contract


def record_programme_signature(contract: Contract, values: dict) -> Contract:
    """Record that the programme signed: signed_on, name. From that day on both parties have signed."""
    named = contract.content["programme"]["represented_by"]
    wrong = values["name"] and values["name"].casefold() != (named or "").casefold()
    collect(
        *_day_problems(values["signed_on"], "signed_on", not_before=contract.group_signed_on),
        Problem(
            _("The contract names %(named)s: somebody else cannot sign for the programme.", named=named or "—"), "name"
        )
        if wrong
        else None,
        None if values["name"] else Problem(_("Write the name of the person who signed."), "name"),
    )
    contract.signed_on, contract.signed_for_programme_by = values["signed_on"], named
    db.session.flush()
    return contract


def bring_into_force(contract: Contract, *, by) -> Contract:
    """The contract binds from here on, and its file goes on: money is committed, tranches are planned."""
    contract.registered_by_id, contract.in_force_at = by.id, clock.now()
    db.session.flush()
    try:
        lifecycle.perform(contract.project, "register_signature", by=by)
    except Refused as refused:
        raise Problems([Problem(reason) for reason in refused.reasons]) from refused
    return contract


def start_again(contract: Contract) -> None:
    """Set aside what was recorded of the reading and the signatures; the rows of the signatures stay, withdrawn."""
    for signature in contract.signatures:
        db.session.get_one(Signature, signature.id).withdrawn_at = clock.now()
    contract.signed_on = contract.signed_for_programme_by = None
    contract.group_signed_on = contract.signed_at_place = contract.witnesses = None
    db.session.flush()
    contract.read_on = contract.read_at_place = contract.read_in = contract.reader = contract.reader_paper = None
    contract.audio_played = contract.present = None
    db.session.flush()
    db.session.expire(contract, ["signatures"])


def name_gaps(contract: Contract, officers):
    """Each officer of today whom the contract does not name, and each whom it names who holds no office today."""
    named = {officer["name"] for officer in wording.signed_by(contract.content)}
    for officer in officers:
        if officer.name not in named:
            yield _(
                "%(name)s holds office today but is not named in the contract: it must be drawn up anew.",
                name=officer.name,
            )
    for name in sorted(named - {officer.name for officer in officers}):
        yield _("%(name)s is named in the contract but no longer holds office: it must be drawn up anew.", name=name)


def mandate_gap(officer, on: date) -> str | None:
    """Why an officer could not sign on a day, or None."""
    if officer.mandate_from is None:
        return _("The mandate of %(name)s is not known.", name=officer.name)
    if on < officer.mandate_from:
        return _(
            "The mandate of %(name)s began on %(day)s, after the signature.",
            name=officer.name,
            day=day(officer.mandate_from),
        )
    if officer.mandate_until is not None and on > officer.mandate_until:
        return _(
            "The mandate of %(name)s ended on %(day)s, before the signature.",
            name=officer.name,
            day=day(officer.mandate_until),
        )
    return None


def _printed_on(contract: Contract) -> date:
    return contract.issued_at.astimezone(clock.BAMAKO).date()


def _day_problems(value, field, *, not_before):
    if value is None:
        yield Problem(_("The day is needed."), field)
    elif value > clock.today():
        yield Problem(_("This day is still to come."), field)
    elif not_before is not None and value < not_before:
        yield Problem(_("This is before %(day)s, when the step before was done.", day=day(not_before)), field)


def _name_problems(contract, officers):
    for text in name_gaps(contract, officers):
        yield Problem(text, "signatures")


def _signature_problems(contract, officers, given):
    for officer in officers.values():
        one = given.get(officer.id)
        if one is None or one.get("manner") not in MANNERS:
            yield Problem(_("Say how %(name)s signed.", name=officer.name), "signatures")
            continue
        if one["manner"] == "thumbprint" and not one.get("finger"):
            yield Problem(_("Say with which finger %(name)s signed.", name=officer.name), "signatures")
        problems = list(_day_problems(one.get("signed_on"), "signatures", not_before=contract.read_on))
        for problem in problems:
            yield Problem(f"{officer.name} – {problem}", "signatures")
        if not problems and (gap := mandate_gap(officer, one["signed_on"])):
            yield Problem(gap, "signatures")
    if given.keys() - officers.keys():
        yield Problem(_("Only the officers of the group sign for it."), "signatures")


def _witness_problems(witnesses, officers, given):
    begun = [one for one in witnesses if one.get("name") or one.get("paper")]
    whole = [one for one in begun if one.get("name") and one.get("paper")]
    printed = any(one.get("manner") == "thumbprint" for one in given)
    if len(whole) < len(begun) or (printed and len(whole) != 2):
        yield Problem(_("A thumbprint needs two witnesses, each with name and paper."), "witnesses")
        return
    names = [one["name"].casefold() for one in whole]
    if len(set(names)) < len(names):
        yield Problem(_("The two witnesses are two people."), "witnesses")
    if set(names) & {officer.name.casefold() for officer in officers}:
        yield Problem(_("Who signs for the group cannot be its witness."), "witnesses")
