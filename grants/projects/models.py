"""The micro-project: what an agent writes for a group, and what is frozen when it is submitted."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.access.models import Person
from grants.calls.models import Call
from grants.core import clock
from grants.core.database import Francs, Json, Model, UtcDateTime, append_only
from grants.documents.models import StoredFile
from grants.funds.models import AwardBalance
from grants.groups.models import Group
from grants.lifecycle import Running, running_args


class KindEdition(Model):
    """A kind of micro-project as its file told it when an application began: the file may change, the application's
    questions do not. `data` is `calls.kinds.Kind.data`, `hash` its SHA-256."""

    __tablename__ = "kind_edition"

    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    code: Mapped[str] = mapped_column(String(30))
    data: Mapped[dict] = mapped_column(Json)
    kept_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)


append_only(KindEdition.__table__)


# What later slices know of the time of a step: `f(project, step)` returns when it is due, or None.
own_dues: list[Callable] = []


class Project(Running, Model):
    """A micro-project, from its first draft to its last check. Francs.

    `answers` is the present draft (by section and field of the kind's questionnaire). `requested`, `own_cash` and
    `own_kind` are the sums of the present budget lines by payer. `unlocked` lists the parts that may be corrected after
    a return (None: all of them). `revision` is the number of the last one submitted, 0 before.
    """

    __tablename__ = "project"
    __subject__ = "project"
    __table_args__ = (
        *running_args("project"),
        CheckConstraint("requested >= 0 AND own_cash >= 0 AND own_kind >= 0", name="sums"),
        CheckConstraint("granted IS NULL OR granted > 0", name="granted"),
        CheckConstraint("revision >= 0", name="revision"),
        Index("ix_project_place_code", "place_code"),
        Index("ix_project_group_id", "group_id"),
        Index("ix_project_created_at_id", "created_at", "id"),
        # What waits at one step, in the order in which it is due: a few of many thousands.
        Index("ix_project_step_due_at_id", "step", "due_at", "id"),
        # What has stood longest, at one step or at several.
        Index("ix_project_step_step_since_id", "step", "step_since", "id"),
        Index("ix_project_step_since_id", "step_since", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[str] = mapped_column(String(36), unique=True)
    reference: Mapped[str] = mapped_column(String(24), unique=True)
    title: Mapped[str] = mapped_column(String(160))
    # The words of the title without accents and case, for search.
    search_title: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(30))
    kind_hash: Mapped[str] = mapped_column(ForeignKey("kind_edition.hash"))
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"))
    group_id: Mapped[int] = mapped_column(ForeignKey("beneficiary_group.id"))
    place_code: Mapped[str] = mapped_column(String(12))
    answers: Mapped[dict] = mapped_column(Json, default=dict)
    unlocked: Mapped[list | None] = mapped_column(Json)
    requested: Mapped[Francs] = mapped_column(default=0)
    own_cash: Mapped[Francs] = mapped_column(default=0)
    own_kind: Mapped[Francs] = mapped_column(default=0)
    revision: Mapped[int] = mapped_column(default=0)
    # What the committee granted; the decision itself stands in the session.
    granted: Mapped[Francs | None]
    agent_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    # Who of the group spoke for it when the application was written.
    spoke_for_group: Mapped[str] = mapped_column(String(120), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    call: Mapped[Call] = relationship()
    group: Mapped[Group] = relationship()
    agent: Mapped[Person] = relationship()
    budget: Mapped[list["BudgetLine"]] = relationship(order_by="BudgetLine.position", cascade="all, delete-orphan")
    papers: Mapped[list["Paper"]] = relationship(
        primaryjoin="and_(Paper.project_id == Project.id, Paper.removed_at.is_(None))",
        order_by="Paper.id",
        viewonly=True,
    )
    revisions: Mapped[list["Revision"]] = relationship(order_by="Revision.number", viewonly=True)
    last_revision: Mapped["Revision | None"] = relationship(
        primaryjoin="and_(Revision.project_id == Project.id, Revision.number == Project.revision)", viewonly=True,
        uselist=False,
    )  # fmt: skip
    # The money of the file, once it was awarded some.
    balance: Mapped[AwardBalance | None] = relationship(
        primaryjoin="AwardBalance.project_id == Project.id", foreign_keys="AwardBalance.project_id", viewonly=True,
        uselist=False,
    )  # fmt: skip

    @property
    def total(self) -> int:
        """The whole cost, in francs."""
        return self.requested + self.own_cash + self.own_kind

    def own_due(self, step: str) -> datetime | None:
        """When a step is due by what later slices know of this file; None leaves it to the definition."""
        return next((at for rule in own_dues if (at := rule(self, step)) is not None), None)

    @property
    def inbox_note(self) -> str:
        """What stands under its title in *My work*."""
        return self.group.name

    @property
    def inbox_amount(self) -> int | None:
        return self.granted or self.requested or None


class BudgetLine(Model):
    """A line of the present draft's budget: `quantity` × `unit_price` francs, paid by the grant or by the group."""

    __tablename__ = "budget_line"
    __table_args__ = (
        CheckConstraint("quantity > 0 AND unit_price > 0 AND amount = quantity * unit_price", name="amount"),
        CheckConstraint("paid_by IN ('grant', 'cash', 'in_kind')", name="paid_by"),
        UniqueConstraint("project_id", "position"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    position: Mapped[int]
    category: Mapped[str] = mapped_column(String(40))
    label: Mapped[str] = mapped_column(String(160))
    unit: Mapped[str] = mapped_column(String(40))
    quantity: Mapped[int]
    unit_price: Mapped[Francs]
    amount: Mapped[Francs]
    paid_by: Mapped[str] = mapped_column(String(10))


class Paper(Model):
    """A paper attached to an application. What a submitted revision holds is never removed, only replaced."""

    __tablename__ = "paper"
    __table_args__ = (Index("ix_paper_project_id", "project_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    kind: Mapped[str] = mapped_column(String(40))
    note: Mapped[str] = mapped_column(String(200), default="")
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    added_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    file: Mapped[StoredFile] = relationship(lazy="joined", innerjoin=True)


class Revision(Model):
    """What was submitted, frozen: a returned file makes a new one, and the difference can be read.

    `content` is plain data: answers, budget lines, papers (kind, name, SHA-256), the group as it was, sums in francs.
    """

    __tablename__ = "revision"
    __table_args__ = (UniqueConstraint("project_id", "number"), CheckConstraint("number > 0", name="number"))

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    number: Mapped[int]
    content: Mapped[dict] = mapped_column(Json)
    content_hash: Mapped[str] = mapped_column(String(64))
    requested: Mapped[Francs]
    submitted_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    submitted_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    # What the agent says about it, or about what was corrected.
    note: Mapped[str] = mapped_column(Text, default="")

    submitted_by: Mapped[Person] = relationship()


append_only(Revision.__table__)
