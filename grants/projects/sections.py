"""What other slices show on a file's page: they register sections, the page lays them out by part and in order.

A file has parts, one for each stretch of its life (`PARTS`), and the page shows one at a time: the one where the file
stands, or the one asked for. The page draws the card and its title; the template is the body of the card and is rendered
alone, so it begins with `{% import "components/ui.html" as ui %}`. It sees `project`, `person` and what `build` returned.
Orders in use: 20 budget, 30 application, 40 appraisal, 50 decision, 60 contract, 70 money, 80 follow-up; aside, on every
part, 10 landmarks, 20 papers.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from flask import render_template, url_for
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from grants.access import policy
from grants.access.rights import RIGHTS

# The parts in the order in which a file reaches them, with the phases of the path during which each is the present one.
PARTS = {
    "application": (_l("Application"), ("application", "eligibility")),
    "appraisal": (_l("Appraisal"), ("appraisal",)),
    "decision": (_l("Decision"), ("committee",)),
    "contract": (_l("Contract"), ("contract",)),
    "money": (_l("Money"), ("disbursement",)),
    # Beside the follow-up, which opens it: how what was paid is accounted for.
    "accounts": (_l("Justification"), ()),
    "followup": (_l("Follow-up"), ("followup",)),
    "closing": (_l("Closing"), ("closing",)),
}


@dataclass(frozen=True, slots=True)
class Section:
    """A section of a file's page.

    `build(project, person)` returns the context of `template`, or None where there is nothing to show yet. The context
    may hold `title` (instead of the one registered), `side` (a link or tag beside it) and `tone` of the card. `right`
    opens it on the project. `part` says on which part of the page it stands; one without a part is a fact, beside all.
    """

    code: str
    order: int
    title: object
    template: str
    right: str
    build: Callable
    part: str | None


@dataclass(frozen=True, slots=True)
class Drawn:
    """A section as the page shows it: the head of its card, and the body as markup."""

    code: str
    title: object
    side: object
    tone: str | None
    body: Markup


_sections: dict[str, Section] = {}


def section(code: str, *, order: int, title: object, template: str, right: str, part: str | None = None) -> Callable:
    """Register a section by its `build(project, person)`."""
    if part is not None and part not in PARTS:
        raise ValueError(f"{code}: a file has no part {part}")

    def register(build: Callable) -> Callable:
        _sections[code] = Section(code, order, title, template, right, build, part)
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


def reached(project, phases: Iterable[str]) -> list[str]:
    """The parts that a file has come to, from the phases of the path that it has seen. An award opens the contract."""
    seen = set(phases)
    codes = list(PARTS)
    last = max((rank for rank, code in enumerate(codes) if seen & set(PARTS[code][1])), default=0)
    if project.granted is not None:
        last = max(last, codes.index("contract"))
    return codes[: last + 1]


def present(phase: str | None, parts: list[str]) -> str:
    """The part where a file in this phase stands; the last one that it has come to where the phase names none."""
    return next((code for code in parts if phase in PARTS[code][1]), parts[-1])


def readable(project, person, parts: list[str]) -> list[str]:
    """Those of these parts on which this person may read something."""
    roles = policy.roles_on(person, project)
    open_to = {one.part for one in sections() if RIGHTS[one.right] & roles}
    return [code for code in parts if code in open_to]


def drawn(project, person, part: str | None) -> list[Drawn]:
    """The sections of a part (None: the facts beside all parts) that this person sees and that have something to show."""
    roles = policy.roles_on(person, project)
    found = []
    for one in sections():
        context = one.build(project, person) if one.part == part and RIGHTS[one.right] & roles else None
        if context is None:
            continue
        body = render_template(one.template, project=project, person=person, **context)
        head = (context.get("title") or one.title, context.get("side"), context.get("tone"))
        found.append(Drawn(one.code, *head, Markup(body)))  # noqa: S704 - a template made it, and escaped what it shows
    return found


def address(project, code: str) -> str:
    """Where a section stands: the page of the file, opened at the section's part."""
    return url_for("projects.show", reference=project.reference, part=_sections[code].part, _anchor=code)
