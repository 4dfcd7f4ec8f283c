"""What other slices show on a file's page: they register sections, the page lays them out in order."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Section:
    """A section of a file's page.

    `build(project, person)` returns the context of `template`, or None where there is nothing to show yet. `right` opens
    it on the project; `aside` puts it into the column of facts.
    """

    code: str
    order: int
    title: object
    template: str
    right: str
    build: Callable
    aside: bool


_sections: dict[str, Section] = {}


def section(code: str, *, order: int, title: object, template: str, right: str, aside: bool = False) -> Callable:
    """Register a section by its `build(project, person)`."""

    def register(build: Callable) -> Callable:
        _sections[code] = Section(code, order, title, template, right, build, aside)
        return build

    return register


def sections() -> list[Section]:
    """All sections, in the order in which the page shows them."""
    return sorted(_sections.values(), key=lambda s: s.order)
