"""What is read about what happens after the money."""

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from grants.access.models import Person
from grants.core.database import db
from grants.core.errors import NotFound
from grants.core.reading import once_a_read, only_reading
from grants.followup.models import Closing, Contribution, Expense, Refund, Visit, VisitPhoto
from grants.followup.recovery.models import Recovery
from grants.payments.models import PaymentOrder, Tranche
from grants.payments.queries import tranches
from grants.projects.models import Project


def _name(person):
    """Load a person for the name alone, without roles."""
    return joinedload(person).lazyload(Person.grants)


def contributions(project) -> list[Contribution]:
    """The proofs of the group's own share, in the order in which they came."""
    query = select(Contribution).where(Contribution.project_id == project.id).order_by(Contribution.id)
    return list(db.session.scalars(query.options(joinedload(Contribution.file), _name(Contribution.by))))


@once_a_read
def contributed(project) -> dict[str, int]:
    """Francs proven so far, in cash and in kind."""
    rows = db.session.execute(
        select(Contribution.kind, func.sum(Contribution.amount))
        .where(Contribution.project_id == project.id)
        .group_by(Contribution.kind)
    )
    return {"cash": 0, "in_kind": 0, **{kind: int(amount) for kind, amount in rows}}


@once_a_read
def visits(project) -> list[Visit]:
    """The visits to a project, the latest first."""
    query = select(Visit).where(Visit.project_id == project.id).order_by(Visit.visited_on.desc(), Visit.id.desc())
    photos = joinedload(Visit.photos).joinedload(VisitPhoto.file)
    return list(db.session.scalars(query.options(_name(Visit.by), photos)).unique())


def last_visit(project) -> Visit | None:
    """The latest visit to a project."""
    return next(iter(visits(project)), None)


def visit_by_uuid(project, uuid: str) -> Visit | None:
    return db.session.scalar(select(Visit).where(Visit.uuid == uuid, Visit.project_id == project.id))


def visit(project, uuid: str) -> Visit:
    """A visit to this project. Raises NotFound."""
    found = visit_by_uuid(project, uuid)
    if found is None:
        raise NotFound(uuid)
    return found


@once_a_read
def expenses(project) -> list[Expense]:
    """The vouchers of a project as they are now, in the order in which they were entered."""
    query = select(Expense).where(Expense.project_id == project.id).order_by(Expense.id)
    return list(
        db.session.scalars(
            query.options(
                joinedload(Expense.voucher),
                joinedload(Expense.tranche),
                _name(Expense.entered_by),
                _name(Expense.judged_by),
            ).execution_options(populate_existing=not only_reading())
        )
    )


def expense(project, expense_id: int) -> Expense:
    """A voucher of this project. Raises NotFound."""
    found = db.session.scalar(select(Expense).where(Expense.id == expense_id, Expense.project_id == project.id))
    if found is None:
        raise NotFound(expense_id)
    return found


def project_of(expense: Expense) -> Project:
    return db.session.get_one(Project, expense.project_id)


def waiting_amount(project) -> int:
    """Francs on vouchers that nobody has judged yet."""
    return sum(expense.amount for expense in expenses(project) if expense.judged_at is None)


def refunds(project) -> list[Refund]:
    query = select(Refund).where(Refund.project_id == project.id).order_by(Refund.id)
    return list(
        db.session.scalars(query.options(joinedload(Refund.slip), joinedload(Refund.document), _name(Refund.by)))
    )


def refund_by_reference(reference: str) -> Refund | None:
    return db.session.scalar(select(Refund).where(Refund.bank_reference == reference))


def open_claim(project) -> str | None:
    """The reference of the claim that is under way on a project."""
    wanted = select(Recovery.reference).where(Recovery.project_id == project.id, Recovery.waits_for.is_not(None))
    return db.session.scalar(wanted)


@once_a_read
def closing(project) -> Closing | None:
    return db.session.get(Closing, project.id, options=[joinedload(Closing.scan)])


def paid_tranches(project) -> list[Tranche]:
    """The tranches whose money the group has received, in order."""
    query = (
        select(Tranche)
        .join(PaymentOrder, PaymentOrder.tranche_id == Tranche.id)
        .where(Tranche.project_id == project.id, PaymentOrder.received_on.is_not(None))
        .order_by(Tranche.number)
    )
    return list(db.session.scalars(query))


def last_receipt(project) -> PaymentOrder | None:
    """The latest order of the contract whose money the group has received."""
    received = [order for tranche in tranches(project) for order in tranche.orders if order.received_on is not None]
    return max(received, key=lambda order: (order.received_on, order.id), default=None)
