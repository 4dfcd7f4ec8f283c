"""Files that people sent, documents that the programme issued, and misses at the public verification."""

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.access.models import Person
from grants.core import clock
from grants.core.database import Json, Model, UtcDateTime, append_only, trigger


class StoredFile(Model):
    """A file in the store. Equal bytes are stored once (`sha256`), but each sending is a row with its own owner.

    The owner (`subject_kind`, `subject_id`) decides who sees it; before it has one it is *kept* for the person who
    sent it, while their form goes back for correction. `size` in bytes, `width` and `height` in pixels; place in
    degrees and time as the telephone wrote them in the photo.
    """

    __tablename__ = "stored_file"
    __table_args__ = (
        CheckConstraint("(subject_kind IS NULL) = (subject_id IS NULL)", name="owner"),
        CheckConstraint("subject_kind IS NOT NULL OR kept_for_id IS NOT NULL", name="owned_or_kept"),
        CheckConstraint("scan_state IN ('unscanned', 'clean', 'infected')", name="scan_state"),
        CheckConstraint("kind IN ('photo', 'pdf', 'sheet')", name="kind"),
        CheckConstraint("size > 0", name="size"),
        CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="place"),
        Index("ix_stored_file_subject", "subject_kind", "subject_id"),
        Index("ix_stored_file_sha256", "sha256"),
        Index("ix_stored_file_kept_for_id", "kept_for_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[str] = mapped_column(String(36), unique=True)
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    kind: Mapped[str] = mapped_column(String(10))
    mime: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(160))
    width: Mapped[int | None]
    height: Mapped[int | None]
    pages: Mapped[int | None]
    taken_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    scan_state: Mapped[str] = mapped_column(String(10), default="unscanned")
    subject_kind: Mapped[str | None] = mapped_column(String(40))
    subject_id: Mapped[int | None]
    kept_for_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    created_by: Mapped[Person | None] = relationship(foreign_keys=[created_by_id], lazy="raise_on_sql")

    @property
    def warning(self) -> str | None:
        """What a reader must know before opening it, in their language."""
        return {"unscanned": _("not checked for viruses"), "infected": _("carries a virus")}.get(self.scan_state)

    @property
    def is_photo(self) -> bool:
        return self.kind == "photo"


class Document(Model):
    """A document that was issued: never rendered again, never changed; only its state moves on.

    `sha256` is that of the PDF, `data_sha256` the fingerprint of what it says (printed on each page); `parameters` are
    the data it was made from. `journal_seq` and `journal_head` are the head of its subject's history at that moment.
    """

    __tablename__ = "document"
    __subject__ = "document"
    __table_args__ = (
        UniqueConstraint("code"),
        CheckConstraint("state IN ('valid', 'amended', 'cancelled')", name="state"),
        CheckConstraint("(state = 'valid') = (state_reason IS NULL)", name="state_reason"),
        CheckConstraint("(journal_seq IS NULL) = (journal_head IS NULL)", name="journal"),
        Index("ix_document_subject", "subject_kind", "subject_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int]
    reference: Mapped[str] = mapped_column(String(40))
    code: Mapped[str] = mapped_column(String(14))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"), unique=True)
    sha256: Mapped[str] = mapped_column(String(64))
    data_sha256: Mapped[str] = mapped_column(String(64))
    template_version: Mapped[str] = mapped_column(String(20))
    parameters: Mapped[dict] = mapped_column(Json)
    journal_seq: Mapped[int | None]
    journal_head: Mapped[str | None] = mapped_column(String(64))
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    issued_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    state: Mapped[str] = mapped_column(String(10), default="valid")
    state_since: Mapped[datetime] = mapped_column(UtcDateTime)
    state_reason: Mapped[str | None] = mapped_column(Text)

    file: Mapped[StoredFile] = relationship(lazy="joined", innerjoin=True)
    copies: Mapped[list["DocumentCopy"]] = relationship(order_by="DocumentCopy.id", viewonly=True)
    # The paper that was issued in its place, where one was.
    replacement: Mapped["Document | None"] = relationship(
        secondary="document_replacement",
        primaryjoin="Document.id == DocumentReplacement.document_id",
        secondaryjoin="Document.id == DocumentReplacement.by_document_id",
        viewonly=True,
        uselist=False,
    )

    @property
    def title(self) -> str:
        """What it is, in the reader's language."""
        from grants.documents.kinds import KINDS

        return str(KINDS[self.kind].name)


class DocumentReplacement(Model):
    """A document in whose place another was issued: of the same kind, about the same thing. Said once, never unsaid."""

    __tablename__ = "document_replacement"
    __table_args__ = (CheckConstraint("document_id <> by_document_id", name="another"),)

    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), primary_key=True, autoincrement=False)
    by_document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))


