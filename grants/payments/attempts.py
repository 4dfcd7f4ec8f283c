"""What was sent for an order, and what became of it: one row an attempt, and one for each answer."""

from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy.orm.util import identity_key

from grants.core import clock
from grants.core.database import db
from grants.core.errors import Refused
from grants.core.portions import insert_rows
from grants.core.references import new_uuid
from grants.lifecycle import Act, NotAll
from grants.payments import queries
from grants.payments.models import AttemptOutcome, PaymentAttempt, PaymentOrder
from grants.payments.splits import operations as splits
from grants.payments.splits import queries as split_queries
from grants.payments.splits import routes
from grants.payments.splits.models import PaymentPart


def record(order: PaymentOrder) -> list[PaymentAttempt]:
    """Write down that an order leaves as it stands, whole or in its parts that were not paid.

    Raises Refused where a wallet takes no more. The database refuses it too, and while an earlier attempt may still be paid.
    """
    waiting = [one for one in split_queries.parts(order) if split_queries.state(one) in ("chosen", "failed")]
    made = [_sending(order, part) for part in waiting] or [_sending(order, None)]
    db.session.expire(order, ["sendings"])
    return made


def _sending(order: PaymentOrder, part: PaymentPart | None) -> PaymentAttempt:
    today = clock.today()
    account, amount, on = (order.account, order.amount, today)
    if part is not None:
        account, amount, on = part.account, part.amount, max(part.leaves_on, today)
    splits.open_month(account, on)
    if gaps := routes.over_the_limits(account, amount, on):
        raise Refused(*gaps)
    # `attempts` was counted once for the release; each part more counts for itself.
    number = max([order.attempts - 1, *(one.number for one in order.sendings)]) + 1
    order.attempts = number
    attempt = PaymentAttempt(
        order=order,
        number=number,
        reference=order.reference if number == 1 and part is None else f"{order.reference}-{number}",
        key=new_uuid(),
        amount=amount,
        account_id=account.id,
        account_number=order.account_number if part is None else part.account_number,
        prepared_by_id=order.prepared_by_id,
        verified_by_id=order.verified_by_id,
        released_by_id=order.released_by_id,
        sent_at=order.sent_at,
        part_id=part.id if part is not None else None,
        leaves_on=on if on > today else None,
    )
    db.session.add(attempt)
    db.session.flush()
    return attempt


@dataclass(frozen=True, slots=True)
class End:
    """What became of the attempt under way at an order: why, or the bank's reference and day, and the act that says so."""

    order: PaymentOrder
    act: Act
    detail: str | None = None
    bank_reference: str | None = None
    paid_on: date | None = None


def settle_each(ends: list[End], state: str) -> None:
    """Write down what became of the attempts under way. Raises `NotAll` with the orders of which nothing was sent.

    Of an order in parts it was written down part by part: what is said of the whole must agree with it.
    """
    orders = [one.order for one in ends]
    chosen, under_way = split_queries.parts_of([order.id for order in orders]), queries.under_way_attempts(orders)
    refusals, made = {}, []
    for place, one in enumerate(ends):
        if parts := chosen.get(one.order.id):
            if not _agreed(parts, state):
                refusals[place] = Refused(_("This payment leaves in several parts: say of each what became of it."))
        elif one.order.id not in under_way:
            refusals[place] = Refused(f"{one.order.reference} has no attempt {one.order.attempts}")
        else:
            made.append(
                {
                    "attempt_id": under_way[one.order.id],
                    "state": state,
                    "at": one.act.at,
                    "detail": one.detail,
                    "bank_reference": one.bank_reference,
                    "paid_on": one.paid_on,
                    "by_id": one.act.by.id,
                }
            )
    if refusals:
        raise NotAll(refusals)
    insert_rows(AttemptOutcome.__table__, made)
    for one in made:
        # An attempt that somebody has read already shows its end from here on.
        attempt = db.session.identity_map.get(identity_key(PaymentAttempt, one["attempt_id"]))
        if attempt is not None:
            db.session.expire(attempt, ["outcomes"])


def _agreed(parts: list[PaymentPart], state: str) -> bool:
    states = {split_queries.state(one) for one in parts}
    agreed = {"paid": states == {"paid"}, "failed": "failed" in states and states <= {"paid", "failed"}}
    return agreed.get(state, False)
