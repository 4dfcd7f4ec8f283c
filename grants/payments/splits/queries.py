"""What is read about the parts of a payment."""

from collections import defaultdict

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from grants.core.database import db
from grants.core.errors import NotFound
from grants.core.portions import among, portions
from grants.payments.models import PaymentAttempt, PaymentOrder
from grants.payments.splits.models import PaymentPart


def parts(order: PaymentOrder) -> list[PaymentPart]:
    """The parts of an order that were not withdrawn, in order; none where it leaves at once."""
    return parts_of([order.id]).get(order.id, [])


def parts_of(order_ids: list[int]) -> dict[int, list[PaymentPart]]:
    """`parts` of each of many orders that leave in several, by their ids."""
    found = defaultdict(list)
    for some in portions(order_ids):
        wanted = (
            select(PaymentPart)
            .options(
                joinedload(PaymentPart.account),
                selectinload(PaymentPart.attempts).selectinload(PaymentAttempt.outcomes),
            )
            .where(among(PaymentPart.order_id, some), PaymentPart.withdrawn_at.is_(None))
            .order_by(PaymentPart.order_id, PaymentPart.number)
            .execution_options(populate_existing=True)
        )
        for one in db.session.scalars(wanted).unique():
            found[one.order_id].append(one)
    return found


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
    return parts_of_attempts([attempt_id]).get(attempt_id)


def parts_of_attempts(attempt_ids: list[int]) -> dict[int, PaymentPart]:
    """The parts that attempts pay, by the attempts' ids; those at a whole payment are left out."""
    found = {}
    for some in portions(attempt_ids):
        wanted = select(PaymentAttempt.id, PaymentPart).join(PaymentPart, PaymentAttempt.part_id == PaymentPart.id)
        found |= dict(db.session.execute(wanted.where(among(PaymentAttempt.id, some))).all())
    return found


def open_part(order: PaymentOrder, amount: int | None) -> PaymentPart | None:
    """The one part of an order that left, is of this amount and of which nobody knows the end; None for none or several."""
    found = [one for one in parts(order) if one.amount == amount and state(one) in ("sent", "unknown")]
    return found[0] if len(found) == 1 else None
