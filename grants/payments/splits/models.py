"""The parts of a payment that leaves in several transfers, and what each wallet was sent in a month.

The parts add up to their order to the franc, and no wallet is sent more in a month, or at once, than the law allows: both
are kept by the database, whatever code asks. An order without parts is paid by one transfer.
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.access.models import Person
from grants.core import clock
from grants.core.database import Francs, Model, UtcDateTime, refuse, trigger
from grants.groups.models import PaymentAccount
from grants.payments.models import AttemptOutcome, PaymentAttempt, PaymentOrder, came_back


class PaymentPart(Model):
    """One transfer of a payment that leaves in several: to which account, how much, and from which day on.

    It never changes. A part that was not paid may be withdrawn when the order is taken up with another account.
    """

    __tablename__ = "payment_part"
    __table_args__ = (
        UniqueConstraint("order_id", "number"),
        CheckConstraint("number > 0 AND amount > 0", name="whole"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("payment_order.id"))
    number: Mapped[int]
    account_id: Mapped[int] = mapped_column(ForeignKey("payment_account.id"))
    account_number: Mapped[str] = mapped_column(String(34))
    amount: Mapped[Francs]
    leaves_on: Mapped[date] = mapped_column(Date)
    chosen_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    chosen_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    order: Mapped[PaymentOrder] = relationship()
    account: Mapped[PaymentAccount] = relationship()
    chosen_by: Mapped[Person] = relationship()
    attempts: Mapped[list[PaymentAttempt]] = relationship(order_by=PaymentAttempt.number, viewonly=True)


class WalletMonth(Model):
    """What one wallet was sent in a month, and how much it may be sent: in the month (`cap`) and at once (`cap_each`).

    `month` is written 2026-11. `sent` moves with the attempts and their failures, by triggers only. Francs.
    """

    __tablename__ = "wallet_month"
    __table_args__ = (CheckConstraint("sent >= 0 AND sent <= cap", name="cap"),)

    number: Mapped[str] = mapped_column(String(34), primary_key=True)
    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    cap: Mapped[Francs]
    cap_each: Mapped[Francs]
    sent: Mapped[Francs] = mapped_column(default=0)


_PART, _ORDER, _ATTEMPT = PaymentPart.__table__, PaymentOrder.__table__, PaymentAttempt.__table__
# Money that came back counts like money that never arrived.
_NOT_FAILED = (
    "NOT EXISTS (SELECT 1 FROM attempt_outcome AS end_of_it "
    "WHERE end_of_it.attempt_id = sent.id AND end_of_it.state = 'failed') "
    f"AND NOT {came_back('sent')}"
)
_LIVE_PARTS = "FROM payment_part WHERE payment_part.order_id = NEW.id AND payment_part.withdrawn_at IS NULL"

trigger(
    _PART,
    "payment_part_fixed",
    sqlite=(
        "BEFORE UPDATE OF order_id, number, account_id, account_number, amount, leaves_on, chosen_by_id, chosen_at "
        "ON payment_part BEGIN SELECT RAISE(ABORT, 'a part of a payment is never changed'); END"
    ),
    postgresql=(
        "IF NEW.order_id IS DISTINCT FROM OLD.order_id OR NEW.number IS DISTINCT FROM OLD.number "
        "OR NEW.account_id IS DISTINCT FROM OLD.account_id OR NEW.account_number IS DISTINCT FROM OLD.account_number "
        "OR NEW.amount IS DISTINCT FROM OLD.amount OR NEW.leaves_on IS DISTINCT FROM OLD.leaves_on "
        "OR NEW.chosen_by_id IS DISTINCT FROM OLD.chosen_by_id OR NEW.chosen_at IS DISTINCT FROM OLD.chosen_at THEN "
        "RAISE EXCEPTION 'a part of a payment is never changed'; END IF; RETURN NEW;",
        "BEFORE UPDATE ON payment_part FOR EACH ROW",
    ),
)
trigger(
    _PART,
    "payment_part_kept",
    sqlite="BEFORE DELETE ON payment_part BEGIN SELECT RAISE(ABORT, 'a part of a payment is never deleted'); END",
    postgresql=(
        "RAISE EXCEPTION 'a part of a payment is never deleted';",
        "BEFORE DELETE ON payment_part FOR EACH ROW",
    ),
)
refuse(
    _PART, "payment_part_before_release", "INSERT",
    "EXISTS (SELECT 1 FROM payment_order WHERE payment_order.id = NEW.order_id AND payment_order.released_by_id IS NOT NULL)",
    "the parts are chosen before the release",
)  # fmt: skip
refuse(
    _PART, "payment_part_withdrawn_unpaid", "UPDATE OF withdrawn_at",
    "OLD.withdrawn_at IS NOT NULL OR EXISTS (SELECT 1 FROM payment_attempt AS sent "
    f"WHERE sent.part_id = NEW.id AND {_NOT_FAILED})",
    "a part that left is not withdrawn",
)  # fmt: skip
for _column in ("verified_by_id", "released_by_id"):
    refuse(
        _ORDER, f"payment_order_whole_at_{_column}", f"UPDATE OF {_column}",
        f"NEW.{_column} IS NOT NULL AND EXISTS (SELECT 1 {_LIVE_PARTS}) "
        f"AND (SELECT SUM(payment_part.amount) {_LIVE_PARTS}) <> NEW.amount",
        "the parts of a payment add up to it",
    )  # fmt: skip
refuse(
    _ORDER, "payment_order_cancelled_unpaid", "UPDATE OF live",
    "NEW.live IS NULL AND EXISTS (SELECT 1 FROM payment_attempt AS sent "
    f"WHERE sent.order_id = NEW.id AND {_NOT_FAILED})",
    "a payment of which a part left is not cancelled",
)  # fmt: skip
refuse(
    _ORDER, "payment_order_paid_whole", "UPDATE OF paid_on",
    "NEW.paid_on IS NOT NULL AND OLD.paid_on IS NULL AND COALESCE((SELECT SUM(sent.amount) FROM payment_attempt AS sent "
    "JOIN attempt_outcome ON attempt_outcome.attempt_id = sent.id AND attempt_outcome.state = 'paid' "
    f"WHERE sent.order_id = NEW.id AND NOT {came_back('sent')}), 0) <> NEW.amount",
    "a payment is paid when all of it is",
)  # fmt: skip
refuse(
    _ATTEMPT, "payment_attempt_of_its_part", "INSERT",
    "NEW.part_id IS NULL AND ("
    "NEW.amount <> (SELECT payment_order.amount FROM payment_order WHERE payment_order.id = NEW.order_id) "
    "OR EXISTS (SELECT 1 FROM payment_part WHERE payment_part.order_id = NEW.order_id AND withdrawn_at IS NULL)) "
    "OR NEW.part_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM payment_part WHERE payment_part.id = NEW.part_id "
    "AND payment_part.order_id = NEW.order_id AND payment_part.amount = NEW.amount AND withdrawn_at IS NULL "
    "AND payment_part.account_id = NEW.account_id AND payment_part.account_number = NEW.account_number)",
    "an attempt is at a whole payment or at a part as it was chosen",
)  # fmt: skip
refuse(
    _ATTEMPT, "payment_attempt_never_over", "INSERT",
    "NEW.amount + COALESCE((SELECT SUM(sent.amount) FROM payment_attempt AS sent "
    f"WHERE sent.order_id = NEW.order_id AND {_NOT_FAILED}), 0) > "
    "(SELECT payment_order.amount FROM payment_order WHERE payment_order.id = NEW.order_id)",
    "more than the order would leave",
)  # fmt: skip

# The month counts from the day on which an attempt leaves. Bamako keeps the time of UTC.
_WALLET = "(SELECT kind FROM payment_account WHERE payment_account.id = {row}.account_id) = 'wallet'"
_MONTH = {
    "sqlite": "substr(COALESCE({row}.leaves_on, {row}.sent_at), 1, 7)",
    "postgresql": "to_char(COALESCE({row}.leaves_on, ({row}.sent_at AT TIME ZONE 'UTC')::date), 'YYYY-MM')",
}


def _counted(engine: str) -> tuple[str, str]:
    month = _MONTH[engine].format(row="NEW")
    here = f"wallet_month.number = NEW.account_number AND wallet_month.month = {month}"
    no_room = (
        f"{_WALLET.format(row='NEW')} AND NOT EXISTS (SELECT 1 FROM wallet_month WHERE {here} "
        "AND NEW.amount <= wallet_month.cap_each)"
    )
    return no_room, f"UPDATE wallet_month SET sent = sent + NEW.amount WHERE {here} AND {_WALLET.format(row='NEW')};"


_FAILED = "NEW.state = 'failed'"


def given_back(engine: str, when: str) -> str:
    """The statement that gives a wallet the room of the attempt NEW.attempt_id again, where a condition holds."""
    month = _MONTH[engine].format(row="sent")
    return (
        "UPDATE wallet_month SET sent = wallet_month.sent - (SELECT amount FROM payment_attempt WHERE id = NEW.attempt_id) "
        f"WHERE {when} AND EXISTS (SELECT 1 FROM payment_attempt AS sent WHERE sent.id = NEW.attempt_id "
        f"AND sent.account_number = wallet_month.number AND {month} = wallet_month.month "
        f"AND {_WALLET.format(row='sent')});"
    )


_refuse_here, _move = zip(*(_counted(engine) for engine in ("sqlite", "postgresql")), strict=True)
trigger(
    _ATTEMPT,
    "payment_attempt_within_the_wallet",
    sqlite=(
        f"BEFORE INSERT ON payment_attempt WHEN {_refuse_here[0]} "
        "BEGIN SELECT RAISE(ABORT, 'a wallet takes no more at once'); END"
    ),
    postgresql=(
        f"IF {_refuse_here[1]} THEN RAISE EXCEPTION 'a wallet takes no more at once'; END IF; RETURN NEW;",
        "BEFORE INSERT ON payment_attempt FOR EACH ROW",
    ),
)
trigger(
    _ATTEMPT,
    "payment_attempt_fills_the_month",
    sqlite=f"AFTER INSERT ON payment_attempt BEGIN {_move[0]} END",
    postgresql=(f"{_move[1]} RETURN NEW;", "AFTER INSERT ON payment_attempt FOR EACH ROW"),
)
trigger(
    AttemptOutcome.__table__,
    "attempt_outcome_empties_the_month",
    sqlite=f"AFTER INSERT ON attempt_outcome BEGIN {given_back('sqlite', _FAILED)} END",
    postgresql=(
        f"{given_back('postgresql', _FAILED)} RETURN NEW;",
        f"AFTER INSERT ON attempt_outcome FOR EACH ROW WHEN ({_FAILED})",
    ),
)
