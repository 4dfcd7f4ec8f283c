"""Beneficiary groups, their members and officers, and where they are paid."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.access.models import Person
from grants.core import clock
from grants.core.database import Model, UtcDateTime

OFFICES = ("president", "treasurer", "secretary")


class GroupImport(Model):
    """A list of groups that was taken over, whole; the file is kept with it. `left_out` counts rows that were not ready."""

    __tablename__ = "group_import"
    __subject__ = "group_import"
    __table_args__ = (CheckConstraint("registered > 0 AND left_out >= 0", name="counts"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[str] = mapped_column(String(36), unique=True)
    file_name: Mapped[str] = mapped_column(String(160))
    sha256: Mapped[str] = mapped_column(String(64))
    registered: Mapped[int]
    left_out: Mapped[int]
    imported_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    imported_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    imported_by: Mapped[Person] = relationship(foreign_keys=[imported_by_id])


class Group(Model):
    """A women's cooperative, a youth association, a GIE, or an informal group whose receipt is on its way.

    `place_code` is the deepest official place known, `village` what it is called where the official list ends. Head
    counts are those declared; `youth` counts members under 35 of either sex. `uuid` may come from a phone.
    """

    __tablename__ = "beneficiary_group"
    __subject__ = "group"
    __table_args__ = (
        CheckConstraint("kind IN ('scoops', 'coop_ca', 'association', 'gie', 'informal')", name="kind"),
        CheckConstraint("registration_number IS NULL OR registration_date IS NOT NULL", name="registration"),
        CheckConstraint("women >= 0 AND men >= 0 AND women + men > 0", name="members"),
        CheckConstraint("youth >= 0 AND youth <= women + men", name="youth"),
        CheckConstraint("(consent_on IS NULL) = (consent_witness IS NULL)", name="consent"),
        Index("ix_beneficiary_group_place_code", "place_code"),
        Index("ix_beneficiary_group_search_name", "search_name"),
        Index("ix_beneficiary_group_import_id", "import_id"),
        CheckConstraint("(registration_number IS NULL) = (registration_key IS NULL)", name="registration_key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[str] = mapped_column(String(36), unique=True)
    reference: Mapped[str] = mapped_column(String(24), unique=True)
    name: Mapped[str] = mapped_column(String(160))
    # The name without accents, case and words such as "cooperative", for search and duplicates.
    search_name: Mapped[str] = mapped_column(String(160))
    kind: Mapped[str] = mapped_column(String(20))
    registration_number: Mapped[str | None] = mapped_column(String(60))
    # The receipt without signs and leading zeros, in its region: each office begins its numbers anew.
    registration_key: Mapped[str | None] = mapped_column(String(80), unique=True)
    registration_date: Mapped[date | None]
    registration_authority: Mapped[str | None] = mapped_column(String(120))
    place_code: Mapped[str] = mapped_column(String(12))
    village: Mapped[str] = mapped_column(String(80))
    women: Mapped[int]
    men: Mapped[int]
    youth: Mapped[int]
    # Empty where a list did not say it.
    language: Mapped[str | None] = mapped_column(String(30))
    phone: Mapped[str | None] = mapped_column(String(20))
    activity: Mapped[str] = mapped_column(Text, default="")
    # Consent to keep and use the data: when, which text, in what language it was read, before whom.
    consent_on: Mapped[date | None]
    consent_text: Mapped[str | None] = mapped_column(String(20))
    consent_language: Mapped[str | None] = mapped_column(String(30))
    consent_witness: Mapped[str | None] = mapped_column(String(120))
    # The list that the group came with, if it came with one.
    import_id: Mapped[int | None] = mapped_column(ForeignKey("group_import.id"))
    registered_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    registered_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    registered_by: Mapped[Person] = relationship(foreign_keys=[registered_by_id])
    officers: Mapped[list["Officer"]] = relationship(
        primaryjoin="and_(Officer.group_id == Group.id, Officer.ended_on.is_(None))",
        order_by="Officer.id",
        viewonly=True,
    )
    account: Mapped["PaymentAccount | None"] = relationship(
        primaryjoin="and_(PaymentAccount.group_id == Group.id, PaymentAccount.closed_at.is_(None), PaymentAccount.main)",
        viewonly=True,
    )
    other_accounts: Mapped[list["PaymentAccount"]] = relationship(
        primaryjoin="and_(PaymentAccount.group_id == Group.id, PaymentAccount.closed_at.is_(None), "
        "PaymentAccount.main.is_(False))",
        order_by="PaymentAccount.id",
        viewonly=True,
    )

    @property
    def members(self) -> int:
        """How many people belong to the group."""
        return self.women + self.men


class Officer(Model):
    """Who speaks and signs for a group. A new mandate is a new row; the old one is ended, never changed.

    Lists of groups rarely say more than a name: sex and mandate stay empty until somebody has asked, and nobody signs
    before (see the guard `groups.mandates_valid`).
    """

    __tablename__ = "officer"
    __table_args__ = (
        CheckConstraint("office IN ('president', 'treasurer', 'secretary')", name="office"),
        CheckConstraint("sex IN ('F', 'M')", name="sex"),
        CheckConstraint(
            "mandate_until IS NULL OR (mandate_from IS NOT NULL AND mandate_until >= mandate_from)", name="mandate"
        ),
        Index(
            "uq_officer_group_id_office",
            "group_id",
            "office",
            unique=True,
            sqlite_where=text("ended_on IS NULL"),
            postgresql_where=text("ended_on IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("beneficiary_group.id"))
    office: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(120))
    sex: Mapped[str | None] = mapped_column(String(1))
    phone: Mapped[str | None] = mapped_column(String(20))
    # NINA, identity card or another paper, and its number.
    paper_kind: Mapped[str | None] = mapped_column(String(40))
    paper_number: Mapped[str | None] = mapped_column(String(40))
    mandate_from: Mapped[date | None]
    mandate_until: Mapped[date | None]
    ended_on: Mapped[date | None]


class PaymentAccount(Model):
    """Where a group is paid: a bank account (IBAN) or a mobile wallet (E.164). Good for payment once a second person
    has verified it; a change is a new row, to be verified anew.

    `main` is the one account that contracts name. Beside it a group may have others, for amounts that the main one cannot
    take: a bank account, or the wallet of an officer (`officer_id`).
    """

    __tablename__ = "payment_account"
    __table_args__ = (
        CheckConstraint("kind IN ('bank', 'wallet')", name="kind"),
        CheckConstraint("(verified_by_id IS NULL) = (verified_at IS NULL)", name="verified"),
        CheckConstraint("verified_by_id <> added_by_id", name="two_people"),
        CheckConstraint("officer_id IS NULL OR (NOT main AND kind = 'wallet')", name="officer"),
        CheckConstraint("main OR kind = 'bank' OR officer_id IS NOT NULL", name="other"),
        Index(
            "uq_payment_account_group_id",
            "group_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL AND main"),
            postgresql_where=text("closed_at IS NULL AND main"),
        ),
        Index(
            "uq_payment_account_number",
            "number",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("beneficiary_group.id"))
    kind: Mapped[str] = mapped_column(String(10))
    # The bank, or the operator of the wallet.
    institution: Mapped[str] = mapped_column(String(80))
    number: Mapped[str] = mapped_column(String(34))
    holder: Mapped[str] = mapped_column(String(160))
    main: Mapped[bool] = mapped_column(default=True, server_default=true())
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    added_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    verified_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    verified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # How it was verified: a paper seen, a call made.
    verified_how: Mapped[str | None] = mapped_column(String(200))
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    group: Mapped[Group] = relationship(foreign_keys=[group_id])
    officer: Mapped[Officer | None] = relationship(lazy="joined")
    added_by: Mapped[Person] = relationship(foreign_keys=[added_by_id])
    verified_by: Mapped[Person | None] = relationship(foreign_keys=[verified_by_id])
