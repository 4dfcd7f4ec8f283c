"""Days as people keep them, and those that cannot be trusted.

The day comes before the month, as everywhere in Mali. A program set to American English writes the month first: one such
day in a column ("03/25/2019") makes every other day of the column doubtful that can be read both ways.
"""

import re
from collections.abc import Iterable
from datetime import date, datetime

from flask_babel import lazy_gettext as _l
from openpyxl.utils.datetime import from_excel
from rapidfuzz.distance import DamerauLevenshtein

from grants.core import clock
from grants.core.days import read_day
from grants.groups.spreadsheet.model import Candidate, Cell, RowReader
from grants.groups.spreadsheet.vocabulary import says_nothing, says_pending
from grants.places.spelling import fold

# The country became independent in September 1960; no receipt that a group still holds is older.
OLDEST = date(1960, 9, 22)
# Days counted by a spreadsheet from 1900: 22 September 1960 and the end of 2099.
_SERIALS = range(22181, 73051)
_NUMBERS = re.compile(r"(\d{1,2})\s*[-/. ]\s*(\d{1,2})\s*[-/. ]\s*(\d{4}|\d{2})")
_WEEKDAY = re.compile(
    r"^(?:le\s+)?(?:(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)\s+)?(?:le\s+)?", re.IGNORECASE
)
_SHORT_YEAR = re.compile(r"^(\d{1,2}(?:er)?[\s.-]*[^\W\d_]+\.?[\s.-]+)(\d{2})$")
_MONTHS = [
    "janvier",
    "fevrier",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "aout",
    "septembre",
    "octobre",
    "novembre",
    "decembre",
    "janv",
    "fev",
    "fevr",
    "avr",
    "juil",
    "sept",
    "oct",
    "nov",
    "dec",
]


def month_comes_first(cells: Iterable[Cell]) -> bool:
    """Whether a column holds a day that only makes sense with the month in front."""
    return any(_swapped(_plain(cell.text)) is not None for cell in cells if isinstance(cell.value, str))


def read_date(row: RowReader, field: str, *, epoch: datetime, month_first: bool) -> date | None:
    """The day in a cell; nothing for an empty cell, a problem and None for one that cannot be read surely."""
    if row.unreadable(field):
        return None
    cell = row.cell(field)
    if cell.value is None or says_nothing(cell.text) or says_pending(cell.text):
        return None
    if isinstance(cell.value, datetime):
        return _plausible(row, field, cell.value.date(), cell.text)
    if isinstance(cell.value, (int, float)) and not isinstance(cell.value, bool):
        return _from_number(row, field, cell.value, epoch)
    return read_text(row, field, cell.text, month_first=month_first)


def read_text(row: RowReader, field: str, text: str, *, month_first: bool = False) -> date | None:
    """Like `read_date`, for a day written out."""
    plain = _plain(text)
    swapped = _swapped(plain)
    if swapped is not None:
        message = _l("“%(text)s” has the month before the day: is it this day?", text=text)
        return _chosen(row, field, message, text, [swapped])
    if (
        re.fullmatch(r"\d{4}", plain)
        or re.fullmatch(r"[^\W\d_]+\.? \d{4}", plain)
        or re.fullmatch(r"\d{1,2}[/-]\d{4}", plain)
    ):
        row.error(field, _l("“%(text)s” is not a whole day: day, month and year are needed.", text=text))
        return None
    try:
        day = read_day(plain)
    except ValueError:
        row.error(field, _l("“%(text)s” is not a day: write it such as 12/03/2019.", text=text))
        return None
    if month_first and (match := _NUMBERS.fullmatch(plain)) and day.day <= 12 and day.day != day.month:
        message = _l(
            "“%(text)s” can be read in two ways, because other days of this column have the month first.", text=text
        )
        return _chosen(row, field, message, text, [day, day.replace(day=day.month, month=day.day)] if match else [day])
    return _plausible(row, field, day, text)


def _from_number(row: RowReader, field: str, number: float, epoch: datetime) -> date | None:
    text = row.text(field)
    if int(number) in _SERIALS:
        return _plausible(row, field, from_excel(number, epoch).date(), text)
    if day := _run_together(text):
        return _plausible(row, field, day, text)
    row.error(field, _l("“%(text)s” is not a whole day: day, month and year are needed.", text=text))
    return None


def _run_together(text: str) -> date | None:
    """12032019 or 20190312, typed with nothing between; a leading zero is lost when the cell is a number."""
    if not (text.isdecimal() and len(text) in (7, 8)):
        return None
    for pattern in ("%d%m%Y", "%Y%m%d"):
        try:
            day = datetime.strptime(text.zfill(8), pattern).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
        if day >= OLDEST:
            return day
    return None


def _plausible(row: RowReader, field: str, day: date, text: str) -> date | None:
    if day > clock.today():
        row.error(field, _l("“%(text)s” is still to come.", text=text))
        return None
    if day < OLDEST:
        row.error(field, _l("“%(text)s” is before independence: check the year.", text=text))
        return None
    return day


def _chosen(row: RowReader, field: str, message: object, text: str, days: list[date]) -> date | None:
    possible = [day for day in days if OLDEST <= day <= clock.today()]
    if not possible:
        row.error(field, _l("“%(text)s” is not a day: write it such as 12/03/2019.", text=text))
        return None
    candidates = [Candidate(day.isoformat(), day.strftime("%d/%m/%Y")) for day in possible]
    answer = row.choose(field, message, f"day|{fold(text)}", candidates)
    return date.fromisoformat(answer) if answer else None


def _plain(text: str) -> str:
    """The day without what people write around it: "le mardi 12 mars 19" → "12 mars 2019", "12/03/2019 00:00" → "12/03/2019"."""
    plain = _WEEKDAY.sub("", text.strip().strip(".,;"))
    plain = re.sub(r"[ T]00:00(:00)?$", "", plain)
    if match := _SHORT_YEAR.match(plain):
        year = int(match[2])
        plain = match[1] + str(2000 + year if 2000 + year <= clock.today().year else 1900 + year)
    if match := re.fullmatch(r"(\d{1,2})(?:er)?[\s.-]*([^\W\d_]+)\.?[\s.-]+(\d{4})", plain):
        month = fold(match[2])
        near = [name for name in _MONTHS if name == month] or [name for name in _MONTHS if _one_slip(name, month)]
        if near:
            plain = f"{match[1]} {near[0]} {match[3]}"
    return " ".join(plain.split())


def _one_slip(month: str, written: str) -> bool:
    return len(written) > 3 and DamerauLevenshtein.distance(month, written) == 1


def _swapped(plain: str) -> date | None:
    match = _NUMBERS.fullmatch(plain)
    if not match or len(match[3]) != 4:
        return None
    first, second, year = (int(part) for part in match.groups())
    if first <= 12 < second <= 31:
        try:
            return date(year, first, second)
        except ValueError:
            return None
    return None
