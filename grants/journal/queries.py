"""Reading the journal."""

from collections.abc import Sequence

from sqlalchemy import select

from grants.core.database import db
from grants.core.portions import among, portions
from grants.journal.models import Event
from grants.journal.verifying import Break, check


def _of(subject):
    return select(Event).where(Event.subject_kind == subject.__subject__, Event.subject_id == subject.id)


def history(subject, *, limit: int = 200) -> list[Event]:
    """The events of a subject, the latest first."""
    return list(db.session.scalars(_of(subject).order_by(Event.seq.desc()).limit(limit)))


def last_event(subject) -> Event | None:
    """The latest event of a subject."""
    return db.session.scalars(_of(subject).order_by(Event.seq.desc()).limit(1)).first()


def who_did(subject, *actions: str) -> dict[str, dict[int, str]]:
    """For each of the actions, the people who did it on this subject: id and name. One query."""
    return who_did_each([subject], *actions)[subject.id]


def who_did_each(subjects: Sequence, *actions: str) -> dict[int, dict[str, dict[int, str]]]:
    """`who_did` of each of many subjects of one kind, by their ids. One query."""
    found: dict[int, dict[str, dict[int, str]]] = {one.id: {action: {} for action in actions} for one in subjects}
    for some in portions(list(found)):
        rows = db.session.execute(
            select(Event.subject_id, Event.action, Event.actor_id, Event.actor_name, Event.on_behalf_of_id).where(
                Event.subject_kind == subjects[0].__subject__, among(Event.subject_id, some), Event.action.in_(actions)
            )
        )
        for subject_id, action, actor_id, name, on_behalf_of_id in rows:
            for person_id in filter(None, (actor_id, on_behalf_of_id)):
                found[subject_id][action][person_id] = name
    return found


def hands(subject, *actions: str, since=None, **facts) -> frozenset[int]:
    """Whose hands did such an act on this subject, by id: who acted, and for whom.

    Only acts from an instant on, where `since` is given, and only those that recorded these facts. One query.
    """
    query = _of(subject).where(Event.action.in_(actions))
    if since is not None:
        query = query.where(Event.at >= since)
    found = [
        event
        for event in db.session.scalars(query)
        if all(event.values.get(name) == value for name, value in facts.items())
    ]
    return frozenset(one for event in found for one in (event.actor_id, event.on_behalf_of_id) if one is not None)


def check_all() -> tuple[int, list[Break]]:
    """Verify the whole journal; the number of events read, and every place where it does not hold."""
    found = check()
    return found.events, found.breaks
