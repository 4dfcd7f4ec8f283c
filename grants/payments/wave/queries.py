"""What is read about payouts to Wave."""

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from grants.access import policy
from grants.core.database import db
from grants.payments.models import AttemptOutcome, PaymentAttempt, PaymentOrder
from grants.payments.wave.models import WavePayout
from grants.projects.models import Project

MOST = 200


def _in_sight(person, right: str):
    return (
        select(WavePayout)
        .join(WavePayout.attempt)
        .join(PaymentAttempt.order)
        .where(policy.in_sight(person, right, PaymentOrder.place_code))
    )


def _not_said():
    said = select(AttemptOutcome.id).where(
        AttemptOutcome.attempt_id == WavePayout.attempt_id, AttemptOutcome.state != "unknown"
    )
    return ~said.exists()


def payouts(person) -> list[WavePayout]:
    """Payouts whose outcome was not taken over yet, the latest first, at most `MOST`."""
    wanted = _in_sight(person, "payments.view").where(_not_said()).order_by(WavePayout.id.desc()).limit(MOST)
    file = joinedload(WavePayout.attempt).joinedload(PaymentAttempt.order).joinedload(PaymentOrder.project)
    return list(db.session.scalars(wanted.options(file.joinedload(Project.group))).unique())


def answered(person) -> list[WavePayout]:
    """Payouts of which Wave said its last word and that nobody took over, the oldest first, at most `MOST`."""
    last = WavePayout.state.in_(("succeeded", "failed"))
    wanted = _in_sight(person, "payments.transmit").where(last, _not_said()).order_by(WavePayout.id).limit(MOST)
    return list(
        db.session.scalars(wanted.options(joinedload(WavePayout.attempt).joinedload(PaymentAttempt.order))).unique()
    )


def waits(person) -> int:
    """How many of Wave's last words wait to be taken over by this person."""
    last = WavePayout.state.in_(("succeeded", "failed"))
    wanted = _in_sight(person, "payments.transmit").where(last, _not_said())
    return db.session.scalar(wanted.with_only_columns(func.count()))


def of_batch(transmission_id: int) -> list[WavePayout]:
    """The payouts of a batch."""
    wanted = select(WavePayout).where(WavePayout.transmission_id == transmission_id).order_by(WavePayout.id)
    return list(db.session.scalars(wanted))
