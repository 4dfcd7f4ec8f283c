"""The formal contract between the programme and a group, and its signatures on paper."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.core import clock
from grants.core.database import Francs, Json, Model, UtcDateTime
from grants.documents.models import Document, StoredFile
from grants.projects.models import Project


class Contract(Model):
    """A contract, built from frozen data. The signed paper is the original; the system keeps its scan.

    In force only with the day of signature and the scan. `content` is the data the PDF was made from. Francs.
    """

    __tablename__ = "contract"
    __subject__ = "contract"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("in_force_at IS NULL OR (signed_on IS NOT NULL AND scan_id IS NOT NULL)", name="signed"),
        CheckConstraint("(in_force_at IS NULL) = (registered_by_id IS NULL)", name="registered"),
        Index(
            "uq_contract_project_id",
            "project_id",
            unique=True,
            sqlite_where=text("cancelled_at IS NULL"),
            postgresql_where=text("cancelled_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(24), unique=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    amount: Mapped[Francs]
    months: Mapped[int]
    content: Mapped[dict] = mapped_column(Json)
    issued_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    signed_on: Mapped[date | None]
    signed_at_place: Mapped[str | None] = mapped_column(String(80))
    read_in: Mapped[str | None] = mapped_column(String(30))
    reader: Mapped[str | None] = mapped_column(String(120))
    # name and paper of the two witnesses
    witnesses: Mapped[list | None] = mapped_column(Json)
    scan_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    registered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    in_force_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    project: Mapped[Project] = relationship()
    document: Mapped[Document] = relationship()
    scan: Mapped[StoredFile | None] = relationship()
    signatures: Mapped[list["Signature"]] = relationship(order_by="Signature.id")


class Signature(Model):
    """How one mandated officer signed the paper: by hand, or with which finger."""

    __tablename__ = "signature"
    __table_args__ = (
        CheckConstraint("manner IN ('signature', 'thumbprint')", name="manner"),
        CheckConstraint("(manner = 'thumbprint') = (finger IS NOT NULL)", name="finger"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"))
    officer_id: Mapped[int] = mapped_column(ForeignKey("officer.id"))
    name: Mapped[str] = mapped_column(String(120))
    office: Mapped[str] = mapped_column(String(20))
    manner: Mapped[str] = mapped_column(String(12))
    finger: Mapped[str | None] = mapped_column(String(40))
