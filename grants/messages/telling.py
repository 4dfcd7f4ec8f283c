"""Telling people of what happened: an act that `tells` a role, a deadline that passed.

A notice is written in the transaction of the act: either both are there or neither. Only people who hold the role on this
very subject at this moment are told, never the one who acted.
"""

from sqlalchemy import or_, select
from sqlalchemy.dialects import postgresql, sqlite

from grants.access import policy
from grants.access.models import DelegatedRole, Delegation, Person, RoleGrant
from grants.core import clock
from grants.core.database import db
from grants.messages.models import Notice


def of_act(subject, event, definition, action) -> None:
    """After an act: tell the roles that the action names. (Listens to acts.)"""
    if action is not None and action.tells:
        tell(subject, event, action.tells)


def of_lateness(subject, event, roles) -> None:
    """When a rule of lateness takes effect: tell the roles that it names. (Listens to timers.)"""
    tell(subject, event, roles)


def tell(subject, event, roles) -> int:
    """Write a notice of the event to each holder of the roles; how many there are."""
    doers = {event.actor_id, event.on_behalf_of_id} - {None}
    rows = [
        {"person_id": person.id, "event_id": event.id, "role": role, "at": event.at}
        for person, role in holders(subject, roles)
        if person.id not in doers
    ]
    if rows:
        dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
        db.session.execute(dialect.insert(Notice).values(rows).on_conflict_do_nothing())
    return len(rows)


def holders(subject, roles) -> list[tuple[Person, str]]:
    """The people who hold one of the roles on a subject today, each once, with the first of the roles that they hold."""
    found = []
    for person in db.session.scalars(_candidates(subject.place_code, tuple(roles))):
        held = policy.roles_on(person, subject)
        role = next((role for role in roles if role in held), None)
        if role is not None:
            found.append((person, role))
    return found


def _candidates(place_code: str | None, roles: tuple[str, ...]):
    """Who may hold one of the roles at a place, themselves or by an interim; what each really holds is asked of the policy."""
    today = clock.today()
    above = [place_code[:length] for length in range(1, len(place_code) + 1)] if place_code else []
    return (
        select(Person)
        .where(Person.active)
        .where(or_(Person.id.in_(_own(roles, above, today)), Person.id.in_(_lent(roles, today))))
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
