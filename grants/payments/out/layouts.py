"""Lists of payments as operators of wallets want them: the layout as data, and the bytes that it gives."""

import csv
import io
import unicodedata
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from grants.core.errors import Problem
from grants.projects.takeaway import harmless

COLUMNS = {
    "position": _l("Number in the list"),
    "msisdn": _l("Number of the wallet"),
    "amount": _l("Amount"),
    "holder": _l("Holder of the wallet"),
    "beneficiary": _l("Name of the group"),
    "reference": _l("Our reference"),
    "purpose": _l("Purpose"),
    "currency": _l("Currency (XOF)"),
    "day": _l("Day of execution"),
    "fees": _l("Who bears the fees (OUR, BEN, SHA)"),
    "empty": _l("Empty column"),
}
SEPARATORS = {"semicolon": _l("semicolon ;"), "comma": _l("comma ,"), "tab": _l("tabulator"), "bar": _l("bar |")}
_SIGNS = {"semicolon": ";", "comma": ",", "tab": "\t", "bar": "|"}
ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-8-sig": _l("UTF-8 with mark"),
    "cp1252": "Windows-1252",
    "ascii": _l("ASCII, without accents"),
}
AMOUNTS = {"whole": "750000", "point": "750000.00", "comma": "750000,00"}
NUMBERS = {"national": "66712345", "country": "22366712345", "plus": "+22366712345", "zeros": "0022366712345"}
QUOTING = {"needed": _l("where needed"), "all": _l("everywhere"), "none": _l("nowhere")}
DAYS = {"slashes": "27/03/2026", "iso": "2026-03-27"}
_QUOTES = {"needed": csv.QUOTE_MINIMAL, "all": csv.QUOTE_ALL, "none": csv.QUOTE_NONE}
# As operators and banks write it.
_FEES = {"programme": "OUR", "group": "BEN", "shared": "SHA"}
# What no decomposition makes Latin.
_LATIN = str.maketrans(
    {"ɛ": "e", "Ɛ": "E", "ɔ": "o", "Ɔ": "O", "ɲ": "ny", "Ɲ": "Ny", "ŋ": "ng", "Ŋ": "Ng", "œ": "oe", "Œ": "OE"}
    | {"æ": "ae", "Æ": "AE", "–": "-", "—": "-", "°": "o", "º": "o"}
    | dict.fromkeys("’‘«»“”", "'")
)


@dataclass(frozen=True, slots=True)
class Line:
    """One payment of a list. Amount in whole francs, the number of the wallet as E.164."""

    position: int
    number: str
    amount: int
    holder: str
    beneficiary: str
    reference: str
    purpose: str
    day: object
    fees_borne_by: str = "shared"


@dataclass(frozen=True, slots=True)
class Layout:
    """Columns (what, heading) in their order, and the signs between and around what stands in them."""

    columns: tuple[tuple[str, str], ...]
    header: bool = True
    separator: str = "semicolon"
    encoding: str = "utf-8"
    amount: str = "whole"
    number: str = "national"
    quoting: str = "needed"
    day: str = "slashes"

    def data(self) -> dict:
        """The layout as it is kept."""
        return asdict(self) | {"columns": [list(one) for one in self.columns]}

    @classmethod
    def of(cls, data: dict) -> "Layout":
        """The layout that was kept as `data`."""
        return cls(**{**data, "columns": tuple((what, title) for what, title in data["columns"])})

    def problems(self) -> list[Problem]:
        """What would make a list that an operator cannot pay."""
        found = []
        named = [what for what, _title in self.columns]
        for what in ("msisdn", "amount", "reference"):
            if what not in named:
                text = _("The list needs the column “%(name)s”.", name=str(COLUMNS[what]))
                found.append(Problem(text, "columns"))
        if any(what not in COLUMNS for what in named):
            found.append(Problem(_("Choose each column from the list."), "columns"))
        if len({what for what in named if what != "empty"}) != len([what for what in named if what != "empty"]):
            found.append(Problem(_("Each column stands once in the list."), "columns"))
        if self.amount == "comma" and self.separator == "comma" and self.quoting == "none":
            found.append(
                Problem(_("With a comma in the amounts, the columns need another separator or quotes."), "amount")
            )
        return found


def latin(text: str) -> str:
    """A text in plain Latin letters, without accents: what every machine of a bank reads."""
    plain = unicodedata.normalize("NFKD", text.translate(_LATIN))
    return "".join(sign if ord(sign) < 128 else "" if unicodedata.combining(sign) else " " for sign in plain)


def render(layout: Layout, lines: Iterable[Line]) -> bytes:
    """The list as the operator gets it. Names cannot run as formulas, nor break a line or a column."""
    text = io.StringIO()
    rows = [[title for _what, title in layout.columns]] if layout.header else []
    rows += [[_cell(layout, what, line) for what, _title in layout.columns] for line in lines]
    writer = csv.writer(
        text,
        delimiter=_SIGNS[layout.separator],
        quoting=_QUOTES[layout.quoting],
        quotechar=None if layout.quoting == "none" else '"',
        lineterminator="\r\n",
    )
    for row in rows:
        writer.writerow([_plain(layout, cell) for cell in row])
    return text.getvalue().encode(layout.encoding)


def _cell(layout: Layout, what: str, line: Line) -> str:
    if what == "msisdn":
        return {
            "national": line.number[4:],
            "country": line.number[1:],
            "plus": line.number,
            "zeros": "00" + line.number[1:],
        }[layout.number]
    if what == "amount":
        return f"{line.amount}{ {'whole': '', 'point': '.00', 'comma': ',00'}[layout.amount] }"
    if what == "day":
        return line.day.isoformat() if layout.day == "iso" else line.day.strftime("%d/%m/%Y")
    if what in ("position", "reference"):
        return str(getattr(line, what))
    if what == "fees":
        return _FEES[line.fees_borne_by]
    if what in ("currency", "empty"):
        return "XOF" if what == "currency" else ""
    return harmless(" ".join(getattr(line, what).split()))


def _plain(layout: Layout, cell: str) -> str:
    """What the encoding can say; where nothing is quoted, the sign between columns is a space."""
    text = " ".join(cell.split()) if cell.strip() else ""
    if layout.quoting == "none":
        text = text.replace(_SIGNS[layout.separator], " ").replace('"', "'")
    try:
        text.encode(layout.encoding)
    except UnicodeEncodeError:
        text = latin(text)
    return text
