"""Returns of banks and operators, each of their rows, and what was done about it. Nothing here is ever changed."""

from datetime import date, datetime
from types import SimpleNamespace

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.access.models import Person
from grants.core.database import Francs, Json, Model, UtcDateTime, append_only, refuse
from grants.payments.models import PaymentAttempt

FORMATS = ("csv", "xlsx", "camt054", "pain002")
STATES = ("paid", "failed", "pending", "unclear")
# What needs nobody any more, and what a person must look at.
SETTLED = ("matched", "pending", "known")
FOR_A_PERSON = ("amount", "account", "ambiguous", "unknown", "unclear", "contradicts", "taken", "own")

# A bank's file speaks of everybody: only who holds a right in the whole programme uses it.
PROGRAMME = SimpleNamespace(id=None, place_code=None)


def _among(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


class ReturnProfile(Model):
    """How the returns or statements of one bank or operator are read; `layout` is read by `layouts.Reading`.

    A change is a new row with the next number: a file names the row by which it was read.
    """

    __tablename__ = "return_profile"
    __subject__ = "return_profile"
    __table_args__ = (
        UniqueConstraint("name", "number"),
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("purpose IN ('return', 'statement')", name="purpose"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    number: Mapped[int]
    purpose: Mapped[str] = mapped_column(String(10))
    layout: Mapped[dict] = mapped_column(Json)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)

    made_by: Mapped[Person] = relationship()


class ReturnFile(Model):
    """A return that was applied, whole. The same bytes are taken once."""

    __tablename__ = "return_file"
    __subject__ = "return_file"
    __table_args__ = (
        CheckConstraint(_among("format", FORMATS), name="format"),
        CheckConstraint("(format IN ('csv', 'xlsx')) = (profile_id IS NOT NULL)", name="profile"),
        CheckConstraint("count > 0", name="count"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(24), unique=True)
    name: Mapped[str] = mapped_column(String(160))
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    format: Mapped[str] = mapped_column(String(10))
    profile_id: Mapped[int | None] = mapped_column(ForeignKey("return_profile.id"))
    count: Mapped[int]
    applied_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    applied_at: Mapped[datetime] = mapped_column(UtcDateTime)

    profile: Mapped[ReturnProfile | None] = relationship()
    applied_by: Mapped[Person] = relationship()


class ReturnRow(Model):
    """A row of a return, and what it was found to say of which attempt. Amount in francs.

    `key` tells the same row in another file: such a row names the earlier one and has no effect of its own. `settles`
    is the attempt whose end the row brought when the file was applied: an attempt is settled by one row.
    """

    __tablename__ = "return_row"
    __subject__ = "return_row"
    __table_args__ = (
        UniqueConstraint("file_id", "position"),
        CheckConstraint(_among("state", STATES), name="state"),
        CheckConstraint(_among("finding", SETTLED + FOR_A_PERSON), name="finding"),
        CheckConstraint("finding <> 'matched' OR (attempt_id IS NOT NULL AND earlier_id IS NULL)", name="matched"),
        CheckConstraint("finding <> 'matched' OR state IN ('paid', 'failed')", name="settled"),
        CheckConstraint("earlier_id IS NULL OR finding = 'known'", name="earlier"),
        CheckConstraint("position > 0 AND amount >= 0", name="whole"),
        Index("uq_return_row_key", "key", unique=True, sqlite_where=text("earlier_id IS NULL"),
              postgresql_where=text("earlier_id IS NULL")),
        Index("uq_return_row_settling", "attempt_id", unique=True, sqlite_where=text("finding = 'matched'"),
              postgresql_where=text("finding = 'matched'")),
        Index("ix_return_row_finding", "finding", "id"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("return_file.id"))
    position: Mapped[int]
    key: Mapped[str] = mapped_column(String(64))
    earlier_id: Mapped[int | None] = mapped_column(ForeignKey("return_row.id"))
    reference: Mapped[str | None] = mapped_column(String(60))
    account: Mapped[str | None] = mapped_column(String(40))
    amount: Mapped[Francs | None]
    day: Mapped[date | None]
    state: Mapped[str] = mapped_column(String(10))
    bank_reference: Mapped[str | None] = mapped_column(String(60))
    reason: Mapped[str | None] = mapped_column(String(300))
    wording: Mapped[str | None] = mapped_column(String(300))
    finding: Mapped[str] = mapped_column(String(12))
    # By our reference, or by the account and the amount.
    found_by: Mapped[str | None] = mapped_column(String(10))
    attempt_id: Mapped[int | None] = mapped_column(ForeignKey("payment_attempt.id"))

    file: Mapped[ReturnFile] = relationship()
    attempt: Mapped[PaymentAttempt | None] = relationship()
    ruling: Mapped["ReturnRuling | None"] = relationship(back_populates="row")


class ReturnRuling(Model):
    """What a person made of a row that the machine could not place: an end of an attempt, or nothing, and why."""

    __tablename__ = "return_ruling"
    __subject__ = "return_ruling"
    __table_args__ = (
        CheckConstraint("kind IN ('paid', 'failed', 'unknown', 'set_aside')", name="kind"),
        CheckConstraint("(kind = 'set_aside') = (attempt_id IS NULL)", name="attempt"),
        CheckConstraint("kind <> 'set_aside' OR length(note) >= 5", name="note"),
        Index("uq_return_ruling_settling", "attempt_id", unique=True, sqlite_where=text("kind IN ('paid', 'failed')"),
              postgresql_where=text("kind IN ('paid', 'failed')")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    row_id: Mapped[int] = mapped_column(ForeignKey("return_row.id"), unique=True)
    kind: Mapped[str] = mapped_column(String(10))
    attempt_id: Mapped[int | None] = mapped_column(ForeignKey("payment_attempt.id"))
    note: Mapped[str] = mapped_column(String(300))
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    row: Mapped[ReturnRow] = relationship(back_populates="ruling")
    attempt: Mapped[PaymentAttempt | None] = relationship()
    by: Mapped[Person] = relationship()


for _model in (ReturnProfile, ReturnFile, ReturnRow, ReturnRuling):
    append_only(_model.__table__)

_TOO_MANY = "NEW.position > (SELECT return_file.count FROM return_file WHERE return_file.id = NEW.file_id)"
_NOT_FOR_A_PERSON = (
    "NOT EXISTS (SELECT 1 FROM return_row WHERE return_row.id = NEW.row_id "
    "AND return_row.finding NOT IN ('matched', 'pending', 'known'))"
)
_UNPROVEN = (
    "NEW.kind IN ('paid', 'failed') AND NOT EXISTS (SELECT 1 FROM attempt_outcome "
    "WHERE attempt_outcome.attempt_id = NEW.attempt_id AND attempt_outcome.state = NEW.kind)"
)
_OTHER_AMOUNT = (
    "NEW.kind = 'paid' AND EXISTS (SELECT 1 FROM return_row JOIN payment_attempt ON payment_attempt.id = NEW.attempt_id "
    "WHERE return_row.id = NEW.row_id AND return_row.amount <> payment_attempt.amount)"
)
for _table, _name, _rule, _message in (
    (ReturnRow, "return_row_as_announced", _TOO_MANY, "a return holds just what was announced"),
    (ReturnRuling, "return_ruling_where_needed", _NOT_FOR_A_PERSON, "nobody is to rule on this row"),
    (ReturnRuling, "return_ruling_proven", _UNPROVEN, "the attempt has no such end"),
    (ReturnRuling, "return_ruling_whole", _OTHER_AMOUNT, "another amount than this pays nothing"),
):
    refuse(_table.__table__, _name, "INSERT", _rule, _message)
