"""What a person does with what they are told."""

from datetime import timedelta

from flask import current_app
from sqlalchemy import delete, select, update

from grants.access import policy
from grants.access.models import Person
from grants.core import clock
from grants.core.database import db, mode
from grants.core.unit_of_work import unit_of_work
from grants.messages.models import MailChoice, Notice

# Notices that one transaction forgets: few enough that nobody waits for it.
CHUNK = 1000
# The largest number that an id can be; what a form says may be larger.
MOST = 2**31 - 1


def mark_read(*, by: Person, up_to: int) -> int:
    """Mark a person's notices as read, up to the last one that they saw (its id); how many there were."""
    policy.require(by, "work.view")
    done = db.session.execute(
        update(Notice)
        .where(Notice.person_id == by.id, Notice.read_at.is_(None), Notice.id <= min(up_to, MOST))
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


def forget_old() -> int:
    """Remove notices that were read `BENKAN_NEWS_DAYS` days ago or longer; how many. What they told stays in the journal.

    Looks before it takes the right to write; commits as it goes.
    """
    before = clock.now() - timedelta(days=current_app.config["NEWS_DAYS"])
    old = select(Notice.id).where(Notice.read_at < before).order_by(Notice.id).limit(CHUNK)
    forgotten = 0
    while True:
        with mode("read"):
            ids = list(db.session.scalars(old))
            db.session.rollback()
        if not ids:
            return forgotten
        with unit_of_work():
            forgotten += db.session.execute(delete(Notice).where(Notice.id.in_(ids))).rowcount
