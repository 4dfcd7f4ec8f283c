"""Visits that somebody has to make: planned after each payment by risk and amount, or by hand; made; settled.

The report of a visit is recorded by `operations.record_visit`, which closes the plan that it answers.
"""

from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from grants import lifecycle
from grants.access import SYSTEM, policy
from grants.appraisal import queries as appraisal
from grants.calls import rules as call_rules
from grants.core import clock
from grants.core.database import db
from grants.core.errors import NotFound, Problem, Refused, collect
from grants.core.references import new_reference
from grants.followup.models import PlannedVisit, Visit
from grants.projects.models import Project

# Where somebody may be sent to a site.
VISITED = ("contribution", "disbursement", "followup", "suspended", "closing")
LONGEST_AHEAD = 366


def of_project(project) -> list[PlannedVisit]:
    """The visits of a file that wait for somebody: to be made, or with points to settle; the first due before."""
    query = select(PlannedVisit).where(PlannedVisit.project_id == project.id, PlannedVisit.waits_for.is_not(None))
    return list(db.session.scalars(query.order_by(PlannedVisit.planned_for, PlannedVisit.id)))


def to_be_made(project) -> PlannedVisit | None:
    """The visit that has to be made next, if there is one."""
    return next((plan for plan in of_project(project) if plan.visit_id is None), None)


def find(reference: str, person) -> PlannedVisit | None:
    """The planned visit of a reference where this person sees its file, else None."""
    plan = db.session.scalar(select(PlannedVisit).where(PlannedVisit.reference == reference))
    return plan if plan is not None and policy.sees(person, "followup.view", plan.project) else None


def visible(reference: str, person) -> PlannedVisit:
    """The same; raises NotFound."""
    plan = find(reference, person)
    if plan is None:
        raise NotFound(reference)
    return plan


def plan(project, values: dict, *, by) -> PlannedVisit:
    """Plan a visit. `values`: planned_for (a day to come), note (why). Raises Problems, Refused."""
    policy.require(by, "followup.plan", project)
    if project.step not in VISITED:
        raise Refused(_("This file stands at another step: this cannot be recorded on it now."))
    note = (values.get("note") or "").strip()
    collect(day_problem(values.get("planned_for")), None if note else Problem(_("Say why somebody should go."), "note"))
    return _planned(project, values["planned_for"], "asked", note, by=by)


def plan_after_payment(project) -> PlannedVisit | None:
    """Plan the visit that follows a payment, sooner where there is more to watch; nothing where one is planned already."""
    if to_be_made(project) is not None:
        return None
    rules = call_rules.parse(project.call.rules)
    screening = appraisal.screening(project)
    watched = rules.level_for(project.granted) == "national" or (screening and screening.risk_class == "B")
    days = rules.visit_days_watched if watched else rules.visit_days
    day = clock.today() + timedelta(days=days)
    return _planned(project, day, "watched" if watched else "after_payment", "", by=SYSTEM)


def close_with(project, visit: Visit, *, by) -> PlannedVisit:
    """Let a report answer the visit that had to be made; one that nobody had planned is written down as such."""
    answered = to_be_made(project) or _planned(project, visit.visited_on, "unplanned", "", by=by)
    answered.visit = visit
    db.session.flush()
    lifecycle.perform(answered, "find_on_track" if visit.verdict == "on_track" else "find_points", by=by)
    return answered


def drop_all(project) -> None:
    """A file that has ended needs no visit any more, and its open points stay as they are."""
    for waiting in of_project(project):
        lifecycle.perform(waiting, "lapse" if waiting.visit_id is None else "leave", by=SYSTEM)


def day_problem(day) -> Problem | None:
    """What is wrong with the day of a visit to come; None where it is right."""
    if day is None:
        return Problem(_("The day is needed."), "planned_for")
    if day < clock.today():
        return Problem(_("This day is over."), "planned_for")
    if day > clock.today() + timedelta(days=LONGEST_AHEAD):
        return Problem(_("This day is more than a year away."), "planned_for")
    return None


def _planned(project: Project, day, purpose: str, note: str, *, by) -> PlannedVisit:
    planned = PlannedVisit(
        reference=new_reference("VS"),
        project=project,
        place_code=project.place_code,
        planned_for=day,
        purpose=purpose,
        note=note[:300],
    )
    lifecycle.begin(planned, by=by, data={"day": day, "purpose": purpose})
    return planned
