"""Opening an .xlsx file that anybody may have made: bounded in size, nothing in it is run or computed."""

import io
import math
import re
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import openpyxl
from flask_babel import lazy_gettext as _l

from grants.groups.spreadsheet.model import Cell

LARGEST_FILE = 5_000_000  # bytes; a list of 2 000 groups has about 400 000
LARGEST_CONTENT = 25_000_000  # bytes once unpacked
MOST_PARTS = 300
MOST_ROWS = 2_000
MOST_COLUMNS = 60
MOST_SHEETS = 20
LONGEST_TEXT = 2_000  # characters kept of a cell

# Declarations by which XML grows without bound or fetches files. No spreadsheet program writes them.
_DANGEROUS = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)


class Unreadable(Exception):
    """The file is refused as a whole; `message` says why in words for the person."""

    def __init__(self, message: object):
        self.message = message
        super().__init__(message)


@dataclass
class Page:
    """One sheet of the workbook: its name and its rows that are not empty, with their numbers."""

    name: str
    rows: list[tuple[int, list[Cell]]]
    epoch: datetime
    cut: bool = False


def pages(data: bytes) -> Iterator[Page]:
    """The visible sheets of a file. Raises Unreadable for anything that is not a sound .xlsx of reasonable size."""
    _check_archive(data)
    try:
        with warnings.catch_warnings():
            # openpyxl warns about styles and extensions that it leaves out; they do not matter to us.
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
            sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"][:MOST_SHEETS]
            found = [_page(sheet, book.epoch) for sheet in sheets]
            book.close()
    # A damaged file makes openpyxl raise nearly anything (KeyError, ValueError, ParseError, IndexError …): whatever
    # it is, the person needs to hear the same thing.
    except Exception as damage:
        raise Unreadable(
            _l("This file is damaged: open it in a spreadsheet program and save it again as .xlsx.")
        ) from damage
    yield from found


def _check_archive(data: bytes) -> None:
    if len(data) > LARGEST_FILE:
        raise Unreadable(_l("This file is larger than %(limit)s MB.", limit=LARGEST_FILE // 1_000_000))
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable(_l("This is an old .xls file, or one with a password: save it as .xlsx without a password."))
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            # zipfile never unpacks more than the size a part declares, so the declared sizes can be trusted as limits.
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_CONTENT:
                raise Unreadable(_l("This file holds far more than a list of groups: copy the list into a new file."))
            if "xl/workbook.xml" not in {part.filename for part in parts}:
                raise Unreadable(_l("This is not a spreadsheet in .xlsx form."))
            for part in parts:
                if part.filename.endswith((".xml", ".rels")) and _DANGEROUS.search(archive.read(part)):
                    raise Unreadable(_l("This file holds instructions that a list does not need: it is refused."))
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError, ValueError) as damage:
        raise Unreadable(_l("This is not a spreadsheet in .xlsx form.")) from damage


def _page(sheet, epoch: datetime) -> Page:
    page = Page(sheet.title, [], epoch)
    for number, cells in enumerate(sheet.iter_rows(max_row=MOST_ROWS + 50, max_col=MOST_COLUMNS), start=1):
        row = [_cell(cell) for cell in cells]
        if any(cell.text or cell.formula or cell.broken for cell in row):
            if len(page.rows) >= MOST_ROWS:
                page.cut = True
                break
            page.rows.append((number, row))
    return page


def _cell(cell) -> Cell:
    kind = getattr(cell, "data_type", "n")
    if kind == "f":
        return Cell(formula=True)
    if kind == "e":
        return Cell(broken=True)
    value = cell.value
    if isinstance(value, float) and not math.isfinite(value):
        return Cell(broken=True)
    if isinstance(value, str):
        value = (
            "".join(sign if sign.isprintable() or sign == "\n" else " " for sign in value[:LONGEST_TEXT]).strip()
            or None
        )
    return Cell(value)
