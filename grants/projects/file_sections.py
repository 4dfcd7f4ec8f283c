"""What the application itself shows on the file's page: budget, answers, landmarks, papers."""

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from grants import journal
from grants.access import policy
from grants.calls.rules import parse
from grants.core.formatting import moment
from grants.documents.plain import short_hash
from grants.projects import content, parts
from grants.projects.editions import kind_of
from grants.projects.labels import LEVEL_LABELS, PAYER_LABELS, paper_label
from grants.projects.sections import section
from grants.questionnaires import describe


@section("budget", order=20, title=_l("Budget"), template="projects/section_budget.html", right="projects.view",
         part="application")  # fmt: skip
def budget(project, person):
    """The lines of the budget shown, and who pays which part."""
    shown = content.present(project)
    number = content.shown_revision(project)
    sums = shown["sums"]
    return {
        "title": _("Budget · revision %(number)s", number=number) if number else _("Budget"),
        "lines": shown["budget"],
        "sums": sums,
        "parts": [
            {"label": label, "value": value}
            for label, value in (
                (_("Grant"), sums["requested"]),
                (_("Contribution in cash"), sums["own_cash"]),
                (_("In kind"), sums["own_kind"]),
            )
            if value
        ],
        "payers": PAYER_LABELS,
        "gap": parts.contribution_gap(project) if project.step in content.WRITABLE and project.budget else 0,
    }


@section(
    "application",
    order=30,
    title=_l("Application"),
    template="projects/section_application.html",
    right="projects.view",
    part="application",
)
def application(project, person):
    """The answers shown, section by section; the first one open."""
    shown = content.present(project)
    links = [(_("Revision %(number)s", number=n), _revision_url(project, n)) for n in range(1, project.revision + 1)]
    if project.revision > 1:
        span = {"old": project.revision - 1, "new": project.revision}
        url = url_for("projects.compare", reference=project.reference, **span)
        links.append((_("What changed since revision %(number)s", number=project.revision - 1), url))
    return {
        "described": describe(kind_of(project).questionnaire, shown["answers"]),
        "spokesperson": shown["spoke_for_group"],
        "revisions": links,
    }


def _revision_url(project, number: int) -> str:
    return url_for("projects.revision", reference=project.reference, number=number)


@section("landmarks", order=10, title=_l("Facts"), template="projects/section_landmarks.html",
         right="projects.view")  # fmt: skip
def landmarks(project, person):
    """The call, the agent, the revision, who spoke."""
    revision, amount = project.last_revision, project.granted or project.requested
    return {
        "call": project.call,
        "agent": project.agent.name,
        "revision": revision,
        "members": project.group.members,
        "women": project.group.women,
        "level": LEVEL_LABELS[parse(project.call.rules).level_for(amount)] if amount else None,
    }


@section("papers", order=20, title=_l("Papers"), template="projects/section_papers.html", right="projects.view")
def papers(project, person):
    """The papers that are there, and the mandatory ones that are not."""
    shown = content.present(project)
    kind = kind_of(project)
    there = {paper["kind"] for paper in shown["papers"]}
    wanted = [paper for paper in parts.wanted_papers(project, shown["answers"]) if paper.mandatory]
    missing = [paper for paper in wanted if paper.code not in there]
    return {
        "title": _("Papers · %(count)s of %(total)s", count=len(wanted) - len(missing), total=len(wanted)),
        "done": len(wanted) - len(missing),
        "total": len(wanted),
        "missing": [paper.label for paper in missing],
        "filed": [(paper_label(kind, paper), paper) for paper in shown["papers"]],
        "write": project.step in content.WRITABLE
        and policy.sees(person, "projects.draft", project)
        and parts.part(project, parts.PAPERS).open,
    }


def gathered(events: list) -> list[dict]:
    """Events as `ui.timeline` shows them; the same act of a person several times on end is one line with its count."""
    groups: list[list] = []
    for event in events:
        last = groups[-1][0] if groups else None
        same = last is not None and (last.action, last.actor_id) == (event.action, event.actor_id)
        if same and event.to_step is None and event.reason is None:
            groups[-1].append(event)
        else:
            groups.append([event])
    return [as_shown(group[0], len(group)) for group in groups]


def as_shown(event, times: int = 1) -> dict:
    """An event as `ui.timeline` shows it."""
    values = event.values
    text = f"{journal.sentence(event)} · {event.who}"
    if times > 1:
        text = _("%(act)s, %(times)s times", act=text, times=times)
    if revision := values.get("revision"):
        text = _("%(act)s · revision %(number)s", act=text, number=revision)
    return {
        "when": moment(event.at),
        "text": text,
        "detail": event.reason,
        "mark": short_hash(values["content_hash"]) if "content_hash" in values else None,
        "tone": None,
    }
