"""What payments do when a workflow's action is taken."""

from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from grants import lifecycle
from grants.core import clock
from grants.core.database import db
from grants.core.errors import Problem, Problems, Refused, collect
from grants.core.formatting import day
from grants.documents import operations as documents
from grants.lifecycle import effect
from grants.payments import operations, papers, queries
from grants.payments.conditions import PAYABLE_STEP


@effect("payments.plan_tranches")
def plan_tranches(project, act):
    """Make the tranches of the contract."""
    planned = operations.plan_tranches(project)
    act.note(tranches=[tranche.amount for tranche in planned])


@effect("payments.cancel_remaining")
def cancel_remaining(project, act):
    """Cancel what was not paid, with its orders that have not left."""
    left = operations.cancel_remaining(project, act.reason, by=act.by)
    act.note(cancelled_tranches=[tranche.number for tranche in left])


@effect("payments.mark_verified")
def mark_verified(order, act):
    """Who verified. The database refuses the one who prepared."""
    operations.hold_still(order)
    order.verified_by = act.by
    db.session.flush()
    act.note(amount=order.amount, account_ends_in=order.account_number[-4:])


@effect("payments.mark_released")
def mark_released(order, act):
    """Who released, and when the order left; it is printed as it leaves. The database refuses the other two people."""
    operations.hold_still(order)
    order.released_by, order.sent_at = act.by, act.at
    order.attempts += 1
    order.failure = None
    db.session.flush()
    document = papers.issue_order(order, by=act.by)
    act.note(amount=order.amount, account_ends_in=order.account_number[-4:], attempt=order.attempts, code=document.code)


@effect("payments.mark_confirmed")
def mark_confirmed(order, act):
    """The day and the bank's own reference of the payment, which nobody may enter twice; the receipt is printed."""
    paid_on, reference = act.data["paid_on"], " ".join((act.data["bank_reference"] or "").split()).upper()
    other = queries.bank_reference_taken(reference, order)
    sent_on = order.sent_at.astimezone(clock.BAMAKO).date()
    early = paid_on is not None and paid_on < sent_on
    collect(
        Problem(_("The day of the payment is needed."), "paid_on") if paid_on is None else None,
        Problem(_("The order was sent on %(day)s: it was not paid before.", day=day(sent_on)), "paid_on")
        if early
        else None,
        None if reference else Problem(_("The reference of the bank or the operator is needed."), "bank_reference"),
        _taken(reference) if other is not None else None,
    )
    try:
        with db.session.begin_nested():
            order.paid_on, order.bank_reference = paid_on, reference
            db.session.flush()
    except IntegrityError as refused:
        # Two people entered it at once: the second one is told.
        db.session.refresh(order)
        raise Problems(_taken(reference)) from refused
    papers.issue_receipt_form(order, by=act.by)
    act.note(paid_on=paid_on, bank_reference=reference)


def _taken(reference: str) -> Problem:
    text = _("The reference %(reference)s was entered for another payment already.", reference=reference)
    return Problem(text, "bank_reference")


@effect("payments.mark_failed")
def mark_failed(order, act):
    """Why the bank or the operator did not pay."""
    order.failure = act.reason[:300]
    act.note(attempt=order.attempts)


@effect("payments.start_again")
def start_again(order, act):
    """Another attempt: whoever starts it stands for the preparation, and nobody has verified or released it yet."""
    order.verified_by = order.released_by = order.sent_at = None
    order.prepared_by = act.by
    db.session.flush()
    act.note(after_attempt=order.attempts)


@effect("payments.mark_cancelled")
def mark_cancelled(order, act):
    """The tranche may be paid by another order; a print that went out no longer holds."""
    order.live = None
    if order.document is not None and order.document.state == "valid":
        documents.cancel(order.document, by=act.by, reason=act.reason)
    db.session.flush()
    db.session.expire(order.tranche, ["orders"])


@effect("payments.mark_received")
def mark_received(order, act):
    """File the signed receipt; where the file waits for it, it goes on to follow-up."""
    received_on, uploads = act.data["received_on"], act.data["receipt"]
    early = received_on is not None and received_on < order.paid_on
    collect(
        Problem(_("The day on which the group received the money is needed."), "received_on")
        if received_on is None
        else None,
        Problem(_("The money was paid on %(day)s: it was not received before.", day=day(order.paid_on)), "received_on")
        if early
        else None,
        None if act.data["received_by"] else Problem(_("Say who received the money."), "received_by"),
        None if uploads else Problem(_("Choose the scan or the photo of the signed receipt."), "receipt"),
    )
    order.receipt = documents.attach(uploads[0], order, by=act.by)
    order.received_on, order.received_by = received_on, act.data["received_by"]
    db.session.flush()
    act.note(received_on=received_on, received_by=order.received_by, sha256=order.receipt.sha256)
    project = order.project
    # A file that was suspended or terminated meanwhile keeps its step; the receipt is evidence all the same.
    if project.step == PAYABLE_STEP:
        try:
            lifecycle.perform(project, "confirm_receipt", by=act.by)
        except Refused as refused:
            raise Problems([Problem(reason) for reason in refused.reasons]) from refused
