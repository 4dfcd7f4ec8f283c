"""The formal contract between the programme and a group, its signatures on paper, and the scan of that paper."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.access.models import Person
from grants.core import clock
from grants.core.database import Francs, Json, Model, UtcDateTime, trigger
from grants.documents.models import Document, StoredFile
from grants.lifecycle import Running, running_args
from grants.projects.models import Project


class Contract(Running, Model):
    """A contract, built from frozen data. The signed paper is the original; the system keeps its scan.

    Its signing is a workflow of its own: read aloud, signed by the officers of the group, signed by the coordination, scan
    checked page by page, in force. `content` is the data the PDF was made from, `pages` how many pages that has. Francs.
    """

    __tablename__ = "contract"
    __subject__ = "contract"
    __part_of__ = "project"
    __table_args__ = (
        *running_args("contract"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("in_force_at IS NULL OR (signed_on IS NOT NULL AND scan_id IS NOT NULL)", name="signed"),
        CheckConstraint("(in_force_at IS NULL) = (registered_by_id IS NULL)", name="registered"),
        CheckConstraint("read_on IS NULL OR (read_in IS NOT NULL AND reader IS NOT NULL)", name="reading"),
        # What is signed was read aloud before; the programme signs after the group.
        CheckConstraint(
            "group_signed_on IS NULL OR (read_on IS NOT NULL AND read_on <= group_signed_on)", name="read_before"
        ),
        CheckConstraint("signed_on IS NULL OR group_signed_on <= signed_on", name="group_first"),
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
    place_code: Mapped[str] = mapped_column(String(12))
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    # None for contracts printed before each page had its own code.
    pages: Mapped[int | None]
    amount: Mapped[Francs]
    months: Mapped[int]
    content: Mapped[dict] = mapped_column(Json)
    issued_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    # The reading: when, where, in what language, by whom, from a recording too or not, and who was there.
    read_on: Mapped[date | None]
    read_at_place: Mapped[str | None] = mapped_column(String(80))
    read_in: Mapped[str | None] = mapped_column(String(30))
    reader: Mapped[str | None] = mapped_column(String(120))
    reader_paper: Mapped[str | None] = mapped_column(String(80))
    audio_played: Mapped[bool | None]
    present: Mapped[str | None] = mapped_column(Text)
    # The last day on which an officer of the group signed, and the place.
    group_signed_on: Mapped[date | None]
    signed_at_place: Mapped[str | None] = mapped_column(String(80))
    # name and paper of the two witnesses
    witnesses: Mapped[list | None] = mapped_column(Json)
    # The day on which the programme signed, and with it both parties.
    signed_on: Mapped[date | None]
    signed_for_programme_by: Mapped[str | None] = mapped_column(String(120))
    scan_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    # How often a scan was filed; the last filing counts.
    scan_filings: Mapped[int] = mapped_column(default=0)
    registered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    in_force_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    project: Mapped[Project] = relationship()
    document: Mapped[Document] = relationship()
    scan: Mapped[StoredFile | None] = relationship()
    signatures: Mapped[list["Signature"]] = relationship(
        primaryjoin="and_(Signature.contract_id == Contract.id, Signature.withdrawn_at.is_(None))",
        order_by="Signature.id",
        viewonly=True,
    )
    scan_pages: Mapped[list["ScanPage"]] = relationship(
        primaryjoin="and_(ScanPage.contract_id == Contract.id, ScanPage.filing == Contract.scan_filings)",
        order_by="ScanPage.position",
        viewonly=True,
    )

    @property
    def group(self):
        """The group that signs: guards about groups ask for it."""
        return self.project.group

    @property
    def inbox_note(self) -> str:
        return f"{self.project.group.name} · {self.reference}"

    @property
    def inbox_amount(self) -> int:
        return self.amount


class Signature(Model):
    """How one mandated officer signed the paper: the day, the paper shown, by hand or with which finger.

    Withdrawn when the signing began anew; never removed.
    """

    __tablename__ = "signature"
    __table_args__ = (
        CheckConstraint("manner IN ('signature', 'thumbprint')", name="manner"),
        CheckConstraint("(manner = 'thumbprint') = (finger IS NOT NULL)", name="finger"),
        Index(
            "uq_signature_officer",
            "contract_id",
            "officer_id",
            unique=True,
            sqlite_where=text("withdrawn_at IS NULL"),
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"))
    officer_id: Mapped[int] = mapped_column(ForeignKey("officer.id"))
    name: Mapped[str] = mapped_column(String(120))
    office: Mapped[str] = mapped_column(String(20))
    # None in contracts of before, which kept one day for all.
    signed_on: Mapped[date | None]
    paper: Mapped[str | None] = mapped_column(String(80))
    manner: Mapped[str] = mapped_column(String(12))
    finger: Mapped[str | None] = mapped_column(String(40))
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ScanPage(Model):
    """One page of a filed scan: which page of the contract it is, as its code says, or as a person stated with a reason.

    `position` counts the pages as they were filed, `page_in_file` those inside a PDF (0 for a photo). `page` is None as long
    as nobody has said which page it is.
    """

    __tablename__ = "scan_page"
    __table_args__ = (
        UniqueConstraint("contract_id", "filing", "position"),
        UniqueConstraint("contract_id", "filing", "page"),
        CheckConstraint("page IS NULL OR page > 0", name="page"),
        CheckConstraint("NOT read_by_machine OR page IS NOT NULL", name="read"),
        CheckConstraint(
            "(stated_by_id IS NOT NULL) = (page IS NOT NULL AND NOT read_by_machine) "
            "AND (stated_by_id IS NULL) = (reason IS NULL) AND (stated_by_id IS NULL) = (stated_at IS NULL)",
            name="stated",
        ),
        CheckConstraint("stated_by_id <> filed_by_id", name="stated_by_another"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"))
    filing: Mapped[int]
    position: Mapped[int]
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    page_in_file: Mapped[int]
    page: Mapped[int | None]
    read_by_machine: Mapped[bool]
    filed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    stated_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    stated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str | None] = mapped_column(String(300))

    file: Mapped[StoredFile] = relationship()
    stated_by: Mapped[Person | None] = relationship(foreign_keys=[stated_by_id])


# No contract comes into force while a page of its paper is missing, whatever a program believes.
_MISSING = (
    "NEW.pages IS NULL OR NEW.pages <> (SELECT count(*) FROM scan_page WHERE scan_page.contract_id = NEW.id "
    "AND scan_page.filing = NEW.scan_filings AND scan_page.page BETWEEN 1 AND NEW.pages)"
)
trigger(
    Contract.__table__,
    "contract_whole_paper",
    sqlite=(
        "BEFORE UPDATE OF in_force_at ON contract WHEN NEW.in_force_at IS NOT NULL AND OLD.in_force_at IS NULL AND "
        f"({_MISSING}) BEGIN SELECT RAISE(ABORT, 'a page of the signed paper is missing'); END"
    ),
    postgresql=(
        f"IF NEW.in_force_at IS NOT NULL AND OLD.in_force_at IS NULL AND ({_MISSING}) THEN "
        "RAISE EXCEPTION 'a page of the signed paper is missing'; END IF; RETURN NEW;",
        "BEFORE UPDATE OF in_force_at ON contract FOR EACH ROW",
    ),
)
