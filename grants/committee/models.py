"""Committees and their sessions: agenda, attendance, conflicts, votes, decisions, minutes."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.access.models import Person
from grants.core import clock
from grants.core.database import Francs, Model, UtcDateTime, trigger
from grants.documents.models import Document, StoredFile
from grants.lifecycle import Running, running_args
from grants.projects.models import Project

LEVELS = ("local", "regional", "national")
APPEAL = "appeal"


class Committee(Model):
    """A committee of a level in a territory (none for the national one). `quorum` counts the people who must be there."""

    __tablename__ = "committee"
    __subject__ = "committee"
    __table_args__ = (
        CheckConstraint("level IN ('local', 'regional', 'national')", name="level"),
        CheckConstraint("(level = 'national') = (place_code IS NULL)", name="place"),
        CheckConstraint("quorum >= 2", name="quorum"),
        UniqueConstraint("level", "place_code"),
        Index(
            "uq_committee_national",
            "level",
            unique=True,
            sqlite_where=text("place_code IS NULL"),
            postgresql_where=text("place_code IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(30), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    level: Mapped[str] = mapped_column(String(10))
    place_code: Mapped[str | None] = mapped_column(String(12))
    quorum: Mapped[int]

    seats: Mapped[list["Seat"]] = relationship(
        primaryjoin="and_(Seat.committee_id == Committee.id, Seat.until.is_(None))", order_by="Seat.id", viewonly=True
    )


class Seat(Model):
    """A person's seat in a committee, with the dates of the mandate."""

    __tablename__ = "seat"
    __table_args__ = (
        CheckConstraint("office IN ('chair', 'member', 'secretary')", name="office"),
        Index(
            "uq_seat_committee_person",
            "committee_id",
            "person_id",
            unique=True,
            sqlite_where=text("until IS NULL"),
            postgresql_where=text("until IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    committee_id: Mapped[int] = mapped_column(ForeignKey("committee.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    office: Mapped[str] = mapped_column(String(10))
    # What they stand for: town hall, technical service, women's association …
    quality: Mapped[str] = mapped_column(String(120), default="")
    since: Mapped[date]
    until: Mapped[date | None]

    person: Mapped[Person] = relationship()
    committee: Mapped[Committee] = relationship()


class Session(Running, Model):
    """A session of a committee: planned, in session, minutes, signed."""

    __tablename__ = "committee_session"
    __subject__ = "committee_session"
    __table_args__ = (*running_args("committee_session"), Index("ix_committee_session_committee_id", "committee_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(24), unique=True)
    committee_id: Mapped[int] = mapped_column(ForeignKey("committee.id"))
    place_code: Mapped[str | None] = mapped_column(String(12))
    held_on: Mapped[date]
    venue: Mapped[str] = mapped_column(String(120))
    minutes_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    signed_scan_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    prepared_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))

    committee: Mapped[Committee] = relationship(lazy="joined", innerjoin=True)
    prepared_by: Mapped[Person] = relationship()
    minutes: Mapped[Document | None] = relationship()
    signed_scan: Mapped[StoredFile | None] = relationship()
    agenda: Mapped[list["AgendaItem"]] = relationship(order_by="AgendaItem.position", back_populates="session")
    attendance: Mapped[list["Attendance"]] = relationship(order_by="Attendance.id")

    @property
    def inbox_note(self) -> str:
        return self.venue

    inbox_amount = None


class Attendance(Model):
    """Who was there, or sent word."""

    __tablename__ = "attendance"
    __table_args__ = (UniqueConstraint("session_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("committee_session.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    present: Mapped[bool]

    person: Mapped[Person] = relationship()


class AgendaItem(Model):
    """A file on the agenda and what was decided on it. A decision has its author, time and reason; an award an amount.

    Where the committee hears again about a micro-project to which it granted money, `matter` names what it hears (a kind
    of subject and its id), `before` what is granted until now and `asked` what it would be. Francs. Where the matter is an
    appeal against a refusal, it is decided by `reopen` or `uphold`, and there is no amount.
    """

    __tablename__ = "agenda_item"
    __table_args__ = (
        UniqueConstraint("session_id", "project_id"),
        CheckConstraint("decision IN ('award', 'reject', 'adjourn', 'reopen', 'uphold')", name="decision"),
        CheckConstraint(
            "(decision IS NULL) = (decided_by_id IS NULL) AND (decision IS NULL) = (decided_at IS NULL)", name="decided"
        ),
        CheckConstraint("decision IS NULL OR decision = 'award' OR reason <> ''", name="reason"),
        CheckConstraint("(decision = 'award') = (amount IS NOT NULL) OR decision IS NULL", name="amount_of_award"),
        CheckConstraint("amount IS NULL OR (amount > 0 AND decision = 'award')", name="amount"),
        Index("ix_agenda_item_project_id", "project_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("committee_session.id"))
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    position: Mapped[int]
    matter_kind: Mapped[str | None] = mapped_column(String(40))
    matter_id: Mapped[int | None]
    before: Mapped[Francs | None]
    asked: Mapped[Francs | None]
    decision: Mapped[str | None] = mapped_column(String(10))
    amount: Mapped[Francs | None]
    conditions: Mapped[str] = mapped_column(Text, default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    session: Mapped[Session] = relationship(back_populates="agenda")
    project: Mapped[Project] = relationship()
    votes: Mapped[list["Vote"]] = relationship(order_by="Vote.id")
    conflicts: Mapped[list["Conflict"]] = relationship(order_by="Conflict.id")

    @property
    def is_change(self) -> bool:
        """Whether the session hears about a change of what was granted before."""
        return self.matter_kind is not None and not self.is_appeal

    @property
    def is_appeal(self) -> bool:
        """Whether the session hears the appeal of a group against a refusal."""
        return self.matter_kind == APPEAL

    @property
    def drawn(self) -> int:
        """What the decision takes from the envelope, in francs. What a smaller grant gives back comes once it is in force."""
        return max(0, (self.amount or 0) - (self.before or 0))


class Conflict(Model):
    """A conflict of interest that a person declared on a file: they are out of its vote."""

    __tablename__ = "conflict"
    __table_args__ = (UniqueConstraint("item_id", "person_id"), CheckConstraint("reason <> ''", name="reason"))

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("agenda_item.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(String(300))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    person: Mapped[Person] = relationship()


class Vote(Model):
    """One vote a person a file."""

    __tablename__ = "vote"
    __table_args__ = (
        UniqueConstraint("item_id", "person_id"),
        CheckConstraint("choice IN ('for', 'against', 'abstain')", name="choice"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("agenda_item.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    choice: Mapped[str] = mapped_column(String(10))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    person: Mapped[Person] = relationship()


# What was decided stands: neither the decision nor a vote or conflict that it rests on changes afterwards.
for _verb in ("UPDATE", "DELETE"):
    trigger(
        AgendaItem.__table__,
        f"agenda_item_decided_no_{_verb.lower()}",
        sqlite=(
            f"BEFORE {_verb} ON agenda_item WHEN OLD.decision IS NOT NULL "
            "BEGIN SELECT RAISE(ABORT, 'a decision is never changed'); END"
        ),
        postgresql=(
            "RAISE EXCEPTION 'a decision is never changed';",
            f"BEFORE {_verb} ON agenda_item FOR EACH ROW WHEN (OLD.decision IS NOT NULL)",
        ),
    )
_HALF_A_CHANGE = (
    "(NEW.matter_kind IS NULL) <> (NEW.matter_id IS NULL) "
    "OR (NEW.matter_kind IS NULL OR NEW.matter_kind = 'appeal') <> (NEW.before IS NULL) "
    "OR (NEW.matter_kind IS NULL OR NEW.matter_kind = 'appeal') <> (NEW.asked IS NULL) "
    "OR NEW.before <= 0 OR NEW.asked <= 0 OR NEW.asked = NEW.before "
    "OR (NEW.decision = 'award' AND NEW.amount <> NEW.asked) "
    "OR (NEW.decision IN ('reopen', 'uphold') AND (NEW.matter_kind IS NULL OR NEW.matter_kind <> 'appeal')) "
    "OR (NEW.decision IN ('award', 'reject') AND NEW.matter_kind = 'appeal')"
)
for _verb in ("INSERT", "UPDATE"):
    trigger(
        AgendaItem.__table__,
        f"agenda_item_whole_change_{_verb.lower()}",
        sqlite=(
            f"BEFORE {_verb} ON agenda_item WHEN {_HALF_A_CHANGE} "
            "BEGIN SELECT RAISE(ABORT, 'a change is decided as it was asked for'); END"
        ),
        postgresql=(
            f"IF {_HALF_A_CHANGE} THEN RAISE EXCEPTION 'a change is decided as it was asked for'; END IF; RETURN NEW;",
            f"BEFORE {_verb} ON agenda_item FOR EACH ROW",
        ),
    )
for _table in (Vote.__table__, Conflict.__table__):
    for _verb, _row, _answer in (("INSERT", "NEW", "NEW"), ("UPDATE", "OLD", "NEW"), ("DELETE", "OLD", "OLD")):
        _decided = f"EXISTS (SELECT 1 FROM agenda_item WHERE id = {_row}.item_id AND decision IS NOT NULL)"
        trigger(
            _table,
            f"{_table.name}_before_decision_{_verb.lower()}",
            sqlite=(
                f"BEFORE {_verb} ON {_table.name} WHEN {_decided} BEGIN SELECT RAISE(ABORT, 'the file is decided'); END"
            ),
            postgresql=(
                f"IF {_decided} THEN RAISE EXCEPTION 'the file is decided'; END IF; RETURN {_answer};",
                f"BEFORE {_verb} ON {_table.name} FOR EACH ROW",
            ),
        )
