"""What the regional team records about a file: eligibility, screening, the field check, score sheets."""

import hashlib
from datetime import date

from flask_babel import gettext as _

from grants import journal, lifecycle, questionnaires
from grants.access import policy
from grants.appraisal import queries
from grants.appraisal.labels import ANSWER_LABELS, OPINION_LABELS
from grants.appraisal.models import EligibilityCheck, FieldCheck, ScoreSheet, Screening
from grants.core import clock
from grants.core.database import db
from grants.core.errors import Problem, Problems, Refused, collect
from grants.core.texts import pick
from grants.documents import operations as documents
from grants.journal.chain import canonical
from grants.projects.editions import kind_of
from grants.projects.models import Project

SECTION = "screening"
# The classes of the kinds' questions, as the three of the screening sheet: what no measure can mend is refused.
RISK_CLASSES = {"low": "C", "moderate": "B", "high": "B", "excluded": "A"}
LONGEST_NOTE = 500
LONGEST_TEXT = 4000


def answer_eligibility(project: Project, answers: dict[str, dict], *, by) -> Project:
    """Answer eligibility questions: `answers` maps the code of a question to its `answer` and `note`.

    Questions may be answered a few at a time, and anew while the file is in this step; the journal keeps each answer.
    Raises Problems with everything wrong: a “no” without its reason stands at `note_<code>`.
    """
    _open(project, "appraisal.check", ("eligibility",), by)
    known = {question.code for question in queries.rules_of(project).eligibility_questions}
    given = {code: (one.get("answer"), (one.get("note") or "").strip()) for code, one in answers.items()}
    given = {code: one for code, one in given.items() if one[0]}
    collect(*(_answer_problem(code, *one, known) for code, one in given.items()))
    there, changed = queries.checks(project), {}
    for code, (answer, note) in given.items():
        check = there.get(code)
        if check is not None and (check.answer, check.note) == (answer, note):
            continue
        if check is None:
            check = EligibilityCheck(project_id=project.id, revision=project.revision, code=code)
            db.session.add(check)
        check.answer, check.note, check.by_id, check.at = answer, note, by.id, clock.now()
        changed[code] = [answer, note]
    if changed:
        db.session.flush()
        journal.record(project, "answer_eligibility", by=by, data={"revision": project.revision, "answers": changed})
    return project


def _answer_problem(code: str, answer: str, note: str, known: set[str]) -> Problem | None:
    if code not in known or answer not in ANSWER_LABELS:
        return Problem(_("This question or answer does not exist in the call."), f"answer_{code}")
    if answer == "no" and not note:
        return Problem(_("Say why the answer is no: the group is told the reason."), f"note_{code}")
    if len(note) > LONGEST_NOTE:
        return Problem(_("This is too long: %(longest)s signs at most.", longest=LONGEST_NOTE), f"note_{code}")
    return None


def screen(project: Project, answers: dict, *, by) -> Screening:
    """Keep the screening sheet; the class of risk follows from its answers, the worst one counts.

    `answers` are those of the sheet of the file's kind. Raises Problems with every gap. Class A (something the
    programme never pays for) is kept too: it is what stops the file.
    """
    _open(project, "appraisal.check", ("eligibility", "appraisal"), by)
    kind = kind_of(project)
    stored = questionnaires.stored_with(kind.screening_sheet, None, SECTION, answers)
    if problems := questionnaires.problems(kind.screening_sheet, stored):
        raise Problems(problems)
    given = stored["sections"][SECTION]
    risk_class = RISK_CLASSES[kind.screening_class(stored)]
    found = queries.screening(project)
    if found is None:
        found = Screening(project_id=project.id, revision=project.revision)
        db.session.add(found)
    found.answers, found.risk_class, found.measures = stored, risk_class, _measures(kind, given)
    found.by_id, found.at = by.id, clock.now()
    db.session.flush()
    yes = [question.code for question in kind.screening if given.get(question.code) is True]
    journal.record(project, "screen", by=by, data={"revision": project.revision, "class": risk_class, "yes": yes})
    return found


def _measures(kind, given: dict) -> str:
    """The measures that the group will take, a line for each risk found."""
    lines = []
    for question in kind.screening:
        if given.get(question.code) is True and (measure := given.get(f"{question.code}_measure")):
            lines.append(f"{pick(question.label)} {measure}")
    return "\n".join(lines)


