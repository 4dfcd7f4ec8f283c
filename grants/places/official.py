"""Reading an official list of places: pure functions, from files to entries or to every fault found in them.

The code of a place says where it lies: a region has 2 digits, a cercle 4, an arrondissement 6, a commune 8, and each
begins with the code of the place above it (laws 2023-005 to 2023-007 of 13 March 2023). The district of Bamako, code 00,
has neither cercles nor communes: its seven arrondissements are coded 0001 to 0007.
"""

import csv
import io
import re
import zipfile
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from flask_babel import lazy_gettext as _l

from grants.places.spelling import key

REGION, DISTRICT, CERCLE, ARRONDISSEMENT, COMMUNE = "region", "district", "cercle", "arrondissement", "commune"
KINDS = (REGION, DISTRICT, CERCLE, ARRONDISSEMENT, COMMUNE)
BAMAKO = "00"
DATA = Path(__file__).parent / "data"

# From the top down, so that a parent is always read before its children.
FILES = ("regions.csv", "cercles.csv", "arrondissements.csv", "communes.csv")
_KIND_OF_FILE = dict(zip(FILES, (REGION, CERCLE, ARRONDISSEMENT, COMMUNE), strict=True))
_CODE_HEADINGS = ("code", "code_ca", "code_ct")
_NAME_HEADINGS = ("nom_usuel", "nom", "name")
_ALIAS_HEADINGS = ("nom_source", "alias", "aliases", "autres_noms")
_PARENT_HEADINGS = ("code_region", "code_cercle", "code_arrondissement")
_FORMER_HEADING = "region_avant_2012"

LARGEST_FILE = 4_000_000  # bytes; the list of all 815 communes has under 40 000
LARGEST_NAME = 80  # characters


@dataclass(frozen=True)
class Entry:
    """One place of an official list, with the file and row where it was read (rows count from 1, headings included)."""

    code: str
    kind: str
    name: str
    aliases: tuple[str, ...] = ()
    former_region: str | None = None
    file: str = ""
    row: int = 0

    @property
    def parent_code(self) -> str | None:
        return parent_code(self.code)


@dataclass(frozen=True)
class Fault:
    """What is wrong, and where: `row` is 0 when the whole file is meant."""

    file: str
    row: int
    message: object

    def __str__(self) -> str:
        where = f"{self.file}:{self.row}" if self.row else self.file
        return f"{where}: {self.message}" if where else str(self.message)


@dataclass
class Listing:
    """What a set of files holds: the places in the order region … commune, and every fault found."""

    entries: list[Entry] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def kind_of_code(code: str) -> str | None:
    """The kind of place that a code names, or None when no place can have such a code."""
    if not re.fullmatch(r"(?:[0-9]{2}){1,4}", code):
        return None
    if code.startswith(BAMAKO):
        return {2: DISTRICT, 4: ARRONDISSEMENT}.get(len(code))
    return {2: REGION, 4: CERCLE, 6: ARRONDISSEMENT, 8: COMMUNE}[len(code)]


def parent_code(code: str) -> str | None:
    """The code of the place just above, None for a region."""
    return code[:-2] or None


def base_listing() -> Listing:
    """The places that come with the program: regions, cercles, and the arrondissements of Bamako."""
    return read_files({name: (DATA / name).read_bytes() for name in FILES if (DATA / name).exists()})


def read_folder(folder: Path) -> Listing:
    """Read the lists that stand in a folder under their usual names; a folder without any is a fault."""
    found = {name: folder / name for name in FILES}
    too_big = [name for name, path in found.items() if path.is_file() and path.stat().st_size > LARGEST_FILE]
    if too_big:
        return Listing(faults=[_too_big(name) for name in too_big])
    return read_files({name: path.read_bytes() for name, path in found.items() if path.is_file()})


def read_upload(name: str, data: bytes) -> Listing:
    """Read one CSV file, or a zip file that holds several; folders inside the zip do not matter, their names do not leave it."""
    if not zipfile.is_zipfile(io.BytesIO(data)):
        return read_files({PurePosixPath(name.replace("\\", "/")).name.lower(): data})
    files: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for item in archive.infolist():
                base = PurePosixPath(item.filename.replace("\\", "/")).name.lower()
                if base not in FILES or item.is_dir():
                    continue
                if item.file_size > LARGEST_FILE:
                    return Listing(faults=[_too_big(base)])
                if base in files:
                    return Listing(faults=[Fault(base, 0, _l("This file stands in the archive more than once."))])
                files[base] = archive.read(item)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError):
        return Listing(faults=[Fault(name, 0, _l("This archive is damaged or protected by a password."))])
    return read_files(files)


