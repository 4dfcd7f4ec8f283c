"""What finance reads: what may be paid today, what waits for whom, what was paid, what is not justified."""

from dataclasses import dataclass

from sqlalchemy import Select, and_, desc, exists, func, not_, select
from sqlalchemy.orm import aliased, joinedload

from grants.access import policy
from grants.contracts.models import Contract
from grants.core.database import db
from grants.core.paging import Page, keyset
from grants.funds.models import AwardBalance
from grants.groups.models import Group
from grants.groups.names import search_name
from grants.payments.conditions import PAYABLE_STEP
from grants.payments.models import PaymentOrder, Tranche
from grants.projects.models import Project

UNDER_WAY = ("prepared", "verified", "held", "account_changed", "sent", "unknown", "failed", "returning")
PAID = ("confirmed", "returning", "received")
VIEWS = ("payable", "waiting", "paid", "unjustified")
RIGHT = "payments.view"


@dataclass(frozen=True, slots=True)
class Filters:
    """What narrows the lists; empty values narrow nothing. `place` is the beginning of place codes."""

    q: str = ""
    place: str = ""
    step: str = ""


@dataclass(frozen=True, slots=True)
class Count:
    """How many lines a view has, and what they add up to, in francs."""

    number: int
    amount: int


def payable(person, filters: Filters, *, after: str | None = None, size: int = 25) -> Page:
    """The next tranches of files at the step of payment for which no order is live: one a file."""
    wanted = _payable(person, filters).options(
        joinedload(Tranche.project).joinedload(Project.group).joinedload(Group.account)
    )
    return keyset(wanted, order=[Project.step_since, Project.id], after=after, size=size)


def waiting(person, filters: Filters, *, after: str | None = None, size: int = 25) -> Page:
    """Orders that wait for somebody, those due first before the others."""
    wanted = _orders(person, filters, UNDER_WAY).options(*_with_file())
    return keyset(wanted, order=[PaymentOrder.step_since, PaymentOrder.id], after=after, size=size)


def paid(person, filters: Filters, *, after: str | None = None, size: int = 25) -> Page:
    """Orders that were paid, the latest first."""
    wanted = _orders(person, filters, PAID).where(PaymentOrder.paid_on.is_not(None)).options(*_with_file())
    return keyset(wanted, order=[desc(PaymentOrder.paid_on), desc(PaymentOrder.id)], after=after, size=size)


def unjustified(person, filters: Filters, *, after: str | None = None, size: int = 25) -> Page:
    """Files of which a part of what was paid is neither justified nor given back, the oldest file first."""
    wanted = _unjustified(person, filters).options(joinedload(Project.group), joinedload(Project.balance))
    return keyset(wanted, order=[Project.step_since, Project.id], after=after, size=size)


def last_paid_on(projects: list[Project]) -> dict[int, object]:
    """The day of the last payment of each file, in one query."""
    rows = db.session.execute(
        select(PaymentOrder.project_id, func.max(PaymentOrder.paid_on))
        .where(PaymentOrder.project_id.in_([project.id for project in projects]))
        .group_by(PaymentOrder.project_id)
    )
    return {row.project_id: row[1] for row in rows}


def counts(person, filters: Filters) -> dict[str, Count]:
    """Number and amount of each view. One query a view."""
    left = AwardBalance.paid - AwardBalance.justified - AwardBalance.refunded - AwardBalance.written_off
    paid_orders = _orders(person, filters, PAID).where(PaymentOrder.paid_on.is_not(None))
    return {
        "payable": _count(_payable(person, filters), Tranche.amount),
        "waiting": _count(_orders(person, filters, UNDER_WAY), PaymentOrder.amount),
        "paid": _count(paid_orders, PaymentOrder.amount),
        "unjustified": _count(_unjustified(person, filters), left),
    }


def _count(wanted: Select, amount) -> Count:
    number, total = db.session.execute(wanted.with_only_columns(func.count(), func.coalesce(func.sum(amount), 0))).one()
    return Count(int(number), int(total))


def _payable(person, filters: Filters) -> Select:
    earlier, order = aliased(Tranche), aliased(PaymentOrder)
    live = exists().where(order.tranche_id == Tranche.id, order.live)
    paid_before = exists().where(order.tranche_id == earlier.id, order.live, order.paid_on.is_not(None))
    left_before = exists().where(
        earlier.contract_id == Tranche.contract_id,
        earlier.number < Tranche.number,
        earlier.cancelled_at.is_(None),
        not_(paid_before),
    )
    return _narrowed(
        select(Tranche)
        .join(Tranche.project)
        .join(Tranche.contract)
        .where(
            Project.step == PAYABLE_STEP,
            Contract.cancelled_at.is_(None),
            Tranche.cancelled_at.is_(None),
            not_(live),
            not_(left_before),
            not_(_has_order_under_way()),
        ),
        person,
        filters,
        Project.place_code,
    )


def _has_order_under_way():
    order = aliased(PaymentOrder)
    return exists().where(order.project_id == Project.id, order.live, order.received_on.is_(None))


def _orders(person, filters: Filters, steps: tuple[str, ...]) -> Select:
    wanted = select(PaymentOrder).where(PaymentOrder.step.in_(steps))
    if filters.q:
        wanted = wanted.join(PaymentOrder.project)
    if filters.step in steps:
        wanted = wanted.where(PaymentOrder.step == filters.step)
    return _narrowed(wanted, person, filters, PaymentOrder.place_code)


def _unjustified(person, filters: Filters) -> Select:
    left = and_(
        AwardBalance.project_id == Project.id,
        AwardBalance.paid > AwardBalance.justified + AwardBalance.refunded + AwardBalance.written_off,
    )
    return _narrowed(select(Project).join(AwardBalance, left), person, filters, Project.place_code)


def _narrowed(wanted: Select, person, filters: Filters, place_column) -> Select:
    wanted = wanted.where(policy.in_sight(person, RIGHT, place_column))
    if filters.q:
        wanted = wanted.join(Project.group)
        text = filters.q.strip()
        alike = [
            Group.search_name.contains(search_name(text), autoescape=True),
            Project.reference.contains(text.upper(), autoescape=True),
        ]
        if place_column.class_ is PaymentOrder:
            alike.append(PaymentOrder.reference.contains(text.upper(), autoescape=True))
            alike.append(PaymentOrder.bank_reference == text.upper())
        wanted = wanted.where(db.or_(*alike))
    if filters.place:
        wanted = wanted.where(place_column.startswith(filters.place, autoescape=True))
    return wanted


def _with_file():
    return (
        joinedload(PaymentOrder.project).joinedload(Project.group),
        joinedload(PaymentOrder.tranche),
    )
