"""What changes: files are kept and filed, documents are issued, and their state moves on."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app

from grants import journal
from grants.core import clock
from grants.core.clock import BAMAKO
from grants.core.database import db
from grants.core.errors import NotFound, Problem, Problems, Refused
from grants.core.references import new_code, new_uuid
from grants.core.uploads import Upload
from grants.documents import plain, queries, storage
from grants.documents.checking import Examined
from grants.documents.kinds import KINDS
from grants.documents.models import Document, DocumentCopy, DocumentReplacement, StoredFile
from grants.documents.rendering import Copies, prepared, pressed, readable
from grants.documents.sealing import sealed
from grants.journal import checkpoints


def store(examined: Examined, *, by, subject=None, uuid=None) -> StoredFile:
    """Put an examined file into the store: filed with `subject`, or kept for the person `by` where there is none."""
    file = StoredFile(
        uuid=uuid or new_uuid(),
        sha256=storage.put(examined.data),
        size=len(examined.data),
        kind=examined.kind,
        mime=examined.mime,
        name=examined.name,
        width=examined.width,
        height=examined.height,
        pages=examined.pages,
        taken_at=examined.taken_at,
        latitude=examined.latitude,
        longitude=examined.longitude,
        scan_state=examined.scan_state,
        subject_kind=subject.__subject__ if subject is not None else None,
        subject_id=subject.id if subject is not None else None,
        kept_for_id=by.id if by is not None else None,
        created_by_id=by.id if by is not None else None,
    )
    db.session.add(file)
    db.session.flush()
    return file


def attach(upload: Upload, subject, *, by) -> StoredFile:
    """File what a form holds with a subject (an object with `__subject__` and an id).

    The upload is fresh, or was kept while the form went back for correction. Raises NotFound where it was kept for
    somebody else, Refused where it belongs to another subject already. Attaching the same twice does nothing.
    """
    db.session.flush()  # the subject may be new: it needs its id
    if isinstance(upload.content, Examined):
        return store(upload.content, by=by, subject=subject, uuid=upload.token)
    file = queries.locked(upload.token)
    if file is None or file.kept_for_id != by.id:
        raise NotFound()
    owner = (subject.__subject__, subject.id)
    if file.subject_kind is not None and (file.subject_kind, file.subject_id) != owner:
        raise Refused("this file belongs to another subject already")
    file.subject_kind, file.subject_id = owner
    db.session.flush()
    return file


def forget_kept(*, days: int) -> set[str]:
    """Remove files kept for a form that has not come back for `days` days; return the SHA-256 of what they held."""
    before = clock.now() - timedelta(days=days)
    old = list(db.session.scalars(queries.kept_before(before)))
    for file in old:
        db.session.delete(file)
    db.session.flush()
    return {file.sha256 for file in old}


def drop_unnamed(digests: set[str]) -> int:
    """Remove the bytes that no row names any more; return how many. Only once `forget_kept` is committed."""
    return sum(storage.drop(digest) for digest in digests if not queries.is_named(digest))


@dataclass(frozen=True, slots=True)
class Named:
    """A subject by name only: a draft outlives the transaction in which its subject was read."""

    __subject__: str
    id: int


@dataclass(frozen=True, slots=True)
class Draft:
    """A document that is ready to be set: its kind, subject and checked data, stamped with its code."""

    kind: str
    subject: Named
    reference: str
    whole: dict
    at: datetime


def issue(kind: str, subject, *, reference: str, context: dict, by, at=None) -> Document:
    """Issue a document: render it once, store the bytes, keep what it was made from, and write it in the journal.

    `kind` is one of `kinds.KINDS`; `context` is described in `contexts.py`, without `issued`, which is added here.
    Raises rendering.BadContext for data that do not fit, Problems for signs that cannot be printed; nothing is
    issued then.
    """
    # Whoever issues another document at this moment is not waited for: the newest checkpoint that there is serves too.
    seal = journal.checkpoint(wait=False)
    draft = draw_up(kind, subject, reference=reference, context=context, at=at, seal=seal)
    return put_down(draft, pressed(kind, draft.whole), by=by)


def draw_up(kind: str, subject, *, reference: str, context: dict, at=None, seal=None) -> Draft:
    """Check and stamp the data of a document, and write nothing: a batch sets many drafts before it files them.

    `seal` is the checkpoint of the journal that is printed; the newest where none is given.
    """
    at = at or clock.now()
    whole = _stamped(
        kind, subject, reference=reference, context=readable(context), at=at, seal=seal or checkpoints.latest()
    )
    return Draft(kind, Named(subject.__subject__, subject.id), reference, whole, at)


def put_down(draft: Draft, copies: Copies, *, by) -> Document:
    """File both copies of a draft: the archive copy, sealed where a certificate is set, is the document."""
    issued = draft.whole["issued"]
    archive, sealed_by = sealed(copies.archive)
    file = _file(archive, f"{draft.reference}.pdf", draft.subject, by=by)
    document = Document(
        kind=draft.kind,
        subject_kind=draft.subject.__subject__,
        subject_id=draft.subject.id,
        reference=draft.reference,
        code=issued["code"],
        file=file,
        sha256=file.sha256,
        data_sha256=issued["fingerprint"],
        template_version=issued["template_version"],
        parameters=plain.storable(draft.whole),
        journal_seq=issued["journal_seq"],
        journal_head=issued["journal_head"],
        issued_at=draft.at,
        state_since=draft.at,
        issued_by_id=by.id if by is not None else None,
    )
    db.session.add(document)
    db.session.flush()
    reading = _file(copies.reading, f"{draft.reference}-lecture.pdf", document, by=by)
    db.session.add_all(
        [
            DocumentCopy(
                document_id=document.id, purpose="archive", file=file, sha256=file.sha256, sealed_by=sealed_by
            ),
            DocumentCopy(document_id=document.id, purpose="reading", file=reading, sha256=reading.sha256),
        ]
    )
    db.session.flush()
    journal.record(
        draft.subject,
        "document_issued",
        by=by,
        data={
            "kind": draft.kind,
            "reference": draft.reference,
            "code": document.code,
            "sha256": file.sha256,
            "reading_sha256": reading.sha256,
        },
    )
    return document


def _file(data: bytes, name: str, subject, *, by) -> StoredFile:
    return store(Examined(kind="pdf", mime="application/pdf", sha256="", data=data, name=name), by=by, subject=subject)


def _stamped(kind, subject, *, reference, context, at, seal) -> dict:
    """The data with what is printed in the foot of each page, checked."""
    last = journal.last_event(subject)
    version = KINDS[kind].version
    code = new_code()
    address = f"{current_app.config['PUBLIC_URL']}/v/{code}"
    stamp = {"reference": reference, "code": code, "on": at.astimezone(BAMAKO).date()}
    issued = {
        **stamp,
        "address": address,
        "host": address.split("://", 1)[-1].rsplit("/", 1)[0],
        "template_version": version,
        # What it says and which one it is: two documents with equal data still differ.
        "fingerprint": plain.fingerprint(kind, version, {**context, "issued": stamp}),
        "journal_seq": last.seq if last else None,
        "journal_head": last.hash if last else None,
        "checkpoint": seal.number if seal else None,
        "checkpoint_root": seal.root if seal else None,
    }
    return prepared(kind, {**context, "issued": issued})


def amend(document: Document, *, by, reason: str, at=None) -> Document:
    """Say that an amendment has taken the place of a document; `reason` names it and is shown to the public."""
    return _leave_valid(document, "amended", by=by, reason=reason, at=at)


def cancel(document: Document, *, by, reason: str, at=None) -> Document:
    """Say that a document no longer holds; `reason` is shown to the public."""
    return _leave_valid(document, "cancelled", by=by, reason=reason, at=at)


def replace(document: Document, other: Document, *, by, reason: str) -> Document:
    """Say that `other` was issued in the place of a document, which no longer holds; `reason` is shown to the public.

    Raises Refused for another kind or thing, and for one that was replaced before.
    """
    if (document.kind, document.subject_kind, document.subject_id) != (
        other.kind,
        other.subject_kind,
        other.subject_id,
    ):
        raise Refused("a document is replaced by one of its kind about the same thing")
    if document.id == other.id or db.session.get(DocumentReplacement, document.id) is not None:
        raise Refused("the document was replaced before")
    if document.state != "cancelled":
        _leave_valid(document, "cancelled", by=by, reason=reason, at=None)
    db.session.add(DocumentReplacement(document_id=document.id, by_document_id=other.id))
    db.session.flush()
    journal.record(document, "document_replaced", by=by, reason=reason, data={"reference": other.reference})
    return document


def _leave_valid(document, state, *, by, reason, at):
    db.session.refresh(document, with_for_update={"of": Document})
    if document.state == "cancelled" or document.state == state:
        raise Refused("the document is in this state already")
    if not (reason or "").strip():
        raise Problems([Problem("a reason is needed", field="reason")])
    document.state, document.state_reason, document.state_since = state, reason.strip(), at or clock.now()
    db.session.flush()
    journal.record(document, f"document_{state}", by=by, reason=document.state_reason)
    return document
