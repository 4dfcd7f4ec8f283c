"""Read data that people wrote by hand, and say exactly where it is wrong.

A file of questions or of a kind of micro-project is written by a programme, not by a programmer. So nothing is guessed and
nothing is ignored: a key that nobody reads is a fault, and all the faults of a file are told at once, each with its place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

Words = dict[str, str]

CODE = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")
LANGUAGES = ("fr", "en")
_LANGUAGE = re.compile(r"[a-z]{2,3}\Z")


@dataclass(frozen=True)
class Fault:
    """One thing wrong in a file: `place` is the path of keys that leads to it."""

    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


class InvalidData(ValueError):
    """A file that cannot be used; `faults` holds everything found wrong in it."""

    def __init__(self, faults: list[Fault]):
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in faults))


class Node:
    """A table of a file being read: each key is taken once, and `finish` refuses the keys that nobody took."""

    def __init__(self, data: Any, place: str, faults: list[Fault]):
        self.place = place
        self.faults = faults
        self._taken: set[str] = set()
        if isinstance(data, dict):
            self._data = data
        else:
            self._data = {}
            self.fault("a table of keys is expected here")

    def fault(self, message: str, key: str | None = None) -> None:
        self.faults.append(Fault(f"{self.place}.{key}" if key else self.place, message))

    def has(self, key: str) -> bool:
        return key in self._data

    def take(self, key: str, kind: type | tuple[type, ...], *, default: Any = ..., what: str = "") -> Any:
        """The value of `key`; without a default, a missing key is a fault (and None is returned)."""
        self._taken.add(key)
        if key not in self._data:
            if default is ...:
                self.fault("is missing", key)
                return None
            return default
        value = self._data[key]
        kinds = kind if isinstance(kind, tuple) else (kind,)
        # bool is an int for Python, never for a person who wrote `required = 1`.
        if not isinstance(value, kind) or (isinstance(value, bool) and bool not in kinds):
            self.fault(f"{what or ' or '.join(k.__name__ for k in kinds)} is expected, not {value!r}", key)
            return None if default is ... else default
        return value

    def text(self, key: str, *, default: Any = ...) -> str:
        value = self.take(key, str, default=default, what="a text")
        if isinstance(value, str) and not value.strip():
            self.fault("is empty", key)
        return value

    def code(self, key: str = "code") -> str:
        value = self.text(key) or ""
        if value and not CODE.match(value):
            self.fault(f"{value!r} is not a code (small letters, digits and _, 40 at most)", key)
        return value

    def one_of(self, key: str, allowed: tuple[str, ...], *, default: Any = ...) -> str:
        value = self.text(key, default=default)
        if value is not None and value not in allowed:
            self.fault(f"{value!r} is none of {', '.join(allowed)}", key)
        return value

    def flag(self, key: str, *, default: bool = False) -> bool:
        return self.take(key, bool, default=default, what="true or false")

    def whole(self, key: str, *, default: Any = ...) -> int:
        return self.take(key, int, default=default, what="a whole number")

    def number(self, key: str, *, default: Any = None) -> Decimal | None:
        value = self.take(key, (int, float), default=default, what="a number")
        return None if value is None else Decimal(str(value))

    def words(self, key: str, *, default: Any = ...) -> Words:
        """Words for people: French and English are both needed, other languages may be added."""
        value = self.take(key, dict, default=default, what='words { fr = "…", en = "…" }')
        if value is None:
            return None if default is None else dict.fromkeys(LANGUAGES, "")
        for language in LANGUAGES:
            if not isinstance(value.get(language), str) or not value[language].strip():
                self.fault("is missing", f"{key}.{language}")
        for language, text in value.items():
            if language not in LANGUAGES and not (_LANGUAGE.match(language) and isinstance(text, str)):
                self.fault("is not a language with its text", f"{key}.{language}")
        return value

    def strings(self, key: str, *, default: Any = ...) -> tuple[str, ...]:
        values = self.take(key, list, default=default, what="a list of texts")
        for index, value in enumerate(values or ()):
            if not isinstance(value, str) or not value.strip():
                self.fault("a text is expected", f"{key}[{index}]")
        return tuple(value for value in values or () if isinstance(value, str))

    def node(self, key: str, *, default: Any = ...) -> Node | None:
        value = self.take(key, dict, default=default, what="a table of keys")
        return None if value is None else Node(value, f"{self.place}.{key}", self.faults)

    def nodes(self, key: str, *, default: Any = ...) -> list[Node]:
        """The tables of a list, each placed by its own code where it has one, else by its rank."""
        values = self.take(key, list, default=default, what="a list of tables") or []
        found = []
        for index, value in enumerate(values):
            code = value.get("code") if isinstance(value, dict) else None
            name = code if isinstance(code, str) else f"[{index}]"
            found.append(Node(value, f"{self.place}.{key}.{name}", self.faults))
        return found

    def finish(self) -> None:
        for key in self._data:
            if key not in self._taken:
                self.fault("unknown key", key)


def unique(nodes_and_codes: list[tuple[Node, str]]) -> None:
    """Faults for codes used twice in one list."""
    seen: set[str] = set()
    for node, code in nodes_and_codes:
        if code in seen:
            node.fault(f"the code {code!r} is used twice")
        seen.add(code)
