"""What ties a thing that has a life to its workflow."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from grants.core import clock
from grants.core.database import Model, UtcDateTime, append_only


class WorkflowVersion(Model):
    """A published definition, kept whole: a file stays with the one it began with."""

    __tablename__ = "workflow_version"
    __table_args__ = (UniqueConstraint("name", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    version: Mapped[int]
    subject: Mapped[str] = mapped_column(String(40))
    content_hash: Mapped[str] = mapped_column(String(64), unique=True)
    source: Mapped[str] = mapped_column(Text)
    published_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)


append_only(WorkflowVersion.__table__)


class Running:
    """Columns of a subject that a workflow carries. Only `lifecycle.perform` and `lifecycle.begin` set them.

    A model that mixes this in also has `reference`, `place_code`, `inbox_note` (what stands under its title in *My work*)
    and `inbox_amount` (francs or None). `waits_for` is the role that must act (empty at an end), `due_at` when it is late,
    `state_revision` counts the acts and tells two people apart who act at once.
    """

    __subject__: str

    step: Mapped[str] = mapped_column(String(60))
    step_since: Mapped[datetime] = mapped_column(UtcDateTime)
    waits_for: Mapped[str | None] = mapped_column(String(30))
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    state_revision: Mapped[int]

    @declared_attr
    def workflow_version_id(cls) -> Mapped[int]:
        return mapped_column(ForeignKey("workflow_version.id"))

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
    __table_args__ = (UniqueConstraint("person_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    key: Mapped[str] = mapped_column(String(80))
    digest: Mapped[str] = mapped_column(String(64))
    event_id: Mapped[int] = mapped_column(ForeignKey("journal_event.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
