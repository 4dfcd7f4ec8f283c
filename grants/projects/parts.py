"""The parts of an application, how far each is, and what is missing: for the task list, the check and the guard."""

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_ngettext

from grants import questionnaires
from grants.calls.guards import within_terms
from grants.core.errors import Problem
from grants.core.texts import Words
from grants.projects.editions import kind_of
from grants.projects.models import Project

SECTION = "section:"
BUDGET, PAPERS, SPOKESPERSON = "budget", "papers", "spokesperson"


@dataclass(frozen=True, slots=True)
class Part:
    """One part: `code` is `section:<code>`, `budget`, `papers` or `spokesperson`; `state` is `empty`, `started` or
    `complete`; `gaps` all that is missing, each with its place in `Problem.field`; `open` whether it may be written."""

    code: str
    title: object
    state: str
    gaps: tuple[Problem, ...]
    open: bool

    @property
    def section(self) -> str | None:
        """The code of the section of the questionnaire, for a part that is one."""
        return self.code.removeprefix(SECTION) if self.code.startswith(SECTION) else None


def parts(project: Project) -> list[Part]:
    """Every part of an application, in the order in which it is written."""
    questionnaire = kind_of(project).questionnaire
    found = []
    for section in questionnaire.sections:
        state = questionnaires.section_state(questionnaire, section, project.answers)
        if state != "hidden":
            gaps = questionnaires.section_problems(questionnaire, section, project.answers)
            found.append(_part(project, SECTION + section.code, Words(section.title), state, gaps))
    found.append(_part(project, BUDGET, _l("Budget"), "started" if project.budget else "empty", budget_gaps(project)))
    found.append(_part(project, PAPERS, _l("Papers"), "started" if project.papers else "empty", paper_gaps(project)))
    spoken = [] if project.spoke_for_group else [Problem(_l("Say who spoke for the group."), "spoke_for_group")]
    found.append(_part(project, SPOKESPERSON, _l("Title and spokesperson"), "empty", spoken))
    return found


def part(project: Project, code: str) -> Part | None:
    """One part, or None where the application has none of this code."""
    return next((p for p in parts(project) if p.code == code), None)


def _part(project: Project, code: str, title: object, state: str, gaps: list[Problem]) -> Part:
    if not gaps and (state == "started" or code == SPOKESPERSON):
        state = "complete"
    # After a return only what was unlocked may be written, and what a correction left incomplete: an answer that
    # calls for one more paper would otherwise lock the file for good. Who speaks for the group is said anew each time.
    is_open = project.unlocked is None or code in project.unlocked or code == SPOKESPERSON or bool(gaps)
    return Part(code, title, state, tuple(gaps), is_open)


def unlockable(project: Project) -> list[tuple[str, object]]:
    """The parts that may be unlocked when a file is returned: code and title."""
    return [(p.code, p.title) for p in parts(project) if p.code != SPOKESPERSON]


def budget_gaps(project: Project) -> list[Problem]:
    """What keeps the budget from what the call allows."""
    if not project.budget:
        return [Problem(_l("The budget has no line yet."), "lines")]
    return [Problem(reason, "lines") for reason in within_terms(project, None)]


def own_contribution_needed(project: Project) -> int:
    """What the group must bring at least, in francs: the call's share of the whole cost, rounded up to the franc."""
    return -(-project.total * project.call.own_contribution_percent // 100)


def contribution_gap(project: Project) -> int:
    """How many francs the group's own contribution lacks, 0 where it is enough."""
    return max(0, own_contribution_needed(project) - project.own_cash - project.own_kind)


def wanted_papers(project: Project, answers: dict | None = None):
    """The papers that the answers call for at submission, the mandatory ones first."""
    return kind_of(project).papers_for(project.answers if answers is None else answers)


def paper_gaps(project: Project) -> list[Problem]:
    """Every mandatory paper that is not there."""
    there = {paper.kind for paper in project.papers}
    return [
        Problem(_l("“%(paper)s” is missing.", paper=Words(paper.label)), f"papers.{paper.code}")
        for paper in wanted_papers(project)
        if paper.mandatory and paper.code not in there
    ]


def summary(one: Part) -> object:
    """The gaps of a part in one line: the gap itself where there is one, else how many there are."""
    if len(one.gaps) == 1:
        return _l("%(part)s: %(gap)s", part=one.title, gap=one.gaps[0].message)
    return lazy_ngettext(
        "%(part)s: %(num)d thing is missing.", "%(part)s: %(num)d things are missing.", len(one.gaps), part=one.title
    )
