"""What other slices show on a file's page: they register sections, the page lays them out in order.

The page draws the card and its title; the template is the body of the card and is rendered alone, so it begins with
`{% import "components/ui.html" as ui %}`. It sees `project`, `person` and what `build` returned. Orders in use: 20 budget,
30 application, 40 appraisal, 50 decision, 60 contract, 70 money, 80 follow-up; aside 10 landmarks, 20 papers, 90 journal.
"""

from collections.abc import Callable
from dataclasses import dataclass

from flask import render_template
from markupsafe import Markup

from grants.access import policy
from grants.access.rights import RIGHTS


@dataclass(frozen=True, slots=True)
class Section:
    """A section of a file's page.

    `build(project, person)` returns the context of `template`, or None where there is nothing to show yet. The context
    may hold `title` (instead of the one registered), `side` (a link or tag beside it) and `tone` of the card. `right`
    opens it on the project; `aside` puts it into the column of facts. One that is about `awarded` files only is not even
    asked about the others: a file's page is opened often, and most files are not that far.
    """

    code: str
    order: int
    title: object
    template: str
    right: str
    build: Callable
    aside: bool
    awarded: bool


@dataclass(frozen=True, slots=True)
class Drawn:
    """A section as the page shows it: the head of its card, and the body as markup."""

    code: str
    title: object
    side: object
    tone: str | None
    aside: bool
    body: Markup


_sections: dict[str, Section] = {}


def section(
    code: str, *, order: int, title: object, template: str, right: str, aside: bool = False, awarded: bool = False
) -> Callable:
    """Register a section by its `build(project, person)`."""

    def register(build: Callable) -> Callable:
        _sections[code] = Section(code, order, title, template, right, build, aside, awarded)
        return build

    return register


_offers: list[Callable] = []


def offers(build: Callable) -> Callable:
    """Register `build(project, person)` that yields rows for “what you can do” (as `ui.offers` takes them) beside the
    actions of the workflow: the work that an action asks for."""
    _offers.append(build)
    return build


def offered(project, person) -> list[dict]:
    """The rows of all registered builders for this person, in the order of the slices."""
    return [row for build in _offers for row in build(project, person)]


def sections() -> list[Section]:
    """All sections, in the order in which the page shows them."""
    return sorted(_sections.values(), key=lambda s: s.order)


def drawn(project, person) -> list[Drawn]:
    """The sections that this person sees on a project and that have something to show."""
    roles = policy.roles_on(person, project)
    found = []
    for one in sections():
        asked = RIGHTS[one.right] & roles and (project.granted is not None or not one.awarded)
        context = one.build(project, person) if asked else None
        if context is None:
            continue
        body = render_template(one.template, project=project, person=person, **context)
        head = (context.get("title") or one.title, context.get("side"), context.get("tone"))
        found.append(Drawn(one.code, *head, one.aside, Markup(body)))  # noqa: S704 - a template made it, and escaped what it shows
    return found
