"""What is read: files and documents, each through its owner."""

import hashlib
import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select

from grants.core import clock
from grants.core.database import db
from grants.core.errors import NotFound
from grants.core.references import CODE_SIGNS
from grants.documents.models import Document, DocumentCopy, StoredFile, VerificationMiss
from grants.documents.ownership import owner_access
from grants.journal.models import Checkpoint, Leaf

# A code has 57 bits; what is slowed down here is a nuisance rather than a danger. Many people share an address in a
# mobile network, so some misses are free.
MISSES_ALLOWED = 30
MISSES_REMEMBERED = timedelta(minutes=15)

# What people write for the signs that codes do not have.
_LOOK_ALIKES = str.maketrans({"B": "8", "S": "5", "I": "J", "L": "J", "U": "V"})


def visible_file(uuid: str, person) -> StoredFile:
    """The file of a uuid as this person may see it; raises NotFound where there is none for them."""
    file = db.session.scalar(select(StoredFile).where(StoredFile.uuid == uuid))
    if file is None or not sees(person, file):
        raise NotFound()
    return file


def sees(person, file: StoredFile) -> bool:
    """Whether a person may see a file: through its owner, or because it is kept for them."""
    if file.subject_kind is None:
        return file.kept_for_id == person.id
    may_see = owner_access.get(file.subject_kind)
    return may_see is not None and bool(may_see(person, file.subject_id))


def kept_file(uuid: str, person_id: int) -> StoredFile | None:
    """The file kept for a person under a uuid, not yet filed with anything."""
    return db.session.scalar(
        select(StoredFile).where(
            StoredFile.uuid == uuid, StoredFile.kept_for_id == person_id, StoredFile.subject_kind.is_(None)
        )
    )


def locked(uuid: str) -> StoredFile | None:
    """The file of a uuid, locked until the end of the transaction."""
    return db.session.scalar(select(StoredFile).where(StoredFile.uuid == uuid).with_for_update())


def files_of(subject) -> list[StoredFile]:
    """The files filed with a subject, the oldest first (issued documents are among them)."""
    return list(
        db.session.scalars(
            select(StoredFile)
            .where(StoredFile.subject_kind == subject.__subject__, StoredFile.subject_id == subject.id)
            .order_by(StoredFile.id)
        )
    )


def kept_before(instant: datetime):
    """The select of files kept for a form since before an instant."""
    return select(StoredFile).where(StoredFile.subject_kind.is_(None), StoredFile.created_at < instant)


def is_named(digest: str) -> bool:
    """Whether any row names these bytes."""
    return db.session.scalar(select(StoredFile.id).where(StoredFile.sha256 == digest).limit(1)) is not None


def all_digests() -> Iterator[str]:
    """The SHA-256 of every content that a row names, each once."""
    return db.session.scalars(select(StoredFile.sha256).distinct().order_by(StoredFile.sha256))


def documents_of(subject, kind: str | None = None) -> list[Document]:
    """The documents issued about a subject, the latest first; of one kind where given."""
    wanted = select(Document).where(Document.subject_kind == subject.__subject__, Document.subject_id == subject.id)
    if kind is not None:
        wanted = wanted.where(Document.kind == kind)
    return list(db.session.scalars(wanted.order_by(Document.id.desc())))


def by_code(code: str) -> Document | None:
    """The document of a verification code (as `normal_code` writes it)."""
    return db.session.scalar(select(Document).where(Document.code == code))


def visible_document(code: str, person) -> Document:
    """The document of a code as this person may open it; raises NotFound where there is none for them."""
    document = by_code(code)
    if document is None or not sees(person, document.file):
        raise NotFound()
    return document


def which_copy(copies: list[DocumentCopy], typed: str) -> str:
    """Which of a document's files has this SHA-256, as people paste it (large letters, spaces, colons); "" for none."""
    digest = re.sub(r"[\s:]", "", typed).lower()
    return next((copy.purpose for copy in copies if copy.sha256 == digest), "")


def sealed_in(document: Document) -> Checkpoint | None:
    """The first checkpoint of the journal that holds the issue of a document; None while it waits for the next one."""
    wanted = (
        select(Checkpoint)
        .join(Leaf, Leaf.checkpoint == Checkpoint.number)
        .where(
            Leaf.subject_kind == document.subject_kind,
            Leaf.subject_id == document.subject_id,
            # The issue itself is an event after the head that the document names.
            Leaf.seq > (document.journal_seq or 0),
        )
        .order_by(Leaf.seq)
        .limit(1)
    )
    return db.session.scalar(wanted)


def normal_code(typed: str) -> str | None:
    """A code as it is stored, from what people type (small letters, spaces, look-alikes); None where it is none."""
    bare = re.sub(r"[\s.–-]", "", typed or "").upper().translate(_LOOK_ALIKES)
    if len(bare) != 12 or not set(bare) <= set(CODE_SIGNS):
        return None
    return "-".join((bare[:4], bare[4:8], bare[8:]))


def misses_left(address: str) -> int:
    """How many unknown codes this address may still ask for at present."""
    since = clock.now() - MISSES_REMEMBERED
    count = db.session.scalar(
        select(func.count()).where(VerificationMiss.address == _hashed(address), VerificationMiss.at > since)
    )
    return MISSES_ALLOWED - count


def remember_miss(address: str) -> None:
    """Note that an unknown code was asked for, and forget old notes. Runs in a transaction of its own."""
    db.session.execute(delete(VerificationMiss).where(VerificationMiss.at < clock.now() - MISSES_REMEMBERED))
    db.session.add(VerificationMiss(address=_hashed(address)))


def _hashed(address: str) -> str:
    return hashlib.sha256(address.encode()).hexdigest()
