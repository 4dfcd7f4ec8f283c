"""Statements of our accounts, their lines, and which of our movements each line is. None of it moves the ledger."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.access.models import Person
from grants.core.database import Francs, Model, UtcDateTime, append_only, refuse, trigger
from grants.funds.models import FundReceipt, Transfer
from grants.payments.models import PaymentAttempt
from grants.payments.out.models import PayerAccount


class Statement(Model):
    """A statement of one of our accounts, read whole: what was there, what moved, what is there. Francs, with their sign."""

    __tablename__ = "bank_statement"
    __subject__ = "bank_statement"
    __table_args__ = (
        CheckConstraint("opening + moved = closing", name="adds_up"),
        CheckConstraint("from_day <= to_day", name="days"),
        CheckConstraint("count > 0", name="count"),
        Index("ix_bank_statement_payer_id_to_day", "payer_id", "to_day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(24), unique=True)
    payer_id: Mapped[int] = mapped_column(ForeignKey("payer_account.id"))
    name: Mapped[str] = mapped_column(String(160))
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    from_day: Mapped[date]
    to_day: Mapped[date]
    opening: Mapped[Francs]
    moved: Mapped[Francs]
    closing: Mapped[Francs]
    count: Mapped[int]
    read_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    read_at: Mapped[datetime] = mapped_column(UtcDateTime)

    payer: Mapped[PayerAccount] = relationship()
    read_by: Mapped[Person] = relationship()


class StatementLine(Model):
    """A line of a statement: what came in (above zero) or went out (below), in francs. The same line stands once."""

    __tablename__ = "statement_line"
    __subject__ = "statement_line"
    __table_args__ = (
        UniqueConstraint("statement_id", "position"),
        UniqueConstraint("payer_id", "key"),
        CheckConstraint("amount <> 0", name="amount"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    statement_id: Mapped[int] = mapped_column(ForeignKey("bank_statement.id"))
    payer_id: Mapped[int] = mapped_column(ForeignKey("payer_account.id"))
    position: Mapped[int]
    key: Mapped[str] = mapped_column(String(64))
    day: Mapped[date]
    amount: Mapped[Francs]
    reference: Mapped[str | None] = mapped_column(String(60))
    bank_reference: Mapped[str | None] = mapped_column(String(60))
    wording: Mapped[str | None] = mapped_column(String(300))

    statement: Mapped[Statement] = relationship()
    matches: Mapped[list["StatementMatch"]] = relationship(order_by="StatementMatch.id", back_populates="line")
    note: Mapped["StatementNote | None"] = relationship(back_populates="line")


class StatementMatch(Model):
    """That a line is one of our movements, or one of several that went together. `by` is empty where a rule found it.

    It may be taken back, never changed: a wrong match hides two things. A movement stands on one line only.
    """

    __tablename__ = "statement_match"
    __subject__ = "statement_match"
    __table_args__ = (
        CheckConstraint(
            "CASE WHEN attempt_id IS NULL THEN 0 ELSE 1 END + CASE WHEN receipt_id IS NULL THEN 0 ELSE 1 END "
            "+ CASE WHEN transfer_id IS NULL THEN 0 ELSE 1 END = 1",
            name="one",
        ),
        CheckConstraint("amount <> 0", name="amount"),
        Index("ix_statement_match_line_id", "line_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("statement_line.id"))
    attempt_id: Mapped[int | None] = mapped_column(ForeignKey("payment_attempt.id"), unique=True)
    receipt_id: Mapped[int | None] = mapped_column(ForeignKey("fund_receipt.id"), unique=True)
    transfer_id: Mapped[int | None] = mapped_column(ForeignKey("transfer.id"), unique=True)
    amount: Mapped[Francs]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    line: Mapped[StatementLine] = relationship(back_populates="matches")
    attempt: Mapped[PaymentAttempt | None] = relationship()
    receipt: Mapped[FundReceipt | None] = relationship()
    transfer: Mapped[Transfer | None] = relationship()
    by: Mapped[Person | None] = relationship()


class StatementNote(Model):
    """Why a line is none of our movements, such as a fee: it stays in the difference, and is explained."""

    __tablename__ = "statement_note"
    __subject__ = "statement_note"
    __table_args__ = (CheckConstraint("length(text) >= 5", name="text"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("statement_line.id"), unique=True)
    text: Mapped[str] = mapped_column(String(300))
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    line: Mapped[StatementLine] = relationship(back_populates="note")
    by: Mapped[Person] = relationship()


for _model in (Statement, StatementLine, StatementNote):
    append_only(_model.__table__)

_SIGN = (
    "(SELECT CASE WHEN statement_line.amount < 0 THEN -1 ELSE 1 END FROM statement_line "
    "WHERE statement_line.id = NEW.line_id)"
)
_BEYOND = (
    "ABS(NEW.amount + COALESCE((SELECT SUM(other.amount) FROM statement_match AS other WHERE other.line_id = NEW.line_id), 0)) "
    "> (SELECT ABS(statement_line.amount) FROM statement_line WHERE statement_line.id = NEW.line_id) "
    f"OR NEW.amount * {_SIGN} < 0"
)
_OTHER = (
    "NEW.attempt_id IS NOT NULL AND NEW.amount <> "
    "(SELECT -payment_attempt.amount FROM payment_attempt WHERE payment_attempt.id = NEW.attempt_id)"
)
_UNPAID = (
    "NEW.attempt_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM attempt_outcome "
    "WHERE attempt_outcome.attempt_id = NEW.attempt_id AND attempt_outcome.state = 'paid')"
)
for _name, _rule, _message in (
    ("statement_match_fits", _BEYOND, "movements make more than their line"),
    ("statement_match_whole", _OTHER, "a payment is on a statement with its own amount"),
    ("statement_match_paid", _UNPAID, "only what was paid is on a statement"),
):
    refuse(StatementMatch.__table__, _name, "INSERT", _rule, _message)
trigger(
    StatementMatch.__table__,
    "statement_match_no_update",
    sqlite="BEFORE UPDATE ON statement_match BEGIN SELECT RAISE(ABORT, 'a match is taken back, never changed'); END",
    postgresql=(
        "RAISE EXCEPTION 'a match is taken back, never changed';",
        "BEFORE UPDATE ON statement_match FOR EACH ROW",
    ),
)
