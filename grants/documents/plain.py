"""Plain data for documents: what a template may see, and how it travels to the press and into the archive.

A template gets strings, whole numbers, decimals, truth values, days, lists and dictionaries: never a row of the
database or an object with methods, so no text that a person has written can reach into the application, and the
same data can be kept beside the document for ever.
"""

import hashlib
import json
import re
from datetime import date, datetime

# Override of writing direction: makes "4 000 000" of one reader another sum for the next one.
_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff\ud800-\udfff]")
_DAY = "$day"


class NotPlain(TypeError):
    """A value that templates may not see; the text names its place (``group.officers[0].name``)."""


class NotPrintable(ValueError):
    """A text with signs that must not stand in a document; ``path`` names its place, ``signs`` the signs."""

    def __init__(self, path, signs):
        super().__init__(f"{path}: {', '.join(f'U+{ord(sign):04X}' for sign in signs)}")
        self.path = path
        self.signs = signs


def cleaned(value, path="", *, can_draw=None):
    """Return a copy of ``value`` made of plain data only, CRLF turned into LF.

    ``can_draw(text)`` returns the signs that the fonts lack. Raises NotPlain for any other type (a datetime too:
    a document shows days) and NotPrintable for control signs, reversed writing and signs without a glyph.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return value
    if type(value) is str:
        return _text(value, path, can_draw)
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, list | tuple):
        return [cleaned(item, f"{path}[{index}]", can_draw=can_draw) for index, item in enumerate(value)]
    if isinstance(value, dict):
        copy = {}
        for key, item in value.items():
            if type(key) is not str or not key or key.startswith(("_", "$")):
                raise NotPlain(f"{path or 'context'}: {key!r} is not a name")
            copy[key] = cleaned(item, f"{path}.{key}".lstrip("."), can_draw=can_draw)
        return copy
    raise NotPlain(f"{path or 'context'}: {type(value).__name__} is not plain data")


def _text(value, path, can_draw):
    text = value.replace("\r\n", "\n").replace("\r", "\n")
    wrong = _CONTROL.findall(text) + _DIRECTION.findall(text)
    if not wrong and can_draw is not None:
        wrong = can_draw(text)
    if wrong:
        raise NotPrintable(path, list(dict.fromkeys(wrong)))
    return text


def dumps(value):
    """Return the canonical JSON of plain data (keys in order, no spaces): the same data give the same text."""
    return json.dumps(value, default=_day, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def loads(text):
    """Return the plain data that ``dumps`` has written."""
    return json.loads(text, object_hook=_undo)


def storable(value):
    """Return plain data in which days are written out, for a JSON column."""
    return json.loads(dumps(value))


def fingerprint(template, version, context):
    """Return the SHA-256 (hex) of what a document says: its template, the template's version, and its data.

    It is printed on every page, so a scan can be matched with the data it was made from. (The SHA-256 of the file
    itself cannot be printed in the file.)
    """
    return hashlib.sha256(dumps([template, version, context]).encode()).hexdigest()


def short_hash(value):
    """Return the first twelve signs of a hash in groups of four: what people can compare by eye."""
    return " ".join(value[start : start + 4] for start in (0, 4, 8))


def _day(value):
    if isinstance(value, date) and not isinstance(value, datetime):
        return {_DAY: value.isoformat()}
    raise NotPlain(type(value).__name__)


def _undo(value):
    return date.fromisoformat(value[_DAY]) if value.keys() == {_DAY} else value
