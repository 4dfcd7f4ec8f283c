"""What is read about returns: the payments that rows may be about, files, rows that wait for a person, and profiles."""

from datetime import timedelta

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from grants import journal
from grants.access import policy
from grants.core import clock
from grants.core.database import db
from grants.core.errors import NotFound
from grants.core.paging import Page, keyset
from grants.core.portions import among, portions
from grants.payments import settings
from grants.payments.back.matching import AWAITED, Book, Payment
from grants.payments.back.models import FOR_A_PERSON, PROGRAMME, ReturnFile, ReturnProfile, ReturnRow, ReturnRuling
from grants.payments.models import AttemptOutcome, PaymentAttempt, PaymentOrder
from grants.projects.models import Project


def require_whole(person, right: str = "payments.view") -> None:
    """Raise NotFound unless the person holds the right in the whole programme: a bank's file speaks of everybody."""
    if not policy.sees(person, right, PROGRAMME):
        raise NotFound(right)


def sees(person, file_id: int) -> bool:
    """Whether a person may have the file of a return."""
    return policy.sees(person, "payments.view", PROGRAMME) and db.session.get(ReturnFile, file_id) is not None


def book() -> Book:
    """Every payment that was sent, with its end. One question, however many there are."""
    end = aliased(AttemptOutcome)
    rows = db.session.execute(
        select(
            PaymentAttempt.id, PaymentAttempt.order_id, PaymentOrder.reference, PaymentAttempt.reference,
            PaymentAttempt.amount, PaymentAttempt.account_number, PaymentAttempt.sent_at, PaymentAttempt.released_by_id,
            and_(
                PaymentOrder.step.in_(AWAITED),
                or_(PaymentAttempt.number == PaymentOrder.attempts, PaymentAttempt.part_id.is_not(None)),
            ),
            end.state, end.bank_reference, PaymentAttempt.leaves_on, PaymentAttempt.came_back,
        )
        .join(PaymentOrder, PaymentOrder.id == PaymentAttempt.order_id)
        .outerjoin(end, and_(end.attempt_id == PaymentAttempt.id, end.state != "unknown"))
    )  # fmt: skip
    return Book(
        Payment(
            attempt_id=row[0], order_id=row[1], order_reference=row[2], reference=row[3], amount=row[4], account=row[5],
            sent_on=row[11] or row[6].astimezone(clock.BAMAKO).date(), released_by_id=row[7],
            awaited=bool(row[8]) and row[9] is None, end=row[9], bank_reference=row[10],
            came_back=bool(row[12]),
        )
        for row in rows
    )  # fmt: skip


def own(by) -> frozenset[int]:
    """Orders awaited whose release counts against a person: done in their name, or by whom or for whom they now act.

    One question: the journal says for whom somebody released.
    """
    giver = policy.stands_for(by, "payments.reconcile", PROGRAMME)
    ids = [one.id for one in (by, giver) if one is not None]
    wanted = (
        select(journal.Event.subject_id)
        .join(PaymentOrder, PaymentOrder.id == journal.Event.subject_id)
        .where(
            journal.Event.subject_kind == PaymentOrder.__subject__, journal.Event.action == "release",
            or_(journal.Event.actor_id.in_(ids), journal.Event.on_behalf_of_id.in_(ids)),
            PaymentOrder.step.in_(AWAITED),
        )
    )  # fmt: skip
    return frozenset(db.session.scalars(wanted))


def rows_of_keys(keys: list[str]) -> dict[str, int]:
    """The rows of earlier files by what they say."""
    found: dict[str, int] = {}
    for some in portions(keys):
        wanted = select(ReturnRow.key, ReturnRow.id).where(among(ReturnRow.key, some), ReturnRow.earlier_id.is_(None))
        found.update((row.key, row.id) for row in db.session.execute(wanted))
    return found


def file_of(sha256: str) -> ReturnFile | None:
    """The return that was applied with these bytes."""
    return db.session.scalar(
        select(ReturnFile).options(joinedload(ReturnFile.applied_by)).where(ReturnFile.sha256 == sha256)
    )


def files(*, after: str | None = None, size: int = 25) -> Page:
    """The returns that were applied, the latest first."""
    wanted = select(ReturnFile).options(joinedload(ReturnFile.applied_by), joinedload(ReturnFile.profile))
    return keyset(wanted, order=[ReturnFile.id.desc()], after=after, size=size)


def file(reference: str) -> ReturnFile:
    """A return by its reference. Raises NotFound."""
    found = db.session.scalar(
        select(ReturnFile)
        .options(joinedload(ReturnFile.applied_by), joinedload(ReturnFile.profile))
        .where(ReturnFile.reference == reference)
    )
    if found is None:
        raise NotFound(reference)
    return found


def _rows():
    order = joinedload(ReturnRow.attempt).joinedload(PaymentAttempt.order)
    return select(ReturnRow).options(
        joinedload(ReturnRow.file), order.joinedload(PaymentOrder.project).joinedload(Project.group),
        joinedload(ReturnRow.ruling).joinedload(ReturnRuling.by),
    )  # fmt: skip


def rows(of: ReturnFile, finding: str = "", *, after: str | None = None, size: int = 100) -> Page:
    """The rows of a return in their order, all or those of one finding."""
    wanted = _rows().where(ReturnRow.file_id == of.id)
    if finding:
        wanted = wanted.where(ReturnRow.finding == finding)
    return keyset(wanted, order=[ReturnRow.position], after=after, size=size)


