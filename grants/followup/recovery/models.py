"""Claims on groups, the schedules by which they pay back, the reminders sent, and what a committee gave up."""

from datetime import date, datetime, time

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.access.models import Person
from grants.committee.models import Session
from grants.core import clock
from grants.core.database import Francs, Model, UtcDateTime, append_only, refuse, trigger
from grants.documents.models import Document
from grants.followup.models import Refund
from grants.lifecycle import Running, running_args
from grants.projects.models import Project

REMINDERS = ("before", "after", "again")


class Recovery(Running, Model):
    """What a group has to give back, as it was calculated on the day of the claim. Francs.

    `paid` less what was `settled` is the `amount`; of it the group still holds `unspent`, vouchers of `ineligible` were
    refused, and for the rest (`unproven`) there is no voucher. `refunded` and `written_off` move by triggers only.
    """

    __tablename__ = "recovery"
    __subject__ = "recovery"
    __part_of__ = "project"
    __table_args__ = (
        *running_args("recovery"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("amount = paid - settled", name="calculated"),
        CheckConstraint(
            "unspent >= 0 AND ineligible >= 0 AND unproven >= 0 AND amount = unspent + ineligible + unproven",
            name="parts",
        ),
        CheckConstraint("refunded >= 0 AND written_off >= 0 AND refunded + written_off <= amount", name="settled"),
        CheckConstraint("reason <> ''", name="reason"),
        Index("ix_recovery_project_id", "project_id"),
        Index(
            "uq_recovery_under_way",
            "project_id",
            unique=True,
            sqlite_where=text("waits_for IS NOT NULL"),
            postgresql_where=text("waits_for IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(24), unique=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    place_code: Mapped[str] = mapped_column(String(12))
    claimed_on: Mapped[date]
    paid: Mapped[Francs]
    settled: Mapped[Francs]
    amount: Mapped[Francs]
    unspent: Mapped[Francs]
    ineligible: Mapped[Francs]
    unproven: Mapped[Francs]
    reason: Mapped[str] = mapped_column(Text)
    refunded: Mapped[Francs] = mapped_column(default=0)
    written_off: Mapped[Francs] = mapped_column(default=0)
    # The schedule that holds, by its number; empty until one is agreed.
    schedule: Mapped[int | None]
    # Who put the write-off to the committee: somebody else decides it.
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))

    project: Mapped[Project] = relationship()
    document: Mapped[Document | None] = relationship()
    schedules: Mapped[list["Schedule"]] = relationship(order_by="Schedule.number", back_populates="recovery")
    decision: Mapped["WriteOff | None"] = relationship(back_populates="recovery")

    @property
    def left(self) -> int:
        """What is still to be given back, in francs."""
        return self.amount - self.refunded - self.written_off

    @property
    def plan(self) -> "Schedule | None":
        """The schedule that holds."""
        return next((one for one in self.schedules if one.number == self.schedule), None)

    @property
    def inbox_note(self) -> str:
        return f"{self.project.group.name} · {self.reference}"

    @property
    def inbox_amount(self) -> int:
        return self.left

    def own_due(self, step: str) -> datetime | None:
        """A claim that is paid in instalments is due at the end of the day of the next one."""
        plan = self.plan
        if step != "running" or plan is None:
            return None
        day = plan.next_due(plan.total - self.left)
        return datetime.combine(day, time(23, 59), clock.BAMAKO) if day else None


class Schedule(Model):
    """The instalments by which a group pays what was left on the day of the agreement. Francs; their sum is the total."""

    __tablename__ = "recovery_schedule"
    __table_args__ = (
        CheckConstraint("total > 0 AND number > 0", name="whole"),
        UniqueConstraint("recovery_id", "number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    recovery_id: Mapped[int] = mapped_column(ForeignKey("recovery.id"))
    number: Mapped[int]
    total: Mapped[Francs]
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    recovery: Mapped[Recovery] = relationship(back_populates="schedules")
    by: Mapped[Person] = relationship()
    instalments: Mapped[list["Instalment"]] = relationship(order_by="Instalment.number")

    def next_due(self, paid: int) -> date | None:
        """The day of the first instalment that is not paid whole, once `paid` francs of the schedule were; None at its end."""
        for one in self.instalments:
            paid -= one.amount
            if paid < 0:
                return one.due_on
        return None


class Instalment(Model):
    """A part of what is given back, and until when. Francs."""

    __tablename__ = "instalment"
    __table_args__ = (
        CheckConstraint("amount > 0 AND number > 0", name="whole"),
        UniqueConstraint("schedule_id", "number"),
        Index("ix_instalment_due_on", "due_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    schedule_id: Mapped[int] = mapped_column(ForeignKey("recovery_schedule.id"))
    number: Mapped[int]
    due_on: Mapped[date]
    amount: Mapped[Francs]


class Reminder(Model):
    """A letter about one instalment: before its day, after it, and once more. Each once, however often one looks."""

    __tablename__ = "recovery_reminder"
    __table_args__ = (
        CheckConstraint("kind IN ('before', 'after', 'again')", name="kind"),
        UniqueConstraint("instalment_id", "kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    recovery_id: Mapped[int] = mapped_column(ForeignKey("recovery.id"), index=True)
    instalment_id: Mapped[int] = mapped_column(ForeignKey("instalment.id"))
    kind: Mapped[str] = mapped_column(String(10))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))

    instalment: Mapped[Instalment] = relationship()
    document: Mapped[Document] = relationship()


class WriteOff(Model):
    """The decision of a committee to give up what a group still owes: in a session under way, with quorum and majority.

    By who presides, apart from who proposed it. The ledger takes a write-off only with such a row.
    """

    __tablename__ = "write_off"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("votes_against >= 0 AND abstentions >= 0 AND votes_for > votes_against", name="majority"),
        CheckConstraint("length(reason) >= 10", name="reason"),
        CheckConstraint("proposed_by_id <> by_id", name="two_people"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    recovery_id: Mapped[int] = mapped_column(ForeignKey("recovery.id"), unique=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    session_id: Mapped[int] = mapped_column(ForeignKey("committee_session.id"))
    amount: Mapped[Francs]
    votes_for: Mapped[int]
    votes_against: Mapped[int]
    abstentions: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    recovery: Mapped[Recovery] = relationship(back_populates="decision")
    session: Mapped[Session] = relationship()
    by: Mapped[Person] = relationship(foreign_keys=[by_id])


class WriteOffVote(Model):
    """How one member voted on giving a debt up, in the session that decides it. Written before the decision, never after."""

    __tablename__ = "write_off_vote"
    __table_args__ = (
        UniqueConstraint("recovery_id", "session_id", "person_id"),
        CheckConstraint("choice IN ('for', 'against', 'abstain')", name="choice"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    recovery_id: Mapped[int] = mapped_column(ForeignKey("recovery.id"))
    session_id: Mapped[int] = mapped_column(ForeignKey("committee_session.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    choice: Mapped[str] = mapped_column(String(10))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)


for _model in (Schedule, Instalment, Reminder, WriteOff, WriteOffVote):
    append_only(_model.__table__)


def _then(table, name: str, statement: str) -> None:
    trigger(
        table,
        name,
        sqlite=f"AFTER INSERT ON {table.name} BEGIN {statement} END",
        postgresql=(f"{statement} RETURN NEW;", f"AFTER INSERT ON {table.name} FOR EACH ROW"),
    )


refuse(
    Recovery.__table__,
    "recovery_fixed",
    "UPDATE OF project_id, paid, settled, amount, unspent, ineligible, unproven",
    "NEW.project_id <> OLD.project_id OR NEW.amount <> OLD.amount OR NEW.paid <> OLD.paid OR NEW.settled <> OLD.settled "
    "OR NEW.unspent <> OLD.unspent OR NEW.ineligible <> OLD.ineligible OR NEW.unproven <> OLD.unproven",
    "what is claimed is never changed",
)
# A schedule holds when its instalments add up to what is left, to the franc.
refuse(
    Recovery.__table__,
    "recovery_schedule_adds_up",
    "UPDATE OF schedule",
    "NEW.schedule IS NOT NULL AND (OLD.schedule IS NULL OR NEW.schedule <> OLD.schedule) AND NOT EXISTS ("
    "SELECT 1 FROM recovery_schedule WHERE recovery_schedule.recovery_id = NEW.id "
    "AND recovery_schedule.number = NEW.schedule "
    "AND recovery_schedule.total = NEW.amount - NEW.refunded - NEW.written_off "
    "AND recovery_schedule.total = (SELECT SUM(instalment.amount) FROM instalment "
    "WHERE instalment.schedule_id = recovery_schedule.id))",
    "the instalments must add up to what is left",
)
refuse(
    Instalment.__table__,
    "instalment_before_agreement",
    "INSERT",
    "EXISTS (SELECT 1 FROM recovery_schedule JOIN recovery ON recovery.id = recovery_schedule.recovery_id "
    "WHERE recovery_schedule.id = NEW.schedule_id AND recovery.schedule >= recovery_schedule.number)",
    "a schedule that was agreed is never changed",
)
refuse(
    Refund.__table__,
    "refund_of_its_project",
    "INSERT",
    "NEW.recovery_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM recovery WHERE recovery.id = NEW.recovery_id "
    "AND recovery.project_id = NEW.project_id AND recovery.waits_for IS NOT NULL)",
    "a refund belongs to a claim under way on the same micro-project",
)
_then(
    Refund.__table__,
    "refund_moves_recovery",
    "UPDATE recovery SET refunded = refunded + NEW.amount WHERE id = NEW.recovery_id;",
)
# Only the committee: a session under way, its chair, its quorum there and voting, and just what is left.
_SITTING = (
    "SELECT COUNT(*) FROM attendance JOIN seat ON seat.person_id = attendance.person_id "
    "AND seat.committee_id = committee_session.committee_id AND seat.until IS NULL AND seat.office IN ('chair', 'member') "
    "WHERE attendance.session_id = committee_session.id AND attendance.present"
)
refuse(
    WriteOff.__table__,
    "write_off_by_the_committee",
    "INSERT",
    "NOT EXISTS (SELECT 1 FROM committee_session JOIN committee ON committee.id = committee_session.committee_id "
    "JOIN recovery ON recovery.id = NEW.recovery_id "
    "WHERE committee_session.id = NEW.session_id AND committee_session.step = 'in_session' "
    "AND (committee.place_code IS NULL OR substr(recovery.place_code, 1, length(committee.place_code)) = "
    "committee.place_code) "
    "AND recovery.project_id = NEW.project_id AND recovery.proposed_by_id = NEW.proposed_by_id "
    "AND NEW.amount = recovery.amount - recovery.refunded - recovery.written_off "
    "AND EXISTS (SELECT 1 FROM seat WHERE seat.committee_id = committee.id AND seat.person_id = NEW.by_id "
    "AND seat.office = 'chair' AND seat.until IS NULL) "
    f"AND NEW.votes_for + NEW.votes_against + NEW.abstentions BETWEEN committee.quorum AND ({_SITTING}))",
    "only a committee in session writes a debt off",
)
# A vote is that of somebody present who has one; what the decision counts are the votes, to the last.
refuse(
    WriteOffVote.__table__,
    "write_off_vote_of_a_member",
    "INSERT",
    "EXISTS (SELECT 1 FROM write_off WHERE write_off.recovery_id = NEW.recovery_id) OR NOT EXISTS ("
    "SELECT 1 FROM committee_session JOIN seat ON seat.committee_id = committee_session.committee_id "
    "AND seat.until IS NULL AND seat.office IN ('chair', 'member') AND seat.person_id = NEW.person_id "
    "JOIN attendance ON attendance.session_id = committee_session.id AND attendance.person_id = NEW.person_id "
    "AND attendance.present WHERE committee_session.id = NEW.session_id AND committee_session.step = 'in_session')",
    "only a member who is present votes, before the decision",
)
_VOTES = (
    "(SELECT COUNT(*) FROM write_off_vote WHERE write_off_vote.recovery_id = NEW.recovery_id "
    "AND write_off_vote.session_id = NEW.session_id AND write_off_vote.choice = '{choice}')"
)
refuse(
    WriteOff.__table__,
    "write_off_by_its_votes",
    "INSERT",
    f"NEW.votes_for <> {_VOTES.format(choice='for')} OR NEW.votes_against <> {_VOTES.format(choice='against')} "
    f"OR NEW.abstentions <> {_VOTES.format(choice='abstain')}",
    "the decision counts the votes that were cast",
)
_then(
    WriteOff.__table__,
    "write_off_moves_recovery",
    "UPDATE recovery SET written_off = written_off + NEW.amount WHERE id = NEW.recovery_id;",
)
