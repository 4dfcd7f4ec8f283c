"""That a payment which was made came back, on what evidence, and who said and confirmed it.

The ledger takes a payment of an order back only with such a row, confirmed by somebody who neither stated it nor released
the payment; the order is opened again only once the ledger has. The database keeps both, whatever code asks.
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, exists, text
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from grants.access.models import Person
from grants.core import clock
from grants.core.database import Francs, Model, UtcDateTime, refuse, trigger
from grants.funds.models import Transfer
from grants.payments.back.models import ReturnRow
from grants.payments.models import PaymentAttempt, PaymentOrder
from grants.payments.splits.models import given_back
from grants.payments.statements.models import StatementLine


class PaymentReturn(Model):
    """One sending whose money came back: how much of it (`amount` less the `fee` that the bank kept), when, and by what.

    It is stated from a row of a return or a line of a statement, then confirmed or dismissed, and then never changes.
    Francs.
    """

    __tablename__ = "payment_return"
    __table_args__ = (
        CheckConstraint("amount > 0 AND fee >= 0 AND fee < amount", name="whole"),
        CheckConstraint("(row_id IS NULL) <> (line_id IS NULL)", name="evidence"),
        CheckConstraint("length(reason) >= 5", name="reason"),
        CheckConstraint("confirmed_by_id <> stated_by_id", name="two_people"),
        CheckConstraint("(confirmed_at IS NULL) = (confirmed_by_id IS NULL)", name="confirmed"),
        CheckConstraint("(dismissed_at IS NULL) = (dismissed_by_id IS NULL)", name="dismissed"),
        CheckConstraint("dismissed_at IS NULL OR (confirmed_at IS NULL AND length(dismissal) >= 5)", name="one_end"),
        Index("ix_payment_return_order_id", "order_id"),
        Index("ix_payment_return_line_id", "line_id"),
        Index("uq_payment_return_attempt_id", "attempt_id", unique=True, sqlite_where=text("dismissed_at IS NULL"),
              postgresql_where=text("dismissed_at IS NULL")),
        Index("uq_payment_return_row_id", "row_id", unique=True, sqlite_where=text("dismissed_at IS NULL"),
              postgresql_where=text("dismissed_at IS NULL")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("payment_order.id"))
    attempt_id: Mapped[int] = mapped_column(ForeignKey("payment_attempt.id"))
    # The movement of the ledger that it takes back: the payment of the whole order.
    pay_id: Mapped[int] = mapped_column(ForeignKey("transfer.id"), index=True)
    amount: Mapped[Francs]
    fee: Mapped[Francs] = mapped_column(default=0)
    returned_on: Mapped[date]
    bank_reference: Mapped[str | None] = mapped_column(String(60))
    row_id: Mapped[int | None] = mapped_column(ForeignKey("return_row.id"))
    line_id: Mapped[int | None] = mapped_column(ForeignKey("statement_line.id"))
    reason: Mapped[str] = mapped_column(String(300))
    stated_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    stated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    dismissed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    dismissed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    dismissal: Mapped[str | None] = mapped_column(String(300))

    order: Mapped[PaymentOrder] = relationship()
    attempt: Mapped[PaymentAttempt] = relationship()
    pay: Mapped[Transfer] = relationship()
    row: Mapped[ReturnRow | None] = relationship()
    line: Mapped[StatementLine | None] = relationship()
    stated_by: Mapped[Person] = relationship(foreign_keys=[stated_by_id])
    confirmed_by: Mapped[Person | None] = relationship(foreign_keys=[confirmed_by_id])
    dismissed_by: Mapped[Person | None] = relationship(foreign_keys=[dismissed_by_id])

    @property
    def state(self) -> str:
        """`stated`, `confirmed` or `dismissed`."""
        return "confirmed" if self.confirmed_at else "dismissed" if self.dismissed_at else "stated"

    @property
    def arrived(self) -> int:
        """What came back on our account, in francs."""
        return self.amount - self.fee


# Whether the money of a sending came back, for whoever reads sendings.
PaymentAttempt.came_back = column_property(
    exists()
    .where(PaymentReturn.attempt_id == PaymentAttempt.id, PaymentReturn.confirmed_at.is_not(None))
    .correlate_except(PaymentReturn)
)

_TABLE = PaymentReturn.__table__


_PAID_AND_THERE = (
    "SELECT 1 FROM payment_order JOIN payment_attempt ON payment_attempt.order_id = payment_order.id "
    "JOIN attempt_outcome ON attempt_outcome.attempt_id = payment_attempt.id AND attempt_outcome.state = 'paid' "
    "JOIN transfer AS pay ON pay.kind = 'pay' AND pay.reference = payment_order.reference "
    "AND pay.project_id = payment_order.project_id "
    "WHERE payment_order.id = NEW.order_id AND payment_attempt.id = NEW.attempt_id AND pay.id = NEW.pay_id "
    "AND payment_attempt.amount = NEW.amount AND payment_order.paid_on IS NOT NULL AND payment_order.received_on IS NULL "
    "AND NOT EXISTS (SELECT 1 FROM transfer AS back WHERE back.reversal_of_id = pay.id)"
)
_OTHER_EVIDENCE = (
    "NEW.row_id IS NOT NULL AND EXISTS (SELECT 1 FROM return_row WHERE return_row.id = NEW.row_id "
    "AND return_row.amount <> NEW.amount AND return_row.amount <> NEW.amount - NEW.fee) "
    "OR NEW.line_id IS NOT NULL AND NEW.amount - NEW.fee + COALESCE((SELECT SUM(other.amount - other.fee) "
    "FROM payment_return AS other WHERE other.line_id = NEW.line_id AND other.dismissed_at IS NULL), 0) > "
    "(SELECT statement_line.amount FROM statement_line WHERE statement_line.id = NEW.line_id)"
)
_FIXED = (
    "order_id", "attempt_id", "pay_id", "amount", "fee", "returned_on", "bank_reference", "row_id", "line_id", "reason",
    "stated_by_id", "stated_at",
)  # fmt: skip


def _rewritten(differs: str) -> str:
    ended = "OLD.confirmed_at IS NOT NULL OR OLD.dismissed_at IS NOT NULL"
    return " OR ".join([ended, *(f"NEW.{column} {differs} OLD.{column}" for column in _FIXED)])


_RELEASED_BY = "(SELECT payment_attempt.released_by_id FROM payment_attempt WHERE payment_attempt.id = NEW.attempt_id)"

refuse(
    _TABLE, "payment_return_of_what_was_paid", "INSERT", f"NOT EXISTS ({_PAID_AND_THERE})",
    "only what was paid and not acknowledged comes back",
)  # fmt: skip
refuse(_TABLE, "payment_return_by_its_evidence", "INSERT", _OTHER_EVIDENCE, "the evidence is of another amount")
refuse(
    _TABLE, "payment_return_is_stated_first", "INSERT", "NEW.confirmed_at IS NOT NULL OR NEW.dismissed_at IS NOT NULL",
    "a return of money is stated first",
)  # fmt: skip
refuse(
    _TABLE, "payment_return_keeps_its_end", "UPDATE", _rewritten("IS NOT"), "a return of money is not rewritten",
    here=_rewritten("IS DISTINCT FROM"),
)  # fmt: skip
refuse(_TABLE, "payment_return_stays", "DELETE", "OLD.id IS NOT NULL", "a return of money is not removed")
refuse(
    _TABLE, "payment_return_apart_from_the_release", "UPDATE",
    f"NEW.confirmed_by_id IS NOT NULL AND NEW.confirmed_by_id = {_RELEASED_BY}",
    "who released a payment does not confirm that it came back",
)  # fmt: skip
# What an order paid is taken back only by a return that two people stood for.
refuse(
    Transfer.__table__, "transfer_pay_back_by_two", "INSERT",
    "NEW.kind = 'reverse_pay' AND EXISTS (SELECT 1 FROM transfer AS original JOIN payment_order "
    "ON payment_order.reference = original.reference WHERE original.id = NEW.reversal_of_id) "
    "AND NOT EXISTS (SELECT 1 FROM payment_return WHERE payment_return.pay_id = NEW.reversal_of_id "
    "AND payment_return.confirmed_at IS NOT NULL)",
    "only a confirmed return takes a payment back",
    of="NEW.kind = 'reverse_pay'",
)  # fmt: skip

# A wallet that the money left again has its room in the month again.
_CONFIRMED = "NEW.confirmed_at IS NOT NULL AND OLD.confirmed_at IS NULL"
trigger(
    _TABLE,
    "payment_return_empties_the_month",
    sqlite=f"AFTER UPDATE ON payment_return BEGIN {given_back('sqlite', _CONFIRMED)} END",
    postgresql=(f"{given_back('postgresql', _CONFIRMED)} RETURN NEW;", "AFTER UPDATE ON payment_return FOR EACH ROW"),
)
