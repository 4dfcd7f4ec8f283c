"""What the text of a contract may name: words of the file, lists to go through, and ready-made tables."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list that a text may go through; `parts` are what each of its items holds, with a description a language."""

    label: Mapping[str, str]
    parts: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The allow-list: name → description in French and English (and a sample, for words)."""

    words: Mapping[str, Mapping[str, str]]
    lists: Mapping[str, ListOf]
    tables: Mapping[str, Mapping[str, str]]


@cache
def vocabulary() -> Vocabulary:
    """The words that the shipped contract knows (`vocabulary.toml`)."""
    data = tomllib.loads(Path(__file__).with_name("vocabulary.toml").read_text(encoding="utf-8"))
    return Vocabulary(
        words=data["words"],
        lists={name: ListOf(one["label"], one["parts"]) for name, one in data["lists"].items()},
        tables=data["tables"],
    )


def nearest(name: str, known) -> str | None:
    """The known name that a misspelt one was most likely meant to be, or None."""
    known = list(known)
    found = get_close_matches(name, known, n=1, cutoff=0.6)
    if not found and "." not in name:
        # « nom » or « grant » alone: the end of a name says enough where it is the end of one only.
        ends = [one for one in known if one.rsplit(".", 1)[-1] == name]
        found = ends if len(ends) == 1 else []
    return found[0] if found else None
