"""What the appraisal asks before a file goes on, and what returning it changes."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from grants.appraisal import queries
from grants.core.database import db
from grants.core.formatting import day
from grants.core.texts import pick
from grants.lifecycle import Reason, effect, guard
from grants.projects.models import Project


@guard("appraisal.eligibility_checked", _l("every question of eligibility is answered with yes"))
def eligibility_checked(project: Project, by):
    """Every question of the call has its answer, and none is no."""
    given = queries.checks(project)
    for question in queries.rules_of(project).eligibility_questions:
        check = given.get(question.code)
        if check is None:
            yield Reason(_("Not answered yet: “%(question)s”.", question=pick(question.label)))
        elif check.answer == "no":
            words = {"question": pick(question.label), "reason": check.note}
            yield Reason(_("Answered with no: “%(question)s” – %(reason)s", **words))


@guard("appraisal.ineligibility_found", _l("a question of eligibility is answered with no"))
def ineligibility_found(project: Project, by):
    """Nobody is turned away without a question of the call that was answered with no."""
    given = queries.checks(project)
    if not any(check.answer == "no" for check in given.values()):
        words = {"count": len(queries.rules_of(project).eligibility_questions), "answered": len(given)}
        yield Reason(
            _(
                "%(answered)s of %(count)s eligibility questions are answered, none with no: "
                "there is nothing to declare the file ineligible for.",
                **words,
            )
        )


@guard("appraisal.screening_done", _l("the screening sheet is filled in and excludes nothing"))
def screening_done(project: Project, by):
    """The screening sheet is filled in, and holds nothing that the programme never pays for."""
    found = queries.screening(project)
    if found is None:
        yield Reason(
            _(
                "The environmental and social screening sheet of revision %(number)s is not filled in yet: "
                "the regional team fills it in.",
                number=project.revision,
            )
        )
    elif found.risk_class == "A":
        words = {"name": found.by.name, "day": day(found.at)}
        yield Reason(
            _(
                "The screening of %(day)s by %(name)s puts this file in class A: the programme does not pay for it.",
                **words,
            )
        )


@guard("appraisal.field_check_done", _l("the field check confirms the application"))
def field_check_done(project: Project, by):
    """Somebody saw the site, and what they saw confirms the application."""
    found = queries.field_check(project)
    if found is None:
        yield Reason(
            _(
                "The site has not been visited for revision %(number)s yet: somebody of the regional team goes there.",
                number=project.revision,
            )
        )
    elif not found.confirmed:
        yield Reason(
            _(
                "The visit of %(day)s by %(name)s did not confirm the application: return it for completion.",
                day=day(found.visited_on),
                name=found.by.name,
            )
        )


@guard("appraisal.two_scores", _l("two independent score sheets agree, or a third decides"))
def two_scores(project: Project, by):
    """Two independent sheets, and a third one where they lie too far apart."""
    scores = queries.scoring(project)
    if scores.complete:
        return
    names = queries.appraisers_left(project, scores)
    who = _(" or ").join(names) if names else _("nobody else of the regional team is left here")
    there = _(" and ").join(
        _("%(name)s (%(day)s)", name=sheet.appraiser.name, day=day(sheet.submitted_at)) for sheet in scores.sheets
    )
    words = {"there": there, "who": who}
    if len(scores.sheets) >= queries.SHEETS:
        yield Reason(
            _(
                "A third score sheet is needed: gap of %(gap)s points between %(there)s. Awaited: %(who)s.",
                gap=scores.gap,
                **words,
            )
        )
    elif scores.sheets:
        yield Reason(
            _(
                "Two score sheets are needed: that of %(there)s is there, one more is missing. Awaited: %(who)s.",
                **words,
            )
        )
    else:
        yield Reason(_("Two score sheets are needed, and none is there yet. Awaited: %(who)s.", who=who))


@effect("appraisal.set_sheets_aside", _l("sets the earlier sheets aside"))
def set_sheets_aside(project: Project, act) -> None:
    """Keep the sheets of a file that is returned, and count them no longer."""
    sheets = queries.scoring(project).sheets
    for sheet in sheets:
        sheet.superseded_at = act.at
    db.session.flush()
    if sheets:
        act.note(sheets_set_aside=len(sheets))
