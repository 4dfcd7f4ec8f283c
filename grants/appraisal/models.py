"""What the regional team finds: eligibility, screening, the field check and the score sheets, each on a revision."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.access.models import Person
from grants.core import clock
from grants.core.database import Json, Model, UtcDateTime, trigger
from grants.documents.models import StoredFile


class EligibilityCheck(Model):
    """The answer to one eligibility question on one revision; a `no` has its reason."""

    __tablename__ = "eligibility_check"
    __table_args__ = (
        UniqueConstraint("project_id", "revision", "code"),
        CheckConstraint("answer IN ('yes', 'no', 'not_applicable')", name="answer"),
        CheckConstraint("answer <> 'no' OR note <> ''", name="reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    revision: Mapped[int]
    code: Mapped[str] = mapped_column(String(40))
    answer: Mapped[str] = mapped_column(String(20))
    note: Mapped[str] = mapped_column(String(500), default="")
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    by: Mapped[Person] = relationship()


class Screening(Model):
    """The environmental and social screening of a revision: class C (light), B (measures to take), A (refused)."""

    __tablename__ = "screening"
    __table_args__ = (
        UniqueConstraint("project_id", "revision"),
        CheckConstraint("risk_class IN ('A', 'B', 'C')", name="risk_class"),
        CheckConstraint("risk_class <> 'B' OR measures <> ''", name="measures"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    revision: Mapped[int]
    answers: Mapped[dict] = mapped_column(Json)
    risk_class: Mapped[str] = mapped_column(String(1))
    measures: Mapped[str] = mapped_column(Text, default="")
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    by: Mapped[Person] = relationship()


class FieldCheck(Model):
    """The site seen before scoring: who went, when, what was found, with a photo. Degrees WGS 84."""

    __tablename__ = "field_check"
    __table_args__ = (Index("ix_field_check_project_id", "project_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    revision: Mapped[int]
    visited_on: Mapped[date]
    met: Mapped[str] = mapped_column(String(200))
    findings: Mapped[str] = mapped_column(Text)
    confirmed: Mapped[bool]
    photo_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    by: Mapped[Person] = relationship()
    photo: Mapped[StoredFile] = relationship()


class ScoreSheet(Model):
    """One appraiser's independent sheet on a revision: points per criterion, the total out of 100.

    A sheet is never changed. When a file is returned its sheets stay and no longer count (`superseded_at`).
    """

    __tablename__ = "score_sheet"
    __table_args__ = (
        CheckConstraint("total BETWEEN 0 AND 100", name="total"),
        CheckConstraint("opinion IN ('favourable', 'reserved', 'unfavourable')", name="opinion"),
        Index(
            "uq_score_sheet_appraiser",
            "project_id",
            "revision",
            "appraiser_id",
            unique=True,
            sqlite_where=text("superseded_at IS NULL"),
            postgresql_where=text("superseded_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    revision: Mapped[int]
    appraiser_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    # criterion code -> points given, and the weight and ceiling it had
    scores: Mapped[dict] = mapped_column(Json)
    total: Mapped[int]
    opinion: Mapped[str] = mapped_column(String(20))
    comment: Mapped[str] = mapped_column(Text)
    submitted_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    superseded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    appraiser: Mapped[Person] = relationship()


# A sheet is what one person found, once and for all. Setting it aside is the only thing that may happen to it.
_FIXED = "project_id, revision, appraiser_id, scores, total, opinion, comment, submitted_at"
trigger(
    ScoreSheet.__table__,
    "score_sheet_fixed",
    sqlite=(
        f"BEFORE UPDATE OF {_FIXED} ON score_sheet BEGIN SELECT RAISE(ABORT, 'a score sheet is never changed'); END"
    ),
    postgresql=(
        "RAISE EXCEPTION 'a score sheet is never changed';",
        f"BEFORE UPDATE OF {_FIXED} ON score_sheet FOR EACH ROW",
    ),
)
trigger(
    ScoreSheet.__table__,
    "score_sheet_no_delete",
    sqlite="BEFORE DELETE ON score_sheet BEGIN SELECT RAISE(ABORT, 'a score sheet is never removed'); END",
    postgresql=("RAISE EXCEPTION 'a score sheet is never removed';", "BEFORE DELETE ON score_sheet FOR EACH ROW"),
)
