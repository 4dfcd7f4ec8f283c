"""Donors, the agreements with them, and the money that comes from them or goes back to them."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.access.models import Person
from grants.core import clock
from grants.core.database import Francs, Json, Model, UtcDateTime, append_only, trigger

# A rate is kept in ten-thousandths of a franc for one unit of the currency: 655.957 is 6 559 570.
RATE_PARTS = 10_000
CENTS = 100


class Donor(Model):
    """Who gives the money."""

    __tablename__ = "donor"
    __subject__ = "donor"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(160))


class Fund(Model):
    """An agreement with a donor: what was agreed, in its own currency and in francs, and how much of it went where.

    `agreed_cents` are hundredths of the currency, `rate` ten-thousandths of a franc for one unit of it. `agreed`,
    `received`, `endowed` and `spent` (paid to groups less what came back) are francs; the last three move by `FundReceipt`
    and by the ledger only. `prefinanced`: the programme may pay before the donor's money is there.
    """

    __tablename__ = "fund"
    __subject__ = "fund"
    __table_args__ = (
        CheckConstraint("closes_on >= opens_on", name="dates"),
        CheckConstraint("length(currency) = 3", name="currency"),
        CheckConstraint(f"currency <> 'XOF' OR rate = {RATE_PARTS}", name="franc"),
        CheckConstraint("rate > 0", name="rate"),
        # Both engines cut what is below a franc: an agreement is never worth more than it says.
        CheckConstraint(f"agreed = agreed_cents * rate / {RATE_PARTS * CENTS}", name="agreed_in_francs"),
        CheckConstraint("agreed > 0", name="agreed"),
        CheckConstraint("received >= 0", name="received"),
        CheckConstraint("endowed >= 0 AND endowed <= agreed", name="endowed"),
        # No more is paid than came, unless the agreement lets the programme advance it.
        CheckConstraint("prefinanced OR spent <= received", name="spent"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(160))
    agreement: Mapped[str] = mapped_column(String(80))
    signed_on: Mapped[date | None]
    donor_id: Mapped[int] = mapped_column(ForeignKey("donor.id"))
    opens_on: Mapped[date]
    closes_on: Mapped[date]
    currency: Mapped[str] = mapped_column(String(3))
    agreed_cents: Mapped[Francs]
    rate: Mapped[Francs]
    agreed: Mapped[Francs]
    received: Mapped[Francs] = mapped_column(default=0)
    endowed: Mapped[Francs] = mapped_column(default=0)
    spent: Mapped[Francs] = mapped_column(default=0)
    prefinanced: Mapped[bool] = mapped_column(default=False)

    donor: Mapped[Donor] = relationship()

    @property
    def free(self) -> int:
        """What may still be put into envelopes, in francs."""
        return self.agreed - self.endowed

    @property
    def in_hand(self) -> int:
        """What came from the donor and was not paid to groups, in francs; below zero where the programme advanced it."""
        return self.received - self.spent

    @property
    def awaited(self) -> int:
        """What the donor has still to send, in francs; nothing where the rate of the day brought more than was agreed."""
        return max(0, self.agreed - self.received)


class FundReceipt(Model):
    """Money that came from a donor, or went back to it, once and for ever. Francs; `cents` of the donor's currency."""

    __tablename__ = "fund_receipt"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("cents > 0", name="cents"),
        CheckConstraint("kind IN ('receipt', 'return')", name="kind"),
        UniqueConstraint("fund_id", "bank_reference"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    kind: Mapped[str] = mapped_column(String(10))
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"))
    amount: Mapped[Francs]
    cents: Mapped[Francs]
    moved_on: Mapped[date]
    bank_reference: Mapped[str] = mapped_column(String(60))
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    fund: Mapped[Fund] = relationship()
    by: Mapped[Person] = relationship()


append_only(FundReceipt.__table__)

_RECEIVED = (
    "UPDATE fund SET received = received + CASE NEW.kind WHEN 'receipt' THEN NEW.amount ELSE -NEW.amount END "
    "WHERE id = NEW.fund_id;"
)
trigger(
    FundReceipt.__table__,
    "fund_receipt_moves_fund",
    sqlite=f"AFTER INSERT ON fund_receipt BEGIN {_RECEIVED} END",
    postgresql=(f"{_RECEIVED} RETURN NEW;", "AFTER INSERT ON fund_receipt FOR EACH ROW"),
)


class LedgerCheck(Model):
    """What a comparison of all counters with their movements found. `by` is empty for the nightly one."""

    __tablename__ = "ledger_check"
    __table_args__ = (CheckConstraint("compared >= 0 AND milliseconds >= 0", name="figures"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now, index=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    compared: Mapped[int]
    milliseconds: Mapped[int]
    # In words, one for each thing that does not add up; empty when all is well.
    differences: Mapped[list] = mapped_column(Json)

    by: Mapped[Person | None] = relationship()


append_only(LedgerCheck.__table__)
