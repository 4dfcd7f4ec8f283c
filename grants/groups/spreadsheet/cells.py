"""Cells to values: names, kinds of group, counts, languages. Each function reports what it cannot read and gives None."""

import re

from flask_babel import lazy_gettext as _l

from grants.groups.labels import KIND_LABELS
from grants.groups.spreadsheet.model import Candidate, RowReader
from grants.groups.spreadsheet.vocabulary import (
    KINDS,
    KINDS_ASSUMED,
    KINDS_OFFERED,
    KINDS_OPEN,
    LANGUAGES,
    look_up,
    says_nothing,
)
from grants.places.spelling import fold

LONGEST_NAME = 120
# No group of the programme comes near; a telephone number in the wrong column does.
MOST_PEOPLE = 5_000

_CIVIL = re.compile(r"^(?:(?P<F>mme|mlle|madame)|(?P<M>mr|m(?=\.)|monsieur))(?:\.\s*|\s+)(?=\w{2})", re.IGNORECASE)


def read_name(row: RowReader, field: str) -> str | None:
    """The name of a group or village as written, spaces and outer quotation marks tidied."""
    if row.unreadable(field):
        return None
    text = row.text(field).strip(" «»\"“”'’.,;:-–")
    if not text or says_nothing(text):
        return None
    if text[0] in "=+@":
        row.error(field, _l("A name cannot begin with “%(sign)s”.", sign=text[0]))
        return None
    if len(text) > LONGEST_NAME:
        row.error(field, _l("A name has at most %(limit)s letters.", limit=LONGEST_NAME))
        return None
    if not any(sign.isalpha() for sign in text):
        row.error(field, _l("“%(text)s” is not a name.", text=text))
        return None
    return text


def read_person(row: RowReader, field: str) -> str | None:
    """The name of a person: civil titles dropped, names in capitals written with a capital only, digits refused."""
    text = read_name(row, field)
    if text is None:
        return None
    if any(sign.isdigit() for sign in text):
        row.error(field, _l("“%(text)s” holds digits: write the name alone.", text=text))
        return None
    bare = _CIVIL.sub("", text)
    return " ".join(word.capitalize() if word.isupper() or word.islower() else word for word in bare.split())


def read_sex(row: RowReader, field: str) -> str | None:
    """F or M where the civil title in front of a name says it."""
    match = _CIVIL.match(row.text(field))
    return match.lastgroup if match else None


def read_kind(row: RowReader) -> str | None:
    """The kind of group: `scoops`, `coop_ca`, `association`, `gie` or `informal`."""
    if row.unreadable("kind"):
        return None
    text = row.text("kind")
    folded = fold(text)
    if not folded or says_nothing(text):
        row.missing("kind", _l("The kind of group is missing."))
        return None
    if kind := KINDS.get(folded):
        return kind
    if kind := KINDS_ASSUMED.get(folded):
        row.warn("kind", _l("“%(text)s” was read as SCOOPS: check that it is not a COOP-CA.", text=text))
        return kind
    if folded in KINDS_OPEN:
        return _choose_kind(row, folded, _l("“%(text)s” does not say which kind of group this is.", text=text))
    if kind := look_up(text, KINDS):
        return kind
    return _choose_kind(row, folded, _l("“%(text)s” is no kind of group that we know.", text=text))


def _choose_kind(row: RowReader, folded: str, message: object) -> str | None:
    kinds = dict.fromkeys((*KINDS_OFFERED, *KIND_LABELS))
    return row.choose("kind", message, f"kind|{folded}", [Candidate(kind, KIND_LABELS[kind]) for kind in kinds])


def read_count(row: RowReader, field: str) -> int | None:
    """A number of people, whole and not negative; a dash or "néant" is zero, an empty cell is None."""
    if row.unreadable(field):
        return None
    text = row.text(field)
    if not text:
        return None
    if says_nothing(text) or text in "-–—/":
        return 0
    match = re.fullmatch(
        r"(?:soit\s+)?(-?\d{1,9}(?:[.,]\d+)?)\s*(?:femmes?|hommes?|jeunes?|membres?|f|h|pers\w*\.?)?",
        text,
        re.IGNORECASE,
    )
    if not match:
        row.error(field, _l("“%(text)s” is not a number of people.", text=text))
        return None
    number = float(match[1].replace(",", "."))
    if number < 0 or not number.is_integer():
        row.error(field, _l("“%(text)s” is not a whole number of people.", text=text))
        return None
    if number > MOST_PEOPLE:
        row.error(field, _l("%(text)s people is too many for a group: check this cell.", text=text))
        return None
    return int(number)


def read_members(row: RowReader) -> tuple[int | None, int | None, int | None]:
    """Women, men, and the young among them, checked against each other and against a column of totals."""
    women, men, youth = (read_count(row, field) for field in ("women", "men", "youth"))
    total = None if row.cell("total").formula else read_count(row, "total")
    if women is None:
        row.missing("women", _l("The number of women is missing."))
    if men is None:
        row.missing("men", _l("The number of men is missing."))
    if women is None or men is None:
        return women, men, youth
    members = women + men
    if members == 0:
        row.error("women", _l("A group without members cannot be registered."))
    if youth is not None and youth > members:
        row.error(
            "youth",
            _l("%(youth)s young people among %(members)s members is not possible.", youth=youth, members=members),
        )
    if total is not None and total != members:
        row.warn("total", _l("The total says %(total)s, women and men make %(members)s.", total=total, members=members))
    return women, men, youth


def read_language(row: RowReader) -> str | None:
    """The language in which the group wants to be spoken to, as a code; unknown words are a warning."""
    text = row.text("language")
    if row.unreadable("language") or says_nothing(text):
        return None
    # Several languages in one cell: the first is the one to speak first.
    first = re.split(r"[/,;&+]| et ", text)[0]
    code = look_up(first, LANGUAGES)
    if code is None:
        row.warn("language", _l("The language “%(text)s” is not known: it stays empty.", text=text))
    return code
