"""Territories in words. Places stand above people in the house: they register here what their codes mean."""

from collections.abc import Callable

_label: Callable[[str], str] = str
_choices: Callable[[], list[tuple[str, str]]] = list


def describe(label: Callable[[str], str], choices: Callable[[], list[tuple[str, str]]]) -> None:
    """Register how a place code reads, and which codes may be a territory (code, words), regions before cercles."""
    global _label, _choices
    _label, _choices = label, choices


def label(code: str) -> str:
    """The words for a territory's place code."""
    return _label(code)


def choices() -> list[tuple[str, str]]:
    """The places that may be a territory, for a form."""
    return _choices()
