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

from flask_babel import force_locale
from flask_babel import lazy_gettext as _l

from grants.access.models import Person
from grants.core import clock
from grants.core.database import db, mode
from grants.core.errors import NotFound
from grants.core.unit_of_work import unit_of_work
from grants.documents import french, jobs, storage
from grants.documents.checking import clean_name
from grants.documents.models import Document, Job, StoredFile
from grants.journal import exporting

VERIFIER = Path(__file__).resolve().parents[2] / "tools" / "verify_journal.py"
# What documents and data call the papers of people: officers, readers, witnesses.
PAPER_NAMES = frozenset({"paper", "reader_paper"})
NOT_FOR_THEM = "numéros de pièces d'identité, droit non accordé"
HISTORY = "journal/evenements.jsonl"
EPOCH = (1980, 1, 1, 0, 0, 0)
README = """Archive du dossier {title}
Établie le {day} par {who}.

documents/   les documents édités : copie d'archive (PDF/A-3a, avec ses données) et copie de lecture (PDF/UA-1)
papiers/     les papiers déposés, tels qu'ils sont gardés
             « -non-joint.txt » : l'empreinte d'un papier qui n'est pas pour qui a demandé l'archive
donnees/     les données du dossier (JSON)
journal/     l'historique du dossier, chaînée par empreintes (SHA-256), et de quoi la vérifier
CONTENU.txt  la liste de ce qui est joint, et de ce qui ne l'est pas
SHA256SUMS   l'empreinte de chaque fichier : « sha256sum -c SHA256SUMS » les vérifie toutes

L'historique se vérifie sans ce logiciel : « python3 journal/verify_journal.py journal/evenements.jsonl ».
"""


WITHHELD = """{what}

Ce papier porte les numéros des pièces d'identité de personnes : il n'est joint que pour qui a le droit de les lire. Il est
gardé entier, tel qu'il a été édité ou signé. Qui le présente un jour prouve par ces empreintes que c'est le même.

{facts}
"""
STATES = {"valid": "en vigueur", "amended": "remplacé par un avenant", "cancelled": "annulé"}


