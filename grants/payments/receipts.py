"""The receipt: how the group acknowledged the money, as the signed paper says it."""

from flask_babel import gettext as _

from grants import lifecycle
from grants.contracts.forms import FINGERS
from grants.core.database import db
from grants.core.errors import Problem, Problems, Refused, collect
from grants.core.formatting import day
from grants.documents import operations as documents
from grants.groups.labels import LANGUAGES
from grants.payments.conditions import PAYABLE_STEP
from grants.payments.models import PaymentOrder, PaymentReceipt, ReceiptSignature

# Money is handed to a group and not to a person: this many of its officers acknowledge it.
SIGNERS = 2


def record(order: PaymentOrder, values: dict, *, by, at) -> PaymentReceipt:
    """File the signed receipt of an order. Part of the act `record_receipt`; where the file waits, it goes on.

    `values`: received_on, place, language, reader, signatures (officer_id, manner, finger; an empty manner is an officer
    who was not there), witnesses (name, paper), receipt (uploads). Raises Problems, all at once.
    """
    officers = {officer.id: officer for officer in order.project.group.officers}
    signed = [one for one in values["signatures"] if one.get("manner")]
    witnesses = [one for one in values["witnesses"] if one.get("name") or one.get("paper")]
    thumbs = sum(one["manner"] == "thumbprint" for one in signed)
    collect(
        _day_problem(order, values["received_on"]),
        None if (values["place"] or "").strip() else Problem(_("Say where the money was received."), "place"),
        None if values["language"] in LANGUAGES else Problem(_("Say in which language it was read aloud."), "language"),
        None if (values["reader"] or "").strip() else Problem(_("Say who read the receipt aloud."), "reader"),
        *_signature_problems(officers, signed),
        *_witness_problems(witnesses, officers.values(), thumbs),
        None if values["receipt"] else Problem(_("Choose the scan or the photo of the signed receipt."), "receipt"),
    )
    who = [officers[int(one["officer_id"])] for one in signed]
    made = _kept(order, values, signed, witnesses, thumbs, by=by, at=at)
    order.receipt = documents.attach(values["receipt"][0], order, by=by)
    order.received_on = values["received_on"]
    order.received_by = ", ".join(officer.name for officer in who)[:120]
    db.session.flush()
    db.session.expire(order, ["acknowledgement"])
    _go_on(order, by)
    return made


def _kept(order, values, signed, witnesses, thumbs, *, by, at) -> PaymentReceipt:
    officers = {officer.id: officer for officer in order.project.group.officers}
    both = [*witnesses, {}, {}][:2]
    made = PaymentReceipt(
        order_id=order.id,
        place=values["place"].strip(),
        language=values["language"],
        reader=values["reader"].strip(),
        thumbprints=thumbs,
        witness1=both[0].get("name"),
        paper1=both[0].get("paper"),
        witness2=both[1].get("name"),
        paper2=both[1].get("paper"),
        recorded_by_id=by.id,
        recorded_at=at,
    )
    db.session.add(made)
    db.session.flush()
    for one in signed:
        officer = officers[int(one["officer_id"])]
        thumb = one["manner"] == "thumbprint"
        db.session.add(
            ReceiptSignature(
                receipt_id=made.id,
                officer_id=officer.id,
                name=officer.name,
                office=officer.office,
                manner=one["manner"],
                finger=one["finger"] if thumb else None,
            )
        )
    db.session.flush()
    return made


def _day_problem(order, received_on) -> Problem | None:
    if received_on is None:
        return Problem(_("The day on which the group received the money is needed."), "received_on")
    if received_on < order.paid_on:
        text = _("The money was paid on %(day)s: it was not received before.", day=day(order.paid_on))
        return Problem(text, "received_on")
    return None


def _signature_problems(officers: dict, signed: list[dict]):
    names = [str(one["officer_id"]) for one in signed]
    if any(not name.isdecimal() or int(name) not in officers for name in names) or len(set(names)) != len(names):
        yield Problem(_("Only the officers of the group sign for it."), "signatures")
        return
    if len(signed) < min(SIGNERS, len(officers)) or not signed:
        yield Problem(_("At least two officers of the group acknowledge the money."), "signatures")
    for one in signed:
        name = officers[int(one["officer_id"])].name
        if one["manner"] not in ("signature", "thumbprint"):
            yield Problem(_("Say how %(name)s signed.", name=name), "signatures")
        elif one["manner"] == "thumbprint" and (not one.get("finger") or one["finger"] not in FINGERS):
            yield Problem(_("Say with which finger %(name)s signed.", name=name), "signatures")


def _witness_problems(witnesses: list[dict], officers, thumbs: int):
    whole = [one for one in witnesses if one.get("name") and one.get("paper")]
    if len(whole) != len(witnesses):
        yield Problem(_("A witness is given with name and identity paper."), "witnesses")
    if thumbs and len(whole) < 2:
        yield Problem(_("A thumbprint needs two witnesses, each with name and identity paper."), "witnesses")
    names = [one["name"].casefold() for one in whole]
    if len(set(names)) != len(names):
        yield Problem(_("The two witnesses are two people."), "witnesses")
    if set(names) & {officer.name.casefold() for officer in officers}:
        yield Problem(_("Who signs for the group cannot be its witness."), "witnesses")


def _go_on(order, by) -> None:
    """A file that was suspended or terminated meanwhile keeps its step; the receipt is evidence all the same."""
    if order.project.step != PAYABLE_STEP:
        return
    try:
        lifecycle.perform(order.project, "confirm_receipt", by=by)
    except Refused as refused:
        raise Problems([Problem(reason) for reason in refused.reasons]) from refused