def record_field_check(
    project: Project, *, visited_on: date | None, met: str, findings: str, confirmed: bool | None, photo, by
) -> FieldCheck:
    """Record a visit of the site: when, whom they met, what was found, whether it confirms the application, a photo.

    Raises Problems, all at once (fields visited_on, met, findings, confirmed, photo). A later check takes the place of
    an earlier one, which stays.
    """
    _open(project, "appraisal.check", ("eligibility", "appraisal"), by)
    met, findings = " ".join((met or "").split()), (findings or "").strip()
    collect(
        _day_problem(project, visited_on),
        Problem(_("Say whom you met."), "met") if not met else None,
        Problem(_("This is too long: %(longest)s signs at most.", longest=200), "met") if len(met) > 200 else None,
        Problem(_("Say what you found."), "findings") if not findings else None,
        Problem(_("This is too long: %(longest)s signs at most.", longest=LONGEST_TEXT), "findings")
        if len(findings) > LONGEST_TEXT
        else None,
        Problem(_("Say whether the visit confirms the application."), "confirmed") if confirmed is None else None,
        Problem(_("Add a photo of the site."), "photo") if photo is None else None,
    )
    file = documents.attach(photo, project, by=by)
    check = FieldCheck(
        project_id=project.id, revision=project.revision, visited_on=visited_on, met=met, findings=findings,
        confirmed=confirmed, photo=file, by_id=by.id,
    )  # fmt: skip
    db.session.add(check)
    db.session.flush()
    facts = {"revision": project.revision, "visited_on": visited_on, "confirmed": confirmed, "photo": file.sha256}
    journal.record(project, "record_field_check", by=by, data=facts)
    return check


def _day_problem(project: Project, visited_on: date | None) -> Problem | None:
    if visited_on is None:
        return Problem(_("Say on which day you were there."), "visited_on")
    if visited_on > clock.today():
        return Problem(_("This day is still to come."), "visited_on")
    if visited_on < project.created_at.astimezone(clock.BAMAKO).date():
        return Problem(_("This day lies before the application was begun."), "visited_on")
    return None


def file_score_sheet(project: Project, *, scores: dict[str, int | None], opinion: str, comment: str, by) -> ScoreSheet:
    """File one's own score sheet: points by criterion of the call's grid, an opinion, a comment. It stands for ever.

    Raises Refused for one who submitted the file, who filed already, or where no sheet is awaited; Problems with
    everything wrong (fields score_<code>, opinion, comment). The journal keeps the hash of the sheet and not its
    points: the next appraiser must not find them there.
    """
    _open(project, "appraisal.score", ("appraisal",), by)
    if reason := why_no_sheet(project, queries.scoring(project), by):
        raise Refused(reason)
    rules, comment = queries.rules_of(project), (comment or "").strip()
    collect(
        *(_points_problem(criterion, scores.get(criterion.code)) for criterion in rules.score_grid),
        None if opinion in OPINION_LABELS else Problem(_("Choose an opinion."), "opinion"),
        None if comment else Problem(_("Say what led you to these points."), "comment"),
        Problem(_("This is too long: %(longest)s signs at most.", longest=LONGEST_TEXT), "comment")
        if len(comment) > LONGEST_TEXT
        else None,
    )
    kept = {
        c.code: {"points": scores[c.code], "most": c.most, "weight": c.weight, "label": dict(c.label)}
        for c in rules.score_grid
    }
    sheet = ScoreSheet(
        project_id=project.id, revision=project.revision, appraiser_id=by.id, scores=kept, total=rules.total(scores),
        opinion=opinion, comment=comment, submitted_at=clock.now(),
    )  # fmt: skip
    db.session.add(sheet)
    db.session.flush()
    content = canonical({"scores": kept, "total": sheet.total, "opinion": opinion, "comment": comment})
    facts = {"revision": project.revision, "sheet": hashlib.sha256(content.encode()).hexdigest()}
    journal.record(project, "file_score_sheet", by=by, data=facts)
    return sheet


def _points_problem(criterion, points: int | None) -> Problem | None:
    if isinstance(points, int) and not isinstance(points, bool) and 0 <= points <= criterion.most:
        return None
    return Problem(_("Give from 0 to %(most)s points.", most=criterion.most), f"score_{criterion.code}")


def why_no_sheet(project: Project, scores: queries.Scoring, person) -> str | None:
    """Why this person may not file a sheet on the file now; None where they may."""
    if person.id in queries.submitters(project):
        return _("You submitted this application: others score it.")
    if scores.by(person) is not None:
        return _("You have filed your sheet on this revision; it is never changed.")
    if scores.complete:
        return _("The sheets of this revision are complete.")
    # Nor for or after somebody with whom they are one: two sheets are those of two people.
    before = queries.submitters(project) | journal.hands(project, "file_score_sheet", revision=project.revision)
    if policy.are_one(person, before, "appraisal.score", project):
        return _(
            "One with whom you stand in for each other submitted this application or filed a sheet: others score it."
        )
    return None


def _open(project: Project, right: str, steps: tuple[str, ...], by) -> None:
    """Lock a file for the team. Raises Refused outside the territory or in another step."""
    lifecycle.hold(project)
    policy.require(by, right, project)
    if project.step not in steps:
        raise Refused(_("This step has passed: the file has moved on."))
