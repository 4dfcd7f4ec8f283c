"""A change of a contract in force, proposed, taken note of or signed, and numbered."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.contracts.models import Contract
from grants.core.database import Francs, Json, Model, UtcDateTime
from grants.documents.models import Document, StoredFile
from grants.lifecycle import Running, running_args
from grants.projects.models import Project


class Amendment(Running, Model):
    """A change of a contract. `before` and `after` hold the same things: `lines` of the budget that the grant pays (position,
    label, amount in francs), `months` of the contract; `terms` is what is agreed beside.

    `moved` francs go from one line to another; `by_notice` says that this is all and stays below what the contract lets
    pass without a signature. Signed ones are numbered in the order in which they were issued.
    """

    __tablename__ = "amendment"
    __subject__ = "amendment"
    __table_args__ = (
        *running_args("amendment"),
        CheckConstraint("moved >= 0", name="moved"),
        CheckConstraint("reason <> ''", name="reason"),
        CheckConstraint("(number IS NULL) = (document_id IS NULL)", name="numbered"),
        CheckConstraint("(signed_on IS NULL) = (scan_id IS NULL)", name="signed"),
        # Only a small move of the budget holds without the signed paper.
        CheckConstraint("in_force_at IS NULL OR by_notice OR signed_on IS NOT NULL", name="evidence"),
        UniqueConstraint("contract_id", "number"),
        Index("ix_amendment_project_id", "project_id"),
        Index(
            "uq_amendment_under_way",
            "contract_id",
            unique=True,
            sqlite_where=text("waits_for IS NOT NULL"),
            postgresql_where=text("waits_for IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(24), unique=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"))
    place_code: Mapped[str] = mapped_column(String(12))
    number: Mapped[int | None]
    before: Mapped[dict] = mapped_column(Json)
    after: Mapped[dict] = mapped_column(Json)
    moved: Mapped[Francs]
    by_notice: Mapped[bool]
    terms: Mapped[str] = mapped_column(Text, default="")
    reason: Mapped[str] = mapped_column(Text)
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    signed_on: Mapped[date | None]
    signed_at_place: Mapped[str | None] = mapped_column(String(80))
    scan_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    in_force_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    project: Mapped[Project] = relationship()
    contract: Mapped[Contract] = relationship()
    document: Mapped[Document | None] = relationship()
    scan: Mapped[StoredFile | None] = relationship()

    inbox_amount = None

    @property
    def group(self):
        """The group that signs: guards about groups ask for it."""
        return self.project.group

    @property
    def inbox_note(self) -> str:
        return f"{self.project.group.name} · {self.reference}"
