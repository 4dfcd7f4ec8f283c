"""What a person does with what they are told."""

from sqlalchemy import update

from grants.access import policy
from grants.access.models import Person
from grants.core import clock
from grants.core.database import db
from grants.messages.models import MailChoice, Notice


def mark_read(*, by: Person, up_to: int) -> int:
    """Mark a person's notices as read, up to the last one that they saw (its id); how many there were."""
    policy.require(by, "work.view")
    done = db.session.execute(
        update(Notice)
        .where(Notice.person_id == by.id, Notice.read_at.is_(None), Notice.id <= up_to)
        # Read after it was written, whatever the clock of this machine says.
        .values(read_at=db.case((Notice.at > clock.now(), Notice.at), else_=clock.now()))
    )
    return done.rowcount


def choose_daily(wanted: bool, *, by: Person) -> None:  # noqa: FBT001  (the choice itself)
    """Keep whether a person wants the daily mail."""
    policy.require(by, "work.view")
    row = db.session.get(MailChoice, by.id, with_for_update=True)
    if row is None:
        db.session.add(MailChoice(person_id=by.id, daily=wanted))
    else:
        row.daily, row.changed_at = wanted, clock.now()
    db.session.flush()
