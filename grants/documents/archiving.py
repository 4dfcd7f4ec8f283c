"""The archive of a file: everything of it as one ZIP, written piece by piece and never held in memory.

What belongs to a thing is said by the slices (`archives`): this room knows papers, documents and how to pack them.
"""

import hashlib
import json
import os
import re
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from flask_babel import lazy_gettext as _l

from grants.access.models import Person
from grants.core import clock
from grants.core.database import db, mode
from grants.core.errors import NotFound
from grants.documents import jobs, storage
from grants.documents.checking import clean_name
from grants.documents.models import Document, Job, StoredFile
from grants.journal import chain
from grants.journal.models import Event

VERIFIER = Path(__file__).resolve().parents[2] / "tools" / "verify_journal.py"
EPOCH = (1980, 1, 1, 0, 0, 0)
README = """Archive du dossier {title}
Établie le {day} par {who}.

documents/   les documents édités : copie d'archive (PDF/A-3a, avec ses données) et copie de lecture (PDF/UA-1)
papiers/     les papiers déposés, tels qu'ils sont gardés
donnees/     les données du dossier (JSON)
journal/     l'historique du dossier, chaînée par empreintes (SHA-256)
SHA256SUMS   l'empreinte de chaque fichier : « sha256sum -c SHA256SUMS » les vérifie toutes

Chaque ligne de journal/evenements.jsonl est un acte. Son empreinte « hash » est le SHA-256 du JSON canonique (clés
triées, sans espaces, UTF-8) de ses autres champs ; « prev_hash » est l'empreinte de l'acte précédent du même sujet.
"""


@dataclass(slots=True)
class Contents:
    """What goes into an archive: `papers` by name, `subjects` whose documents and history go with it, and data."""

    title: str
    papers: list[tuple[str, StoredFile]] = field(default_factory=list)
    subjects: list[tuple[str, int]] = field(default_factory=list)
    data: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Source:
    """Who may take an archive of a kind of thing, and what it holds for them."""

    may: Callable[[Person, int], bool]
    gather: Callable[[Person, int], Contents]


archives: dict[str, Source] = {}


def _may(person: Person, job: Job) -> bool:
    source = archives.get(job.subject_kind)
    return source is not None and source.may(person, job.subject_id)


@jobs.runs("archive", _l("Archive of a file"), may=_may)
def build(job: Job):
    """Write the ZIP of a subject. A piece is one file; a job that is taken up again begins the ZIP anew."""
    with mode("read"):
        person = db.session.get_one(Person, job.made_by_id)
        if not _may(person, job):
            raise NotFound()
        contents = archives[job.subject_kind].gather(person, job.subject_id)
        stored, small = _listed(contents, person.name)
        db.session.rollback()
    final = jobs.results() / f"{job.uuid}.zip"
    # A worker that was taken for dead may still write: each writes a file of its own, and moves it in whole.
    draft = final.with_name(f".{job.uuid}-{os.getpid()}")
    total, sums = len(stored), []
    try:
        with zipfile.ZipFile(draft, "w", allowZip64=True) as out:
            for number, (name, digest) in enumerate(stored, 1):
                with storage.path_of(digest).open("rb") as source:
                    sums.append((_copied(out, name, source, expected=digest), name))
                yield number, total
            for name, text in small:
                sums.append((_written(out, name, text), name))
            _written(out, "SHA256SUMS", "".join(f"{digest}  {name}\n" for digest, name in sums))
        os.replace(draft, final)
    finally:
        draft.unlink(missing_ok=True)
    return final


def _listed(contents: Contents, who: str):
    """`([(name, sha256)], [(name, text)])`: names are unique, ours, and hold no path of a stranger."""
    names: set[str] = set()
    stored = [(_unique(f"papiers/{_safe(name)}", names), file.sha256) for name, file in contents.papers]
    for document in _documents(contents.subjects):
        for copy in document.copies:
            stored.append((_unique(f"documents/{_safe(copy.file.name)}", names), copy.sha256))
    small = [(f"donnees/{_safe(name)}.json", _pretty(value)) for name, value in contents.data.items()]
    small.append(("journal/evenements.jsonl", "".join(_events(contents.subjects))))
    if VERIFIER.is_file():
        small.append(("journal/verify_journal.py", VERIFIER.read_text(encoding="utf-8")))
    day = clock.now().astimezone(clock.BAMAKO)
    small.append(("LISEZMOI.txt", README.format(title=contents.title, day=f"{day:%d.%m.%Y à %H h %M}", who=who)))
    return stored, small


def _documents(subjects: Iterable[tuple[str, int]]):
    for kind, subject_id in subjects:
        wanted = db.select(Document).where(Document.subject_kind == kind, Document.subject_id == subject_id)
        yield from db.session.scalars(wanted.order_by(Document.id))


def _events(subjects):
    for kind, subject_id in subjects:
        wanted = db.select(Event).where(Event.subject_kind == kind, Event.subject_id == subject_id)
        for event in db.session.scalars(wanted.order_by(Event.seq)):
            fields = {name: getattr(event, name) for name in chain.FIELDS}
            fields["at"] = chain.instant(event.at)
            yield chain.canonical({**fields, "hash": event.hash}) + "\n"


def _pretty(value):
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True, default=str) + "\n"


def _safe(name: str) -> str:
    """One name without folders, for any system: the signs that Windows forbids are taken out too."""
    return re.sub(r'[<>:"|?*\s]+', "_", clean_name(name)).strip("._") or "sans_nom"


def _unique(name: str, names: set[str]) -> str:
    stem, dot = os.path.splitext(name)
    found, number = name, 1
    while found.casefold() in names:
        number += 1
        found = f"{stem}-{number}{dot}"
    names.add(found.casefold())
    return found


def _copied(out, name, source, *, expected):
    """Copy a stored file block by block; raises Damaged where its bytes are not those that were put in."""
    digest = hashlib.sha256()
    entry = zipfile.ZipInfo(name, date_time=EPOCH)
    with out.open(entry, "w", force_zip64=True) as target:
        while block := source.read(1 << 18):
            digest.update(block)
            target.write(block)
    if digest.hexdigest() != expected:
        raise storage.Damaged(f"{expected} has changed in the store")
    return expected


def _written(out, name, text):
    data = text.encode()
    entry = zipfile.ZipInfo(name, date_time=EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    out.writestr(entry, data)
    return hashlib.sha256(data).hexdigest()