def packed(files: dict[str, bytes]) -> bytes:
    """Several lists as one archive that `read_upload` takes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(PurePosixPath(name.replace("\\", "/")).name, content)
    return buffer.getvalue()


def read_files(files: dict[str, bytes]) -> Listing:
    """Read lists by file name (`regions.csv` … `communes.csv`) and check each against the ones above it.

    A parent that is in none of the files is not a fault here: it may already be in the database (see `orphans`).
    """
    listing = Listing()
    known = [name for name in FILES if name in files]
    if not known:
        listing.faults.append(
            Fault("", 0, _l("None of the expected files is there: %(names)s.", names=", ".join(FILES)))
        )
    for name in sorted(set(files) - set(FILES)):
        listing.faults.append(
            Fault(name, 0, _l("The name of this file is not one of those expected: %(names)s.", names=", ".join(FILES)))
        )
    first_seen: dict[str, Entry] = {}
    for name in known:
        for entry in _read_file(name, files[name], listing.faults):
            twin = first_seen.setdefault(entry.code, entry)
            if twin is not entry:
                listing.faults.append(_repeated(entry, twin))
            else:
                listing.entries.append(entry)
    return listing


def orphans(entries: list[Entry], known_codes: set[str]) -> list[Fault]:
    """A fault for each place whose parent is neither in the lists nor among the codes already known."""
    codes = known_codes | {entry.code for entry in entries}
    return [
        Fault(
            entry.file,
            entry.row,
            _l(
                "%(name)s (%(code)s): there is no place with code %(parent)s above it.",
                name=entry.name,
                code=entry.code,
                parent=entry.parent_code,
            ),
        )
        for entry in entries
        if entry.parent_code and entry.parent_code not in codes
    ]


def _read_file(name: str, data: bytes, faults: list[Fault]) -> list[Entry]:
    if len(data) > LARGEST_FILE:
        faults.append(_too_big(name))
        return []
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        faults.append(Fault(name, 0, _l("This file is not written in UTF-8: save it again as “CSV UTF-8”.")))
        return []
    if "\0" in text:
        faults.append(Fault(name, 0, _l("This is not a CSV file.")))
        return []
    first_line = text.split("\n", 1)[0]
    separator = max(",;\t", key=first_line.count)
    # Not strict: a stray quotation mark must show as a bad row with its number, not stop the reading.
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        headings = [heading.strip().lower() for heading in next(lines, [])]
        missing = [
            wanted[0]
            for wanted in (_CODE_HEADINGS, ("nom",))
            if not any(heading in headings for heading in (wanted if wanted is _CODE_HEADINGS else _NAME_HEADINGS))
        ]
        if missing:
            faults.append(Fault(name, 1, _l("A column is missing: %(names)s.", names=", ".join(missing))))
            return []
        return [
            entry
            for cells in lines
            if any(cell.strip() for cell in cells)
            and (entry := _read_row(name, lines.line_num, headings, cells, faults)) is not None
        ]
    except csv.Error:
        faults.append(Fault(name, lines.line_num, _l("This row cannot be read as CSV.")))
        return []


def _read_row(file: str, row: int, headings: list[str], cells: list[str], faults: list[Fault]) -> Entry | None:
    if len(cells) != len(headings):
        faults.append(
            Fault(
                file,
                row,
                _l(
                    "This row has %(found)s cells, the headings have %(wanted)s.",
                    found=len(cells),
                    wanted=len(headings),
                ),
            )
        )
        return None
    values = dict(zip(headings, (" ".join(cell.split()) for cell in cells), strict=True))
    code = next(values[heading] for heading in _CODE_HEADINGS if heading in values)
    name = next((values[heading] for heading in _NAME_HEADINGS if values.get(heading)), "")
    before = len(faults)
    kind = kind_of_code(code)
    wanted = _KIND_OF_FILE[file]
    if (REGION if kind == DISTRICT else kind) != wanted:
        faults.append(Fault(file, row, _wrong_code(code, wanted)))
        return None
    if not name or len(name) > LARGEST_NAME:
        faults.append(Fault(file, row, _l("The name is missing or longer than %(limit)s letters.", limit=LARGEST_NAME)))
    for heading in _PARENT_HEADINGS:
        stated = values.get(heading)
        if stated and not code.startswith(stated):
            words = {"code": code, "parent": stated, "column": heading}
            message = _l("Code %(code)s does not lie in %(parent)s, named in column %(column)s.", **words)
            faults.append(Fault(file, row, message))
    if len(faults) > before:
        return None
    spellings = (part.strip() for heading in _ALIAS_HEADINGS for part in values.get(heading, "").split("|"))
    aliases = tuple(dict.fromkeys(alias for alias in spellings if alias and key(alias) != key(name)))
    return Entry(code, kind, name, aliases, values.get(_FORMER_HEADING) or None, file, row)


def _wrong_code(code: str, wanted: str) -> object:
    if code.startswith(BAMAKO) and len(code) > 4:
        return _l("Code %(code)s: the district of Bamako has arrondissements 0001 to 0007 and no communes.", code=code)
    digits = {REGION: 2, CERCLE: 4, ARRONDISSEMENT: 6, COMMUNE: 8}[wanted]
    return _l("“%(code)s” is not a code of this list: %(digits)s digits are expected.", code=code, digits=digits)


def _too_big(name: str) -> Fault:
    return Fault(name, 0, _l("This file is larger than %(limit)s MB.", limit=LARGEST_FILE // 1_000_000))


def _repeated(entry: Entry, twin: Entry) -> Fault:
    return Fault(
        entry.file,
        entry.row,
        _l("Code %(code)s is already on row %(row)s of %(file)s.", code=entry.code, row=twin.row, file=twin.file),
    )
