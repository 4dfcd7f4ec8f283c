"""What the regional team has to do on a file at its present step, and how far each part is."""

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from grants.access import policy
from grants.appraisal import queries
from grants.appraisal.labels import CLASS_LABELS, CLASS_TONES
from grants.appraisal.models import EligibilityCheck, FieldCheck, Screening
from grants.appraisal.operations import why_no_sheet
from grants.core.formatting import day


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything that was found on the present revision, read once for a page."""

    questions: tuple
    checks: dict[str, EligibilityCheck]
    screening: Screening | None
    field_check: FieldCheck | None
    scores: queries.Scoring
    least_score: int

    @property
    def empty(self) -> bool:
        return not (self.checks or self.screening or self.field_check or self.scores.sheets)


def findings(project) -> Findings:
    """What was found on the present revision of a file."""
    rules = queries.rules_of(project)
    return Findings(
        rules.eligibility_questions,
        queries.checks(project),
        queries.screening(project),
        queries.field_check(project),
        queries.scoring(project),
        rules.least_score,
    )


def tasks(project, found: Findings, person) -> list[dict]:
    """The parts of the work as `ui.task_list` shows them; a part that this person may do now has its address."""
    checks = policy.sees(person, "appraisal.check", project)
    listed = [_eligibility(project, found, checks and project.step == "eligibility")]
    if project.step != "eligibility" or found.screening:
        listed.append(_screening(project, found, checks and project.step in ("eligibility", "appraisal")))
    if project.step != "eligibility" or found.field_check:
        listed.append(_field_check(project, found, checks and project.step in ("eligibility", "appraisal")))
    if project.step != "eligibility":
        listed.append(_sheets(project, found, person))
    return listed


def _url(endpoint: str, project, open_: bool) -> str | None:
    return url_for(f"appraisal.{endpoint}", reference=project.reference) if open_ else None


def _eligibility(project, found: Findings, open_: bool) -> dict:
    refused = [check for check in found.checks.values() if check.answer == "no"]
    done, total = len(found.checks), len(found.questions)
    if refused:
        state = ngettext("%(num)d no", "%(num)d no", len(refused)), "late"
    elif done == total:
        state = _("All met"), "ok"
    else:
        state = _("%(done)s of %(total)s", done=done, total=total), "now" if done else "neutral"
    return _task(_("Eligibility questions"), _url("eligibility", project, open_), state)


def _screening(project, found: Findings, open_: bool) -> dict:
    state = (_("To do"), "neutral")
    if found.screening:
        risk = found.screening.risk_class
        state = CLASS_LABELS[risk], CLASS_TONES[risk]
    return _task(_("Environmental and social screening"), _url("screening", project, open_), state)


def _field_check(project, found: Findings, open_: bool) -> dict:
    state, hint = (_("To do"), "neutral"), None
    if found.field_check:
        state = (_("Confirmed"), "ok") if found.field_check.confirmed else (_("Not confirmed"), "late")
        hint = _("%(day)s, by %(name)s", day=day(found.field_check.visited_on), name=found.field_check.by.name)
    return _task(_("Field check"), _url("field_check", project, open_), state, hint)


def _sheets(project, found: Findings, person) -> dict:
    scores, hint = found.scores, None
    own = scores.by(person)
    may = project.step == "appraisal" and policy.sees(person, "appraisal.score", project)
    if may and own is None:
        hint = why_no_sheet(project, scores, person)
        may = hint is None
    if scores.complete:
        state = _("Complete"), "ok"
    else:
        words = _("%(done)s of %(total)s", done=len(scores.sheets), total=scores.needed)
        state = words, "now" if scores.sheets else "neutral"
        if may and own is None:
            hint = reader_words(len(scores.sheets))
    return _task(_("Score sheets"), _url("score", project, may), state, hint)


def reader_words(filed: int) -> str:
    """Which reading of a file the next sheet is, by how many are there."""
    return [_("first reading"), _("second reading"), _("third reading, the first two lie far apart")][min(filed, 2)]


def _task(label, url, state, hint=None) -> dict:
    return {"label": label, "url": url, "state": state[0], "tone": state[1], "hint": hint}


def to_do(project, person) -> list[dict]:
    """What this person has still to do on the file, as `ui.offers` shows it; the first one stands out."""
    if project.step not in ("eligibility", "appraisal") or not policy.sees(person, "appraisal.check", project):
        return []
    found = findings(project)
    if project.step == "eligibility":
        done, total = len(found.checks), len(found.questions)
        if done == total:
            return []
        note = _("%(done)s of %(total)s questions are answered.", done=done, total=total)
        return [_offer(_("Answer the eligibility questions"), "eligibility", project, note)]
    rows = []
    if found.screening is None:
        rows.append(_offer(_("Fill in the screening sheet"), "screening", project, ""))
    if found.field_check is None or not found.field_check.confirmed:
        rows.append(_offer(_("Record the visit of the site"), "field_check", project, ""))
    if policy.sees(person, "appraisal.score", project) and why_no_sheet(project, found.scores, person) is None:
        rows.append(_offer(_("Fill in my score sheet"), "score", project, reader_words(len(found.scores.sheets))))
    return [{**row, "tone": "secondary" if rank else "primary"} for rank, row in enumerate(rows)]


def _offer(label, endpoint: str, project, note: str) -> dict:
    url = url_for(f"appraisal.{endpoint}", reference=project.reference)
    return {"label": label, "url": url, "allowed": True, "reasons": [], "note": note, "tone": "primary"}
