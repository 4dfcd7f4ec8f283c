"""One act on many orders: each is looked at by itself, and what refuses one leaves the others alone."""

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from grants import lifecycle
from grants.access import policy
from grants.access.identity import Confirmation
from grants.core.database import db
from grants.core.errors import Problems, Refused
from grants.groups.models import Group
from grants.payments.models import PaymentOrder
from grants.projects.models import Project

# How many at once. An order is printed as it is released, and nobody else writes to a file of SQLite meanwhile.
MOST = {"verify": 50, "release": 10}
# The step at which each act is taken.
STEPS = {"verify": "prepared", "release": "verified"}


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one order: done, or not and why. `order` is None for a reference that names none in sight."""

    reference: str
    order: PaymentOrder | None
    reasons: tuple[str, ...]

    @property
    def done(self) -> bool:
        return self.order is not None and not self.reasons


def waiting(action: str, person) -> list[PaymentOrder]:
    """The orders on which an act may be taken in this person's territory, the oldest first, at most `MOST`."""
    return list(
        db.session.scalars(
            _in_sight(person)
            .where(PaymentOrder.step == STEPS[action])
            .order_by(PaymentOrder.step_since, PaymentOrder.id)
            .limit(MOST[action])
        ).unique()
    )


def take(action: str, chosen: dict[str, int | None], *, by, identity: Confirmation | None = None) -> list[Result]:
    """Take an act on each chosen order (reference → the revision that was seen), through the same `perform` as alone.

    `identity` confirms who it is, for the acts that ask it. Who may not, who took part before, or whom another was quicker
    than, is told so in the row; the others go on.
    """
    references = list(chosen)[: MOST[action]]
    orders = found(references, by)
    lifecycle.hold(*orders.values())
    return [_one(action, one, orders.get(one), chosen[one], by, identity) for one in references]


def found(references: list[str], person) -> dict[str, PaymentOrder]:
    """The orders of these references that are in this person's sight."""
    rows = db.session.scalars(_in_sight(person).where(PaymentOrder.reference.in_(references))).unique()
    return {order.reference: order for order in rows}


def _one(action: str, reference: str, order: PaymentOrder | None, revision: int | None, by, identity) -> Result:
    if order is None:
        return Result(reference[:24], None, (_("There is no such order in your territory."),))
    try:
        with db.session.begin_nested():
            lifecycle.perform(order, action, by=by, expected_revision=revision, identity=identity)
    except Refused as refused:
        return Result(reference, order, tuple(map(str, refused.reasons)))
    except Problems as wrong:
        return Result(reference, order, tuple(map(str, wrong.problems)))
    except IntegrityError:
        return Result(reference, order, (_("Somebody else has just done this."),))
    return Result(reference, order, ())


def _in_sight(person):
    return (
        select(PaymentOrder)
        .join(PaymentOrder.project)
        .options(
            joinedload(PaymentOrder.project).joinedload(Project.group).joinedload(Group.account),
            joinedload(PaymentOrder.tranche),
            joinedload(PaymentOrder.account),
        )
        .where(policy.in_sight(person, "payments.verify", PaymentOrder.place_code))
    )
