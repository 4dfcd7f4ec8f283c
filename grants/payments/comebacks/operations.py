"""Stating that the money of a payment came back, dismissing that, and taking the payment back."""

from flask_babel import force_locale
from flask_babel import gettext as _

from grants.access import policy
from grants.core.database import db
from grants.core.errors import Problem, Refused, collect
from grants.core.formatting import day
from grants.core.money import format_francs
from grants.documents import operations as documents
from grants.funds import operations as funds
from grants.lifecycle import definition_of
from grants.payments import papers
from grants.payments.back import triage
from grants.payments.back.models import FOR_A_PERSON, ReturnRow
from grants.payments.comebacks import queries
from grants.payments.comebacks.models import PaymentReturn
from grants.payments.models import PaymentAttempt, PaymentOrder

SHORTEST = 5


def state(order: PaymentOrder, values: dict, *, by, at) -> PaymentReturn:
    """Say that the money of one sending of an order came back; a row that says so needs nobody else then.

    `values`: evidence (key of a row or line), sending (id, where several were paid), returned_on, fee (francs that the bank
    kept), bank_reference, reason. Nothing moves in the ledger yet. Raises Problems, all at once; Refused where the ledger
    paid nothing.
    """
    policy.require(by, "payments.state_return", order)
    paid = queries.payment(order)
    if paid is None or order.paid_on is None:
        raise Refused(_("Nothing was paid on this order."))
    open_ = {str(one.id): one for one in queries.sendings(order)}
    sending = next(iter(open_.values())) if len(open_) == 1 else open_.get(str(values.get("sending") or ""))
    proof = {one.key: one for one in queries.evidence(order)}.get(values.get("evidence") or "")
    fee, reason = values.get("fee") or 0, " ".join((values.get("reason") or "").split())[:300]
    collect(
        None if sending else Problem(_("Say which part came back."), "sending"),
        None if proof else Problem(_("Choose the row or the line by which the bank says it."), "evidence"),
        _day_problem(order, values.get("returned_on")),
        _amount_problem(sending, proof, fee),
        Problem(_("Say why, in a few words."), "reason") if len(reason) < SHORTEST else None,
    )
    kind, _dash, number = proof.key.partition("-")
    made = PaymentReturn(
        order_id=order.id, attempt_id=sending.id, pay_id=paid.id, amount=sending.amount, fee=fee,
        returned_on=values["returned_on"], reason=reason, stated_by_id=by.id, stated_at=at,
        bank_reference=" ".join((values.get("bank_reference") or proof.bank_reference or "").split()).upper()[:60] or None,
        row_id=int(number) if kind == "row" else None, line_id=int(number) if kind == "line" else None,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    if kind == "row":
        row = db.session.get_one(ReturnRow, made.row_id)
        if row.finding in FOR_A_PERSON:
            note = _("The money of order %(reference)s came back.", reference=order.reference)
            triage.rule(row, "set_aside", note=note, by=by)
    return made


def _day_problem(order: PaymentOrder, returned_on) -> Problem | None:
    if returned_on is None:
        return Problem(_("The day on which the money came back is needed."), "returned_on")
    if returned_on < order.paid_on:
        text = _("The order was paid on %(day)s: the money did not come back before.", day=day(order.paid_on))
        return Problem(text, "returned_on")
    return None


def _amount_problem(sending: PaymentAttempt | None, proof: queries.Evidence | None, fee: int) -> Problem | None:
    if sending is None or proof is None:
        return None
    if not 0 <= fee < sending.amount:
        return Problem(_("What the bank kept is less than what was paid."), "fee")
    arrived = sending.amount - fee
    fits = (
        proof.amount in (None, sending.amount, arrived)
        if proof.key.startswith("row-")
        else proof.amount is not None and proof.amount >= arrived
    )
    if fits:
        return None
    text = _(
        "%(paid)s was paid and the bank says %(said)s: enter the difference as what the bank kept, or choose another line.",
        paid=format_francs(sending.amount), said=format_francs(proof.amount),
    )  # fmt: skip
    return Problem(text, "evidence")


def dismiss(order: PaymentOrder, reason: str, *, by, at) -> list[PaymentReturn]:
    """Set aside what was stated: the money did not come back. Raises Problems without a reason."""
    reason = " ".join((reason or "").split())[:300]
    collect(Problem(_("Say why, in a few words."), "reason") if len(reason) < SHORTEST else None)
    found = queries.stated(order)
    for one in found:
        one.dismissed_by_id, one.dismissed_at, one.dismissal = by.id, at, reason
    db.session.flush()
    return found


def take_back(order: PaymentOrder, *, by, at) -> list[PaymentReturn]:
    """Confirm what was stated and take the payment back in the ledger; the order may then be sent again, or cancelled.

    The paper that the group was to sign for this money no longer holds. Where the file has ended, the money goes back to its
    envelope. Raises Refused where nothing was stated or by whom it concerns; NotEnough where it was justified meanwhile.
    """
    policy.require(by, "payments.bring_back", order)
    found = queries.stated(order)
    if not found:
        raise Refused(_("Nobody has stated that the money of this order came back."))
    ended = definition_of(order.project).is_end(order.project.step)
    if ended and queries.sendings(order):
        raise Refused(
            _(
                "The file has ended and another part of this payment stays with the group: enter what came back as money "
                "given back, on the file."
            )
        )
    for one in found:
        if policy.are_one(by, {one.stated_by_id, one.attempt.released_by_id}, "payments.bring_back", order):
            raise policy.one_hand(by, one.stated_by, _("Another person confirms it, who did not release the payment."))
        one.confirmed_by_id, one.confirmed_at = by.id, at
    db.session.flush()
    pay = found[0].pay
    funds.reverse_pay(pay, key=f"reverse_pay:{pay.id}", reference=order.reference, by=by)
    order.paid_on = order.bank_reference = None
    order.failure = _why(found)[:300]
    db.session.flush()
    for one in found:
        db.session.expire(one.attempt, ["came_back"])
    form = papers.receipt_form(order)
    if form is not None and form.state == "valid":
        with force_locale("fr"):
            documents.cancel(form, by=by, reason=_("The payment came back: no money was received."))
    if ended:
        # A file that has ended is paid no more: what came back is free in its envelope.
        key = f"uncommit:{order.reference}:{order.attempts}"
        funds.uncommit(order.project, order.amount, key=key, reference=order.reference, by=by)
        order.tranche.cancelled_at = at
        db.session.flush()
    return found


def _why(found: list[PaymentReturn]) -> str:
    words = []
    for one in found:
        said = {"amount": format_francs(one.amount), "day": day(one.returned_on), "reason": one.reason}
        words.append(_("%(amount)s came back on %(day)s: %(reason)s", **said))
    return " · ".join(words)
