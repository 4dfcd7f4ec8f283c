"""What changes the places: putting in the regions and cercles, importing an official list, choosing the current one."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select, update

from grants import journal
from grants.access import policy
from grants.core import clock
from grants.core.database import db
from grants.core.errors import Problem, Problems, collect
from grants.core.references import new_uuid
from grants.places import official, queries
from grants.places.models import Place, PlaceEdition, PlaceImport
from grants.places.official import Entry, Fault, Listing
from grants.places.spelling import key

BASE_EDITION = "2023"
LARGEST_UPLOAD = 8_000_000  # bytes
BASE_SOURCE = "Open Admin Data (openadmindata.org); OCHA FISS / DNCT / IGM Mali, COD-AB. Modified."
BASE_LICENCE = "CC BY 4.0; COD-AB: CC BY 3.0 IGO"


@dataclass
class Report:
    """What an import does, or would do: places added, renamed (code, old name, new name), brought back or become
    obsolete, how many stay as they are, and every fault of the lists. With a fault, nothing is done."""

    edition: str
    added: list[Entry] = field(default_factory=list)
    renamed: list[tuple[str, str, str]] = field(default_factory=list)
    revived: list[Entry] = field(default_factory=list)
    obsolete: list[tuple[str, str]] = field(default_factory=list)
    unchanged: int = 0
    faults: list[Fault] = field(default_factory=list)

    @property
    def changes(self) -> int:
        """How many places the import touches."""
        return len(self.added) + len(self.renamed) + len(self.revived) + len(self.obsolete)


def install_base(*, by=None, at: datetime | None = None) -> Report:
    """Put in the places that come with the program: 20 regions, 159 cercles, the 7 arrondissements of Bamako.

    Done twice, the second time changes nothing.

    An edition imported since keeps the names that it gave: only what is missing is added.
    """
    listing = official.base_listing()
    known = _places(BASE_EDITION)
    missing = [entry for entry in listing.entries if entry.code not in known]
    report = Report(BASE_EDITION, added=missing, unchanged=len(listing.entries) - len(missing))
    if missing:
        _write(report, missing, known, by=by, at=at or clock.now(), source=BASE_SOURCE, licence=BASE_LICENCE)
    return report


def rehearse_import(listing: Listing, *, edition: str, by=None) -> Report:
    """What importing these lists would do, without doing it: the faults of the lists and the changes, place by place."""
    _may_manage(by)
    return _compare(listing, edition, _places(edition))


def import_official(
    listing: Listing, *, edition: str, by=None, source: str = "", licence: str = "", at: datetime | None = None
) -> Report:
    """Take over an official list whole, or nothing of it: raises Problems with every fault, each with its file and row.

    Places are added and renamed (the old name stays searchable). A place missing from a list of its kind becomes
    obsolete: files that name it keep it, nobody can choose it any more. `by` is nobody on the command line.
    """
    _may_manage(by)
    edition = edition.strip()
    known = _places(edition)
    report = _compare(listing, edition, known)
    if report.faults:
        raise Problems([Problem(str(fault), field="files") for fault in report.faults])
    if report.changes:
        _write(report, listing.entries, known, by=by, at=at or clock.now(), source=source, licence=licence)
    return report


def stage_import(files: list[tuple[str, bytes]], *, edition: str, source: str, licence: str, by) -> PlaceImport:
    """Keep uploaded files (name, bytes) until somebody has seen what they would change; one upload a person at a time.

    Raises Problems for no file, too large a file, or an edition without a name.
    """
    _may_manage(by)
    edition = edition.strip()
    collect(
        None
        if edition and len(edition) <= 20
        else Problem(_l("Say which edition this list is, for example 2023."), "edition"),
        None if files else Problem(_l("Choose the files of the list."), "files"),
        Problem(_l("The files are larger than %(limit)s MB together.", limit=LARGEST_UPLOAD // 1_000_000), "files")
        if sum(len(content) for _name, content in files) > LARGEST_UPLOAD
        else None,
    )
    name, content = files[0] if len(files) == 1 else ("lists.zip", official.packed(dict(files)))
    db.session.execute(delete(PlaceImport).where(PlaceImport.uploaded_by_id == by.id))
    staged = PlaceImport(
        token=new_uuid(), edition=edition, source=source, licence=licence, file_name=name[-200:], content=content,
        uploaded_by_id=by.id, uploaded_at=clock.now(),
    )  # fmt: skip
    db.session.add(staged)
    db.session.flush()
    return staged


def confirm_import(token: str, *, by) -> Report:
    """Import an uploaded list that its report has shown. Raises NotFound, and Problems where the list has faults."""
    staged = queries.staged_import(token, by=by)
    listing = official.read_upload(staged.file_name, staged.content)
    report = import_official(listing, edition=staged.edition, by=by, source=staged.source, licence=staged.licence)
    db.session.delete(staged)
    db.session.flush()
    return report


def discard_import(token: str, *, by) -> None:
    """Throw an uploaded list away. Raises NotFound."""
    _may_manage(by)
    db.session.delete(queries.staged_import(token, by=by))
    db.session.flush()


def make_current(edition: str, *, by, at: datetime | None = None) -> PlaceEdition:
    """From now on places are chosen and named after this edition. Raises NotFound."""
    _may_manage(by)
    chosen = queries.edition(edition)
    former = queries.current_edition()
    if former is chosen:
        return chosen
    db.session.execute(update(PlaceEdition).values(current=False))
    db.session.flush()
    chosen.current = True
    db.session.flush()
    journal.record(chosen, "make_current", by=by, data={"before": former.code if former else None})
    return chosen


def _may_manage(by) -> None:
    # The command line acts for the one who runs the server: whoever can start it can already write to the database.
    if by is not None:
        policy.require(by, "places.manage")


def _places(edition: str) -> dict[str, Place]:
    return {place.code: place for place in db.session.scalars(select(Place).where(Place.edition == edition))}


def _compare(listing: Listing, edition: str, known: dict[str, Place]) -> Report:
    report = Report(edition.strip(), faults=list(listing.faults))
    if not report.edition or len(report.edition) > 20:
        report.faults.append(Fault("", 0, _l("Say which edition this list is, for example 2023.")))
    report.faults += official.orphans(listing.entries, set(known))
    for entry in listing.entries:
        place = known.get(entry.code)
        if place is None:
            report.added.append(entry)
        elif place.name != entry.name:
            report.renamed.append((entry.code, place.name, entry.name))
        elif place.obsolete_since:
            report.revived.append(entry)
        else:
            report.unchanged += 1
    report.obsolete = _gone(listing.entries, known)
    return report


def _gone(entries: Iterable[Entry], known: dict[str, Place]) -> list[tuple[str, str]]:
    """Places that a list of their kind no longer has. A file that is absent says nothing about its kind."""
    entries = list(entries)
    told = {_level(entry.code) for entry in entries}
    codes = {entry.code for entry in entries}
    return sorted(
        (place.code, place.name)
        for place in known.values()
        if _level(place.code) in told and place.code not in codes and place.obsolete_since is None
    )


def _level(code: str) -> str:
    return {"district": "region"}.get(kind := official.kind_of_code(code), kind)


def _write(
    report: Report, entries: list[Entry], known: dict[str, Place], *, by, at: datetime, source: str, licence: str
):
    edition = db.session.scalar(select(PlaceEdition).where(PlaceEdition.code == report.edition))
    if edition is None:
        edition = PlaceEdition(code=report.edition, label=report.edition, source="", licence="", current=False)
        # The first list of all is the one that people choose from; a later one waits for a decision.
        edition.current = queries.current_edition() is None
        db.session.add(edition)
    edition.imported_at, edition.imported_by = at, by
    edition.source, edition.licence = source or edition.source, licence or edition.licence
    db.session.flush()
    for entry in sorted(entries, key=lambda entry: len(entry.code)):
        place = known.get(entry.code)
        if place is None:
            place = Place(
                edition=edition.code, code=entry.code, parent_code=entry.parent_code, aliases=[], name=entry.name
            )
            db.session.add(place)
        _take_over(place, entry)
    day = at.astimezone(clock.BAMAKO).date()
    for code, _name in report.obsolete:
        known[code].obsolete_since = day
    db.session.flush()
    journal.record(edition, "import", by=by, data={
        "source": edition.source, "added": len(report.added), "renamed": [list(change) for change in report.renamed],
        "revived": [entry.code for entry in report.revived], "obsolete": [code for code, _name in report.obsolete],
    })  # fmt: skip


def _take_over(place: Place, entry: Entry) -> None:
    spellings = dict.fromkeys([*place.aliases, place.name, *entry.aliases])
    place.aliases = [spelling for spelling in spellings if key(spelling) != key(entry.name)]
    place.kind, place.name = entry.kind, entry.name
    place.former_region = entry.former_region or place.former_region
    place.search = "|" + "|".join(dict.fromkeys(key(spelling) for spelling in (place.name, *place.aliases))) + "|"
    place.obsolete_since = None
