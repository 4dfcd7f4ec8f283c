"""What operations raise. The web shows each in its own way; the command line and the worker print the same words."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with what a person gave: words they understand, and the field where it can be mended."""

    message: object
    field: str | None = None

    def __str__(self) -> str:
        return str(self.message)


class Problems(Exception):
    """All that is wrong with an input, at once."""

    def __init__(self, problems: Iterable[Problem | str] | Problem | str):
        if isinstance(problems, (Problem, str)) or not isinstance(problems, Iterable):
            problems = [problems]
        self.problems = [p if isinstance(p, Problem) else Problem(p) for p in problems]
        super().__init__(self.problems)

    def __str__(self) -> str:
        return " · ".join(str(p) for p in self.problems)


def collect(*problems: Problem | None) -> None:
    """Raise `Problems` with those that are there; do nothing where all is well."""
    found = [p for p in problems if p is not None]
    if found:
        raise Problems(found)


class Refused(Exception):
    """This person may not do this, or not now; `reasons` say why, each in words a person understands."""

    def __init__(self, *reasons: object):
        self.reasons = list(reasons)
        super().__init__(*reasons)

    def __str__(self) -> str:
        return " · ".join(str(r) for r in self.reasons)


class Stale(Refused):
    """Somebody else acted first; the reasons tell what happened."""


class NotFound(Exception):
    """There is no such thing for this person; other territories look the same as nothing at all."""
