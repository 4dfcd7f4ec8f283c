"""What was sent for an order, and what became of it: one row an attempt, and one for each answer."""

from grants.core.database import db
from grants.core.errors import Refused
from grants.core.references import new_uuid
from grants.payments.models import AttemptOutcome, PaymentAttempt, PaymentOrder


def record(order: PaymentOrder) -> PaymentAttempt:
    """Write down that an order leaves, as it stands. The database refuses it while an earlier attempt may still be paid."""
    attempt = PaymentAttempt(
        order=order,
        number=order.attempts,
        reference=order.reference if order.attempts == 1 else f"{order.reference}-{order.attempts}",
        key=new_uuid(),
        amount=order.amount,
        account_id=order.account_id,
        account_number=order.account_number,
        prepared_by_id=order.prepared_by_id,
        verified_by_id=order.verified_by_id,
        released_by_id=order.released_by_id,
        sent_at=order.sent_at,
    )
    db.session.add(attempt)
    db.session.flush()
    db.session.expire(order, ["sendings"])
    return attempt


def settle(
    order: PaymentOrder, state: str, *, act, detail: str | None = None, bank_reference: str | None = None
) -> None:
    """Write down what became of the attempt under way. Raises Refused where nothing was sent."""
    attempt = next((one for one in order.sendings if one.number == order.attempts), None)
    if attempt is None:
        raise Refused(f"{order.reference} has no attempt {order.attempts}")
    db.session.add(
        AttemptOutcome(
            attempt_id=attempt.id, state=state, at=act.at, detail=detail, bank_reference=bank_reference, by_id=act.by.id
        )
    )
    db.session.flush()
    db.session.expire(attempt, ["outcomes"])
