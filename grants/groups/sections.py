"""What later slices show on a group's page: they register sections, the page lays them out in order."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Section:
    """A section of a group's page.

    `build(group, person)` returns what `template` reads as `data`, or None where there is nothing to show. `right` opens
    it on the group; `aside` puts it into the column of facts. The template is included: it imports `ui` itself.
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
    """Register a section by its `build(group, person)`."""

    def register(build: Callable) -> Callable:
        _sections[code] = Section(code, order, title, template, right, build, aside)
        return build

    return register


def sections() -> list[Section]:
    """All sections, in the order in which the page shows them."""
    return sorted(_sections.values(), key=lambda s: s.order)
