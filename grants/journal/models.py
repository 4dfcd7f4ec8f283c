"""The tables of the journal. Rows are added and never changed; the database refuses the rest."""

import json
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.core import clock
from grants.core.database import Json, Model, UtcDateTime, append_only, refuse, trigger

# How the journal names the house where it acts by itself.
SYSTEM_NAME = "Système"


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
    def who(self) -> str:
        """Who acted, as the name was at the time; the system in the reader's language."""
        return self.actor_name if self.actor_id is not None or self.actor_name != SYSTEM_NAME else _("System")

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
    # The number up to which checkpoints have taken it up: what lies beyond waits for the next one.
    sealed_seq: Mapped[int] = mapped_column(default=0, server_default="0")


class Checkpoint(Model):
    """The root of the Merkle log at a moment: it commits to every leaf before it, so to every head that was sealed.

    `size` counts the leaves, `subjects` and `events` what they stand for; `peaks` are the roots of the whole trees of
    the log (hex, biggest first, between spaces), from which it goes on. `hash` is over the content and `prev_hash`,
    `signature` (Ed25519) over the bytes of `hash`; `key` is the public key, in hex.
    """

    __tablename__ = "journal_checkpoint"
    __table_args__ = (
        CheckConstraint("number > 0 AND size > 0 AND subjects > 0 AND events >= size", name="counts"),
        CheckConstraint("(key IS NULL) = (signature IS NULL)", name="signed"),
    )

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    format: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    size: Mapped[int]
    root: Mapped[str] = mapped_column(String(64))
    peaks: Mapped[str] = mapped_column(Text)
    subjects: Mapped[int]
    events: Mapped[int]
    prev_hash: Mapped[str] = mapped_column(String(64), unique=True)
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    key: Mapped[str | None] = mapped_column(String(64))
    signature: Mapped[str | None] = mapped_column(String(128))

    @property
    def short_root(self) -> str:
        """The beginning of the root, as it is printed: `9f3c b71e 04aa`."""
        return " ".join(self.root[at : at + 4] for at in (0, 4, 8))


class Leaf(Model):
    """A head of a subject that a checkpoint took up, at its place in the log (from 0)."""

    __tablename__ = "journal_leaf"
    __table_args__ = (
        UniqueConstraint("subject_kind", "subject_id", "seq"),
        CheckConstraint("position >= 0 AND seq > 0", name="counts"),
        Index("ix_journal_leaf_checkpoint", "checkpoint"),
    )

    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    checkpoint: Mapped[int] = mapped_column(ForeignKey("journal_checkpoint.number"))
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int]
    seq: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))


class JournalCheck(Model):
    """A check of the whole journal: who asked for it (nobody: the nightly one), and what it found once it was made.

    `breaks` tells the first places where the journal does not hold, each as kind, id, number, code and words; `broken` counts
    all of them.
    """

    __tablename__ = "journal_check"
    __table_args__ = (
        CheckConstraint("(ended_at IS NULL) = (events IS NULL) AND (events IS NULL) = (broken IS NULL)", name="found"),
        CheckConstraint(
            "(events IS NULL) = (subjects IS NULL) AND (events IS NULL) = (checkpoints IS NULL)", name="read"
        ),
        CheckConstraint("ended_at IS NULL OR begun_at IS NOT NULL", name="begun"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    begun_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    events: Mapped[int | None]
    subjects: Mapped[int | None]
    checkpoints: Mapped[int | None]
    broken: Mapped[int | None]
    breaks: Mapped[list | None] = mapped_column(Json)

    by = relationship("Person")


# Heads that the next checkpoint takes up: found without a look at the others.
Index(
    "ix_journal_head_open",
    Head.__table__.c.subject_kind,
    Head.__table__.c.subject_id,
    sqlite_where=Head.__table__.c.seq > Head.__table__.c.sealed_seq,
    postgresql_where=Head.__table__.c.seq > Head.__table__.c.sealed_seq,
)
append_only(Event.__table__)
append_only(Checkpoint.__table__)
append_only(Leaf.__table__)

# What a check found stays as it was found.
_MADE = "what a check of the journal found is kept"
refuse(JournalCheck.__table__, "journal_check_no_change", "UPDATE", "OLD.ended_at IS NOT NULL", _MADE)
trigger(
    JournalCheck.__table__,
    "journal_check_no_delete",
    sqlite=f"BEFORE DELETE ON journal_check BEGIN SELECT RAISE(ABORT, '{_MADE}'); END",
    postgresql=(f"RAISE EXCEPTION '{_MADE}';", "BEFORE DELETE ON journal_check FOR EACH ROW"),
)
