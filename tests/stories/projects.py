"""Builders of applications: each plays the real operations and is committed."""

import hashlib
import itertools

from grants import lifecycle
from grants.core.references import new_uuid
from grants.core.unit_of_work import unit_of_work
from grants.core.uploads import Upload
from grants.documents.checking import Examined
from grants.projects import operations, parts
from grants.projects.editions import kind_of
from grants.projects.models import Project
from tests.stories.answers import ANSWERS, BUDGETS
from tests.stories.rows import again

_numbers = itertools.count(1)
TITLES = {
    "livestock": "Embouche ovine de 40 têtes",
    "moto_taxi": "Deux tricycles de marchandises",
    "commerce": "Boutique de céréales",
}


def upload(name: str = "piece.pdf", content: bytes | None = None) -> Upload:
    """A small PDF that passed the checks, another one each time."""
    data = content or b"%PDF-1.4\n% " + str(next(_numbers)).encode() + b"\n%%EOF\n"
    digest = hashlib.sha256(data).hexdigest()
    examined = Examined(kind="pdf", mime="application/pdf", sha256=digest, data=data, name=name, pages=1)
    return Upload(new_uuid(), name, "application/pdf", len(data), examined)


def draft(by, group, call, kind: str = "livestock", **over) -> Project:
    """A draft just begun by an agent in whose territory the group lies."""
    with unit_of_work():
        given = {
            "kind": kind,
            "title": TITLES.get(kind, "Un micro-projet"),
            "spoke_for_group": "Aïssata Dembélé",
            **over,
        }
        project = operations.start_draft(call=again(call), group=again(group), by=again(by), **given)
    again(by)
    return again(project)


def write_all(project: Project, *, by) -> None:
    """Fill every part of a draft, inside the transaction that is open."""
    for section in kind_of(project).questionnaire.sections:
        operations.save_section(project, section.code, answers_of(project, section), by=by)
    operations.save_budget(project, BUDGETS[project.kind], by=by)
    for paper in parts.wanted_papers(project):
        if paper.mandatory:
            operations.attach_paper(project, paper.code, upload(f"{paper.code}.pdf"), by=by)


def answers_of(project: Project, section) -> dict:
    """The answers to one section, with the first choice where the sample leaves it open."""
    given = {}
    for code, value in ANSWERS[project.kind][section.code].items():
        field = section.field(code)
        if field.kind == "table":
            value = [
                {name: field.column(name).choices[0].code if cell == "@first" else cell for name, cell in row.items()}
                for row in value
            ]
        given[code] = value
    return given


def complete_draft(by, group, call, kind: str = "livestock", **over) -> Project:
    """A draft with everything that a real application has: answers, budget, papers."""
    project = draft(by, group, call, kind, **over)
    with unit_of_work():
        write_all(again(project), by=again(by))
    again(by)
    return again(project)


def submitted(by, group, call, kind: str = "livestock", **over) -> Project:
    """An application that was submitted and waits for its eligibility check; its first revision is frozen."""
    project = complete_draft(by, group, call, kind, **over)
    with unit_of_work():
        lifecycle.perform(again(project), "submit", by=again(by))
    again(by)
    return again(project)


def returned(
    by, project: Project, *, parts: list[str], reason: str = "Le devis du tourteau date de plus de trois mois."
) -> Project:
    """An application sent back by an appraiser (`by`), with some parts unlocked."""
    with unit_of_work():
        data = {"reason": reason, "parts": parts}
        lifecycle.perform(again(project), "return_for_completion", by=again(by), data=data)
    again(by)
    return again(project)
