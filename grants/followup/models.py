"""What happens after the money: the group's own share, visits, vouchers, refunds, the closing."""

from datetime import date, datetime, time

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.access.models import Person
from grants.core import clock
from grants.core.database import Francs, Json, Model, UtcDateTime
from grants.documents.models import Document, StoredFile
from grants.lifecycle.models import Running, running_args
from grants.payments.models import Tranche
from grants.projects.models import Project


class Contribution(Model):
    """The group's own share, proven: cash with its slip, in kind with its valuation. Francs."""

    __tablename__ = "contribution"
    __table_args__ = (
        CheckConstraint("kind IN ('cash', 'in_kind')", name="kind"),
        CheckConstraint("amount > 0", name="amount"),
        Index("ix_contribution_project_id", "project_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    kind: Mapped[str] = mapped_column(String(10))
    amount: Mapped[Francs]
    proven_on: Mapped[date]
    note: Mapped[str] = mapped_column(String(300), default="")
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    by: Mapped[Person] = relationship()
    file: Mapped[StoredFile] = relationship()


class PlannedVisit(Running, Model):
    """A visit to a site that somebody has to make, from its planning to the points that it found settled.

    `planned_for` is the day until which it is due, `purpose` why it was planned, with a `note` where somebody asked for it.
    `visit` is the report, once it is made.
    """

    __tablename__ = "planned_visit"
    __subject__ = "visit"
    __part_of__ = "project"
    __table_args__ = (
        *running_args("planned_visit"),
        CheckConstraint("purpose IN ('after_payment', 'watched', 'asked', 'unplanned')", name="purpose"),
        CheckConstraint("purpose <> 'asked' OR note <> ''", name="note"),
        Index("ix_planned_visit_project_id", "project_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(24), unique=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    place_code: Mapped[str] = mapped_column(String(12))
    planned_for: Mapped[date]
    purpose: Mapped[str] = mapped_column(String(20))
    note: Mapped[str] = mapped_column(String(300), default="")
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("visit.id"), unique=True)

    project: Mapped[Project] = relationship()
    visit: Mapped["Visit | None"] = relationship()

    inbox_amount = None

    @property
    def inbox_note(self) -> str:
        return self.project.group.name

    def own_due(self, step: str) -> datetime | None:
        """A visit is due at the end of its day; what it found, when the definition says."""
        if self.visit_id is not None or step != "planned":
            return None
        return datetime.combine(self.planned_for, time(23, 59), clock.BAMAKO)


class Visit(Model):
    """The report of a visit: the questions as they were asked, the answers, the verdict, the photos. Degrees WGS 84."""

    __tablename__ = "visit"
    __table_args__ = (
        CheckConstraint("verdict IN ('on_track', 'concerns', 'off_track')", name="verdict"),
        CheckConstraint("verdict = 'on_track' OR actions <> ''", name="actions"),
        CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="point"),
        Index("ix_visit_project_id", "project_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[str] = mapped_column(String(36), unique=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    visited_on: Mapped[date]
    met: Mapped[str] = mapped_column(String(200))
    # questions with their words and answers, frozen
    answers: Mapped[list] = mapped_column(Json)
    verdict: Mapped[str] = mapped_column(String(12))
    findings: Mapped[str] = mapped_column(Text)
    actions: Mapped[str] = mapped_column(Text, default="")
    # Millionths of a degree, so that no engine rounds them.
    latitude: Mapped[int | None]
    longitude: Mapped[int | None]
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    by: Mapped[Person] = relationship()
    photos: Mapped[list["VisitPhoto"]] = relationship(order_by="VisitPhoto.id")


class VisitPhoto(Model):
    """A photo of a visit."""

    __tablename__ = "visit_photo"

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))

    file: Mapped[StoredFile] = relationship()


class Expense(Model):
    """A voucher of a group against a budget line of its contract: accepted in whole or part, or refused with a reason.

    Judged by somebody who did not enter it. Francs.
    """

    __tablename__ = "expense"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint(
            "(accepted IS NULL) = (judged_by_id IS NULL) AND (accepted IS NULL) = (judged_at IS NULL)", name="judged"
        ),
        CheckConstraint("accepted >= 0 AND accepted <= amount", name="accepted"),
        CheckConstraint("accepted IS NULL OR accepted = amount OR reason <> ''", name="reason"),
        CheckConstraint("judged_by_id <> entered_by_id", name="two_people"),
        Index("ix_expense_project_id", "project_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    tranche_id: Mapped[int] = mapped_column(ForeignKey("tranche.id"))
    # the position of the budget line in the contract's budget
    budget_position: Mapped[int]
    label: Mapped[str] = mapped_column(String(160))
    supplier: Mapped[str] = mapped_column(String(120))
    spent_on: Mapped[date]
    amount: Mapped[Francs]
    voucher_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    accepted: Mapped[Francs | None]
    reason: Mapped[str] = mapped_column(String(300), default="")
    judged_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    judged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    tranche: Mapped[Tranche] = relationship()
    voucher: Mapped[StoredFile] = relationship()
    entered_by: Mapped[Person] = relationship(foreign_keys=[entered_by_id])
    judged_by: Mapped[Person | None] = relationship(foreign_keys=[judged_by_id])


class Refund(Model):
    """Money that a group gave back, with its slip. Francs."""

    __tablename__ = "refund"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        Index("ix_refund_project_id", "project_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    amount: Mapped[Francs]
    refunded_on: Mapped[date]
    bank_reference: Mapped[str] = mapped_column(String(60), unique=True)
    slip_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    # The claim on which it came back, and the receipt given for it; refunds of before have none.
    recovery_id: Mapped[int | None] = mapped_column(ForeignKey("recovery.id"), index=True)
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    by: Mapped[Person] = relationship()
    slip: Mapped[StoredFile] = relationship()
    document: Mapped[Document | None] = relationship()


class Closing(Model):
    """The acceptance of what was bought and built, the assets that remain, and the report. One a project."""

    __tablename__ = "closing"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), primary_key=True, autoincrement=False)
    accepted_on: Mapped[date]
    accepted_with: Mapped[str] = mapped_column(String(200))
    report: Mapped[str] = mapped_column(Text)
    # label, quantity, state, where kept
    assets: Mapped[list] = mapped_column(Json)
    scan_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    prepared_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    prepared_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    scan: Mapped[StoredFile] = relationship()
    document: Mapped[Document | None] = relationship()
    prepared_by: Mapped[Person] = relationship()