def all_rows(of: ReturnFile) -> list[ReturnRow]:
    """Every row of a return."""
    return list(db.session.scalars(_rows().where(ReturnRow.file_id == of.id).order_by(ReturnRow.position)).unique())


def counts(of: ReturnFile) -> dict[str, tuple[int, int]]:
    """Rows and francs of each finding of a return; `open` are those that still wait for a person."""
    open_ = and_(ReturnRow.finding.in_(FOR_A_PERSON), ReturnRuling.id.is_(None))
    found = db.session.execute(
        select(ReturnRow.finding, func.count(), func.coalesce(func.sum(ReturnRow.amount), 0), func.sum(case((open_, 1), else_=0)))
        .outerjoin(ReturnRuling, ReturnRuling.row_id == ReturnRow.id)
        .where(ReturnRow.file_id == of.id)
        .group_by(ReturnRow.finding)
    ).all()  # fmt: skip
    return {row[0]: (int(row[1]), int(row[2])) for row in found} | {"open": (sum(int(row[3]) for row in found), 0)}


def _open_rows():
    ruled = select(ReturnRuling.id).where(ReturnRuling.row_id == ReturnRow.id).exists()
    return _rows().where(ReturnRow.finding.in_(FOR_A_PERSON), ~ruled)


def triage(*, after: str | None = None, size: int = 25) -> Page:
    """The rows that wait for a person, the oldest first."""
    return keyset(_open_rows(), order=[ReturnRow.id], after=after, size=size)


def triage_count() -> int:
    """How many rows wait for a person."""
    return db.session.scalar(_open_rows().with_only_columns(func.count()).order_by(None))


def row(row_id: int) -> ReturnRow:
    """A row by its id. Raises NotFound."""
    found = db.session.scalar(_rows().where(ReturnRow.id == row_id))
    if found is None:
        raise NotFound(str(row_id))
    return found


def candidates(of: ReturnRow, *, size: int = 12) -> list[PaymentOrder]:
    """Payments that are awaited and that a row may be about: its own, those of the same amount, then the oldest."""
    wanted = (
        select(PaymentOrder)
        .join(PaymentAttempt, and_(PaymentAttempt.order_id == PaymentOrder.id, PaymentAttempt.number == PaymentOrder.attempts))
        .options(joinedload(PaymentOrder.project).joinedload(Project.group), joinedload(PaymentOrder.tranche))
        .where(PaymentOrder.step.in_(AWAITED))
        .order_by(
            case((PaymentAttempt.id == of.attempt_id, 0), (PaymentAttempt.amount == of.amount, 1), else_=2),
            PaymentOrder.sent_at, PaymentOrder.id,
        )
        .limit(size)
    )  # fmt: skip
    return list(db.session.scalars(wanted).unique())


def awaited_order(reference: str) -> PaymentOrder | None:
    """An order whose payment is awaited, by its reference or that of its last attempt."""
    text = " ".join(reference.split()).upper()
    return db.session.scalar(
        select(PaymentOrder)
        .join(PaymentAttempt, and_(PaymentAttempt.order_id == PaymentOrder.id, PaymentAttempt.number == PaymentOrder.attempts))
        .where(
            db.or_(PaymentOrder.reference == text, PaymentAttempt.reference == text), PaymentOrder.step.in_(AWAITED)
        )
    )  # fmt: skip


def profiles(purpose: str | None = None) -> list[ReturnProfile]:
    """The newest version of each description, by name."""
    newer = aliased(ReturnProfile)
    later = select(newer.id).where(newer.name == ReturnProfile.name, newer.number > ReturnProfile.number).exists()
    wanted = select(ReturnProfile).options(joinedload(ReturnProfile.made_by)).where(~later)
    if purpose:
        wanted = wanted.where(ReturnProfile.purpose == purpose)
    return list(db.session.scalars(wanted.order_by(ReturnProfile.name)))


def profile(profile_id: int) -> ReturnProfile:
    """A description. Raises NotFound."""
    found = db.session.get(ReturnProfile, profile_id)
    if found is None:
        raise NotFound(str(profile_id))
    return found


def _unpaid(person):
    line = clock.now() - timedelta(days=settings.value("unpaid_days"))
    return (
        select(PaymentOrder)
        .join(PaymentOrder.project)
        .where(
            PaymentOrder.step.in_(AWAITED),
            PaymentOrder.sent_at <= line,
            policy.in_sight(person, "payments.view", PaymentOrder.place_code),
        )
    )


def unpaid(person, *, after: str | None = None, size: int = 25) -> Page:
    """Orders in sight that left more days ago than the programme allows and are neither paid nor refused, oldest first."""
    wanted = _unpaid(person).options(
        joinedload(PaymentOrder.project).joinedload(Project.group), joinedload(PaymentOrder.tranche)
    )
    return keyset(wanted, order=[PaymentOrder.sent_at, PaymentOrder.id], after=after, size=size)


def unpaid_totals(person) -> tuple[int, int]:
    """How many such orders there are, and their francs."""
    number, total = db.session.execute(
        _unpaid(person).with_only_columns(func.count(), func.coalesce(func.sum(PaymentOrder.amount), 0))
    ).one()
    return int(number), int(total)
