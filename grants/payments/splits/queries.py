"""What is read about the parts of a payment."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from grants.core.database import db
from grants.core.errors import NotFound
from grants.payments.models import PaymentAttempt, PaymentOrder
from grants.payments.splits.models import PaymentPart


def parts(order: PaymentOrder) -> list[PaymentPart]:
    """The parts of an order that were not withdrawn, in order; none where it leaves at once."""
    wanted = (
        select(PaymentPart)
        .options(
            joinedload(PaymentPart.account), selectinload(PaymentPart.attempts).selectinload(PaymentAttempt.outcomes)
        )
        .where(PaymentPart.order_id == order.id, PaymentPart.withdrawn_at.is_(None))
        .order_by(PaymentPart.number)
        .execution_options(populate_existing=True)
    )
    return list(db.session.scalars(wanted).unique())


def part(order: PaymentOrder, number: int) -> PaymentPart:
    """One part of an order. Raises NotFound."""
    found = next((one for one in parts(order) if one.number == number), None)
    if found is None:
        raise NotFound(f"{order.reference}/{number}")
    return found


def state(part: PaymentPart) -> str:
    """Where a part stands: `chosen`, `sent`, `unknown`, `failed` (also where its money came back) or `paid`."""
    if not part.attempts:
        return "chosen"
    if part.attempts[-1].came_back:
        return "failed"
    outcomes = part.attempts[-1].outcomes
    return outcomes[-1].state if outcomes else "sent"


def last_number(order: PaymentOrder) -> int:
    """The highest number that a part of the order ever had."""
    wanted = select(PaymentPart.number).where(PaymentPart.order_id == order.id)
    return max(db.session.scalars(wanted), default=0)


def part_of_attempt(attempt_id: int) -> PaymentPart | None:
    """The part that an attempt pays; None for an attempt at a whole payment."""
    wanted = select(PaymentPart).join(PaymentAttempt, PaymentAttempt.part_id == PaymentPart.id)
    return db.session.scalar(wanted.where(PaymentAttempt.id == attempt_id))


def open_part(order: PaymentOrder, amount: int | None) -> PaymentPart | None:
    """The one part of an order that left, is of this amount and of which nobody knows the end; None for none or several."""
    found = [one for one in parts(order) if one.amount == amount and state(one) in ("sent", "unknown")]
    return found[0] if len(found) == 1 else None
