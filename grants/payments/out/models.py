"""Accounts of the programme, batches that leave, the files made for them, and how operators want their lists."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.access.models import Person
from grants.core import clock
from grants.core.database import Francs, Json, Model, UtcDateTime, append_only, trigger
from grants.documents.models import StoredFile
from grants.funds.models import Fund
from grants.payments.models import PaymentAttempt

FILE_KINDS = ("pain001", "letter", "list", "csv")


class PayerAccount(Model):
    """An account of the programme from which the payments of a fund leave. A change is a new row."""

    __tablename__ = "payer_account"
    __subject__ = "payer_account"
    __table_args__ = (
        CheckConstraint("kind IN ('bank', 'wallet')", name="kind"),
        Index(
            "uq_payer_account_fund_id",
            "fund_id",
            "kind",
            "institution",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"))
    kind: Mapped[str] = mapped_column(String(10))
    # The bank, or the operator of the wallet.
    institution: Mapped[str] = mapped_column(String(80))
    # IBAN of a bank account; of a wallet what the operator calls it.
    number: Mapped[str] = mapped_column(String(34))
    holder: Mapped[str] = mapped_column(String(140))
    opened_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    fund: Mapped[Fund] = relationship()


class Transmission(Model):
    """A batch: the payments that leave one account of the programme together. Its rows and its sum never change."""

    __tablename__ = "transmission"
    __subject__ = "transmission"
    __table_args__ = (
        CheckConstraint("channel IN ('bank', 'wallet')", name="channel"),
        CheckConstraint("count > 0 AND total > 0", name="whole"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(24), unique=True)
    payer_id: Mapped[int] = mapped_column(ForeignKey("payer_account.id"))
    channel: Mapped[str] = mapped_column(String(10))
    count: Mapped[int]
    total: Mapped[Francs]
    execution_on: Mapped[date]
    made_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)

    payer: Mapped[PayerAccount] = relationship()
    made_by: Mapped[Person] = relationship()
    items: Mapped[list["TransmissionItem"]] = relationship(
        order_by="TransmissionItem.position", back_populates="transmission"
    )
    files: Mapped[list["TransmissionFile"]] = relationship(order_by="TransmissionFile.id")


class TransmissionItem(Model):
    """One payment of a batch. An attempt leaves in one batch only."""

    __tablename__ = "transmission_item"
    __table_args__ = (
        UniqueConstraint("transmission_id", "position"),
        CheckConstraint("amount > 0 AND position > 0", name="whole"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    transmission_id: Mapped[int] = mapped_column(ForeignKey("transmission.id"))
    position: Mapped[int]
    attempt_id: Mapped[int] = mapped_column(ForeignKey("payment_attempt.id"), unique=True)
    amount: Mapped[Francs]
    # As it was called when the batch left: a group may be renamed, a file is not.
    beneficiary: Mapped[str] = mapped_column(String(160))
    purpose: Mapped[str] = mapped_column(String(140))

    transmission: Mapped[Transmission] = relationship(back_populates="items")
    attempt: Mapped[PaymentAttempt] = relationship()


class WalletProfile(Model):
    """How one operator wants its list of payments. What it says stands in its versions."""

    __tablename__ = "wallet_profile"
    __subject__ = "wallet_profile"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    # As it is written on the accounts of the groups.
    operator: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    versions: Mapped[list["WalletProfileVersion"]] = relationship(
        order_by="WalletProfileVersion.number", back_populates="profile"
    )

    @property
    def current(self) -> "WalletProfileVersion":
        return self.versions[-1]


class WalletProfileVersion(Model):
    """The columns and signs of an operator's list, as they held from one day on. `layout` is read by `layouts.Layout`."""

    __tablename__ = "wallet_profile_version"
    __table_args__ = (UniqueConstraint("profile_id", "number"), CheckConstraint("number > 0", name="number"))

    id: Mapped[int] = mapped_column(primary_key=True)
    profile_id: Mapped[int] = mapped_column(ForeignKey("wallet_profile.id"))
    number: Mapped[int]
    layout: Mapped[dict] = mapped_column(Json)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)

    profile: Mapped[WalletProfile] = relationship(back_populates="versions")
    made_by: Mapped[Person] = relationship()


class TransmissionFile(Model):
    """A file made for a batch: made once, its bytes kept. `profile_version_id` says by which layout, where there is one."""

    __tablename__ = "transmission_file"
    __table_args__ = (
        UniqueConstraint("transmission_id", "kind"),
        CheckConstraint("kind IN ('pain001', 'letter', 'list', 'csv')", name="kind"),
        CheckConstraint("(kind = 'csv') = (profile_version_id IS NOT NULL)", name="profile"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    transmission_id: Mapped[int] = mapped_column(ForeignKey("transmission.id"))
    kind: Mapped[str] = mapped_column(String(10))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    sha256: Mapped[str] = mapped_column(String(64))
    profile_version_id: Mapped[int | None] = mapped_column(ForeignKey("wallet_profile_version.id"))
    made_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)

    file: Mapped[StoredFile] = relationship()
    profile_version: Mapped[WalletProfileVersion | None] = relationship()


class PaymentSetting(Model):
    """A figure of the rules of payment, as it holds from a day on; see `settings`. The newest row of a day counts."""

    __tablename__ = "payment_setting"
    __subject__ = "payment_setting"
    __table_args__ = (
        CheckConstraint("value >= 0", name="value"),
        Index("ix_payment_setting_code_from_day", "code", "from_day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(30))
    value: Mapped[Francs]
    from_day: Mapped[date]
    reason: Mapped[str] = mapped_column(String(200))
    set_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    set_at: Mapped[datetime] = mapped_column(UtcDateTime)

    set_by: Mapped[Person] = relationship()


for _model in (Transmission, TransmissionItem, WalletProfileVersion, TransmissionFile, PaymentSetting):
    append_only(_model.__table__)

_FULL = (
    "(SELECT COUNT(*) FROM transmission_item WHERE transmission_item.transmission_id = NEW.transmission_id) >= "
    "(SELECT transmission.count FROM transmission WHERE transmission.id = NEW.transmission_id)"
)
_OTHER_AMOUNT = (
    "NEW.amount <> (SELECT payment_attempt.amount FROM payment_attempt WHERE payment_attempt.id = NEW.attempt_id)"
)
trigger(
    TransmissionItem.__table__,
    "transmission_item_as_announced",
    sqlite=(
        f"BEFORE INSERT ON transmission_item WHEN {_FULL} OR {_OTHER_AMOUNT} "
        "BEGIN SELECT RAISE(ABORT, 'a batch holds just what was announced'); END"
    ),
    postgresql=(
        f"IF {_FULL} OR {_OTHER_AMOUNT} THEN RAISE EXCEPTION 'a batch holds just what was announced'; END IF; "
        "RETURN NEW;",
        "BEFORE INSERT ON transmission_item FOR EACH ROW",
    ),
)
