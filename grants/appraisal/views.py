"""The pages of the regional team: eligibility, screening, field check, score sheet."""

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext as _

from grants import questionnaires
from grants.access import allowed, current_person, policy
from grants.appraisal import forms, operations, queries
from grants.appraisal.labels import CLASS_LABELS, CLASS_TONES, OPINION_LABELS, OPINION_TONES
from grants.core.errors import Refused
from grants.core.web import page
from grants.projects.editions import kind_of
from grants.projects.queries import visible

bp = Blueprint("appraisal", __name__, url_prefix="/projects/<reference>/appraisal")


def _file(reference: str, right: str, *steps: str):
    """The file for one who appraises it at one of these steps. Raises NotFound, Refused."""
    project = visible(reference, current_person())
    policy.require(current_person(), right, project)
    if project.step not in steps:
        raise Refused(_("This step has passed: the file has moved on."))
    return project


def _back(project):
    return redirect(url_for("projects.show", reference=project.reference))


@bp.route("/eligibility", methods=["GET", "POST"])
@allowed("appraisal.check")
def eligibility(reference: str):
    """The eligibility questions of the call, all on one page; some may wait."""
    project = _file(reference, "appraisal.check", "eligibility")
    questions = queries.rules_of(project).eligibility_questions
    form = forms.eligibility_form(questions, queries.checks(project))
    if form.validate_on_submit():
        with form.catching():
            operations.answer_eligibility(project, form.answers(), by=current_person())
            flash(_("Answers saved."))
            return _back(project)
    return page("appraisal/eligibility.html", project=project, form=form, questions=questions)


@bp.route("/screening", methods=["GET", "POST"])
@allowed("appraisal.check")
def screening(reference: str):
    """The screening sheet of the kind; the class follows from the answers."""
    project = _file(reference, "appraisal.check", "eligibility", "appraisal")
    sheet, found = kind_of(project).screening_sheet, queries.screening(project)
    form = questionnaires.form_for(sheet, operations.SECTION, found.answers if found else None)
    if form.validate_on_submit():
        with form.catching():
            made = operations.screen(project, questionnaires.answers(form), by=current_person())
            tone = "error" if made.risk_class == "A" else "success"
            flash(_("Screening saved. %(risk)s.", risk=CLASS_LABELS[made.risk_class]), tone)
            return _back(project)
    return page(
        "appraisal/screening.html", project=project, form=form, found=found, labels=CLASS_LABELS, tones=CLASS_TONES
    )


@bp.route("/field-check", methods=["GET", "POST"])
@allowed("appraisal.check")
def field_check(reference: str):
    """A visit of the site before scoring."""
    project = _file(reference, "appraisal.check", "eligibility", "appraisal")
    form = forms.FieldCheckForm()
    if form.validate_on_submit():
        with form.catching():
            operations.record_field_check(project, **form.values(), by=current_person())
            flash(_("Field check recorded."))
            return _back(project)
    return page("appraisal/field_check.html", project=project, form=form)


@bp.route("/score", methods=["GET", "POST"])
@allowed("appraisal.score")
def score(reference: str):
    """One's own score sheet: to be filled in, or as it was filed."""
    person = current_person()
    project = _file(reference, "appraisal.score", "appraisal")
    scores = queries.scoring(project)
    own, rules = scores.by(person), queries.rules_of(project)
    form = forms.sheet_form(rules.score_grid)
    why_not = operations.why_no_sheet(project, scores, person)
    if form.validate_on_submit():
        with form.catching():
            operations.file_score_sheet(project, **form.sheet(), by=person)
            flash(_("Your score sheet is filed."))
            return _back(project)
    return page(
        "appraisal/score.html",
        project=project,
        form=form,
        own=own,
        why_not=None if own else why_not,
        grid=rules.score_grid,
        opinion_labels=OPINION_LABELS,
        opinion_tones=OPINION_TONES,
    )
