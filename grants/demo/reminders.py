"""What happens by itself in the demonstration: each morning timers fire, and people read most of their news."""

from datetime import timedelta

from sqlalchemy import update

from grants.core import clock
from grants.core.database import db
from grants.core.unit_of_work import unit_of_work
from grants.demo.timeline import Timeline
from grants.lifecycle import timers
from grants.messages.models import Notice

# News younger than this is still unread.
UNREAD = timedelta(days=4)


def plan(timeline: Timeline, first_day: int) -> None:
    """Let the timers of each day fire in the morning, from a day (counted from today) until now."""
    for day in range(first_day, 1):
        timeline.add(timeline.instant(day), fire)
    timeline.add(timeline.now, fire)


def fire() -> None:
    """Fire what is due at the instant that is played."""
    timers.fire(timers.due_timers())


def read_old_news() -> None:
    """Everybody has read what was told to them more than a few days ago."""
    with unit_of_work():
        db.session.execute(update(Notice).where(Notice.at < clock.now() - UNREAD).values(read_at=Notice.at))
