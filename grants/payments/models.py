"""Tranches of a contract, and the orders that pay them."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.access.models import Person
from grants.contracts.models import Contract
from grants.core.database import Francs, Json, Model, UtcDateTime
from grants.documents.models import Document, StoredFile
from grants.groups.models import PaymentAccount
from grants.lifecycle import Running, running_args
from grants.projects.models import Project


class Tranche(Model):
    """A part of the grant and what must be true before it is paid. Francs. `conditions` are codes of registered ones."""

    __tablename__ = "tranche"
    __table_args__ = (
        UniqueConstraint("contract_id", "number"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("number > 0", name="number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"))
    number: Mapped[int]
    percent: Mapped[int]
    amount: Mapped[Francs]
    conditions: Mapped[list] = mapped_column(Json)
    # Only the balance that is no longer needed at the end is cancelled; a paid tranche never is.
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    project: Mapped[Project] = relationship()
    contract: Mapped[Contract] = relationship()
    orders: Mapped[list["PaymentOrder"]] = relationship(order_by="PaymentOrder.id", back_populates="tranche")


class PaymentOrder(Running, Model):
    """An order to pay one tranche: prepared, verified, released, sent, confirmed, received. Three people at least.

    The account is copied as it was when the order was prepared: a change sends the order back. `live` is empty once the
    order is cancelled, so that one tranche has one live order.
    """

    __tablename__ = "payment_order"
    __subject__ = "payment_order"
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

    @property
    def inbox_note(self) -> str:
        return f"{self.project.group.name} · {self.reference}"

    @property
    def inbox_amount(self) -> int:
        return self.amount
