"""Reading calls."""

from flask_babel import gettext as _
from sqlalchemy import desc, select
from sqlalchemy.orm import joinedload

from grants.access import policy
from grants.calls.models import Call
from grants.core import clock
from grants.core.database import db
from grants.core.errors import NotFound
from grants.core.paging import Page, keyset
from grants.places.queries import labels_of

STATES = ("draft", "upcoming", "open", "closed")


def open_calls() -> list[Call]:
    """The calls that take applications today, those that close first before the others."""
    today = clock.today()
    wanted = select(Call).where(Call.published_at.is_not(None), Call.opens_on <= today, Call.closes_on >= today)
    return list(db.session.scalars(wanted.order_by(Call.closes_on, Call.id)))


def calls_for(person, *, state: str | None = None, after: str | None = None, size: int = 20) -> Page:
    """Calls, the latest first; drafts only for those who manage calls."""
    wanted = select(Call).options(joinedload(Call.envelope))
    if not policy.may(person, "calls.manage"):
        wanted = wanted.where(Call.published_at.is_not(None))
    if state in STATES:
        wanted = wanted.where(*_in_state(state))
    return keyset(wanted, order=[desc(Call.opens_on), desc(Call.id)], after=after, size=size)


def call(reference: str, *, person) -> Call:
    """The call of this reference. Raises NotFound, also for a draft that is not this person's to see."""
    wanted = select(Call).options(joinedload(Call.envelope)).where(Call.reference == reference)
    found = db.session.scalar(wanted)
    if found is None or (found.published_at is None and not policy.may(person, "calls.manage")):
        raise NotFound(reference)
    return found


def zones(calls: list[Call]) -> dict[str, str]:
    """The zone of each call in words, by its reference; one query for all of them."""
    labels = labels_of(code for call in calls for code in call.places)
    return {call.reference: ", ".join(labels[code] for code in call.places) or _("the whole country") for call in calls}


def state_of(call: Call) -> str:
    """`draft`, `upcoming`, `open` or `closed`, today."""
    if call.published_at is None:
        return "draft"
    today = clock.today()
    return "upcoming" if today < call.opens_on else "closed" if today > call.closes_on else "open"


def _in_state(state: str):
    today = clock.today()
    if state == "draft":
        return (Call.published_at.is_(None),)
    published = Call.published_at.is_not(None)
    if state == "upcoming":
        return published, Call.opens_on > today
    if state == "closed":
        return published, Call.closes_on < today
    return published, Call.opens_on <= today, Call.closes_on >= today
