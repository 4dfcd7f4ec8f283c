"""What payments do when a workflow's action is taken."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError

from grants.access import identity
from grants.core import clock
from grants.core.database import db
from grants.core.errors import Problem, Problems, Refused
from grants.core.formatting import day
from grants.documents import operations as documents
from grants.lifecycle import NotAll, effect, effect_each
from grants.payments import attempts, operations, papers, queries, receipts
from grants.payments.splits import operations as splits
from grants.payments.splits import queries as split_queries


@effect("payments.plan_tranches", _l("plans the tranches"))
def plan_tranches(project, act):
    """Make the tranches of the contract."""
    planned = operations.plan_tranches(project)
    act.note(tranches=[tranche.amount for tranche in planned])


@effect("payments.cancel_remaining", _l("cancels the tranches that are left"))
def cancel_remaining(project, act):
    """Cancel what was not paid, with its orders that have not left."""
    left = operations.cancel_remaining(project, act.reason, by=act.by)
    act.note(cancelled_tranches=[tranche.number for tranche in left])


@effect("payments.mark_verified", _l("notes who verified the payment"))
def mark_verified(order, act):
    """Who verified. The database refuses the one who prepared."""
    operations.hold_still(order)
    order.verified_by = act.by
    db.session.flush()
    act.note(amount=order.amount, account_ends_in=order.account_number[-4:])


@effect("payments.mark_released", _l("notes who released the payment"))
def mark_released(order, act):
    """Who released, and when the order left; it is printed as it leaves. The database refuses the other two people."""
    # Orders that began with an earlier version of their workflow ask for the password too.
    identity.require(act.identity, act.by, act.action, order)
    operations.hold_still(order)
    order.released_by, order.sent_at = act.by, act.at
    order.attempts += 1
    order.failure = None
    db.session.flush()
    attempts.record(order)
    document = papers.issue_order(order, by=act.by)
    act.note(amount=order.amount, account_ends_in=order.account_number[-4:], attempt=order.attempts, code=document.code)


@effect_each("payments.mark_confirmed", _l("notes that the bank has paid"))
def mark_confirmed(acts):
    """The day and the bank's own reference of each payment, which nobody may enter twice; the receipt is printed."""
    ends = [{"paid_on": act.data["paid_on"], "bank_reference": _reference(act)} for _order, act in acts]
    _look_at_the_ends(acts, ends)
    try:
        with db.session.begin_nested():
            said = zip(acts, ends, strict=True)
            attempts.settle_each([attempts.End(order, act, **end) for (order, act), end in said], "paid")
    except IntegrityError as refused:
        # Two people entered one at once: the second one is told.
        references = [end["bank_reference"] for end in ends]
        taken = queries.bank_references_taken(references)
        theirs = [
            place for place, (order, _act) in enumerate(acts) if taken.get(references[place], order.id) != order.id
        ]
        if not theirs and len(acts) > 1:
            raise
        raise NotAll({place: Problems(_taken(references[place])) for place in theirs or [0]}) from refused
    for (order, act), end in zip(acts, ends, strict=True):
        act.set(order, **end, failure=None)
        # A return that confirms many has their receipts printed afterwards, one by one.
        if not act.data.get("receipt_later"):
            papers.issue_receipt_form(order, by=act.by)
        act.note(**end)


def _reference(act) -> str:
    return " ".join((act.data["bank_reference"] or "").split()).upper()


def _look_at_the_ends(acts, ends) -> None:
    """Raise `NotAll` with all that is wrong with the days and the references by which payments are confirmed."""
    taken = queries.bank_references_taken([end["bank_reference"] for end in ends])
    refusals = {}
    for place, ((order, _act), end) in enumerate(zip(acts, ends, strict=True)):
        paid_on, reference = end["paid_on"], end["bank_reference"]
        sent_on = order.sent_at.astimezone(clock.BAMAKO).date()
        early = paid_on is not None and paid_on < sent_on
        other = bool(reference) and taken.setdefault(reference, order.id) != order.id
        problems = [
            Problem(_("The day of the payment is needed."), "paid_on") if paid_on is None else None,
            Problem(_("The order was sent on %(day)s: it was not paid before.", day=day(sent_on)), "paid_on")
            if early
            else None,
            None if reference else Problem(_("The reference of the bank or the operator is needed."), "bank_reference"),
            _taken(reference) if other else None,
        ]
        if found := [one for one in problems if one is not None]:
            refusals[place] = Problems(found)
    if refusals:
        raise NotAll(refusals)


