"""The file's page, its journal, its revisions and what changed between them."""

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from grants.access import allowed, current_person, policy, role_label
from grants.core.web import page
from grants.lifecycle import definition_of
from grants.lifecycle.panel import panel
from grants.projects import comparing, content, parts, queries, sections
from grants.projects.editions import kind_of
from grants.projects.file_sections import as_shown, gathered
from grants.projects.labels import PAYER_LABELS, kind_label, paper_label
from grants.projects.path import badge, phase, phases_seen, rail
from grants.projects.views import bp
from grants.questionnaires import describe

LATEST, LOOKED_AT = 6, 30


@bp.get("/projects/<reference>")
@allowed("projects.view")
def show(reference: str):
    """Everything about one file at a glance: state, lateness, amounts, path, what can be done now."""
    person = current_person()
    project = queries.visible(reference, person)
    definition = definition_of(project)
    story = queries.story(project, latest=LOOKED_AT)
    moves = [event for event in story if event.to_step]
    here = phase(project, definition, moves)
    parts_here = sections.readable(project, person, sections.reached(project, [here, *phases_seen(definition, moves)]))
    present = sections.present(here, parts_here)
    part = request.args.get("part")
    if part not in parts_here:
        part = present
    return page(
        "projects/show.html",
        project=project,
        kind_label=kind_label(project.kind),
        crumbs=_crumbs(project),
        badge=badge(project, definition),
        amounts=_amounts(project),
        rail=rail(project, definition, moves),
        tabs=_tabs(project, parts_here, part) if len(parts_here) > 1 else [],
        group_url=url_for("groups.show", reference=project.group.reference),
        # What can be done stands on the part where the file is; the others are there to be read.
        offers=_offers(project, person) if part == present else None,
        nothing=_whose_turn(project, definition),
        work=sections.drawn(project, person, part),
        facts=sections.drawn(project, person, None),
        events=gathered(list(reversed(story[-LOOKED_AT:])))[:LATEST],
    )


def _whose_turn(project, definition) -> str:
    """What is said to those who can do nothing now: who can, or that nobody must any more."""
    if definition.is_end(project.step):
        return _("The path of this file has ended.")
    owner = definition.place(project.step).owner
    if owner is None:
        return _("Nothing waits for you on this file.")
    return _("Nothing waits for you on this file. Whose turn it is: %(role)s.", role=role_label(owner))


def _offers(project, person) -> list[dict]:
    return [*_writing(project, person), *sections.offered(project, person), *panel(project, person)]


def _tabs(project, codes: list[str], current: str) -> list[dict]:
    """The parts of the page; each is a page of its own address."""
    return [
        {
            "label": sections.PARTS[code][0],
            "url": url_for(".show", reference=project.reference, part=code),
            "current": code == current,
        }
        for code in codes
    ]


def _crumbs(project) -> list[dict]:
    places = queries.place_path(project.place_code)
    crumbs = [
        {"label": place.name, "url": url_for(".index", place=place.code)}
        for place in places
        # A region and its cercle often share a name: the nearer one says it.
        if place.name not in [lower.name for lower in places if len(lower.code) > len(place.code)]
    ]
    if not places or project.group.village != places[-1].name:
        crumbs.append({"label": project.group.village})
    return [{"label": _("Files"), "url": url_for(".index")}, *crumbs]


def _amounts(project) -> list[dict]:
    """Asked, granted, paid, justified; a dash stands where it has not come so far."""
    balance = project.balance
    contracted = balance is not None and (balance.committed or balance.paid)
    return [
        {"label": _("Asked"), "value": project.requested or None},
        {"label": _("Granted"), "value": project.granted},
        {"label": _("Paid out"), "value": balance.paid if contracted else None},
        {"label": _("Justified"), "value": balance.justified if contracted else None},
    ]


def _writing(project, person) -> list[dict]:
    """The way to the application, for who writes it."""
    if project.step not in content.WRITABLE or not policy.sees(person, "projects.draft", project):
        return []
    all_parts = parts.parts(project)
    done = sum(part.state == "complete" for part in all_parts)
    finished = done == len(all_parts)
    return [
        {
            "label": _("Check the application") if finished else _("Write the application"),
            "url": url_for(".check" if finished else ".application", reference=project.reference),
            "allowed": True,
            "note": ngettext(
                "%(num)d of %(total)s parts is complete.",
                "%(num)d of %(total)s parts are complete.",
                done,
                total=len(all_parts),
            ),
            "tone": "secondary" if finished else "primary",
        }
    ]


@bp.get("/projects/<reference>/journal")
@allowed("projects.view")
def journal(reference: str):
    """Every act on a file, the latest first."""
    project = queries.visible(reference, current_person())
    events, before = queries.history(project, before=request.args.get("before", type=int))
    return page(
        "projects/journal.html",
        project=project,
        events=[as_shown(event) for event in events],
        next=url_for(".journal", reference=reference, before=before) if before else None,
        first=url_for(".journal", reference=reference) if request.args.get("before") else None,
    )


@bp.get("/projects/<reference>/revisions/<int:number>")
@allowed("projects.view")
def revision(reference: str, number: int):
    """What was submitted, as it was frozen."""
    project = queries.visible(reference, current_person())
    found = queries.revision(project, number)
    kind = kind_of(project)
    return page(
        "projects/revision.html",
        project=project,
        revision=found,
        content=found.content,
        described=describe(kind.questionnaire, found.content["answers"]),
        papers=[(paper_label(kind, paper), paper) for paper in found.content["papers"]],
        payers=PAYER_LABELS,
    )


@bp.get("/projects/<reference>/revisions/<int:old>..<int:new>")
@allowed("projects.view")
def compare(reference: str, old: int, new: int):
    """What changed between two revisions, in words."""
    project = queries.visible(reference, current_person())
    before, after = queries.revision(project, old), queries.revision(project, new)
    return page(
        "projects/compare.html",
        project=project,
        old=before,
        new=after,
        changes=comparing.differences(kind_of(project), before.content, after.content),
    )
