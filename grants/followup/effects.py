"""What acts of workflows change in the follow-up: visits planned after payments, put off, and dropped with their file."""

from flask_babel import lazy_gettext as _l

from grants.followup import planning
from grants.lifecycle import after_act, effect
from grants.projects.models import Project


@effect("followup.plan_visit", _l("plans a visit"))
def plan_visit(project, act) -> None:
    """Somebody has to go and see what became of the money."""
    planned = planning.plan_after_payment(project)
    if planned is not None:
        act.note(visit=planned.reference, visit_by=planned.planned_for)


@effect("followup.postpone", _l("puts the visit off"))
def postpone(planned, act) -> None:
    """The visit is due on another day."""
    act.note(before=planned.planned_for, now=act.data["planned_for"])
    planned.planned_for = act.data["planned_for"]


@after_act
def drop_visits(subject, event, definition, _action) -> None:
    """What a file still had to be visited for ends with it."""
    if isinstance(subject, Project) and definition.is_end(subject.step):
        planning.drop_all(subject)