def _taken(reference: str) -> Problem:
    text = _("The reference %(reference)s was entered for another payment already.", reference=reference)
    return Problem(text, "bank_reference")


@effect_each("payments.mark_failed", _l("notes that the payment failed"))
def mark_failed(acts):
    """Why the bank or the operator did not pay."""
    attempts.settle_each([attempts.End(order, act, detail=act.reason[:300]) for order, act in acts], "failed")
    for order, act in acts:
        act.set(order, failure=act.reason[:300])
        act.note(attempt=order.attempts)


@effect_each("payments.mark_unknown", _l("notes that the result is unknown"))
def mark_unknown(acts):
    """Nobody can tell what became of the attempts: they are neither paid nor failed, and nothing is sent again."""
    attempts.settle_each([attempts.End(order, act, detail=act.reason[:300]) for order, act in acts], "unknown")
    for order, act in acts:
        act.note(attempt=order.attempts)


@effect("payments.mark_held", _l("notes that the payment is held"))
def mark_held(order, act):
    """What was verified is verified anew once the hold is lifted."""
    order.verified_by = None
    act.note(amount=order.amount)


@effect("payments.mark_lifted", _l("notes that the payment goes on"))
def mark_lifted(order, act):
    """The order begins its way again at the verification."""
    act.note(amount=order.amount)


@effect("payments.mark_sent_back", _l("notes that the money came back"))
def mark_sent_back(order, act):
    """Nothing is verified on an order whose account has changed."""
    order.verified_by = order.released_by = order.sent_at = None
    account = order.project.group.account
    act.note(account_ends_in=order.account_number[-4:], now_ends_in=account.number[-4:] if account else None)


@effect("payments.take_account", _l("takes the present account"))
def take_account(order, act):
    """Copy the account of today: whoever takes the order up again stands for the preparation."""
    account = order.project.group.account
    operations.keep_apart(order, act.by)
    operations.lock_account(account)
    before = order.account_number[-4:]
    order.account, order.account_number = account, account.number
    order.verified_by = order.released_by = order.sent_at = None
    order.prepared_by = act.by
    db.session.flush()
    splits.take_up_rest(order, by=act.by)
    act.note(account_ended_in=before, account_ends_in=account.number[-4:])


@effect("payments.start_again", _l("starts the payment again"))
def start_again(order, act):
    """Another attempt: whoever starts it stands for the preparation, and nobody has verified or released it yet."""
    operations.keep_apart(order, act.by)
    order.verified_by = order.released_by = order.sent_at = None
    order.prepared_by = act.by
    db.session.flush()
    act.note(after_attempt=order.attempts)


@effect("payments.mark_cancelled", _l("notes that the payment is cancelled"))
def mark_cancelled(order, act):
    """The tranche may be paid by another order; a print that went out no longer holds.

    Raises Refused where a part of it was paid: the rest of this very order is what is still owed.
    """
    if any(split_queries.state(one) == "paid" for one in split_queries.parts(order)):
        raise Refused(_("A part of this payment was paid: send what failed again, the order is not cancelled."))
    order.live = None
    if order.document is not None and order.document.state == "valid":
        documents.cancel(order.document, by=act.by, reason=act.reason)
    db.session.flush()
    db.session.expire(order.tranche, ["orders"])


@effect("payments.mark_received", _l("keeps the receipt of the group"))
def mark_received(order, act):
    """File the signed receipt; where the file waits for it, it goes on to follow-up."""
    made = receipts.record(order, act.data, by=act.by, at=act.at)
    act.note(
        received_on=order.received_on,
        received_by=order.received_by,
        thumbprints=made.thumbprints,
        witnesses=[name for name, _paper in made.witnesses],
        sha256=order.receipt.sha256,
    )
