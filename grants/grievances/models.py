"""The tables of complaints. Who complains stands apart from what they say; what was answered is never rewritten."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.access.models import Person
from grants.core import clock
from grants.core.database import Model, UtcDateTime, append_only, trigger
from grants.grievances.labels import categories
from grants.lifecycle import Running, running_args
from grants.projects.models import Project


class Grievance(Running, Model):
    """A complaint. `sealed` ones are read only by those who handle complaints; once sealed, always sealed.

    `token` makes the same form sent twice one complaint. `code_hash` (Argon2id) is of the code with which anybody follows
    it without an account. `file_named` is the reference as the person wrote it, `project` the file found by it.
    `holds_payments` keeps the next tranche of the file from being paid while the complaint is open.
    """

    __tablename__ = "grievance"
    __subject__ = "grievance"
    __table_args__ = (
        *running_args("grievance"),
        CheckConstraint("NOT holds_payments OR project_id IS NOT NULL", name="holds_a_file"),
        CheckConstraint("step <> 'closed' OR answered_at IS NOT NULL", name="closed_answered"),
        CheckConstraint(
            "step NOT IN ('withdrawn', 'inadmissible') OR end_reason IS NOT NULL", name="ended_with_reason"
        ),
        CheckConstraint("(told_on IS NULL) = (told_how IS NULL)", name="told"),
        CheckConstraint("channel IN ('office', 'phone', 'box', 'agent', 'page')", name="channel"),
        CheckConstraint("(channel = 'page') = (registered_by_id IS NULL)", name="registered"),
        Index("ix_grievance_lodged_at_id", "lodged_at", "id"),
        Index("ix_grievance_project_id", "project_id"),
        Index("ix_grievance_place_code", "place_code"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(24), unique=True)
    token: Mapped[str] = mapped_column(String(36), unique=True)
    code_hash: Mapped[str] = mapped_column(String(200))
    channel: Mapped[str] = mapped_column(String(10))
    category: Mapped[str] = mapped_column(String(20))
    sealed: Mapped[bool]
    holds_payments: Mapped[bool] = mapped_column(default=False)
    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id"))
    place_code: Mapped[str] = mapped_column(String(12))
    village: Mapped[str] = mapped_column(String(120), default="")
    file_named: Mapped[str] = mapped_column(String(40), default="")
    words: Mapped[str] = mapped_column(Text)
    # Empty for what was lodged on the public page.
    registered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    lodged_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    told_on: Mapped[date | None]
    told_how: Mapped[str | None] = mapped_column(String(10))
    end_reason: Mapped[str | None] = mapped_column(Text)

    project: Mapped[Project | None] = relationship()
    registered_by: Mapped[Person | None] = relationship()
    answers: Mapped[list["Answer"]] = relationship(order_by="Answer.number", viewonly=True)
    notes: Mapped[list["Note"]] = relationship(order_by="Note.id", viewonly=True)

    @property
    def inbox_note(self) -> str:
        """What stands under its title in *My work* and in the team's: of a sealed one, nothing."""
        return "" if self.sealed else categories()[self.category].label

    @property
    def inbox_amount(self) -> None:
        return None


class Complainant(Model):
    """Who complains, where they said so: kept apart, and read only with the right to it. `phone` is E.164."""

    __tablename__ = "grievance_complainant"

    grievance_id: Mapped[int] = mapped_column(ForeignKey("grievance.id"), primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(120), default="")
    phone: Mapped[str | None] = mapped_column(String(20))
    may_contact: Mapped[bool]


class Answer(Model):
    """An answer to a complaint: the first, or the final one after it was contested."""

    __tablename__ = "grievance_answer"
    __table_args__ = (
        UniqueConstraint("grievance_id", "number"),
        CheckConstraint("finding IN ('founded', 'partly', 'unfounded')", name="finding"),
        CheckConstraint("finding = 'unfounded' OR measure <> ''", name="measure"),
        CheckConstraint("number IN (1, 2)", name="number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    grievance_id: Mapped[int] = mapped_column(ForeignKey("grievance.id"))
    number: Mapped[int]
    finding: Mapped[str] = mapped_column(String(10))
    words: Mapped[str] = mapped_column(Text)
    measure: Mapped[str] = mapped_column(Text, default="")
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    by: Mapped[Person] = relationship()


class Note(Model):
    """What those who examine write down: `note`, `referral` (`service` names where to), `contest` (what the person says)."""

    __tablename__ = "grievance_note"
    __table_args__ = (
        CheckConstraint("kind IN ('note', 'referral', 'contest')", name="kind"),
        CheckConstraint("(kind = 'referral') = (service IS NOT NULL)", name="service"),
        Index("ix_grievance_note_grievance_id", "grievance_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    grievance_id: Mapped[int] = mapped_column(ForeignKey("grievance.id"))
    kind: Mapped[str] = mapped_column(String(10))
    service: Mapped[str | None] = mapped_column(String(20))
    words: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    by: Mapped[Person] = relationship()


class Reading(Model):
    """A reading of a sealed complaint: opened for a `purpose`, then each look at its page until it closes again."""

    __tablename__ = "grievance_reading"
    __table_args__ = (Index("ix_grievance_reading_grievance_id_person_id_at", "grievance_id", "person_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    grievance_id: Mapped[int] = mapped_column(ForeignKey("grievance.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    purpose: Mapped[str | None] = mapped_column(String(300))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    person: Mapped[Person] = relationship()


for _kept in (Answer, Note, Reading):
    append_only(_kept.__table__)

_FIXED = "reference, token, code_hash, channel, words, registered_by_id, lodged_at"
trigger(
    Grievance.__table__,
    "grievance_fixed",
    sqlite=f"BEFORE UPDATE OF {_FIXED} ON grievance BEGIN SELECT RAISE(ABORT, 'what was lodged is never changed'); END",
    postgresql=(
        "RAISE EXCEPTION 'what was lodged is never changed';",
        f"BEFORE UPDATE OF {_FIXED} ON grievance FOR EACH ROW",
    ),
)
trigger(
    Grievance.__table__,
    "grievance_stays_sealed",
    sqlite="BEFORE UPDATE ON grievance WHEN OLD.sealed AND NOT NEW.sealed "
    "BEGIN SELECT RAISE(ABORT, 'a sealed complaint stays sealed'); END",
    postgresql=(
        "RAISE EXCEPTION 'a sealed complaint stays sealed';",
        "BEFORE UPDATE ON grievance FOR EACH ROW WHEN (OLD.sealed AND NOT NEW.sealed)",
    ),
)
trigger(
    Grievance.__table__,
    "grievance_no_delete",
    sqlite="BEFORE DELETE ON grievance BEGIN SELECT RAISE(ABORT, 'a complaint is ended, never removed'); END",
    postgresql=("RAISE EXCEPTION 'a complaint is ended, never removed';", "BEFORE DELETE ON grievance FOR EACH ROW"),
)
