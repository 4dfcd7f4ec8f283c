"""Small workbooks for the tests of reading lists of groups."""

import io
from datetime import UTC, datetime

import openpyxl

from grants.core import clock
from grants.groups.spreadsheet import Sheet, read
from grants.places import official
from grants.places.gazetteer import Gazetteer, Known

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
HEADINGS = (
    "Nom du groupement", "Type", "N° récépissé", "Date récépissé", "Région", "Cercle", "Commune", "Village", "Femmes", "Hommes",
    "Jeunes", "Présidente", "Téléphone",
)  # fmt: skip
GOOD = (
    "Benkadi",
    "SCOOPS",
    "12/P-M",
    "12/03/2019",
    "Mopti",
    "Konna",
    "Konna",
    "Konna",
    10,
    2,
    4,
    "Awa Bah",
    "66 71 23 45",
)
COMMUNES = {
    "05010101": "Mopti", "05050101": "Konna", "05050201": "Borondougou", "05020101": "Derary", "19020201": "Bamba",
    "07050101": "Bamba", "16010101": "Benkadi", "15010101": "Benkadi", "0004": "IVe arrondissement",
}  # fmt: skip


def places(*, base_only: bool = False) -> Gazetteer:
    """The regions and cercles of the program, and a few communes."""
    known = [Known(e.code, e.kind, e.name, e.aliases, e.former_region) for e in official.base_listing().entries]
    if not base_only:
        known += [Known(code, official.kind_of_code(code), name) for code, name in COMMUNES.items()]
    return Gazetteer(known)


def workbook(*rows: tuple, title: str = "Liste") -> bytes:
    """The bytes of an .xlsx file with these rows; None is an empty row."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row or (), start=1):
            sheet.cell(number, column).value = value
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def read_rows(
    *rows: dict, headings: tuple = HEADINGS, gazetteer: Gazetteer | None = None, answers: dict | None = None
) -> Sheet:
    """Read rows that are good but for what is given: {"Téléphone": "66…"}."""
    good = dict(zip(HEADINGS, GOOD, strict=True))
    cells = [tuple((good | change).get(heading) for heading in headings) for change in rows]
    return read_bytes(workbook(headings, *cells), gazetteer=gazetteer, answers=answers)


def read_bytes(data: bytes, *, gazetteer: Gazetteer | None = None, answers: dict | None = None) -> Sheet:
    with clock.at(NOW):
        return read(data, gazetteer=places() if gazetteer is None else gazetteer, answers=answers or {})
