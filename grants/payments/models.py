"""Tranches of a contract, and the orders that pay them."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.access.models import Person
from grants.contracts.models import Contract
from grants.core.database import Francs, Json, Model, UtcDateTime, append_only, trigger
from grants.documents.models import Document, StoredFile
from grants.groups.models import Officer, PaymentAccount
from grants.lifecycle import Running, running_args
from grants.projects.models import Project


def came_back(attempt: str) -> str:
    """SQL: whether the money of an attempt (by the name of its table in the statement) came back, as two people confirmed."""
    return (
        f"EXISTS (SELECT 1 FROM payment_return WHERE payment_return.attempt_id = {attempt}.id "
        "AND payment_return.confirmed_at IS NOT NULL)"
    )


class Tranche(Model):
    """A part of the grant and what must be true before it is paid. Francs. `conditions` are codes of registered ones.

    `held` is what is kept back of works; the tranche that is the `retention` of a contract pays it, once they are accepted.
    """

    __tablename__ = "tranche"
    __table_args__ = (
        UniqueConstraint("contract_id", "number"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("held >= 0 AND (NOT retention OR held = 0)", name="held"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"))
    number: Mapped[int]
    percent: Mapped[int]
    amount: Mapped[Francs]
    held: Mapped[Francs] = mapped_column(default=0)
    retention: Mapped[bool] = mapped_column(default=False)
    conditions: Mapped[list] = mapped_column(Json)
    # Only the balance that is no longer needed at the end is cancelled; a paid tranche never is.
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    project: Mapped[Project] = relationship()
    contract: Mapped[Contract] = relationship()
    orders: Mapped[list["PaymentOrder"]] = relationship(order_by="PaymentOrder.id", back_populates="tranche")


_NOT_HELD = (
    "NEW.retention AND NEW.amount <> (SELECT COALESCE(SUM(held), 0) FROM tranche "
    "WHERE tranche.contract_id = NEW.contract_id)"
)
# What was kept back is paid as it was kept back.
trigger(
    Tranche.__table__,
    "tranche_retention_is_what_was_held",
    sqlite=(
        f"BEFORE INSERT ON tranche WHEN {_NOT_HELD} "
        "BEGIN SELECT RAISE(ABORT, 'a retention is the sum of what was kept back'); END"
    ),
    postgresql=(
        f"IF {_NOT_HELD} THEN RAISE EXCEPTION 'a retention is the sum of what was kept back'; END IF; RETURN NEW;",
        "BEFORE INSERT ON tranche FOR EACH ROW",
    ),
)
_ORDERED = (
    "(NEW.amount <> OLD.amount OR NEW.contract_id <> OLD.contract_id OR NEW.number <> OLD.number) "
    "AND EXISTS (SELECT 1 FROM payment_order WHERE payment_order.tranche_id = OLD.id AND payment_order.live)"
)
# An amendment may change what a tranche will be; what an order pays stays what the order says.
trigger(
    Tranche.__table__,
    "tranche_ordered_fixed",
    sqlite=(
        f"BEFORE UPDATE OF amount, contract_id, number ON tranche WHEN {_ORDERED} "
        "BEGIN SELECT RAISE(ABORT, 'what is ordered keeps its amount'); END"
    ),
    postgresql=(
        f"IF {_ORDERED} THEN RAISE EXCEPTION 'what is ordered keeps its amount'; END IF; RETURN NEW;",
        "BEFORE UPDATE OF amount, contract_id, number ON tranche FOR EACH ROW",
    ),
)


class PaymentOrder(Running, Model):
    """An order to pay one tranche: prepared, verified, released, sent, confirmed, received. Three people at least.

    The account is copied as it was when the order was prepared: a change sends the order back. `live` is empty once the
    order is cancelled, so that one tranche has one live order.
    """

    __tablename__ = "payment_order"
    __subject__ = "payment_order"
    __part_of__ = "project"
    __table_args__ = (
        *running_args("payment_order"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("verified_by_id <> prepared_by_id", name="verified_by_another"),
        CheckConstraint(
            "released_by_id <> prepared_by_id AND released_by_id <> verified_by_id", name="released_by_another"
        ),
        CheckConstraint("released_by_id IS NULL OR verified_by_id IS NOT NULL", name="verified_before"),
        CheckConstraint("(released_by_id IS NULL) = (sent_at IS NULL)", name="sent"),
        CheckConstraint("paid_on IS NULL OR (sent_at IS NOT NULL AND bank_reference IS NOT NULL)", name="paid"),
        CheckConstraint("received_on IS NULL OR (paid_on IS NOT NULL AND receipt_id IS NOT NULL)", name="received"),
        Index("ix_payment_order_project_id", "project_id"),
        Index(
            "uq_payment_order_tranche_id",
            "tranche_id",
            unique=True,
            sqlite_where=text("live"),
            postgresql_where=text("live"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(24), unique=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    tranche_id: Mapped[int] = mapped_column(ForeignKey("tranche.id"))
    place_code: Mapped[str] = mapped_column(String(12))
    amount: Mapped[Francs]
    account_id: Mapped[int] = mapped_column(ForeignKey("payment_account.id"))
    account_number: Mapped[str] = mapped_column(String(34))
    live: Mapped[bool | None] = mapped_column(default=True)
    prepared_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    verified_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    released_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    failure: Mapped[str | None] = mapped_column(String(300))
    paid_on: Mapped[date | None]
    # What the bank or operator calls the payment: nobody may enter one twice.
    bank_reference: Mapped[str | None] = mapped_column(String(60), unique=True)
    received_on: Mapped[date | None]
    received_by: Mapped[str | None] = mapped_column(String(120))
    receipt_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))

    project: Mapped[Project] = relationship()
    tranche: Mapped[Tranche] = relationship(back_populates="orders")
    account: Mapped[PaymentAccount] = relationship()
    prepared_by: Mapped[Person] = relationship(foreign_keys=[prepared_by_id])
    verified_by: Mapped[Person | None] = relationship(foreign_keys=[verified_by_id])
    released_by: Mapped[Person | None] = relationship(foreign_keys=[released_by_id])
    receipt: Mapped[StoredFile | None] = relationship()
    document: Mapped[Document | None] = relationship()
    sendings: Mapped[list["PaymentAttempt"]] = relationship(order_by="PaymentAttempt.number", back_populates="order")
    acknowledgement: Mapped["PaymentReceipt | None"] = relationship(back_populates="order")

    @property
    def inbox_note(self) -> str:
        return f"{self.project.group.name} · {self.reference}"

    @property
    def inbox_amount(self) -> int:
        return self.amount


# What a payment order says is the same from its preparation on, and what was paid stays as it was paid.
trigger(
    PaymentOrder.__table__,
    "payment_order_fixed",
    sqlite=(
        "BEFORE UPDATE OF reference, project_id, tranche_id, amount ON payment_order WHEN "
        "NEW.reference IS NOT OLD.reference OR NEW.project_id IS NOT OLD.project_id "
        "OR NEW.tranche_id IS NOT OLD.tranche_id OR NEW.amount IS NOT OLD.amount "
        "BEGIN SELECT RAISE(ABORT, 'what an order pays is never changed'); END"
    ),
    postgresql=(
        "IF NEW.reference IS DISTINCT FROM OLD.reference OR NEW.project_id IS DISTINCT FROM OLD.project_id "
        "OR NEW.tranche_id IS DISTINCT FROM OLD.tranche_id OR NEW.amount IS DISTINCT FROM OLD.amount THEN "
        "RAISE EXCEPTION 'what an order pays is never changed'; END IF; RETURN NEW;",
        "BEFORE UPDATE OF reference, project_id, tranche_id, amount ON payment_order FOR EACH ROW",
    ),
)
# It is opened again in one case only: all of what the ledger paid for it was taken back, after a return that was confirmed.
_TAKEN_BACK = (
    "(NEW.paid_on IS NULL AND NEW.bank_reference IS NULL AND OLD.received_on IS NULL "
    "AND EXISTS (SELECT 1 FROM payment_return WHERE payment_return.order_id = OLD.id "
    "AND payment_return.confirmed_at IS NOT NULL) "
    "AND NOT EXISTS (SELECT 1 FROM transfer AS gone WHERE gone.project_id = OLD.project_id AND gone.kind = 'pay' "
    "AND gone.reference = OLD.reference "
    "AND NOT EXISTS (SELECT 1 FROM transfer AS back WHERE back.reversal_of_id = gone.id)))"
)
_AS_SENT = (
    "account_id", "account_number", "live", "prepared_by_id", "verified_by_id", "released_by_id", "sent_at", "attempts",
)  # fmt: skip


def _rewritten(differs: str, reopened: str = f" AND NOT {_TAKEN_BACK}") -> str:
    other = " OR ".join(f"NEW.{column} {differs} OLD.{column}" for column in _AS_SENT)
    paid = f"NEW.paid_on {differs} OLD.paid_on OR NEW.bank_reference {differs} OLD.bank_reference"
    return f"OLD.paid_on IS NOT NULL AND ({other} OR ({paid}){reopened})"


trigger(
    PaymentOrder.__table__,
    "payment_order_paid_fixed",
    sqlite=(
        f"BEFORE UPDATE OF paid_on, bank_reference, {', '.join(_AS_SENT)} ON payment_order WHEN {_rewritten('IS NOT')} "
        "BEGIN SELECT RAISE(ABORT, 'what was paid is never changed'); END"
    ),
    postgresql=(
        f"IF {_rewritten('IS DISTINCT FROM')} THEN RAISE EXCEPTION 'what was paid is never changed'; END IF; "
        "RETURN NEW;",
        # Who only takes a step with it touches nothing of this.
        f"BEFORE UPDATE ON payment_order FOR EACH ROW WHEN ({_rewritten('IS DISTINCT FROM', '')})",
    ),
)

# The dates on an order say no more than its attempt and its receipt do.
_UNPROVEN = (
    "NEW.paid_on IS NOT NULL AND OLD.paid_on IS NULL AND NOT EXISTS ("
    "SELECT 1 FROM attempt_outcome JOIN payment_attempt ON payment_attempt.id = attempt_outcome.attempt_id "
    "WHERE payment_attempt.order_id = NEW.id AND attempt_outcome.state = 'paid' "
    f"AND attempt_outcome.bank_reference = NEW.bank_reference AND NOT {came_back('payment_attempt')})"
)
_UNSIGNED = (
    "NEW.received_on IS NOT NULL AND OLD.received_on IS NULL AND NOT EXISTS ("
    "SELECT 1 FROM payment_receipt WHERE payment_receipt.order_id = NEW.id)"
)
for _name, _column, _rule, _message in (
    ("payment_order_paid_by_an_attempt", "paid_on", _UNPROVEN, "no attempt at this payment was paid"),
    ("payment_order_received_by_a_receipt", "received_on", _UNSIGNED, "no receipt of this payment was recorded"),
):
    trigger(
        PaymentOrder.__table__,
        _name,
        sqlite=(
            f"BEFORE UPDATE OF {_column} ON payment_order WHEN {_rule} BEGIN SELECT RAISE(ABORT, '{_message}'); END"
        ),
        postgresql=(
            f"IF {_rule} THEN RAISE EXCEPTION '{_message}'; END IF; RETURN NEW;",
            f"BEFORE UPDATE OF {_column} ON payment_order FOR EACH ROW",
        ),
    )


class PaymentAttempt(Model):
    """One sending of an order: who stood for it, where the money went, and the key by which an operator knows it again.

    The next attempt needs the failure of the one before, or that its money came back, in the database itself: an outcome
    that nobody knows keeps the money from leaving a second time. `came_back` is mapped where returns of money are kept.
    """

    __tablename__ = "payment_attempt"
    __table_args__ = (
        UniqueConstraint("order_id", "number"),
        CheckConstraint("number > 0 AND amount > 0", name="whole"),
        CheckConstraint(
            "prepared_by_id <> verified_by_id AND prepared_by_id <> released_by_id AND verified_by_id <> released_by_id",
            name="three_people",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("payment_order.id"))
    number: Mapped[int]
    # What goes to banks and operators as our reference of this payment: 35 signs at most (ISO 20022, EndToEndId).
    reference: Mapped[str] = mapped_column(String(35), unique=True)
    key: Mapped[str] = mapped_column(String(36), unique=True)
    amount: Mapped[Francs]
    account_id: Mapped[int] = mapped_column(ForeignKey("payment_account.id"))
    account_number: Mapped[str] = mapped_column(String(34))
    prepared_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    verified_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    released_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # The part that it pays, where the order leaves in several; and the day from which it may leave, unless at once.
    part_id: Mapped[int | None] = mapped_column(ForeignKey("payment_part.id"), index=True)
    leaves_on: Mapped[date | None]

    order: Mapped[PaymentOrder] = relationship(back_populates="sendings")
    account: Mapped[PaymentAccount] = relationship()
    outcomes: Mapped[list["AttemptOutcome"]] = relationship(order_by="AttemptOutcome.id", back_populates="attempt")


class AttemptOutcome(Model):
    """What became of an attempt: not known yet, failed, or paid. It fails or is paid once, and for good."""

    __tablename__ = "attempt_outcome"
    __table_args__ = (
        CheckConstraint("state IN ('unknown', 'failed', 'paid')", name="state"),
        CheckConstraint("(state = 'paid') = (bank_reference IS NOT NULL)", name="reference"),
        Index(
            "uq_attempt_outcome_final",
            "attempt_id",
            unique=True,
            sqlite_where=text("state <> 'unknown'"),
            postgresql_where=text("state <> 'unknown'"),
        ),
        # What the bank or operator calls a payment is one payment.
        Index("uq_attempt_outcome_bank_reference", "bank_reference", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("payment_attempt.id"), index=True)
    state: Mapped[str] = mapped_column(String(10))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    detail: Mapped[str | None] = mapped_column(String(300))
    bank_reference: Mapped[str | None] = mapped_column(String(60))
    paid_on: Mapped[date | None]
    # Empty where an operator's own answer was taken down by the system.
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    attempt: Mapped[PaymentAttempt] = relationship(back_populates="outcomes")


append_only(PaymentAttempt.__table__)
append_only(AttemptOutcome.__table__)
_OPEN_BEFORE = (
    "EXISTS (SELECT 1 FROM payment_attempt AS earlier WHERE earlier.order_id = NEW.order_id "
    "AND (earlier.part_id = NEW.part_id OR earlier.part_id IS NULL OR NEW.part_id IS NULL) AND NOT EXISTS ("
    "SELECT 1 FROM attempt_outcome AS end_of_it WHERE end_of_it.attempt_id = earlier.id AND end_of_it.state = 'failed') "
    f"AND NOT {came_back('earlier')})"
)
trigger(
    PaymentAttempt.__table__,
    "payment_attempt_after_failure",
    sqlite=(
        f"BEFORE INSERT ON payment_attempt WHEN {_OPEN_BEFORE} "
        "BEGIN SELECT RAISE(ABORT, 'an earlier attempt at this payment has not failed'); END"
    ),
    postgresql=(
        f"IF {_OPEN_BEFORE} THEN RAISE EXCEPTION 'an earlier attempt at this payment has not failed'; END IF; "
        "RETURN NEW;",
        "BEFORE INSERT ON payment_attempt FOR EACH ROW",
    ),
)


class PaymentReceipt(Model):
    """The receipt as the group signed it: where, read aloud by whom, before which witnesses.

    A thumbprint is worth a signature only before two witnesses whose papers were seen.
    """

    __tablename__ = "payment_receipt"
    __table_args__ = (
        CheckConstraint("thumbprints >= 0", name="thumbprints"),
        CheckConstraint(
            "(witness1 IS NULL) = (paper1 IS NULL) AND (witness2 IS NULL) = (paper2 IS NULL)", name="papers"
        ),
        CheckConstraint("thumbprints = 0 OR (witness1 IS NOT NULL AND witness2 IS NOT NULL)", name="witnesses"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("payment_order.id"), unique=True)
    place: Mapped[str] = mapped_column(String(80))
    language: Mapped[str] = mapped_column(String(30))
    reader: Mapped[str] = mapped_column(String(120))
    thumbprints: Mapped[int]
    witness1: Mapped[str | None] = mapped_column(String(120))
    paper1: Mapped[str | None] = mapped_column(String(80))
    witness2: Mapped[str | None] = mapped_column(String(120))
    paper2: Mapped[str | None] = mapped_column(String(80))
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)

    order: Mapped[PaymentOrder] = relationship(back_populates="acknowledgement")
    signatures: Mapped[list["ReceiptSignature"]] = relationship(order_by="ReceiptSignature.id")

    @property
    def witnesses(self) -> list[tuple[str, str]]:
        """Name and paper of each witness."""
        both = ((self.witness1, self.paper1), (self.witness2, self.paper2))
        return [(name, paper) for name, paper in both if name is not None]


class ReceiptSignature(Model):
    """How one officer acknowledged the money: by hand, or with which finger."""

    __tablename__ = "receipt_signature"
    __table_args__ = (
        UniqueConstraint("receipt_id", "officer_id"),
        CheckConstraint("manner IN ('signature', 'thumbprint')", name="manner"),
        CheckConstraint("(manner = 'thumbprint') = (finger IS NOT NULL)", name="finger"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    receipt_id: Mapped[int] = mapped_column(ForeignKey("payment_receipt.id"))
    officer_id: Mapped[int] = mapped_column(ForeignKey("officer.id"))
    name: Mapped[str] = mapped_column(String(120))
    office: Mapped[str] = mapped_column(String(20))
    manner: Mapped[str] = mapped_column(String(12))
    finger: Mapped[str | None] = mapped_column(String(40))

    officer: Mapped[Officer] = relationship()


append_only(PaymentReceipt.__table__)
append_only(ReceiptSignature.__table__)
