"""Further numbers at the top of My work, which later slices register: news that nobody has read."""

from collections.abc import Callable

_sources: list[Callable] = []


def figure(source: Callable) -> Callable:
    """Register `f(person)` that returns a counter for `ui.stats` (number, label, url, tone), or None. One query at most."""
    _sources.append(source)
    return source


def figures(person) -> list[dict]:
    """The counters for a person."""
    return [found for source in _sources if (found := source(person)) is not None]
