"""Telling people of what happened: an act that `tells` a role, a deadline that passed.

A notice is written in the transaction of the act: either both are there or neither. Only people who hold the role on this
very subject at this moment are told, never the one who acted.
"""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import selectinload

from grants.access import policy
from grants.access.models import DelegatedRole, Delegation, Person, RoleGrant
from grants.core import clock
from grants.core.database import db
from grants.core.portions import insert_rows
from grants.messages.models import Notice


def of_acts(acted: Sequence[tuple]) -> None:
    """After acts: tell the roles that the action of each names. (Listens to acts.)"""
    by_roles = defaultdict(list)
    for subject, event, _definition, action in acted:
        if action is not None and action.tells:
            by_roles[tuple(action.tells)].append((subject, event))
    for roles, happened in by_roles.items():
        _tell_each(happened, roles)


def of_lateness(subject, event, roles) -> None:
    """When a rule of lateness takes effect: tell the roles that it names. (Listens to timers.)"""
    tell(subject, event, roles)


def tell(subject, event, roles) -> int:
    """Write a notice of the event to each holder of the roles; how many there are."""
    return _tell_each([(subject, event)], roles)


def _tell_each(happened: Sequence[tuple], roles) -> int:
    rows = []
    told = _holders_each([subject for subject, _event in happened], roles)
    for (_subject, event), people in zip(happened, told, strict=True):
        about = {"event_id": event.id, "at": event.at}
        doers = (event.actor_id, event.on_behalf_of_id)
        rows += [{"person_id": one, "role": role, **about} for one, role in people if one not in doers]
    insert_rows(Notice.__table__, rows, conflict=lambda statement: statement.on_conflict_do_nothing())
    return len(rows)


def _holders_each(subjects: Sequence, roles) -> list[list[tuple[int, str]]]:
    """For each of many subjects of one kind, who holds one of the roles on it today (the id), each with the first of them."""
    # Where the territory alone decides, what lies at one place is alike.
    alike = not any(map(policy.is_narrowed, roles))
    asked = list({one.place_code if alike else one.id: one for one in subjects}.values())
    found: dict[object, list] = {(one.place_code if alike else one.id): [] for one in asked}
    for person in db.session.scalars(_candidates({one.place_code for one in asked}, tuple(roles))).all():
        for subject, hats in zip(asked, policy.hats_each(person, asked), strict=True):
            role = next((role for role in roles if any(role in held for _giver, held in hats)), None)
            if role is not None:
                found[subject.place_code if alike else subject.id].append((person.id, role))
    return [found[one.place_code if alike else one.id] for one in subjects]


def _candidates(places: set[str | None], roles: tuple[str, ...]):
    """Who may hold one of the roles at one of the places, themselves or by an interim; what each really holds is asked of the
    policy."""
    today = clock.today()
    above = sorted({place[:length] for place in places if place for length in range(1, len(place) + 1)})
    return (
        select(Person)
        .where(Person.active)
        .where(or_(Person.id.in_(_own(roles, above, today)), Person.id.in_(_lent(roles, today))))
        .options(selectinload(Person.received))
        .order_by(Person.id)
    )


def _own(roles, above: list[str], today):
    return select(RoleGrant.person_id).where(
        RoleGrant.role.in_(roles),
        RoleGrant.revoked_at.is_(None),
        RoleGrant.valid_from <= today,
        or_(RoleGrant.valid_until.is_(None), RoleGrant.valid_until >= today),
        or_(RoleGrant.place_code.is_(None), RoleGrant.place_code.in_(above)),
    )


def _lent(roles, today):
    lends = select(DelegatedRole.delegation_id).where(DelegatedRole.role.in_(roles))
    return select(Delegation.receiver_id).where(
        Delegation.id.in_(lends),
        Delegation.ended_at.is_(None),
        Delegation.valid_from <= today,
        Delegation.valid_until >= today,
    )
