"""A change of a contract in force, proposed, taken note of or decided and signed, and numbered."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.contracts.models import Contract
from grants.core.database import Francs, Json, Model, UtcDateTime, refuse
from grants.documents.models import Document, StoredFile
from grants.lifecycle import Running, running_args
from grants.projects.models import Project


class Amendment(Running, Model):
    """A change of a contract. `before` and `after` hold the same things: `lines` of the budget that the grant pays (position,
    label, amount in francs), `months` of the contract and, once an amendment of the amount is printed, the
    `tranches` (as the plan of payments says them); `terms` is what is agreed beside.

    `moved` francs go from one line to another; `by_notice` says that this is all and stays below what the contract lets
    pass without a signature. `amount_before` and `amount_after` are the grant, both None where it stays as it is; another
    amount is decided in a session of a committee. Signed ones are numbered in the order in which they were issued.
    """

    __tablename__ = "amendment"
    __subject__ = "amendment"
    __part_of__ = "project"
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
    amount_before: Mapped[Francs | None]
    amount_after: Mapped[Francs | None]
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

    @property
    def difference(self) -> int:
        """By how many francs the grant grows (or shrinks, below 0)."""
        return (self.amount_after or 0) - (self.amount_before or 0)

    @property
    def inbox_amount(self) -> int | None:
        return self.amount_after

    @property
    def group(self):
        """The group that signs: guards about groups ask for it."""
        return self.project.group

    @property
    def inbox_note(self) -> str:
        return f"{self.project.group.name} · {self.reference}"


_NOT_AN_AMOUNT = (
    "(NEW.amount_before IS NULL) <> (NEW.amount_after IS NULL) OR NEW.amount_after <= 0 "
    "OR NEW.amount_after = NEW.amount_before OR (NEW.amount_after IS NOT NULL AND NEW.by_notice)"
)
# An amount that holds was granted by a session, is the one that is committed, and is what the tranches add up to.
_UNFOUNDED = (
    "NEW.amount_after IS NOT NULL AND (NOT EXISTS (SELECT 1 FROM agenda_item WHERE agenda_item.matter_kind = 'amendment' "
    "AND agenda_item.matter_id = NEW.id AND agenda_item.decision = 'award' AND agenda_item.amount = NEW.amount_after) "
    "OR NOT EXISTS (SELECT 1 FROM award_balance WHERE award_balance.project_id = NEW.project_id "
    "AND award_balance.committed = NEW.amount_after) "
    "OR NEW.amount_after <> (SELECT coalesce(sum(tranche.amount), 0) FROM tranche "
    "WHERE tranche.contract_id = NEW.contract_id AND tranche.cancelled_at IS NULL) "
    "OR EXISTS (SELECT 1 FROM tranche AS kept WHERE kept.contract_id = NEW.contract_id AND kept.retention "
    "AND kept.cancelled_at IS NULL AND kept.amount <> (SELECT coalesce(sum(part.held), 0) FROM tranche AS part "
    "WHERE part.contract_id = NEW.contract_id)))"
)


refuse(
    Amendment.__table__,
    "amendment_begins_without_force",
    "INSERT",
    f"NEW.in_force_at IS NOT NULL OR {_NOT_AN_AMOUNT}",
    "an amendment begins as a proposal, its amount before and after",
)
refuse(
    Amendment.__table__,
    "amendment_keeps_its_amount",
    "UPDATE OF amount_before, amount_after, by_notice",
    "NEW.amount_before IS NOT OLD.amount_before OR NEW.amount_after IS NOT OLD.amount_after "
    "OR NEW.by_notice IS NOT OLD.by_notice",
    "what an amendment changes is fixed when it is proposed",
    here="NEW.amount_before IS DISTINCT FROM OLD.amount_before OR NEW.amount_after IS DISTINCT FROM OLD.amount_after "
    "OR NEW.by_notice IS DISTINCT FROM OLD.by_notice",
)
refuse(
    Amendment.__table__,
    "amendment_amount_is_founded",
    "UPDATE OF in_force_at",
    f"NEW.in_force_at IS NOT NULL AND OLD.in_force_at IS NULL AND {_UNFOUNDED}",
    "no other amount without decision, commitment and tranches",
)
