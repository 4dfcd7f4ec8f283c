"""Telephone numbers as people keep them, to E.164.

A Malian number has 8 digits and no leading 0; spreadsheets keep it as a number, with spaces, dots or dashes, with 223,
+223 or 00223 in front, and often two to a cell.
"""

import re

import phonenumbers
from flask_babel import lazy_gettext as _l

from grants.groups.spreadsheet.model import RowReader
from grants.groups.spreadsheet.vocabulary import says_nothing

_BETWEEN = re.compile(r"\s*(?:[/;,\n|&]|\bou\b|\bet\b)\s*", re.IGNORECASE)
_LABEL = re.compile(
    r"\b(?:t[eé]l(?:[eé]phone)?|cel|mobile|whatsapp|contact|orange|moov|malitel)\b\s*[.:]*\s*", re.IGNORECASE
)
MALI = 223


def read_phones(row: RowReader, field: str) -> list[str]:
    """The numbers of a cell, in E.164, first one first; a number that cannot be is an error, a foreign one a warning."""
    if row.unreadable(field):
        return []
    cell = row.cell(field)
    text = cell.text if not isinstance(cell.value, str) else cell.value
    if isinstance(cell.value, float) and not cell.value.is_integer():
        row.error(field, _l("“%(text)s” is not a telephone number.", text=text))
        return []
    if says_nothing(text):
        return []
    numbers = []
    for part in _parts(_LABEL.sub("", text)):
        number = to_e164(part)
        if number is None:
            row.error(field, _why_not(part))
        else:
            if not number.startswith(f"+{MALI}"):
                row.warn(field, _l("%(number)s is not a Malian number: check it.", number=number))
            numbers.append(number)
    return list(dict.fromkeys(numbers))


def to_e164(text: str) -> str | None:
    """One number as written, as E.164; None when no telephone has it."""
    bare = re.sub(r"[\s().\-–_’']+", "", text)
    if not re.fullmatch(r"\+?\d{8,15}", bare):
        return None
    if bare.startswith("00"):
        bare = "+" + bare[2:]
    elif len(bare) == 11 and bare.startswith(str(MALI)):
        bare = "+" + bare
    try:
        number = phonenumbers.parse(bare, "ML")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _parts(text: str) -> list[str]:
    pieces = [piece for piece in _BETWEEN.split(text) if piece.strip()]
    # "66/71/23/45" is one number written with another sign between its pairs.
    if len(pieces) > 1 and all(len(_digits(piece)) < 6 for piece in pieces):
        pieces = ["".join(pieces)]
    return [part for piece in pieces for part in _two_in_one(piece.strip())]


def _two_in_one(piece: str) -> list[str]:
    digits = _digits(piece)
    if len(digits) == 16 and "+" not in piece and not digits.startswith("00"):
        return [digits[:8], digits[8:]]
    if len(digits) <= 13:  # one number, with 00223 at most
        return [piece]
    return [part.strip() for part in re.split(r"(?<=\d)\s+(?=\+|00\s?223)|\s+-\s+", piece)]


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _why_not(part: str) -> object:
    digits = _digits(part)
    local = digits.removeprefix("00").removeprefix(str(MALI)) if len(digits) > 8 else digits
    if re.search(r"[^\W\d_]", part):
        return _l("“%(text)s” holds letters: a telephone number has digits only.", text=part)
    if len(local) != 8:
        return _l("“%(text)s” has %(count)s digits: a Malian number has 8.", text=part, count=len(local))
    return _l("“%(text)s”: no telephone in Mali has such a number.", text=part)