@dataclass(slots=True)
class Contents:
    """What goes into an archive: `papers` by name, `subjects` whose documents and history go with it, and data.

    `withheld` are papers of which only the fingerprint is joined, and without `identity` so is every document that says
    numbers of people's papers. `left_out` names what is not for who asked, with the reason; `noted` is done in a
    transaction before a byte is written: that somebody read what is read only under the eyes of others.
    """

    title: str
    papers: list[tuple[str, StoredFile]] = field(default_factory=list)
    subjects: list[tuple[str, int]] = field(default_factory=list)
    data: dict[str, object] = field(default_factory=dict)
    identity: bool = True
    withheld: list[tuple[str, StoredFile]] = field(default_factory=list)
    left_out: list[tuple[str, str]] = field(default_factory=list)
    noted: list[Callable[[], None]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Source:
    """Who may take an archive of a kind of thing, and what it holds for them."""

    may: Callable[[Person, int], bool]
    gather: Callable[[Person, int], Contents]


archives: dict[str, Source] = {}
# What later slices add to the archive of a kind of thing, by its kind: `add(person, id, contents)`.
additions: dict[str, list[Callable[[Person, int, Contents], None]]] = {}


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
        for add in additions.get(job.subject_kind, ()):
            add(person, job.subject_id, contents)
        stored, small = _listed(contents, person.name)
        db.session.rollback()
    if contents.noted:
        with unit_of_work():
            for note in contents.noted:
                note()
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
            sums.append((_streamed(out, HISTORY, exporting.lines(*contents.subjects)), HISTORY))
            for name, text in small:
                sums.append((_written(out, name, text), name))
            listed = _contents(contents, [name for _digest, name in sums])
            sums.append((_written(out, "CONTENU.txt", listed), "CONTENU.txt"))
            _written(out, "SHA256SUMS", "".join(f"{digest}  {name}\n" for digest, name in sums))
        os.replace(draft, final)
    finally:
        draft.unlink(missing_ok=True)
    return final


def _listed(contents: Contents, who: str):
    """`([(name, sha256)], [(name, text)])`: names are unique, ours, and hold no path of a stranger."""
    names: set[str] = set()
    stored = [(_unique(f"papiers/{_safe(name)}", names), file.sha256) for name, file in contents.papers]
    small = []
    for name, file in contents.withheld:
        contents.left_out.append((name, NOT_FOR_THEM))
        told = WITHHELD.format(what=name, facts=f"SHA-256 {file.sha256}\n{file.size} octets")
        small.append((_unique(f"papiers/{_safe(name)}-non-joint.txt", names), told))
    for document in _documents(contents.subjects):
        if not contents.identity and says_papers(document.parameters):
            contents.left_out.append((document.reference, NOT_FOR_THEM))
            small.append((_unique(f"documents/{_safe(document.reference)}-non-joint.txt", names), _sheet(document)))
            continue
        for copy in document.copies:
            stored.append((_unique(f"documents/{_safe(copy.file.name)}", names), copy.sha256))
    small += [(f"donnees/{_safe(name)}.json", _pretty(value)) for name, value in contents.data.items()]
    if VERIFIER.is_file():
        small.append(("journal/verify_journal.py", VERIFIER.read_text(encoding="utf-8")))
    day = clock.now().astimezone(clock.BAMAKO)
    small.append(("LISEZMOI.txt", README.format(title=contents.title, day=f"{day:%d.%m.%Y à %H h %M}", who=who)))
    return stored, small


def _documents(subjects: Iterable[tuple[str, int]]):
    for kind, subject_id in subjects:
        wanted = db.select(Document).where(Document.subject_kind == kind, Document.subject_id == subject_id)
        yield from db.session.scalars(wanted.order_by(Document.id))


def says_papers(value) -> bool:
    """Whether data hold the number of a paper of a person."""
    if isinstance(value, dict):
        return any((name in PAPER_NAMES and inner) or says_papers(inner) for name, inner in value.items())
    return isinstance(value, list | tuple) and any(map(says_papers, value))


def _sheet(document: Document) -> str:
    """What is joined in the place of a document: which one it is, its state, and how to know it again."""
    with force_locale("fr"):
        what = f"{document.title} {document.reference}"
    facts = [
        f"Édité le {french.day(document.issued_at.astimezone(clock.BAMAKO).date())}, {STATES[document.state]}",
        *(f"SHA-256 {copy.sha256} ({copy.file.name}, {copy.file.size} octets)" for copy in document.copies),
        f"Empreinte des données {document.data_sha256}",
        f"Vérification : {document.parameters['issued']['address']}",
    ]
    return WITHHELD.format(what=what, facts="\n".join(facts))


def _contents(contents: Contents, names: list[str]) -> str:
    lines = [contents.title, "", f"Joints ({len(names)})", *(f"  {name}" for name in sorted(names))]
    if contents.left_out:
        lines += ["", f"Non joints ({len(contents.left_out)})"]
        lines += [f"  {name} : {reason}" for name, reason in contents.left_out]
    return "\n".join(
        [*lines, "", "Une plainte confidentielle n'est jointe que pour qui a le droit de la lire et l'a ouverte.", ""]
    )


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


def _streamed(out, name, lines):
    digest = hashlib.sha256()
    entry = zipfile.ZipInfo(name, date_time=EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    with out.open(entry, "w", force_zip64=True) as target:
        for line in lines:
            data = line.encode()
            digest.update(data)
            target.write(data)
    return digest.hexdigest()


def _written(out, name, text):
    data = text.encode()
    entry = zipfile.ZipInfo(name, date_time=EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    out.writestr(entry, data)
    return hashlib.sha256(data).hexdigest()
