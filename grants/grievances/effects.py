"""What complaints do when an action of their workflow is taken. Their words stay out of the journal."""

from grants.grievances import operations
from grants.lifecycle import effect


@effect("grievances.record_answer")
def record_answer(grievance, act):
    """The answer is kept. What was found is noted where the complaint is not sealed."""
    answer = operations.record_answer(grievance, act.data, by=act.by)
    act.note(number=answer.number)
    if not grievance.sealed:
        act.note(finding=answer.finding)


@effect("grievances.record_referral")
def record_referral(grievance, act):
    """The service is kept with the complaint."""
    operations.record_referral(grievance, act.data, by=act.by)


@effect("grievances.record_contest")
def record_contest(grievance, act):
    """What the person says is kept with the complaint."""
    operations.record_contest(grievance, act.data, by=act.by)


@effect("grievances.record_told")
def record_told(grievance, act):
    """How the person was told."""
    operations.record_told(grievance, act.data)
    act.note(told_on=grievance.told_on, told_how=grievance.told_how)


@effect("grievances.record_end")
def record_end(grievance, act):
    """Why it ended is kept with the complaint, where the person reads it."""
    operations.record_end(grievance, act.data)
