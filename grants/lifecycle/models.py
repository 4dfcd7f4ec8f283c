"""What ties a thing that has a life to its workflow."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from grants import journal
from grants.access.models import Person
from grants.core import clock
from grants.core.database import Model, UtcDateTime, append_only, trigger


class WorkflowVersion(Model):
    """A published definition, kept whole: a file stays with the one it began with.

    One that the programme wrote was proposed by one administrator and published by another; one that came with the
    product has neither.
    """

    __tablename__ = "workflow_version"
    __table_args__ = (
        UniqueConstraint("name", "version"),
        CheckConstraint("version > 0", name="version"),
        CheckConstraint(
            "(proposed_by_id IS NULL) = (published_by_id IS NULL) "
            "AND (proposed_by_id IS NULL OR proposed_by_id <> published_by_id)",
            name="two_people",
        ),
        # The newest of a subject is asked for at every beginning.
        Index("ix_workflow_version_subject_version", "subject", "version"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    version: Mapped[int]
    subject: Mapped[str] = mapped_column(String(40))
    content_hash: Mapped[str] = mapped_column(String(64), unique=True)
    source: Mapped[str] = mapped_column(Text)
    published_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    proposed_by: Mapped[Person | None] = relationship(foreign_keys=[proposed_by_id])
    published_by: Mapped[Person | None] = relationship(foreign_keys=[published_by_id])


append_only(WorkflowVersion.__table__)


class Draft(Model):
    """A definition that an administrator writes: `draft`, put forward (`submitted`), `published` or `withdrawn`.

    Name, version, subject and hash are those that stand in the text, empty while it cannot be read that far.
    `revision` counts the changes: who publishes says which one they saw.
    """

    __tablename__ = "workflow_draft"
    __subject__ = "workflow_draft"
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'submitted', 'published', 'withdrawn')", name="state"),
        CheckConstraint("revision > 0", name="revision"),
        CheckConstraint(
            "state NOT IN ('submitted', 'published') OR (name IS NOT NULL AND version IS NOT NULL "
            "AND subject IS NOT NULL AND content_hash IS NOT NULL AND submitted_at IS NOT NULL)",
            name="put_forward_whole",
        ),
        CheckConstraint("(submitted_at IS NULL) = (reason IS NULL)", name="put_forward_with_reason"),
        CheckConstraint("state <> 'draft' OR submitted_at IS NULL", name="draft"),
        CheckConstraint("(state = 'published') = (version_id IS NOT NULL)", name="published"),
        CheckConstraint(
            "(state = 'withdrawn') = (withdrawn_at IS NOT NULL) AND (withdrawn_at IS NULL) = (withdrawn_by_id IS NULL)",
            name="withdrawn",
        ),
        Index("ix_workflow_draft_state", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(36), unique=True)
    name: Mapped[str | None] = mapped_column(String(60))
    version: Mapped[int | None]
    subject: Mapped[str | None] = mapped_column(String(40))
    source: Mapped[str] = mapped_column(Text)
    content_hash: Mapped[str | None] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(10), default="draft")
    revision: Mapped[int] = mapped_column(default=1)
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str | None] = mapped_column(Text)
    version_id: Mapped[int | None] = mapped_column(ForeignKey("workflow_version.id"), unique=True)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    author: Mapped[Person] = relationship(foreign_keys=[author_id])
    withdrawn_by: Mapped[Person | None] = relationship(foreign_keys=[withdrawn_by_id])
    published: Mapped[WorkflowVersion | None] = relationship()


# What the second person publishes is what the first put forward; what is over stays as it was.
_FROZEN = "OLD.state IN ('published', 'withdrawn') OR (OLD.state = 'submitted' AND NEW.source <> OLD.source)"
trigger(
    Draft.__table__,
    "workflow_draft_frozen",
    sqlite=(
        f"BEFORE UPDATE ON workflow_draft WHEN {_FROZEN} "
        "BEGIN SELECT RAISE(ABORT, 'a definition that was put forward is frozen'); END"
    ),
    postgresql=(
        "RAISE EXCEPTION 'a definition that was put forward is frozen';",
        f"BEFORE UPDATE ON workflow_draft FOR EACH ROW WHEN ({_FROZEN})",
    ),
)


class Running:
    """Columns of a subject that a workflow carries. Only `lifecycle.perform` and `lifecycle.begin` set them.

    A model that mixes this in also has `reference`, `place_code`, `inbox_note` (what stands under its title in *My work*)
    and `inbox_amount` (francs or None). `waits_for` is the role that must act (empty at an end), `due_at` when it is late,
    `state_revision` counts the acts and tells two people apart who act at once.
    """

    __subject__: str
    # The name of the relationship to the subject that this one is part of; it is held first (see `lifecycle.holding`).
    __part_of__ = None

    step: Mapped[str] = mapped_column(String(60))
    step_since: Mapped[datetime] = mapped_column(UtcDateTime)
    waits_for: Mapped[str | None] = mapped_column(String(30))
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    state_revision: Mapped[int]

    @declared_attr
    def workflow_version_id(cls) -> Mapped[int]:
        return mapped_column(ForeignKey("workflow_version.id"))

    def own_due(self, _step: str) -> datetime | None:
        """When a step is due by what the subject itself says; None leaves it to the definition."""
        return None

    @property
    def whole(self):
        """The subject that this one is part of; None where it stands for itself."""
        return getattr(self, self.__part_of__) if self.__part_of__ else None

    @property
    def late(self) -> bool:
        """Whether it waits beyond its time."""
        return self.due_at is not None and self.due_at < clock.now()

    @property
    def days_late(self) -> int:
        """Whole days beyond its time, 0 where it is in time."""
        return max(0, (clock.now() - self.due_at).days) if self.due_at else 0


def running_args(table: str) -> tuple:
    """The constraints and the index that go with `Running`, for a table's `__table_args__`."""
    return (
        CheckConstraint("state_revision > 0", name="state_revision"),
        CheckConstraint("waits_for IS NOT NULL OR due_at IS NULL", name="due_only_while_waiting"),
        Index(f"ix_{table}_waits_for_due_at", "waits_for", "due_at"),
        Index(f"ix_{table}_step", "step"),
    )


