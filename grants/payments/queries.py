"""What is read about tranches and payment orders."""

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from grants.access import policy
from grants.access.models import Person
from grants.contracts.models import Contract
from grants.core.database import db
from grants.core.errors import NotFound
from grants.core.portions import among, portions
from grants.core.reading import once_a_read, only_reading
from grants.funds.models import AwardBalance, Envelope, Fund
from grants.groups.models import Group
from grants.payments.models import PaymentAttempt, PaymentOrder, Tranche
from grants.projects.models import Project


@once_a_read
def tranches(project: Project) -> list[Tranche]:
    """The tranches of a file's live contract, else of its last one, with their orders."""
    contract = (
        select(Contract.id)
        .where(Contract.project_id == project.id)
        .order_by(Contract.cancelled_at.is_not(None), Contract.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return list(
        db.session.scalars(
            select(Tranche)
            .options(joinedload(Tranche.orders))
            .where(Tranche.contract_id == contract)
            .order_by(Tranche.number)
            .execution_options(populate_existing=not only_reading())
        ).unique()
    )


def live_order(tranche: Tranche) -> PaymentOrder | None:
    """The order of a tranche that was not cancelled, whatever became of it."""
    return next((order for order in tranche.orders if order.live), None)


def is_paid(tranche: Tranche) -> bool:
    """Whether the money of a tranche left, by its order."""
    order = live_order(tranche)
    return order is not None and order.paid_on is not None


def next_unpaid(found: list[Tranche]) -> Tranche | None:
    """The first tranche that is neither paid nor cancelled."""
    return next((one for one in found if one.cancelled_at is None and not is_paid(one)), None)


def under_way(found: list[Tranche]) -> PaymentOrder | None:
    """The order of a file that waits for anything: to be verified, sent, confirmed, or acknowledged by the group."""
    orders = (live_order(one) for one in found)
    return next((order for order in orders if order is not None and order.received_on is None), None)


def current_order(project: Project) -> PaymentOrder | None:
    """The live order of a file that is under way, else its latest live one."""
    found = tranches(project)
    waiting = under_way(found)
    if waiting is not None:
        return waiting
    received = [order for order in map(live_order, found) if order is not None]
    return received[-1] if received else None


def loaded():
    """The select of orders with all that their pages read, in one query."""
    names = (PaymentOrder.prepared_by, PaymentOrder.verified_by, PaymentOrder.released_by)
    return select(PaymentOrder).options(
        joinedload(PaymentOrder.project).joinedload(Project.group).joinedload(Group.account),
        joinedload(PaymentOrder.tranche),
        joinedload(PaymentOrder.account),
        *(joinedload(name).lazyload(Person.grants) for name in names),
    )


def find(reference: str, person) -> PaymentOrder | None:
    """The order of a reference where this person may follow it, else None."""
    order = db.session.scalar(loaded().where(PaymentOrder.reference == reference))
    return order if order is not None and policy.sees(person, "payments.follow", order) else None


def visible(reference: str, person) -> PaymentOrder:
    """The order of a reference where this person may follow it. Raises NotFound otherwise."""
    order = find(reference, person)
    if order is None:
        raise NotFound(reference)
    return order


def tranche_of(project: Project, number: int) -> Tranche:
    """A tranche of a file's contract by its number. Raises NotFound."""
    found = next((one for one in tranches(project) if one.number == number), None)
    if found is None:
        raise NotFound(f"{project.reference}/{number}")
    return found


def bank_references_taken(references: list[str]) -> dict[str, int]:
    """The orders (their ids) that were confirmed under one of these bank references. One query for ten thousand."""
    found = {}
    for some in portions(references):
        rows = select(PaymentOrder.bank_reference, PaymentOrder.id).where(among(PaymentOrder.bank_reference, some))
        found |= dict(db.session.execute(rows).all())
    return found


def under_way_attempts(orders: list[PaymentOrder]) -> dict[int, int]:
    """The attempt of each order that is under way (ids), where one was sent."""
    found = {}
    for some in portions([order.id for order in orders]):
        rows = (
            select(PaymentAttempt.order_id, PaymentAttempt.id)
            .join(PaymentOrder, PaymentOrder.id == PaymentAttempt.order_id)
            .where(among(PaymentAttempt.order_id, some), PaymentAttempt.number == PaymentOrder.attempts)
        )
        found |= dict(db.session.execute(rows).all())
    return found


def attempts(order: PaymentOrder) -> list[PaymentAttempt]:
    """Each sending of an order with what became of it, in order."""
    wanted = select(PaymentAttempt).options(selectinload(PaymentAttempt.outcomes))
    return list(db.session.scalars(wanted.where(PaymentAttempt.order_id == order.id).order_by(PaymentAttempt.number)))


def chosen(ids: list[int], person) -> list[Tranche]:
    """The tranches of these ids on whose files the person may prepare payments, in the order of the list."""
    wanted = (
        select(Tranche)
        .join(Tranche.project)
        .options(joinedload(Tranche.project).joinedload(Project.group).joinedload(Group.account))
        .where(Tranche.id.in_(ids), policy.in_sight(person, "payments.prepare", Project.place_code))
        .order_by(Project.step_since, Tranche.id)
    )
    return list(db.session.scalars(wanted).unique())


def on_its_way(fund: Fund, *, besides: Tranche) -> int:
    """Francs of a fund in orders that were sent and are neither confirmed nor failed, without those of one tranche."""
    wanted = (
        select(func.coalesce(func.sum(PaymentOrder.amount), 0))
        .join(AwardBalance, AwardBalance.project_id == PaymentOrder.project_id)
        .join(Envelope, Envelope.id == AwardBalance.envelope_id)
        .where(
            Envelope.fund_id == fund.id,
            PaymentOrder.live,
            PaymentOrder.sent_at.is_not(None),
            PaymentOrder.paid_on.is_(None),
            PaymentOrder.step != "failed",
            PaymentOrder.tranche_id != besides.id,
        )
    )
    return int(db.session.scalar(wanted))
