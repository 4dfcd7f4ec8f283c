"""The pages of claims: the list, one claim, and the decision to claim."""

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _

from grants import journal
from grants.access import allowed, current_person, policy
from grants.core.web import page
from grants.followup.recovery import operations, queries
from grants.followup.recovery.forms import ClaimForm
from grants.lifecycle import definition_of
from grants.lifecycle.panel import panel
from grants.projects import queries as projects
from grants.projects.file_sections import gathered
from grants.projects.path import badge, rail

bp = Blueprint("recoveries", __name__)

STATES = ("open", "overdue", "ended")


@bp.get("/recoveries")
@allowed("recovery.view")
def index():
    """What groups have to give back, what of it is overdue, and what became of the rest."""
    person = current_person()
    state = request.args.get("state")
    state = state if state in STATES else "open"
    found = queries.listed(person, state, after=request.args.get("after"))
    words = {"open": _("Under way"), "overdue": _("Overdue"), "ended": _("Claims that ended")}
    return page(
        "followup/recovery/index.html",
        found=found,
        totals=queries.totals(person),
        tabs=[{"label": words[one], "url": url_for(".index", state=one), "current": one == state} for one in STATES],
        overdue={one.id: queries.overdue(one) for one in found.items},
        states={one.id: badge(one, definition_of(one)) for one in found.items},
        next=url_for(".index", state=state, after=found.next) if found.next else None,
        first=url_for(".index", state=state) if request.args.get("after") else None,
    )


@bp.get("/recoveries/<reference>")
@allowed("recovery.view")
def show(reference: str):
    """One claim: how it was calculated, its instalments, what came back, its letters, and what can be done."""
    person = current_person()
    found = queries.visible(reference, person)
    definition, events = definition_of(found), list(journal.history(found))
    return page(
        "followup/recovery/show.html",
        recovery=found,
        project=found.project,
        badge=badge(found, definition),
        rail=rail(found, definition, [event for event in events if event.to_step]),
        lines=queries.lines(found),
        overdue=queries.overdue(found),
        reminders=queries.reminders(found),
        refunds=queries.refunds(found),
        votes=queries.votes(found.decision) if found.decision else {},
        offers=panel(found, person),
        events=gathered(events),
    )


@bp.route("/projects/<reference>/recovery/new", methods=["GET", "POST"])
@allowed("recovery.claim")
def claim(reference: str):
    """Decide what a group has to give back, with the calculation in sight."""
    person = current_person()
    project = projects.visible(reference, person)
    policy.require(person, "recovery.claim", project)
    found, reasons = queries.calculation(project), operations.why_no_claim(project)
    form = ClaimForm(most=found.amount - found.ineligible)
    if not reasons and form.validate_on_submit():
        with form.catching():
            made = operations.claim(project, form.values(), by=person)
            flash(_("The claim %(reference)s is made; the letter to the group is ready.", reference=made.reference))
            return redirect(url_for(".show", reference=made.reference))
    return page("followup/recovery/claim.html", form=form, project=project, found=found, reasons=reasons)
