"""The past of files as the engine's rehearsals and moves look at it, read from the journal in few queries."""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence

from sqlalchemy import select

from grants.access.models import RoleGrant
from grants.core.clock import BAMAKO
from grants.core.database import db
from grants.journal.models import Event
from grants.lifecycle.versions.published import definition_by_id, version_of
from grants.workflow.past import Act, File

MOVED = "moved"
_AT_ONCE = 500


def histories(subjects: Sequence, *, with_roles: bool = False) -> list[File]:
    """What happened on each subject, all of one kind, in their order. `with_roles` adds the roles held at the time."""
    found = []
    for at in range(0, len(subjects), _AT_ONCE):
        some = subjects[at : at + _AT_ONCE]
        events = _events(some)
        held = _held(events) if with_roles else None
        found += [File(one.reference, one.step, tuple(_acts(one, events[one.id], held))) for one in some]
    return found


def _events(subjects: Sequence) -> dict[int, list]:
    """The events of subjects that have a place in their workflow, by the subject's id, the earliest first."""
    table = Event.__table__
    columns = (
        table.c.subject_id, table.c.at, table.c.actor_id, table.c.actor_name, table.c.on_behalf_of_id, table.c.action,
        table.c.from_step, table.c.to_step, table.c.data,
    )  # fmt: skip
    rows = db.session.execute(
        select(*columns)
        .where(
            table.c.subject_kind == subjects[0].__subject__,
            table.c.subject_id.in_([one.id for one in subjects]),
            table.c.to_step.is_not(None),
        )
        .order_by(table.c.subject_id, table.c.seq)
    )
    events = defaultdict(list)
    for row in rows:
        events[row.subject_id].append(row)
    return events


def _acts(subject, events: list, held) -> Iterator[Act]:
    version = _first_version(subject, events)
    names = _names(events)
    for event in events:
        if event.action == MOVED and (to := _moved_to(event)):
            version = to
            yield Act(MOVED, event.from_step, event.to_step)
            continue
        place = definition_by_id(version).steps.get(event.from_step) if event.from_step else None
        who = tuple(filter(None, (event.actor_id, event.on_behalf_of_id)))
        yield Act(
            action=event.action,
            source=event.from_step,
            target=event.to_step,
            who=who,
            names=tuple(names.get(one, "") for one in who),
            roles=held(event, subject) if held is not None else None,
            taken=place.actions.get(event.action) if place else None,
        )


def _names(events: list) -> dict[int, str]:
    """The names of those who acted; who was acted for is named where they acted themselves, or by that other's act."""
    return {
        **{event.on_behalf_of_id: event.actor_name for event in events if event.on_behalf_of_id},
        **{event.actor_id: event.actor_name for event in events if event.actor_id},
    }


def _first_version(subject, events: list) -> int:
    """The version that a subject began with: the one it left at its first move, else the one it has."""
    for event in events:
        if event.action == MOVED and (data := _data(event)) and (found := _by_number(data["workflow"], data["from"])):
            return found
    return subject.workflow_version_id


def _moved_to(event) -> int | None:
    data = _data(event)
    return _by_number(data["workflow"], data["to"]) if data else None


def _data(event) -> dict | None:
    data = json.loads(event.data)
    return data if {"workflow", "from", "to"} <= data.keys() else None


def _by_number(name: str, version: int) -> int | None:
    # Published versions stay what they are, so what was found once holds for the session.
    numbers = db.session.info.setdefault("workflow_numbers", {})
    if (name, version) not in numbers:
        found = version_of(name, version)
        if found is None:
            return None
        numbers[name, version] = found.id
    return numbers[name, version]


def _held(events: dict[int, list]):
    """`roles(event, subject)`: the roles that the actor, or whom they acted for, held there on that day."""
    people = {one for rows in events.values() for row in rows for one in (row.actor_id, row.on_behalf_of_id) if one}
    grants = defaultdict(list)
    if people:
        for grant in db.session.scalars(select(RoleGrant).where(RoleGrant.person_id.in_(people))):
            grants[grant.person_id].append(grant)

    def roles(event, subject) -> frozenset[str]:
        return frozenset(
            grant.role
            for person in filter(None, (event.actor_id, event.on_behalf_of_id))
            for grant in grants[person]
            if grant.covers(subject.place_code) and _valid_then(grant, event.at)
        )

    return roles


def _valid_then(grant: RoleGrant, at) -> bool:
    day = at.astimezone(BAMAKO).date()
    if grant.revoked_at is not None and grant.revoked_at < at:
        return False
    return grant.valid_from <= day and (grant.valid_until is None or day <= grant.valid_until)
