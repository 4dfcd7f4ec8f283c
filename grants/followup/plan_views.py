"""The pages of visits that somebody has to make."""

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext as _

from grants import journal
from grants.access import allowed, current_person, policy
from grants.core.web import page
from grants.followup import forms, planning
from grants.followup.labels import PURPOSE_LABELS, VERDICT_LABELS, VERDICT_TONES
from grants.lifecycle import definition_of
from grants.lifecycle.panel import panel
from grants.projects import queries as projects
from grants.projects.file_sections import gathered
from grants.projects.path import badge

bp = Blueprint("visits", __name__)


@bp.route("/projects/<reference>/visits/plan", methods=["GET", "POST"])
@allowed("followup.plan")
def plan(reference: str):
    """Say until when somebody has to go to the site, and why."""
    project = projects.visible(reference, current_person())
    policy.require(current_person(), "followup.plan", project)
    form = forms.PlanForm()
    if form.validate_on_submit():
        with form.catching():
            planned = planning.plan(project, form.values(), by=current_person())
            flash(_("The visit is planned."))
            return redirect(url_for(".planned", reference=planned.reference))
    return page("followup/plan.html", form=form, project=project)


@bp.get("/visits/<reference>")
@allowed("followup.view")
def planned(reference: str):
    """A visit to be made, or made: when, why, what it found, and what is left to do."""
    person = current_person()
    found = planning.visible(reference, person)
    recorded = url_for("followup.visit_new", reference=found.project.reference)
    return page(
        "followup/planned.html",
        planned=found,
        project=found.project,
        badge=badge(found, definition_of(found)),
        purposes=PURPOSE_LABELS,
        verdicts=VERDICT_LABELS,
        tones=VERDICT_TONES,
        record_url=recorded if found.visit is None and policy.sees(person, "followup.visit", found.project) else None,
        # The report is one act for the person; which of the two ends it leads to, its verdict says.
        offers=[row for row in panel(found, person) if row["url"] != recorded],
        events=gathered(journal.history(found)),
    )
