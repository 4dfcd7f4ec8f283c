"""The report of a visit as a paper: what was seen, with small photos, to be signed by who visited and by the group."""

import base64
import itertools

from flask_babel import force_locale

from grants.access import policy
from grants.contracts import queries as contracts
from grants.contracts.parties import group_party, micro_project, programme
from grants.core import clock
from grants.core.references import new_reference
from grants.documents import operations as documents
from grants.documents import queries as issued
from grants.documents import storage
from grants.documents.models import Document
from grants.documents.sandbox import the_press
from grants.followup import forms
from grants.followup.labels import VERDICT_LABELS
from grants.followup.models import Visit
from grants.lifecycle import hold
from grants.projects.models import Project

KIND = "visit_report"
# Two rows of three on the paper; all photos stay with the visit.
MOST_PHOTOS = 6


def issue_report(project: Project, visit: Visit, *, by) -> Document:
    """Issue the report of a visit, once: a visit does not change, and neither does its report. Raises Refused."""
    policy.require(by, "followup.visit", project)
    # Who asks at the same time waits here, and finds the report of the first.
    hold(project)
    there = of_visits(project).get(visit.uuid)
    if there is not None:
        return there
    reference = new_reference("CR")
    with force_locale("fr"):
        context = _context(project, visit, reference)
    return documents.issue(KIND, project, reference=reference, context=context, by=by)


def of_visits(project: Project) -> dict[str, Document]:
    """The reports of a file that hold, by the uuid of their visit."""
    return {one.parameters["visit"]: one for one in issued.documents_of(project, KIND) if one.state == "valid"}


def _context(project: Project, visit: Visit, reference: str) -> dict:
    officers = group_party(project.group)["officers"]
    return {
        "programme": programme(project),
        "reference": reference,
        "on": clock.today(),
        "project": micro_project(project),
        "group_name": project.group.name,
        "contract": contracts.latest(project).reference,
        "visit": visit.uuid,
        "visited_on": visit.visited_on,
        "visitor": visit.by.name,
        "met": visit.met,
        "officer": f"{officers[0]['name']}, {officers[0]['role']}" if officers else None,
        "position": forms.show_point(visit.latitude, visit.longitude) or None,
        "verdict": visit.verdict,
        "verdict_words": str(VERDICT_LABELS[visit.verdict]),
        "findings": _lines(visit.findings),
        "sections": [
            {
                "title": title,
                "answers": [{"question": one["question"], "answer": str(one["answer"])} for one in answers],
            }
            for title, answers in itertools.groupby(visit.answers, key=lambda one: one["section"])
        ],
        "actions": _lines(visit.actions),
        "photos": [
            {"picture": _small(photo.file.sha256), "sha256": photo.file.sha256}
            for photo in visit.photos[:MOST_PHOTOS]
            if photo.file.is_photo
        ],
    }


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _small(sha256: str) -> str:
    """The small copy of a photo, as the address that the press takes."""
    picture = storage.thumbnail(sha256, lambda data: the_press.run("thumbnail", data)[1])
    return "data:image/jpeg;base64," + base64.b64encode(picture).decode("ascii")
