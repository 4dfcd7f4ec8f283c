"""What is read about money that came back: what was stated, what may be evidence, and which sendings it may be."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import joinedload

from grants.core.database import db
from grants.funds.models import Transfer
from grants.payments.back.models import FOR_A_PERSON, ReturnFile, ReturnRow, ReturnRuling
from grants.payments.comebacks.models import PaymentReturn
from grants.payments.models import AttemptOutcome, PaymentAttempt, PaymentOrder
from grants.payments.statements.models import Statement, StatementLine, StatementMatch, StatementNote

# The steps of an order from which one states that money came back.
STATED_FROM = ("confirmed", "returning")


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the bank or the operator says: a row of a return or a line of a statement. `amount` in francs, if it says one."""

    key: str
    source: str
    position: int
    day: date | None
    amount: int | None
    bank_reference: str | None
    wording: str | None


def returns(order: PaymentOrder) -> list[PaymentReturn]:
    """All that was stated about an order, in its order. One query."""
    people = (PaymentReturn.stated_by, PaymentReturn.confirmed_by, PaymentReturn.dismissed_by)
    wanted = (
        select(PaymentReturn)
        .options(
            joinedload(PaymentReturn.attempt), joinedload(PaymentReturn.row).joinedload(ReturnRow.file),
            joinedload(PaymentReturn.line).joinedload(StatementLine.statement), *map(joinedload, people),
        )
        .where(PaymentReturn.order_id == order.id)
        .order_by(PaymentReturn.id)
    )  # fmt: skip
    return list(db.session.scalars(wanted).unique())


def stated(order: PaymentOrder) -> list[PaymentReturn]:
    """What was stated and neither confirmed nor dismissed yet."""
    return [one for one in returns(order) if one.state == "stated"]


def sendings(order: PaymentOrder) -> list[PaymentAttempt]:
    """The sendings of an order that were paid, and of which nobody stated that the money came back."""
    gone = select(PaymentReturn.id).where(
        PaymentReturn.attempt_id == PaymentAttempt.id, PaymentReturn.dismissed_at.is_(None)
    )
    wanted = (
        select(PaymentAttempt)
        .join(AttemptOutcome, and_(AttemptOutcome.attempt_id == PaymentAttempt.id, AttemptOutcome.state == "paid"))
        .where(PaymentAttempt.order_id == order.id, ~gone.exists())
        .order_by(PaymentAttempt.number)
    )
    return list(db.session.scalars(wanted))


def payment(order: PaymentOrder) -> Transfer | None:
    """The movement by which the ledger paid an order and that was not taken back."""
    back = select(Transfer.reversal_of_id).where(Transfer.reversal_of_id.is_not(None))
    return db.session.scalar(
        select(Transfer).where(
            Transfer.project_id == order.project_id, Transfer.kind == "pay", Transfer.reference == order.reference,
            Transfer.id.not_in(back),
        )
    )  # fmt: skip


def evidence(order: PaymentOrder, *, size: int = 20) -> list[Evidence]:
    """What may say that the money of an order came back, what names it first. Two queries."""
    sent = sendings(order)
    if not sent:
        return []
    ids, most = [one.id for one in sent], max(one.amount for one in sent)
    return [*_rows(ids, [one.amount for one in sent], size), *_lines(order, most, size)]


def _rows(ids: list[int], amounts: list[int], size: int) -> list[Evidence]:
    ruled = select(ReturnRuling.id).where(ReturnRuling.row_id == ReturnRow.id).exists()
    used = select(PaymentReturn.id).where(PaymentReturn.row_id == ReturnRow.id, PaymentReturn.dismissed_at.is_(None))
    named = ReturnRow.attempt_id.in_(ids)
    wanted = (
        select(ReturnRow, ReturnFile.reference)
        .join(ReturnFile, ReturnFile.id == ReturnRow.file_id)
        .where(
            ReturnRow.finding.in_(FOR_A_PERSON), ~ruled, ~used.exists(),
            or_(named, and_(ReturnRow.attempt_id.is_(None), ReturnRow.amount.in_(amounts))),
        )
        .order_by(named.desc(), ReturnRow.id.desc())
        .limit(size)
    )  # fmt: skip
    return [
        Evidence(
            f"row-{row.id}", name, row.position, row.day, row.amount, row.bank_reference, row.reason or row.wording
        )
        for row, name in db.session.execute(wanted)
    ]


def _lines(order: PaymentOrder, most: int, size: int) -> list[Evidence]:
    """Money that came in since the payment, that nobody has placed."""
    matched = select(StatementMatch.id).where(StatementMatch.line_id == StatementLine.id).exists()
    noted = select(StatementNote.id).where(StatementNote.line_id == StatementLine.id).exists()
    used = (
        select(func.coalesce(func.sum(PaymentReturn.amount - PaymentReturn.fee), 0))
        .where(PaymentReturn.line_id == StatementLine.id, PaymentReturn.dismissed_at.is_(None))
        .scalar_subquery()
    )
    free = StatementLine.amount - used
    wanted = (
        select(StatementLine, Statement.reference, free)
        .join(Statement, Statement.id == StatementLine.statement_id)
        .where(free > 0, StatementLine.day >= order.paid_on, ~matched, ~noted)
        .order_by(func.abs(free - most), StatementLine.id)
        .limit(size)
    )
    return [
        Evidence(f"line-{line.id}", name, line.position, line.day, int(left), line.bank_reference, line.wording or line.reference)
        for line, name, left in db.session.execute(wanted)
    ]  # fmt: skip


def may_concern(row: ReturnRow) -> list[PaymentOrder]:
    """Orders that were paid and whose money a row of a return may say to have come back: its own, else those of its amount."""
    if row.attempt is None:
        return orders_of_amount(row.amount)
    return [row.attempt.order] if row.attempt.order.step in STATED_FROM else []


def orders_of_amount(amount: int | None, *, size: int = 8) -> list[PaymentOrder]:
    """Orders that were paid, are not acknowledged and have a sending of this amount (francs), the latest first."""
    sent = select(PaymentAttempt.id).where(PaymentAttempt.order_id == PaymentOrder.id, PaymentAttempt.amount == amount)
    wanted = (
        select(PaymentOrder)
        .options(joinedload(PaymentOrder.project), joinedload(PaymentOrder.tranche))
        .where(PaymentOrder.step.in_(STATED_FROM), sent.exists())
        .order_by(PaymentOrder.paid_on.desc(), PaymentOrder.id.desc())
        .limit(size)
    )
    return list(db.session.scalars(wanted).unique()) if amount and amount > 0 else []
