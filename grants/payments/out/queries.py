"""What is read about batches: what waits to leave, what left, and who may see it."""

from sqlalchemy import desc, func, select
from sqlalchemy.orm import joinedload, selectinload

from grants.access import policy
from grants.core import clock
from grants.core.database import db
from grants.core.errors import NotFound
from grants.core.paging import Page, keyset
from grants.groups.models import Group
from grants.payments.models import AttemptOutcome, PaymentAttempt, PaymentOrder
from grants.payments.out.models import (
    PayerAccount,
    Transmission,
    TransmissionFile,
    TransmissionItem,
    WalletProfile,
    WalletProfileVersion,
)
from grants.projects.models import Project

MOST = 200


def _waiting(person, right: str):
    """Attempts that were released, whose outcome is awaited, and that are in no batch."""
    said = select(AttemptOutcome.id).where(AttemptOutcome.attempt_id == PaymentAttempt.id).exists()
    gone = select(TransmissionItem.id).where(TransmissionItem.attempt_id == PaymentAttempt.id).exists()
    return (
        select(PaymentAttempt)
        .join(PaymentAttempt.order)
        .where(
            PaymentOrder.step == "sent",
            ~said,
            ~gone,
            policy.in_sight(person, right, PaymentOrder.place_code),
        )
    )


def waiting(person, *, right: str = "payments.view", references: list[str] | None = None) -> list[PaymentAttempt]:
    """What was released and is in no batch yet, the oldest first, at most `MOST`; only some orders if they are named."""
    wanted = _waiting(person, right).options(
        joinedload(PaymentAttempt.account),
        joinedload(PaymentAttempt.order).joinedload(PaymentOrder.tranche),
        joinedload(PaymentAttempt.order)
        .joinedload(PaymentOrder.project)
        .joinedload(Project.group)
        .joinedload(Group.account),
    )
    if references is not None:
        named = PaymentOrder.reference.in_(references) | PaymentAttempt.reference.in_(references)
        wanted = wanted.where(named)
    due = PaymentAttempt.leaves_on.is_(None) | (PaymentAttempt.leaves_on <= clock.today())
    wanted = wanted.where(due)
    return list(db.session.scalars(wanted.order_by(PaymentAttempt.sent_at, PaymentAttempt.id).limit(MOST)).unique())


def later(person) -> list[PaymentAttempt]:
    """Released parts whose day is still to come, the next first, at most `MOST`."""
    wanted = _waiting(person, "payments.view").options(
        joinedload(PaymentAttempt.account),
        joinedload(PaymentAttempt.order).joinedload(PaymentOrder.project).joinedload(Project.group),
    )
    wanted = wanted.where(PaymentAttempt.leaves_on > clock.today())
    return list(db.session.scalars(wanted.order_by(PaymentAttempt.leaves_on, PaymentAttempt.id).limit(MOST)).unique())


def waiting_count(person) -> int:
    """How many released payments are in no batch yet."""
    return db.session.scalar(_waiting(person, "payments.view").with_only_columns(func.count()))


def _seen(person):
    """A batch is seen by who sees every order in it: it names groups and accounts."""
    hidden = (
        select(TransmissionItem.id)
        .join(TransmissionItem.attempt)
        .join(PaymentAttempt.order)
        .where(
            TransmissionItem.transmission_id == Transmission.id,
            ~policy.in_sight(person, "payments.view", PaymentOrder.place_code),
        )
        .exists()
    )
    return ~hidden


def transmissions(person, *, after: str | None = None, size: int = 25) -> Page:
    """The batches in sight, the latest first."""
    wanted = (
        select(Transmission)
        .options(joinedload(Transmission.payer), joinedload(Transmission.made_by))
        .where(_seen(person))
    )
    return keyset(wanted, order=[desc(Transmission.id)], after=after, size=size)


def transmission(reference: str, person) -> Transmission:
    """A batch in sight with its rows and files. Raises NotFound."""
    items = selectinload(Transmission.items).joinedload(TransmissionItem.attempt)
    found = db.session.scalar(
        select(Transmission)
        .options(
            joinedload(Transmission.payer).joinedload(PayerAccount.fund),
            items.joinedload(PaymentAttempt.order).joinedload(PaymentOrder.project).joinedload(Project.call),
            items.joinedload(PaymentAttempt.account),
            selectinload(Transmission.files).joinedload(TransmissionFile.file),
        )
        .where(Transmission.reference == reference, _seen(person))
    )
    if found is None:
        raise NotFound(reference)
    return found


def sees(person, transmission_id: int) -> bool:
    """Whether a person sees the files of a batch."""
    wanted = select(Transmission.id).where(Transmission.id == transmission_id, _seen(person))
    return policy.may(person, "payments.view") and db.session.scalar(wanted) is not None


def of_order(order: PaymentOrder) -> dict[int, Transmission]:
    """The batch of each attempt at an order, by the id of the attempt."""
    rows = db.session.scalars(
        select(TransmissionItem)
        .join(TransmissionItem.attempt)
        .options(joinedload(TransmissionItem.transmission))
        .where(PaymentAttempt.order_id == order.id)
    )
    return {row.attempt_id: row.transmission for row in rows}


def payers() -> list[PayerAccount]:
    """The accounts of the programme that are open."""
    wanted = select(PayerAccount).options(joinedload(PayerAccount.fund)).where(PayerAccount.closed_at.is_(None))
    return list(db.session.scalars(wanted.order_by(PayerAccount.fund_id, PayerAccount.kind, PayerAccount.id)))


def profiles() -> list[WalletProfile]:
    """The lists of operators, with their versions."""
    wanted = select(WalletProfile).options(
        selectinload(WalletProfile.versions).joinedload(WalletProfileVersion.made_by)
    )
    return list(db.session.scalars(wanted.order_by(WalletProfile.name)))


def profile(profile_id: int) -> WalletProfile:
    """A list of an operator. Raises NotFound."""
    found = db.session.get(WalletProfile, profile_id)
    if found is None:
        raise NotFound(str(profile_id))
    return found
