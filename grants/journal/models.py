"""The tables of the journal. Rows are added and never changed; the database refuses the rest."""

import json
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from grants.core.database import Model, UtcDateTime, append_only


class Event(Model):
    """One act: who did what to which subject, when, and what changed.

    `seq` counts the events of a subject from 1; `data` is canonical JSON as text, so that its hash never depends on
    how an engine stores JSON. `actor_id` is empty where the system acted. The name is kept as it was at the time.
    """

    __tablename__ = "journal_event"
    __table_args__ = (
        UniqueConstraint("subject_kind", "subject_id", "seq"),
        CheckConstraint("seq > 0", name="seq"),
        CheckConstraint("from_step IS NULL OR to_step IS NOT NULL", name="steps"),
        Index("ix_journal_event_action", "subject_kind", "subject_id", "action"),
        Index("ix_journal_event_actor_id_at", "actor_id", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    format: Mapped[int]
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int]
    seq: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    actor_name: Mapped[str] = mapped_column(String(200))
    on_behalf_of_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    action: Mapped[str] = mapped_column(String(80))
    from_step: Mapped[str | None] = mapped_column(String(80))
    to_step: Mapped[str | None] = mapped_column(String(80))
    reason: Mapped[str | None] = mapped_column(Text)
    data: Mapped[str] = mapped_column(Text)
    prev_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))

    @property
    def values(self) -> dict:
        """What the act recorded, as plain data."""
        return json.loads(self.data)


class Head(Model):
    """The last event of each subject: the row that acts on one subject wait for, and the mark of a cut tail."""

    __tablename__ = "journal_head"

    subject_kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    subject_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))


append_only(Event.__table__)
