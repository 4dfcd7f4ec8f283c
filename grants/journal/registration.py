"""What this slice gives to the house: the checkpoint of the day, and the checks of the whole journal."""

from grants.core import clock, periodic
from grants.core.database import db, mode
from grants.core.unit_of_work import unit_of_work
from grants.journal import checkpoints, checks


@periodic.job("checkpoint of the journal", order=90)
def seal() -> int:
    """Make the checkpoint of the day where it is not made yet. Looks before it takes the right to write."""
    with mode("read"):
        last = checkpoints.latest()
        made = last is not None and last.at.astimezone(clock.BAMAKO).date() >= clock.today()
        db.session.rollback()
    if made:
        return 0
    with unit_of_work():
        return 1 if checkpoints.daily() else 0


@periodic.job("check of the journal", order=95)
def check_journal() -> int:
    """Read the whole journal again, once a day and where somebody asked. Looks before it takes the right to write."""
    with mode("read"):
        last, (_made, waiting) = checks.last_nightly(), checks.latest()
        tonight = last is None or last.asked_at.astimezone(clock.BAMAKO).date() < clock.today()
        db.session.rollback()
    if tonight:
        with unit_of_work():
            checks.ask()
    return checks.make_waiting() if tonight or waiting is not None else 0
