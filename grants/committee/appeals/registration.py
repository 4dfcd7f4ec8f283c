"""What appeals give to the house: their acts and forms, their section of a file, their papers, their part of an archive."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from grants.access import policy
from grants.committee.appeals import acts, forms, queries  # noqa: F401  (importing registers what they hold)
from grants.committee.appeals.labels import AGAINST_LABELS, LETTER_LABELS, OUTCOME_LABELS, OUTCOME_TONES, WAY_LABELS
from grants.committee.appeals.models import Appeal
from grants.core.database import db
from grants.documents.archiving import additions
from grants.documents.ownership import shows_files
from grants.projects.models import Project
from grants.projects.sections import section


@shows_files(Appeal.__subject__)
def _files(person, appeal_id: int) -> bool:
    appeal = db.session.get(Appeal, appeal_id)
    return appeal is not None and policy.sees(person, "projects.view", appeal.project)


@section("appeal", order=51, title=_l("Refusal and appeal"), template="committee/appeal_section.html",
         right="projects.view", part="decision")  # fmt: skip
def appeal(project, person):
    """When the group was told of a refusal, until when it may appeal, and what became of its appeal."""
    told = queries.notice(project)
    if told is None and project.step != "refusal":
        return None
    found = queries.of_project(project) if told is not None else []
    letters = queries.letters(project)
    return {
        "notice": told,
        "appeals": found,
        "papers": queries.papers(found) if found else {},
        "letters": letters,
        "written": LETTER_LABELS,
        "why": queries.why_ineligible(letters),
        "against": AGAINST_LABELS,
        "ways": WAY_LABELS,
        "outcomes": OUTCOME_LABELS,
        "tones": OUTCOME_TONES,
    }


def _add(person, project_id: int, contents) -> None:
    """The appeals of a file in its archive: what was said, found and decided."""
    rows = list(db.session.scalars(select(Appeal).where(Appeal.project_id == project_id).order_by(Appeal.id)))
    files = queries.papers(rows)
    contents.papers += [
        (f"recours-{one.reference}-{file.name}", file) for one in rows for file in files.get(one.id, ())
    ]
    contents.data["recours"] = [
        {
            "reference": one.reference,
            "against": one.notice.against,
            "told_on": one.notice.told_on,
            "until": one.notice.until,
            "lodged_on": one.lodged_on,
            "way": one.way,
            "spoken_by": one.spoken_by,
            "reasons": one.reasons,
            "finding": one.finding,
            "outcome": one.outcome,
            "decided_at": one.decided_at,
        }
        for one in rows
    ]


additions.setdefault(Project.__subject__, []).append(_add)
