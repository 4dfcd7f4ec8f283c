"""The tables of time: where each subject stands and stood, and the timers that run while it stands there."""

from datetime import UTC, datetime

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, String, UniqueConstraint, and_, text
from sqlalchemy.orm import Mapped, mapped_column

from grants.core import clock
from grants.core.database import Model, UtcDateTime

# What has no date of its own stands last in a list ordered by date.
FAR = datetime(9999, 1, 1, tzinfo=UTC)
OPEN = text("left_at IS NULL")
LEFT = text("left_at IS NOT NULL")
PENDING = text("fired_at IS NULL AND void_at IS NULL")
# Compared by byte on both engines, so that an index serves "this place and all below it".
PLACE = String(12).with_variant(String(12, collation="C"), "postgresql")


class Stay(Model):
    """One stay of a subject in one step; it is open (`left_at` empty) while the subject stands there.

    Written in the transaction of the act that moves the subject, so it says the same as the subject itself; here all
    kinds stand in one table, in the order in which they are due. `order_at` is `due_at`, or `FAR` where there is none.
    `working_days` counts those between entering and leaving, by the calendar as it was on leaving. `category` is the
    kind of micro-project, where the subject has one. `escalated_at` marks what was passed on to a higher role.
    """

    __tablename__ = "step_stay"
    __table_args__ = (
        CheckConstraint("(left_at IS NULL) = (working_days IS NULL)", name="left"),
        CheckConstraint("left_at IS NULL OR left_at >= entered_at", name="order"),
        Index(
            "uq_step_stay_open", "subject_kind", "subject_id", unique=True, sqlite_where=OPEN, postgresql_where=OPEN
        ),
        # These hold all that their pages ask, `left_at` too: SQLite looks it up in the row otherwise, though it is empty.
        Index(
            "ix_step_stay_mine", "waits_for", "order_at", "id", "place_code", "left_at", sqlite_where=OPEN,
            postgresql_where=OPEN,
        ),
        # In the order of dates a page is found at once; what lies in a territory is counted by place.
        Index(
            "ix_step_stay_here", "waits_for", "place_code", "order_at", "id", "subject_kind", "left_at",
            sqlite_where=OPEN, postgresql_where=OPEN,
        ),
        Index("ix_step_stay_late", "order_at", "id", "place_code", "left_at", sqlite_where=OPEN, postgresql_where=OPEN),
        Index(
            "ix_step_stay_team", "subject_kind", "step", "waits_for", "place_code", "due_at", "entered_at",
            "escalated_at", "category", "left_at", sqlite_where=OPEN, postgresql_where=OPEN,
        ),
        Index(
            "ix_step_stay_ended", "subject_kind", "left_at", "step", "working_days", "place_code", "category",
            sqlite_where=LEFT, postgresql_where=LEFT,
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int]
    workflow_version_id: Mapped[int] = mapped_column(ForeignKey("workflow_version.id"))
    step: Mapped[str] = mapped_column(String(60))
    waits_for: Mapped[str | None] = mapped_column(String(30))
    place_code: Mapped[str | None] = mapped_column(PLACE)
    category: Mapped[str | None] = mapped_column(String(30))
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    order_at: Mapped[datetime] = mapped_column(UtcDateTime)
    escalated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    working_days: Mapped[int | None]

    @property
    def days_here(self) -> int:
        """Whole days since the subject came to this step."""
        return max(0, (clock.now() - self.entered_at).days)


class Timer(Model):
    """A rule of lateness of one stay, with the instant at which it takes effect: fired once, or void once the subject left.

    `rule` is the step and the number of the rule in it. What failed is tried again from `retry_at`.
    """

    __tablename__ = "timer"
    __table_args__ = (
        UniqueConstraint("subject_kind", "subject_id", "rule", "due_at"),
        CheckConstraint("fired_at IS NULL OR void_at IS NULL", name="fired_or_void"),
        CheckConstraint("tries >= 0", name="tries"),
        Index("ix_timer_pending", "due_at", "id", sqlite_where=PENDING, postgresql_where=PENDING),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int]
    rule: Mapped[str] = mapped_column(String(70))
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    tries: Mapped[int] = mapped_column(default=0)
    retry_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    fired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    void_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def inside(column, code: str) -> ColumnElement:
    """The condition for rows whose place is `code` or lies below it, in a form that an index serves on both engines.

    `LIKE '05%'` is not that: SQLite's ignores case, PostgreSQL's follows the collation of the database.
    """
    return and_(column >= code, column < code[:-1] + chr(ord(code[-1]) + 1))
