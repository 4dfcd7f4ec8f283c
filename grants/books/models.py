"""The books: a chart of accounts, how each movement is booked, the entries, the months that are closed.

An entry is one row with the account debited, the account credited and one amount: it cannot be unbalanced. Rows are
never changed. A month that is closed takes no entry any more, whatever asks; there is no way to open it again.
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.access.models import Person
from grants.core import clock
from grants.core.database import Francs, Json, Model, UtcDateTime, append_only, trigger
from grants.funds.models import Envelope, Fund, FundReceipt, Transfer
from grants.projects.models import Project

CHANNELS = ("any", "bank", "wallet")


class Account(Model):
    """An account of the chart. `name` is `{fr, en}`."""

    __tablename__ = "book_account"
    __table_args__ = (CheckConstraint("length(number) >= 2", name="number"),)

    number: Mapped[str] = mapped_column(String(10), primary_key=True)
    name: Mapped[dict] = mapped_column(Json)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)


class BookingRule(Model):
    """How a kind of movement is booked from a moment on: the newest version holds. Without accounts it is not booked.

    `channel` is where the money moves: `bank`, `wallet`, or `any` where it makes no difference. `by` is empty for what
    was shipped.
    """

    __tablename__ = "booking_rule"
    __subject__ = "booking_rule"
    __table_args__ = (
        UniqueConstraint("movement", "channel", "version"),
        CheckConstraint("channel IN ('any', 'bank', 'wallet')", name="channel"),
        CheckConstraint("version > 0", name="version"),
        CheckConstraint("(debit IS NULL) = (credit IS NULL) AND debit <> credit", name="pair"),
        CheckConstraint(
            "(also_debit IS NULL) = (also_credit IS NULL) AND also_debit <> also_credit", name="second_pair"
        ),
        CheckConstraint("also_debit IS NULL OR debit IS NOT NULL", name="first_pair_first"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    movement: Mapped[str] = mapped_column(String(20))
    channel: Mapped[str] = mapped_column(String(10))
    version: Mapped[int]
    debit: Mapped[str | None] = mapped_column(ForeignKey("book_account.number"))
    credit: Mapped[str | None] = mapped_column(ForeignKey("book_account.number"))
    also_debit: Mapped[str | None] = mapped_column(ForeignKey("book_account.number"))
    also_credit: Mapped[str | None] = mapped_column(ForeignKey("book_account.number"))
    reason: Mapped[str] = mapped_column(String(300), default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    by: Mapped[Person | None] = relationship()

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """The pairs of accounts debited and credited; none where the movement is not booked."""
        found = ((self.debit, self.credit), (self.also_debit, self.also_credit))
        return tuple(pair for pair in found if pair[0] is not None)


append_only(BookingRule.__table__)


class Entry(Model):
    """One line of the journal: an amount in francs from the account credited to the account debited.

    `day` lies in an open month; `fact_on` is the day of the fact itself, which may be older. It comes from a movement of
    the ledger, from money of a donor, or corrects one side of another entry (`corrects`, `side`, `reason`).
    """

    __tablename__ = "book_entry"
    __subject__ = "book_entry"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("debit <> credit", name="accounts"),
        CheckConstraint("line IN (1, 2)", name="line"),
        CheckConstraint("fact_on <= day", name="fact"),
        CheckConstraint(
            "CASE WHEN transfer_id IS NULL THEN 0 ELSE 1 END + CASE WHEN receipt_id IS NULL THEN 0 ELSE 1 END "
            "+ CASE WHEN corrects_id IS NULL THEN 0 ELSE 1 END = 1",
            name="source",
        ),
        CheckConstraint("(corrects_id IS NULL) = (side IS NULL) AND side IN ('debit', 'credit')", name="side"),
        CheckConstraint("corrects_id IS NULL OR (reason <> '' AND by_id IS NOT NULL)", name="reason"),
        UniqueConstraint("transfer_id", "line"),
        UniqueConstraint("receipt_id", "line"),
        UniqueConstraint("corrects_id", "side"),
        Index("ix_book_entry_day", "day", "id"),
        Index("ix_book_entry_debit", "debit", "day", "id"),
        Index("ix_book_entry_credit", "credit", "day", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    transfer_id: Mapped[int | None] = mapped_column(ForeignKey("transfer.id"))
    receipt_id: Mapped[int | None] = mapped_column(ForeignKey("fund_receipt.id"))
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("book_entry.id"))
    side: Mapped[str | None] = mapped_column(String(6))
    line: Mapped[int]
    day: Mapped[date]
    fact_on: Mapped[date]
    debit: Mapped[str] = mapped_column(ForeignKey("book_account.number"))
    credit: Mapped[str] = mapped_column(ForeignKey("book_account.number"))
    amount: Mapped[Francs]
    label: Mapped[str] = mapped_column(String(160))
    reason: Mapped[str] = mapped_column(String(300), default="")
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"), index=True)
    envelope_id: Mapped[int | None] = mapped_column(ForeignKey("envelope.id"))
    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id"), index=True)
    rule_id: Mapped[int | None] = mapped_column(ForeignKey("booking_rule.id"))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    transfer: Mapped[Transfer | None] = relationship()
    receipt: Mapped[FundReceipt | None] = relationship()
    fund: Mapped[Fund] = relationship()
    envelope: Mapped[Envelope | None] = relationship()
    project: Mapped[Project | None] = relationship()
    by: Mapped[Person | None] = relationship()


append_only(Entry.__table__)


class Calendar(Model):
    """One row: the last day of the months that are closed. It follows `Period` and never goes back."""

    __tablename__ = "books_calendar"
    __table_args__ = (CheckConstraint("id = 1", name="one"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    closed_through: Mapped[date | None]


class Period(Model):
    """A closed month, by whom, and what it held: how many entries and francs, and the hash of its journal."""

    __tablename__ = "books_period"
    __subject__ = "books_period"
    __table_args__ = (
        CheckConstraint("starts_on <= ends_on", name="days"),
        # A month is over before it is closed.
        CheckConstraint("ends_on < closed_on", name="over"),
        CheckConstraint("entries >= 0 AND amount >= 0", name="figures"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    month: Mapped[str] = mapped_column(String(7), unique=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    entries: Mapped[int]
    amount: Mapped[Francs]
    sha256: Mapped[str] = mapped_column(String(64))
    closed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    closed_on: Mapped[date]
    closed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    closed_by: Mapped[Person] = relationship()


append_only(Period.__table__)


def _refuse(table, name: str, when: str, condition: str, message: str, *, first: str = "", here: str = "") -> None:
    """Refuse what meets a condition, on both engines; on PostgreSQL `first` runs before, and `here` may say it otherwise."""
    trigger(
        table,
        f"{table.name}_{name}",
        sqlite=f"BEFORE {when} ON {table.name} WHEN {condition} BEGIN SELECT RAISE(ABORT, '{message}'); END",
        postgresql=(
            f"{first} IF {here or condition} THEN RAISE EXCEPTION '{message}'; END IF; RETURN NEW;".strip(),
            f"BEFORE {when} ON {table.name} FOR EACH ROW",
        ),
    )


# On PostgreSQL an entry waits for a closing that is under way, and a closing for the entries that are: both hold the row.
_refuse(
    Entry.__table__,
    "in_an_open_month",
    "INSERT",
    "EXISTS (SELECT 1 FROM books_calendar WHERE closed_through >= NEW.day)",
    "this month is closed",
    first="PERFORM 1 FROM books_calendar WHERE id = 1 FOR SHARE;",
)
_refuse(
    Entry.__table__,
    "is_of_its_source",
    "INSERT",
    "NOT (EXISTS (SELECT 1 FROM transfer WHERE id = NEW.transfer_id AND amount = NEW.amount) "
    "OR EXISTS (SELECT 1 FROM fund_receipt WHERE id = NEW.receipt_id AND amount = NEW.amount) "
    "OR EXISTS (SELECT 1 FROM book_entry WHERE id = NEW.corrects_id AND amount = NEW.amount "
    "AND (NEW.side = 'debit' AND NEW.credit = debit OR NEW.side = 'credit' AND NEW.debit = credit)))",
    "an entry has the amount of what it books",
)
_refuse(
    Period.__table__,
    "follows_the_last",
    "INSERT",
    "EXISTS (SELECT 1 FROM books_calendar WHERE date(closed_through, '+1 day') <> NEW.starts_on)",
    "months are closed one after the other",
    here="EXISTS (SELECT 1 FROM books_calendar WHERE closed_through + 1 <> NEW.starts_on)",
)
_CLOSED = "UPDATE books_calendar SET closed_through = NEW.ends_on WHERE id = 1;"
trigger(
    Period.__table__,
    "books_period_closes",
    sqlite=f"AFTER INSERT ON books_period BEGIN {_CLOSED} END",
    postgresql=(f"{_CLOSED} RETURN NEW;", "AFTER INSERT ON books_period FOR EACH ROW"),
)
_refuse(
    Calendar.__table__,
    "never_goes_back",
    "UPDATE",
    "NEW.closed_through IS NULL OR NEW.closed_through <= OLD.closed_through "
    "OR NOT EXISTS (SELECT 1 FROM books_period WHERE ends_on = NEW.closed_through)",
    "a closed month stays closed",
)
_refuse(Calendar.__table__, "stays", "DELETE", "OLD.id = 1", "a closed month stays closed")
