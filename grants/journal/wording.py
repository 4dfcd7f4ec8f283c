"""What an event says to a person. Slices give the words of their own acts; workflows give theirs in the definition."""

from collections.abc import Callable

from grants.journal.models import Event

_said: dict[tuple[str, str], object] = {}
_fallbacks: list[Callable[[Event], object | None]] = []


def say(kind: str, action: str, words: object) -> None:
    """Register the words (lazy text) for an act on a kind of subject: « Seconde fiche déposée »."""
    _said[kind, action] = words


def otherwise(find: Callable[[Event], object | None]) -> Callable:
    """Register where to look for the words of acts that have none of their own."""
    _fallbacks.append(find)
    return find


def sentence(event: Event) -> str:
    """The words of an event, without its time and actor."""
    if words := _said.get((event.subject_kind, event.action)):
        return str(words)
    for find in _fallbacks:
        if words := find(event):
            return str(words)
    return event.action.replace("_", " ")
