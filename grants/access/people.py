"""Administering people: who they are, which roles they hold where. Every change is in the journal."""

from flask_babel import gettext as _
from sqlalchemy import or_, select

from grants import journal
from grants.access import delegation, policy, sign_ins, territory
from grants.access.models import Person, RoleGrant
from grants.access.operations import issue_activation
from grants.access.rights import ROLES
from grants.core import clock
from grants.core.database import db
from grants.core.errors import NotFound, Problem, Problems, Refused, collect
from grants.core.paging import Page, keyset
from grants.core.references import new_uuid


def get(uuid: str) -> Person:
    """The person of a uuid. Raises NotFound."""
    person = db.session.scalar(select(Person).where(Person.uuid == uuid))
    if person is None:
        raise NotFound(uuid)
    return person


def listed(*, text: str = "", role: str = "", after: str | None = None) -> Page:
    """People by name, a page at a time."""
    query = select(Person)
    if text:
        query = query.where(
            or_(
                *(
                    column.icontains(text.strip(), autoescape=True)
                    for column in (Person.name, Person.email, Person.phone)
                )
            )
        )
    if role:
        query = query.where(
            Person.id.in_(select(RoleGrant.person_id).where(RoleGrant.role == role, RoleGrant.revoked_at.is_(None)))
        )
    return keyset(query, order=[Person.name, Person.id], after=after)


def add(values: dict, *, by: Person) -> tuple[Person, str]:
    """Add a person; returns them and the one-time code to hand over. `values`: name, email, phone, locale."""
    policy.require(by, "people.manage")
    person = Person(uuid=new_uuid(), active=True)
    _fill(person, values)
    db.session.add(person)
    db.session.flush()
    journal.record(person, "add", by=by, data={"name": person.name})
    return person, issue_activation(person, by=by)


def add_first_administrator(values: dict) -> tuple[Person, str]:
    """The administrator of a new installation, whom nobody there could appoint; returns them and the one-time code.

    Raises Refused while somebody is administrator already: it is theirs to appoint others, and the journal then tells who did.
    """
    today = clock.today()
    holder = db.session.scalar(
        select(Person)
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .where(Person.active, RoleGrant.role == "admin")
        .where(RoleGrant.revoked_at.is_(None), RoleGrant.valid_from <= today)
        .where(or_(RoleGrant.valid_until.is_(None), RoleGrant.valid_until >= today))
        .limit(1)
    )
    if holder is not None:
        raise Refused(_("%(name)s is administrator already, and appoints the others.", name=holder.name))
    person = Person(uuid=new_uuid(), active=True)
    _fill(person, values)
    db.session.add(person)
    db.session.flush()
    journal.record(person, "add", by=None, data={"name": person.name})
    db.session.add(RoleGrant(person=person, role="admin", place_code=None, valid_from=today))
    journal.record(person, "grant_role", by=None, data={"role": "admin", "place": None})
    return person, issue_activation(person, by=None)


def change(person: Person, values: dict, *, by: Person) -> Person:
    """Correct a person's name and ways to sign in."""
    policy.require(by, "people.manage")
    before = (person.email, person.phone)
    _fill(person, values)
    if before != (person.email, person.phone):
        sign_ins.end_all(person)
    journal.record(
        person, "change", by=by, data={"name": person.name, "sign_in_changed": before != (person.email, person.phone)}
    )
    return person


def _fill(person: Person, values: dict) -> None:
    name = (values.get("name") or "").strip()
    email = (values.get("email") or "").strip().lower() or None
    phone = values.get("phone") or None
    collect(
        None if name else Problem(_("The name is needed."), "name"),
        None if email or phone else Problem(_("Give an e-mail address or a telephone: it serves to sign in."), "email"),
        Problem(_("This is not an e-mail address."), "email") if email and not _is_address(email) else None,
        _taken(person, Person.email, email, "email"),
        _taken(person, Person.phone, phone, "phone"),
    )
    person.name, person.email, person.phone = name, email, phone
    person.locale = values.get("locale") or "fr"


def _is_address(text: str) -> bool:
    from email_validator import EmailNotValidError, validate_email

    try:
        validate_email(text, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return False
    return True


def _taken(person: Person, column, value, field: str) -> Problem | None:
    if value is None:
        return None
    with db.session.no_autoflush:
        other = db.session.scalar(select(Person).where(column == value))
    if other is None or other is person:
        return None
    return Problem(_("%(name)s signs in with this already.", name=other.name), field)


def grant(person: Person, values: dict, *, by: Person) -> RoleGrant:
    """Give a person a role in a territory. `values`: role, place_code (empty: whole programme), valid_from, valid_until.

    Nobody gives a role to themselves.
    """
    policy.require(by, "people.manage")
    if person.id == by.id:
        raise Refused(_("Nobody gives a role to themselves: ask another administrator."))
    if delegation.between(person, by):
        raise Refused(
            _("You and %(name)s stand in for each other these days: ask another administrator.", name=person.name)
        )
    role, place = values.get("role"), values.get("place_code") or None
    since, until = values.get("valid_from") or clock.today(), values.get("valid_until")
    collect(
        None if role in ROLES else Problem(_("Choose a role."), "role"),
        Problem(_("Choose a territory of the list."), "place_code")
        if place and place not in dict(territory.choices())
        else None,
        Problem(_("The role ends before it begins."), "valid_until") if until and until < since else None,
        Problem(_("The person holds this role there already."), "role")
        if any(g.role == role and g.place_code == place for g in person.own_grants)
        else None,
    )
    row = RoleGrant(
        person=person, role=role, place_code=place, valid_from=since, valid_until=until, granted_by_id=by.id
    )
    db.session.add(row)
    journal.record(person, "grant_role", by=by, data={"role": role, "place": place})
    return row


def revoke(person: Person, grant_id: int, *, by: Person) -> None:
    """Take a role back. The row stays, with who took it back and when; sign-ins end."""
    policy.require(by, "people.manage")
    row = next((g for g in person.grants if g.id == grant_id and g.revoked_at is None), None)
    if row is None:
        raise NotFound(grant_id)
    if person.id == by.id and row.role == "admin":
        raise Refused(_("Another administrator must take this role back from you."))
    row.revoked_at, row.revoked_by_id = clock.now(), by.id
    sign_ins.end_all(person)
    journal.record(person, "revoke_role", by=by, data={"role": row.role, "place": row.place_code})


def set_active(person: Person, active: bool, *, by: Person) -> None:
    """Close or reopen an account. What the person did stays theirs."""
    policy.require(by, "people.manage")
    if person.id == by.id:
        raise Problems(_("Another administrator must do this with your account."))
    person.active = active
    if not active:
        sign_ins.end_all(person)
    journal.record(person, "reopen_account" if active else "close_account", by=by)
