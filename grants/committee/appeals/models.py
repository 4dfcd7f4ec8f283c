"""The day on which a group was told of a refusal, and the appeal that it lodged."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.access.models import Person
from grants.core import clock
from grants.core.database import Model, UtcDateTime, append_only, refuse, trigger
from grants.projects.models import Project


class RefusalNotice(Model):
    """That a group was told of a refusal: from `told_on` the time for an appeal runs, up to and with the day `until`.

    `against` says who refused: `ineligible` (the eligibility check) or `rejected` (a committee).
    """

    __tablename__ = "refusal_notice"
    __table_args__ = (
        CheckConstraint("against IN ('ineligible', 'rejected')", name="against"),
        CheckConstraint("refused_on <= told_on AND told_on <= until", name="days"),
        CheckConstraint("told_to <> ''", name="told_to"),
        Index("ix_refusal_notice_project_id", "project_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    against: Mapped[str] = mapped_column(String(12))
    refused_on: Mapped[date]
    told_on: Mapped[date]
    told_to: Mapped[str] = mapped_column(String(120))
    until: Mapped[date]
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    project: Mapped[Project] = relationship()


class Appeal(Model):
    """The appeal of a group against one refusal: one for each, within its time, examined by somebody who did not take it in.

    `way` is how the group spoke (`written`, `spoken`), `reasons` what it said. `outcome` is `inadmissible` (examined and
    ended there), `upheld` or `granted` (by a committee in session, once somebody admitted it).
    """

    __tablename__ = "appeal"
    __subject__ = "appeal"
    __table_args__ = (
        CheckConstraint("way IN ('written', 'spoken')", name="way"),
        CheckConstraint("length(reasons) >= 10 AND spoken_by <> ''", name="said"),
        CheckConstraint("(examined_by_id IS NULL) = (examined_at IS NULL)", name="examined"),
        CheckConstraint("examined_by_id IS NULL OR examined_by_id <> taken_by_id", name="two_people"),
        CheckConstraint("examined_at IS NULL OR finding <> ''", name="finding"),
        CheckConstraint("outcome IN ('inadmissible', 'upheld', 'granted')", name="outcome"),
        CheckConstraint(
            "(outcome IS NULL) = (decided_at IS NULL) AND (outcome IS NULL) = (decided_by_id IS NULL)", name="decided"
        ),
        CheckConstraint("outcome IS NULL OR examined_at IS NOT NULL", name="examined_before"),
        Index("ix_appeal_project_id", "project_id"),
        Index(
            "uq_appeal_under_way",
            "project_id",
            unique=True,
            sqlite_where=text("outcome IS NULL"),
            postgresql_where=text("outcome IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(24), unique=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    notice_id: Mapped[int] = mapped_column(ForeignKey("refusal_notice.id"), unique=True)
    lodged_on: Mapped[date]
    way: Mapped[str] = mapped_column(String(8))
    spoken_by: Mapped[str] = mapped_column(String(120))
    reasons: Mapped[str] = mapped_column(Text)
    taken_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    taken_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    examined_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    examined_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finding: Mapped[str] = mapped_column(Text, default="")
    outcome: Mapped[str | None] = mapped_column(String(12))
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    project: Mapped[Project] = relationship()
    notice: Mapped[RefusalNotice] = relationship(lazy="joined", innerjoin=True)
    taken_by: Mapped[Person] = relationship(foreign_keys=[taken_by_id])
    examined_by: Mapped[Person | None] = relationship(foreign_keys=[examined_by_id])


append_only(RefusalNotice.__table__)


refuse(
    Appeal.__table__,
    "appeal_in_time",
    "INSERT",
    "NOT EXISTS (SELECT 1 FROM refusal_notice WHERE refusal_notice.id = NEW.notice_id "
    "AND refusal_notice.project_id = NEW.project_id "
    "AND NEW.lodged_on BETWEEN refusal_notice.told_on AND refusal_notice.until)",
    "an appeal is lodged within its time",
)
refuse(
    Appeal.__table__,
    "appeal_stands",
    "UPDATE",
    "OLD.outcome IS NOT NULL OR NEW.project_id <> OLD.project_id OR NEW.notice_id <> OLD.notice_id "
    "OR NEW.lodged_on <> OLD.lodged_on OR NEW.reasons <> OLD.reasons OR NEW.taken_by_id <> OLD.taken_by_id "
    "OR (OLD.examined_at IS NOT NULL AND (NEW.examined_by_id <> OLD.examined_by_id OR NEW.finding <> OLD.finding))",
    "what was said and decided about an appeal is never changed",
)
trigger(
    Appeal.__table__,
    "appeal_no_delete",
    sqlite="BEFORE DELETE ON appeal WHEN OLD.id IS NOT NULL BEGIN SELECT RAISE(ABORT, 'an appeal is never removed'); END",
    postgresql=(
        "IF OLD.id IS NOT NULL THEN RAISE EXCEPTION 'an appeal is never removed'; END IF; RETURN OLD;",
        "BEFORE DELETE ON appeal FOR EACH ROW",
    ),
)