class DocumentCopy(Model):
    """A file of a document. The archive copy *is* the document; the reading copy says the same and is made with it.

    `sealed_by` is the name in the certificate with which the archive copy was signed, None where none is set.
    """

    __tablename__ = "document_copy"
    __table_args__ = (
        UniqueConstraint("document_id", "purpose"),
        CheckConstraint("purpose IN ('archive', 'reading')", name="purpose"),
        CheckConstraint("sealed_by IS NULL OR purpose = 'archive'", name="sealed"),
        Index("ix_document_copy_sha256", "sha256"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    purpose: Mapped[str] = mapped_column(String(10))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"), unique=True)
    sha256: Mapped[str] = mapped_column(String(64))
    sealed_by: Mapped[str | None] = mapped_column(String(200))

    file: Mapped[StoredFile] = relationship(lazy="joined", innerjoin=True)


class Job(Model):
    """Work in the background: asked for by a person, done by a worker, and taken up again by another if that one dies.

    `total` and `done` count its pieces. `worker` and `beat_at` say who has it and when that one was last alive.
    `result` is the name of a file in the folder of results, kept for some days.
    """

    __tablename__ = "job"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'running', 'stopped', 'done', 'failed')", name="state"),
        CheckConstraint("done >= 0 AND done <= total", name="progress"),
        CheckConstraint("(state = 'running') = (worker IS NOT NULL)", name="worker"),
        CheckConstraint("(state IN ('done', 'failed')) = (ended_at IS NOT NULL)", name="ended"),
        CheckConstraint("result IS NULL OR state = 'done'", name="result"),
        Index("ix_job_state", "state", "id"),
        Index("ix_job_subject", "subject_kind", "subject_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[str] = mapped_column(String(36), unique=True)
    kind: Mapped[str] = mapped_column(String(40))
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int]
    parameters: Mapped[dict] = mapped_column(Json)
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    total: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str] = mapped_column(Text, default="")
    made_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    worker: Mapped[str | None] = mapped_column(String(80))
    beat_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    result: Mapped[str | None] = mapped_column(String(80))
    size: Mapped[int | None]
    sha256: Mapped[str | None] = mapped_column(String(64))

    made_by: Mapped[Person] = relationship()


class JobLine(Model):
    """What became of one thing that a job was about: done, with what was made, or refused, with every reason.

    A line is written in the transaction that did it, so a job that is taken up again knows what is done.
    """

    __tablename__ = "job_line"
    __table_args__ = (CheckConstraint("outcome IN ('done', 'refused')", name="outcome"),)

    job_id: Mapped[int] = mapped_column(ForeignKey("job.id"), primary_key=True)
    subject_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    label: Mapped[str] = mapped_column(String(60))
    outcome: Mapped[str] = mapped_column(String(10))
    words: Mapped[list] = mapped_column(Json)


class VerificationMiss(Model):
    """A code that does not exist, asked for from an address (hashed): guessing is slowed down, then stopped."""

    __tablename__ = "verification_miss"
    __table_args__ = (Index("ix_verification_miss_address_at", "address", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)


def _fixed(table, columns, message):
    """Refuse any change of these columns, on both engines."""
    listed = ", ".join(columns)
    trigger(
        table,
        f"{table.name}_fixed",
        sqlite=f"BEFORE UPDATE OF {listed} ON {table.name} BEGIN SELECT RAISE(ABORT, '{message}'); END",
        postgresql=(f"RAISE EXCEPTION '{message}';", f"BEFORE UPDATE OF {listed} ON {table.name} FOR EACH ROW"),
    )


_fixed(
    StoredFile.__table__,
    ("uuid", "sha256", "size", "kind", "mime", "taken_at", "latitude", "longitude", "created_at", "created_by_id"),
    "a stored file is never changed",
)
_fixed(
    Document.__table__,
    (
        "kind",
        "subject_kind",
        "subject_id",
        "reference",
        "code",
        "file_id",
        "sha256",
        "data_sha256",
        "template_version",
        "parameters",
        "journal_seq",
        "journal_head",
        "issued_at",
        "issued_by_id",
    ),
    "an issued document is never changed",
)
_fixed(
    DocumentCopy.__table__,
    ("document_id", "purpose", "file_id", "sha256", "sealed_by"),
    "a copy of a document is never changed",
)
append_only(DocumentReplacement.__table__)
_OWNED = "BEFORE UPDATE OF subject_kind, subject_id ON stored_file FOR EACH ROW WHEN (OLD.subject_kind IS NOT NULL)"
trigger(
    StoredFile.__table__,
    "stored_file_evidence",
    sqlite="BEFORE DELETE ON stored_file WHEN OLD.subject_kind IS NOT NULL "
    "BEGIN SELECT RAISE(ABORT, 'a filed paper is never removed'); END",
    postgresql=(
        "RAISE EXCEPTION 'a filed paper is never removed';",
        "BEFORE DELETE ON stored_file FOR EACH ROW WHEN (OLD.subject_kind IS NOT NULL)",
    ),
)
trigger(
    StoredFile.__table__,
    "stored_file_owner",
    sqlite="BEFORE UPDATE OF subject_kind, subject_id ON stored_file WHEN OLD.subject_kind IS NOT NULL "
    "BEGIN SELECT RAISE(ABORT, 'a filed paper keeps its owner'); END",
    postgresql=("RAISE EXCEPTION 'a filed paper keeps its owner';", _OWNED),
)
trigger(
    Document.__table__,
    "document_no_delete",
    sqlite="BEFORE DELETE ON document BEGIN SELECT RAISE(ABORT, 'an issued document is never removed'); END",
    postgresql=("RAISE EXCEPTION 'an issued document is never removed';", "BEFORE DELETE ON document FOR EACH ROW"),
)
trigger(
    DocumentCopy.__table__,
    "document_copy_no_delete",
    sqlite="BEFORE DELETE ON document_copy BEGIN SELECT RAISE(ABORT, 'a copy of a document is never removed'); END",
    postgresql=(
        "RAISE EXCEPTION 'a copy of a document is never removed';",
        "BEFORE DELETE ON document_copy FOR EACH ROW",
    ),
)
