"""The words of `words.toml`, turned round for looking up: from what people write to what it means."""

import tomllib
from pathlib import Path

from rapidfuzz import fuzz, process

from grants.places.spelling import fold

_WORDS = tomllib.loads((Path(__file__).parent / "words.toml").read_text(encoding="utf-8"))


def _turned(section: str) -> dict[str, str]:
    return {word: meaning for meaning, words in _WORDS[section].items() for word in words}


HEADINGS = _turned("headings")
KINDS = _turned("kinds")
KINDS_ASSUMED = _turned("kinds_assumed")
KINDS_OPEN = frozenset(_WORDS["kinds_open"]["words"])
KINDS_OFFERED = tuple(_WORDS["kinds_open"]["kinds"])
PENDING = frozenset(_WORDS["pending"]["words"])
NOTHING = frozenset(_WORDS["nothing"]["words"])
LANGUAGES = _turned("languages")
OPERATORS = _turned("operators")
COMMON_IN_NAMES = frozenset(_WORDS["common_in_names"]["words"])

# A slip of one letter in a word of seven passes, another word does not ("recepise", "tresorire").
LIKE = 86


def look_up(text: str, words: dict[str, str]) -> str | None:
    """What a text means, one slip of the pen allowed in longer words; None when no word is like it."""
    folded = fold(text)
    if folded in words:
        return words[folded]
    if len(folded) < 5:
        return None
    near = process.extractOne(folded, words.keys(), scorer=fuzz.ratio, score_cutoff=LIKE)
    return words[near[0]] if near else None


def says_nothing(text: str) -> bool:
    """Whether a cell is empty or says in a word or a dash that there is nothing."""
    return fold(text) in NOTHING


def says_pending(text: str) -> bool:
    """Whether a cell says that the paper was asked for and has not come yet."""
    folded = fold(text)
    return folded in PENDING or any(word in folded for word in ("en cours", "encours", "en attente"))
