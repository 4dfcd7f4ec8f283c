"""Returns and statements as tables (CSV or XLSX): how they are laid out, as data, and the records that come of it."""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation

import openpyxl
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from grants.core import clock
from grants.core.errors import Problem
from grants.core.money import MOST
from grants.payments.back.records import MOST_ROWS, Record, Unreadable, short
from grants.places.spelling import fold

COLUMNS = {
    "reference": _l("Our reference"),
    "account": _l("Account or wallet paid"),
    "amount": _l("Amount"),
    "debit": _l("Debit"),
    "credit": _l("Credit"),
    "balance": _l("Balance"),
    "day": _l("Day"),
    "state": _l("What became of it"),
    "reason": _l("Reason of a refusal"),
    "bank_reference": _l("Reference of the bank or the operator"),
    "wording": _l("Wording"),
}
PURPOSES = {"return": _l("Returns of payments"), "statement": _l("Statements of our accounts")}
SEPARATORS = {"semicolon": _l("semicolon ;"), "comma": _l("comma ,"), "tab": _l("tabulator"), "bar": _l("bar |")}
_SIGNS = {"semicolon": ";", "comma": ",", "tab": "\t", "bar": "|"}
ENCODINGS = {"utf-8-sig": "UTF-8", "cp1252": "Windows-1252", "utf-16": "UTF-16"}
AMOUNTS = {"comma": _l("750 000 or 750.000,00"), "point": _l("750000 or 750,000.00")}
DAYS = {"dmy": _l("27/03/2026, day first"), "ymd": _l("2026-03-27 or 20260327"), "mdy": _l("03/27/2026, month first")}
MOST_PROBLEMS = 20
LARGEST_CONTENT = 100_000_000  # bytes of a workbook once unpacked
_SPACES = re.compile(r"[\s\u00a0\u202f\u2009']+")
_UNIT = re.compile(r"(?:F\.?\s*CFA|FCFA|CFA|XOF|F)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reading:
    """Columns (what, heading) of a table, the signs between and around what stands in them, and the words of the states.

    With headings a column is known by its heading, wherever it stands; without, by its place (an empty `what` passes
    one over). `skip` and `foot` are lines before and after the table. Without a column of states, every row is a
    payment made.
    """

    columns: tuple[tuple[str, str], ...]
    purpose: str = "return"
    header: bool = True
    skip: int = 0
    foot: int = 0
    separator: str = "semicolon"
    encoding: str = "utf-8-sig"
    amount: str = "comma"
    day: str = "dmy"
    paid: str = ""
    failed: str = ""
    pending: str = ""

    def data(self) -> dict:
        """The layout as it is kept."""
        return asdict(self) | {"columns": [list(one) for one in self.columns]}

    @classmethod
    def of(cls, data: dict) -> "Reading":
        """The layout that was kept as `data`."""
        return cls(**{**data, "columns": tuple((what, title) for what, title in data["columns"])})

    def states(self) -> dict[str, str]:
        """The words of each state, folded."""
        return {
            fold(word): state
            for state in ("paid", "failed", "pending")
            for word in getattr(self, state).split(",")
            if fold(word)
        }

    def problems(self) -> list[Problem]:
        """What would make a table that says nothing sure."""
        named = [what for what, _title in self.columns if what]
        found = []
        if any(what not in COLUMNS for what in named):
            found.append(Problem(_("Choose each column from the list."), "columns"))
        if len(set(named)) != len(named):
            found.append(Problem(_("Each column stands once in the list."), "columns"))
        if self.header and any(not title.strip() for what, title in self.columns if what):
            found.append(Problem(_("Give each column its heading, as it stands in the file."), "columns"))
        found += self._return_problems(named) if self.purpose == "return" else self._statement_problems(named)
        words = [fold(word) for state in ("paid", "failed", "pending") for word in getattr(self, state).split(",")]
        if len(set(filter(None, words))) != len([word for word in words if word]):
            found.append(Problem(_("A word can mean one thing only."), "paid"))
        return found

    def _return_problems(self, named: list[str]) -> Iterator[Problem]:
        if "amount" not in named:
            yield Problem(_("The list needs the column “%(name)s”.", name=str(COLUMNS["amount"])), "columns")
        if "reference" not in named and "account" not in named:
            yield Problem(_("The list needs our reference, or the account that was paid."), "columns")
        if "day" not in named:
            yield Problem(_("The list needs the column “%(name)s”.", name=str(COLUMNS["day"])), "columns")
        if "state" in named and not self.paid.strip():
            yield Problem(_("Write the words by which this bank or operator says that it has paid."), "paid")

    def _statement_problems(self, named: list[str]) -> Iterator[Problem]:
        if "amount" not in named and not {"debit", "credit"} <= set(named):
            yield Problem(_("A statement needs an amount with its sign, or a debit and a credit."), "columns")
        if "day" not in named:
            yield Problem(_("The list needs the column “%(name)s”.", name=str(COLUMNS["day"])), "columns")


def read(reading: Reading, data: bytes) -> list[Record]:
    """The records of a table, CSV or XLSX. Raises Unreadable with every row that cannot be read: nothing is guessed."""
    if data.startswith(b"PK\x03\x04"):
        return _records(reading, _workbook(data))
    try:
        text = io.TextIOWrapper(io.BytesIO(data), encoding=reading.encoding, newline="")
        return _records(reading, csv.reader(text, delimiter=_SIGNS[reading.separator], strict=True))
    except UnicodeError:
        raise Unreadable(_("This file is not in the encoding described: choose another description.")) from None
    except csv.Error:
        raise Unreadable(_("A row of this file has no end: the file was cut, or its quotes are wrong.")) from None


def _workbook(data: bytes) -> Iterator[list]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(part.file_size for part in archive.infolist()) > LARGEST_CONTENT:
                raise Unreadable(_("This workbook unpacks to far too much."))
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        for row in book.worksheets[0].iter_rows(max_row=MOST_ROWS + 100, max_col=60, values_only=True):
            yield list(row)
    except Unreadable:
        raise
    # A damaged workbook makes openpyxl raise nearly anything.
    except Exception as damage:
        raise Unreadable(_("This workbook is damaged: save it again as .xlsx.")) from damage


def _records(reading: Reading, lines: Iterable[list]) -> list[Record]:
    rows = [(number, line) for number, line in enumerate(_bounded(lines), 1) if number > reading.skip]
    rows = [(number, line) for number, line in rows if any(cell not in (None, "") for cell in line)]
    rows = rows[: len(rows) - reading.foot] if reading.foot else rows
    if not rows:
        raise Unreadable(_("This file has no row."))
    where, width = _places(reading, rows[0][1])
    body = rows[1:] if reading.header else rows
    if not body:
        raise Unreadable(_("This file has no row."))
    reader, problems = _Reader(reading, where), []
    found = []
    for position, (number, line) in enumerate(body, 1):
        try:
            if len(line) < width:
                raise ValueError(_("%(count)s columns instead of %(width)s", count=len(line), width=width))
            found.append(reader.record(position, line))
        except ValueError as refusal:
            problems.append(_("Line %(number)s: %(text)s", number=number, text=str(refusal)))
            if len(problems) == MOST_PROBLEMS:
                break
    if problems:
        raise Unreadable(*problems)
    return found


def _bounded(lines: Iterable[list]) -> Iterator[list]:
    for number, line in enumerate(lines):
        if number > MOST_ROWS + 50:
            raise Unreadable(_("This file has more than %(limit)s rows: send it in parts.", limit=MOST_ROWS))
        yield line


def _places(reading: Reading, first: list) -> tuple[dict[str, int], int]:
    """Where each column stands, and how many a row has at the least."""
    if not reading.header:
        places = {what: place for place, (what, _title) in enumerate(reading.columns) if what}
        return places, max(places.values()) + 1
    headings = [fold(str(cell)) if cell is not None else "" for cell in first]
    places, missing = {}, []
    for what, title in reading.columns:
        if not what:
            continue
        if headings.count(fold(title)) == 1:
            places[what] = headings.index(fold(title))
        else:
            missing.append(_("The column “%(title)s” does not stand once in this file.", title=title))
    if missing:
        raise Unreadable(*missing)
    return places, max(places.values()) + 1


class _Reader:
    """Reads the cells of a row by a layout; raises ValueError in the person's words."""

    def __init__(self, reading: Reading, where: dict[str, int]):
        self.reading, self.where, self.words = reading, where, reading.states()

    def record(self, position: int, line: list) -> Record:
        amount, credit = self._amount(line)
        return Record(
            position=position,
            state=self._state(line),
            reference=short(self._text(line, "reference"), 60),
            account=short(self._text(line, "account"), 40),
            amount=amount,
            credit=credit,
            day=self._day(line),
            bank_reference=short(self._text(line, "bank_reference"), 60),
            reason=short(self._text(line, "reason"), 300),
            wording=short(self._text(line, "wording"), 300),
            balance=self._number(line, "balance"),
        )

    def _cell(self, line: list, what: str):
        return line[self.where[what]] if what in self.where else None

    def _text(self, line: list, what: str) -> str | None:
        cell = self._cell(line, what)
        if isinstance(cell, float) and cell.is_integer():
            cell = int(cell)
        return None if cell is None else str(cell)

    def _state(self, line: list) -> str:
        if "state" not in self.where:
            return "paid"
        return self.words.get(fold(self._text(line, "state") or ""), "unclear")

    def _amount(self, line: list) -> tuple[int | None, bool]:
        """The amount without its sign, and whether money came in."""
        if "debit" in self.where and self.reading.purpose == "statement":
            debit, credit = self._number(line, "debit") or 0, self._number(line, "credit") or 0
            moved = abs(credit) - abs(debit)
        else:
            moved = self._number(line, "amount")
        if moved is None:
            if self.reading.purpose == "statement":
                raise ValueError(_("the amount is missing"))
            return None, False
        return abs(moved), moved > 0 and self.reading.purpose == "statement"

    def _number(self, line: list, what: str) -> int | None:
        cell = self._cell(line, what)
        if cell in (None, "") or isinstance(cell, bool):
            return None
        text = str(cell)
        if isinstance(cell, str):
            text = _SPACES.sub("", _UNIT.sub("", cell.strip()).strip())
            if not text:
                return None
            thousands, decimals = (".", ",") if self.reading.amount == "comma" else (",", ".")
            text = text.replace(thousands, "").replace(decimals, ".")
        try:
            exact = Decimal(text)
            if not exact.is_finite() or exact != exact.to_integral_value() or abs(exact) > MOST:
                raise InvalidOperation
        except InvalidOperation:
            raise ValueError(_("“%(text)s” is not an amount in whole francs", text=short(str(cell), 40))) from None
        return int(exact)

    def _day(self, line: list) -> date | None:
        cell = self._cell(line, "day")
        if isinstance(cell, datetime):
            return cell.date()
        if isinstance(cell, date):
            return cell
        text = (self._text(line, "day") or "").strip()
        if not text:
            return None
        match = re.match(r"(\d{4})[-/.]?(\d{2})[-/.]?(\d{2})(?!\d)" if self.reading.day == "ymd"
                         else r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})(?!\d)", text)  # fmt: skip
        try:
            parts = [int(part) for part in match.groups()]
            year, month, day = {"ymd": parts, "dmy": parts[::-1], "mdy": [parts[2], parts[0], parts[1]]}[
                self.reading.day
            ]
            found = date(year + 2000 if year < 100 else year, month, day)
            if not date(2000, 1, 1) <= found <= clock.today() + timedelta(days=366):
                raise ValueError
        except (ValueError, AttributeError):
            raise ValueError(_("“%(text)s” is not a day", text=short(text, 40))) from None
        return found