class IdempotencyKey(Model):
    """An act that was asked for under a key: asked again with the same input, it is answered with the same event."""

    __tablename__ = "idempotency_key"
    __table_args__ = (
        UniqueConstraint("person_id", "key"),
        # Two empty ids differ for the engines: what the system does has a rule of its own.
        Index(
            "uq_idempotency_key_system",
            "key",
            unique=True,
            sqlite_where=text("person_id IS NULL"),
            postgresql_where=text("person_id IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    key: Mapped[str] = mapped_column(String(80))
    digest: Mapped[str] = mapped_column(String(64))
    event_id: Mapped[int] = mapped_column(ForeignKey("journal_event.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)


# Three people for a payment, kept by the database itself: what one did, or had done in their name, counts against both.
# (Earlier attempts count too.) The acts fall in three hands; an act is refused where one of its people was another hand.
_HAND = "CASE WHEN {0}.action IN ('verify', 'release') THEN {0}.action ELSE 'prepare' END"
_ACTS = "('prepare', 'retry', 'take_account', 'verify', 'release')"
_CONCERNED = f"NEW.subject_kind = 'payment_order' AND NEW.action IN {_ACTS}"
_TWICE = (
    f"{_CONCERNED} AND EXISTS (SELECT 1 FROM journal_event AS earlier "
    "WHERE earlier.subject_kind = 'payment_order' AND earlier.subject_id = NEW.subject_id AND earlier.action IN "
    + _ACTS
    + " "
    f"AND {_HAND.format('earlier')} <> {_HAND.format('NEW')} "
    "AND (earlier.actor_id IN (NEW.actor_id, NEW.on_behalf_of_id) "
    "OR earlier.on_behalf_of_id IN (NEW.actor_id, NEW.on_behalf_of_id)))"
)
trigger(
    journal.Event.__table__,
    "journal_event_three_people",
    sqlite=f"BEFORE INSERT ON journal_event WHEN {_TWICE} BEGIN SELECT RAISE(ABORT, 'a payment takes three people'); END",
    postgresql=(
        f"IF {_TWICE} THEN RAISE EXCEPTION 'a payment takes three people'; END IF; RETURN NEW;",
        f"BEFORE INSERT ON journal_event FOR EACH ROW WHEN ({_CONCERNED})",
    ),
)
