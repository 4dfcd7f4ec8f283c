"""The tables of what people are told."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.access.models import Person
from grants.core import clock
from grants.core.database import Model, UtcDateTime
from grants.journal import Event

_UNREAD = text("read_at IS NULL")
_UNMAILED = text("read_at IS NULL AND mail_id IS NULL")
_WAITING = text("sent_at IS NULL AND given_up_at IS NULL")


class Mail(Model):
    """A mail that is to leave, whole as it will be sent: the outbox.

    A person gets one digest a day (`day`, in Bamako). The worker claims a mail until `claimed_until`, sends it, and notes
    `sent_at`: killed in between, it is sent again under the same `message_id`, by which mail programs know it again.
    """

    __tablename__ = "outbox_mail"
    __table_args__ = (
        UniqueConstraint("person_id", "day"),
        CheckConstraint("sent_at IS NULL OR given_up_at IS NULL", name="sent_or_given_up"),
        CheckConstraint("sent_at IS NULL OR attempts > 0", name="sent"),
        CheckConstraint("given_up_at IS NULL OR failure IS NOT NULL", name="given_up"),
        Index("ix_outbox_mail_waiting", "try_at", "id", sqlite_where=_WAITING, postgresql_where=_WAITING),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    day: Mapped[date]
    message_id: Mapped[str] = mapped_column(String(120), unique=True)
    address: Mapped[str] = mapped_column(String(254))
    locale: Mapped[str] = mapped_column(String(5))
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    attempts: Mapped[int] = mapped_column(default=0)
    try_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    given_up_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failure: Mapped[str | None] = mapped_column(String(300))

    person: Mapped[Person] = relationship()


class Notice(Model):
    """Word to one person of one act: what happened stands in the event. `role` is why it is they who are told."""

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("person_id", "event_id"),
        CheckConstraint("read_at IS NULL OR read_at >= at", name="read"),
        Index("ix_notice_unread", "person_id", sqlite_where=_UNREAD, postgresql_where=_UNREAD),
        Index("ix_notice_unmailed", "person_id", "id", sqlite_where=_UNMAILED, postgresql_where=_UNMAILED),
        Index("ix_notice_person_id_id", "person_id", "id"),
        Index("ix_notice_mail_id", "mail_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    event_id: Mapped[int] = mapped_column(ForeignKey("journal_event.id"))
    role: Mapped[str] = mapped_column(String(30))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    mail_id: Mapped[int | None] = mapped_column(ForeignKey("outbox_mail.id"))

    event: Mapped[Event] = relationship(lazy="joined", innerjoin=True)


class MailChoice(Model):
    """What a person chose about the daily mail. Who chose nothing gets it."""

    __tablename__ = "mail_choice"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    daily: Mapped[bool]
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
