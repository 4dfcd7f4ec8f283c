"""What this slice gives to the house: guards and effects, its section of a file, work, words."""

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from grants import journal
from grants.access import policy
from grants.appraisal import guards, queries, tasks  # noqa: F401  (importing the guards registers them)
from grants.appraisal.labels import ANSWER_LABELS, CLASS_LABELS, CLASS_TONES, OPINION_LABELS, OPINION_TONES
from grants.lifecycle import Item, inbox
from grants.projects.sections import offers, section

MOST_LISTED = 30

offers(tasks.to_do)

journal.say("project", "answer_eligibility", _l("Eligibility questions answered"))
journal.say("project", "screen", _l("Environmental and social screening filled in"))
journal.say("project", "record_field_check", _l("Field check recorded"))
journal.say("project", "file_score_sheet", _l("Score sheet filed"))


@section("appraisal", order=40, title=_l("Appraisal"), template="appraisal/section.html", right="appraisal.view",
         part="appraisal")  # fmt: skip
def appraisal(project, person):
    """How far the team is, what it found, and the sheets that this person may read."""
    if not project.revision:
        return None
    found = tasks.findings(project)
    waits = project.step in ("eligibility", "appraisal")
    if found.empty and not waits:
        return None
    return {
        "found": found,
        "tasks": tasks.tasks(project, found, person),
        "sheets": queries.visible_sheets(project, found.scores, person),
        "answer_labels": ANSWER_LABELS,
        "class_labels": CLASS_LABELS,
        "class_tones": CLASS_TONES,
        "opinion_labels": OPINION_LABELS,
        "opinion_tones": OPINION_TONES,
        "tone": "now" if waits and policy.sees(person, "appraisal.check", project) else None,
    }


@inbox
def sheets_to_file(person):
    """A line of *My work* for each score sheet that this person may file."""
    if not policy.may(person, "appraisal.score"):
        return
    for project, filed in queries.to_score(person, limit=MOST_LISTED):
        yield Item(
            title=_("Fill in my score sheet: %(title)s", title=project.title),
            note=project.group.name,
            url=url_for("appraisal.score", reference=project.reference),
            why=tasks.reader_words(filed),
            due_at=project.due_at,
            amount=project.requested,
        )
