"""The outbox of payouts to Wave: written with the batch, sent by the worker, never twice."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.access.models import Person
from grants.core.database import Francs, Model, UtcDateTime, refuse, trigger
from grants.payments.models import PaymentAttempt
from grants.payments.out.models import Transmission, TransmissionFile

# Wave may still have to be asked about these.
OPEN = ("queued", "sending", "unknown", "processing")


class WavePayout(Model):
    """One payment handed to Wave. `key` makes Wave do it once; `state` is what is known of it.

    queued: not sent yet. sending: a worker is at it, or died at it. unknown: sent, and no answer says what became of it.
    processing: Wave has it. succeeded, failed: Wave's last word, for good. `sends` counts calls that may have moved money.
    """

    __tablename__ = "wave_payout"
    __table_args__ = (
        CheckConstraint("state IN ('queued', 'sending', 'unknown', 'processing', 'succeeded', 'failed')", name="state"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("state <> 'succeeded' OR (wave_id IS NOT NULL AND answered_at IS NOT NULL)", name="succeeded"),
        CheckConstraint("state <> 'failed' OR (error_code IS NOT NULL AND answered_at IS NOT NULL)", name="failed"),
        CheckConstraint("state = 'queued' OR first_sent_at IS NOT NULL", name="sent"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("payment_attempt.id"), unique=True)
    transmission_id: Mapped[int] = mapped_column(ForeignKey("transmission.id"), index=True)
    key: Mapped[str] = mapped_column(String(36), unique=True)
    reference: Mapped[str] = mapped_column(String(35), unique=True)
    amount: Mapped[Francs]
    mobile: Mapped[str] = mapped_column(String(34))
    name: Mapped[str] = mapped_column(String(160))
    purpose: Mapped[str] = mapped_column(String(140))
    state: Mapped[str] = mapped_column(String(10), default="queued", index=True)
    sends: Mapped[int] = mapped_column(default=0)
    tries: Mapped[int] = mapped_column(default=0)
    try_at: Mapped[datetime] = mapped_column(UtcDateTime)
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    first_sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # An answer that nobody foresaw: Wave is asked again, and nothing is sent again.
    doubt: Mapped[bool] = mapped_column(default=False)
    wave_id: Mapped[str | None] = mapped_column(String(60), unique=True)
    fee: Mapped[Francs | None]
    error_code: Mapped[str | None] = mapped_column(String(60))
    error_text: Mapped[str | None] = mapped_column(String(300))
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    queued_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    queued_at: Mapped[datetime] = mapped_column(UtcDateTime)

    attempt: Mapped[PaymentAttempt] = relationship()
    transmission: Mapped[Transmission] = relationship()
    queued_by: Mapped[Person] = relationship()


_TABLE = WavePayout.__table__
_FIXED = ("attempt_id", "transmission_id", "key", "reference", "amount", "mobile", "queued_by_id", "queued_at")
_OVER = "OLD.state IN ('succeeded', 'failed')"


refuse(
    _TABLE, "wave_payout_fixed", "UPDATE",
    f"{_OVER} OR " + " OR ".join(f"NEW.{column} <> OLD.{column}" for column in _FIXED),
    "what goes to Wave, and its last word, are never changed",
)  # fmt: skip
trigger(
    _TABLE,
    "wave_payout_kept",
    sqlite="BEFORE DELETE ON wave_payout BEGIN SELECT RAISE(ABORT, 'a payout is never deleted'); END",
    postgresql=("RAISE EXCEPTION 'a payout is never deleted';", "BEFORE DELETE ON wave_payout FOR EACH ROW"),
)
refuse(
    _TABLE, "wave_payout_as_released", "INSERT",
    "NOT EXISTS (SELECT 1 FROM transmission_item JOIN payment_attempt ON payment_attempt.id = transmission_item.attempt_id "
    "WHERE transmission_item.attempt_id = NEW.attempt_id AND transmission_item.transmission_id = NEW.transmission_id "
    "AND payment_attempt.amount = NEW.amount AND payment_attempt.account_number = NEW.mobile "
    "AND payment_attempt.key = NEW.key AND payment_attempt.reference = NEW.reference)",
    "a payout is a payment of its batch as it was released",
)  # fmt: skip
# A batch goes one way: to Wave by the worker, or as a file that somebody hands over.
refuse(
    _TABLE, "wave_payout_not_by_file", "INSERT",
    "EXISTS (SELECT 1 FROM transmission_file WHERE transmission_file.transmission_id = NEW.transmission_id "
    "AND transmission_file.kind = 'csv')",
    "this batch leaves by a file",
)  # fmt: skip
refuse(
    TransmissionFile.__table__, "transmission_file_not_by_wave", "INSERT",
    "NEW.kind = 'csv' AND EXISTS (SELECT 1 FROM wave_payout WHERE wave_payout.transmission_id = NEW.transmission_id)",
    "this batch leaves by Wave",
)  # fmt: skip
