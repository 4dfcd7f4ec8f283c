"""What complaints do when an action of their workflow is taken. Their words stay out of the journal."""

from flask_babel import lazy_gettext as _l

from grants.grievances import operations
from grants.lifecycle import effect


@effect("grievances.record_answer", _l("keeps the answer"))
def record_answer(grievance, act):
    """The answer is kept. What was found is noted where the complaint is not sealed."""
    answer = operations.record_answer(grievance, act.data, by=act.by)
    act.note(number=answer.number)
    if not grievance.sealed:
        act.note(finding=answer.finding)


@effect("grievances.record_referral", _l("keeps to whom it was passed"))
def record_referral(grievance, act):
    """The service is kept with the complaint."""
    operations.record_referral(grievance, act.data, by=act.by)


@effect("grievances.record_contest", _l("keeps the objection"))
def record_contest(grievance, act):
    """What the person says is kept with the complaint."""
    operations.record_contest(grievance, act.data, by=act.by)


@effect("grievances.record_told", _l("keeps that the person was told"))
def record_told(grievance, act):
    """How the person was told."""
    operations.record_told(grievance, act.data)
    act.note(told_on=grievance.told_on, told_how=grievance.told_how)


@effect("grievances.record_end", _l("keeps the reason of the end"))
def record_end(grievance, act):
    """Why it ended is kept with the complaint, where the person reads it."""
    operations.record_end(grievance, act.data)
