"""Interims: one person lends roles to another for some days. Both sign; either of them, or an administrator, ends it."""

from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import or_, select

from grants import journal
from grants.access import policy, territory
from grants.access.models import DelegatedRole, Delegation, Person
from grants.core import clock
from grants.core.database import db
from grants.core.errors import NotFound, Problem, Problems, Refused, collect
from grants.core.references import new_uuid

NEVER_LENT = frozenset({"admin", "auditor", "system"})
LONGEST = timedelta(days=92)


def lendable(person: Person) -> list[str]:
    """The roles that a person may lend: their own of today, but not those to administer or to audit, nor a lent one."""
    return sorted({grant.role for grant in person.own_grants} - NEVER_LENT)


def get(uuid: str, person: Person) -> Delegation:
    """An interim of which a person is part, or any for an administrator. Raises NotFound."""
    row = db.session.scalar(select(Delegation).where(Delegation.uuid == uuid).with_for_update(of=Delegation))
    if row is None or not (person.id in (row.giver_id, row.receiver_id) or policy.may(person, "people.manage")):
        raise NotFound(uuid)
    return row


def of(person: Person) -> list[Delegation]:
    """What a person lent or was lent, the latest first."""
    mine = or_(Delegation.giver_id == person.id, Delegation.receiver_id == person.id)
    return list(db.session.scalars(select(Delegation).where(mine).order_by(Delegation.id.desc()).limit(50)).unique())


def listed() -> list[Delegation]:
    """Every interim, the latest first (two hundred at most)."""
    return list(db.session.scalars(select(Delegation).order_by(Delegation.id.desc()).limit(200)).unique())


def give(giver: Person, values: dict, *, by: Person) -> Delegation:
    """Lend roles. `values`: receiver (uuid), roles, place_code (empty: wherever the giver holds them), valid_from,
    valid_until, reason. The giver signs by giving; where an administrator records it, the giver still has to sign.

    Raises Problems, Refused where it is neither the giver nor an administrator who records it.
    """
    if by.id != giver.id:
        policy.require(by, "people.manage")
    receiver = db.session.scalar(select(Person).where(Person.uuid == (values.get("receiver") or ""), Person.active))
    roles, place = set(values.get("roles") or ()), values.get("place_code") or None
    since, until = values.get("valid_from"), values.get("valid_until")
    reason = (values.get("reason") or "").strip()
    collect(
        Problem(_("Choose who stands in."), "receiver") if receiver is None or receiver.id == giver.id else None,
        _roles_fault(giver, roles, place),
        Problem(_("The interim begins today or later."), "valid_from") if not since or since < clock.today() else None,
        _until_fault(since, until),
        None if len(reason) >= 5 else Problem(_("Say why: leave, mission, illness…"), "reason"),
    )
    row = Delegation(
        uuid=new_uuid(), giver=giver, receiver=receiver, place_code=place, valid_from=since, valid_until=until, reason=reason,
        created_by_id=by.id,
    )  # fmt: skip
    row.lent = [DelegatedRole(role=role) for role in sorted(roles)]
    db.session.add(row)
    db.session.flush()
    journal.record(
        row, "give", by=by, reason=reason,
        data={"giver": giver.id, "receiver": receiver.id, "roles": sorted(roles), "place": place, "from": since, "until": until},
    )  # fmt: skip
    if by.id == giver.id:
        sign(row, by=by)
    return row


def _roles_fault(giver: Person, roles: set[str], place: str | None) -> Problem | None:
    if not roles:
        return Problem(_("Choose at least one role."), "roles")
    if roles & NEVER_LENT:
        return Problem(_("Administering and auditing are never lent."), "roles")
    if place and place not in dict(territory.choices()):
        return Problem(_("Choose a territory of the list."), "place_code")
    for role in sorted(roles):
        if not any(grant.role == role for grant in giver.own_grants):
            return Problem(_("%(name)s does not hold this role.", name=giver.name), "roles")
        here = [grant for grant in giver.own_grants if grant.role == role and (place is None or grant.covers(place))]
        if not here:
            return Problem(
                _("%(name)s does not hold this role in the whole of this territory.", name=giver.name), "place_code"
            )
    return None


def _until_fault(since, until) -> Problem | None:
    if not until:
        return Problem(_("An interim has a last day."), "valid_until")
    if since and until < since:
        return Problem(_("The interim ends before it begins."), "valid_until")
    if since and until - since > LONGEST:
        return Problem(_("An interim lasts three months at most: give the role itself for longer."), "valid_until")
    return None


def sign(row: Delegation, *, by: Person) -> None:
    """Sign an interim as its giver or its receiver. Raises Refused for anybody else, and once it is over or ended."""
    if row.state in ("ended", "over"):
        raise Refused(_("This interim is over."))
    if by.id == row.giver_id and row.giver_signed_at is None:
        row.giver_signed_at = clock.now()
    elif by.id == row.receiver_id and row.receiver_signed_at is None:
        row.receiver_signed_at = clock.now()
    else:
        raise Refused(_("It is not for you to sign this, or you have signed already."))
    db.session.flush()
    db.session.expire(row.receiver, ["received"])
    journal.record(row, "sign", by=by, data={"as": "giver" if by.id == row.giver_id else "receiver"})


def end(row: Delegation, *, by: Person) -> None:
    """End an interim before its last day. Raises Problems where it is over already."""
    if row.state in ("ended", "over"):
        raise Problems(_("This interim is over."))
    if by.id not in (row.giver_id, row.receiver_id):
        policy.require(by, "people.manage")
    row.ended_at, row.ended_by_id = clock.now(), by.id
    db.session.flush()
    db.session.expire(row.receiver, ["received"])
    journal.record(row, "end", by=by)


def between(one: Person, other: Person) -> bool:
    """Whether one of the two stands in for the other today."""
    pair = (one.id, other.id)
    rows = db.session.scalars(
        select(Delegation).where(Delegation.giver_id.in_(pair), Delegation.receiver_id.in_(pair))
    ).unique()
    return any(row.state == "running" for row in rows)


def colleagues(person: Person) -> list[tuple[str, str]]:
    """Who may stand in: everybody active but the person themselves (uuid, name)."""
    query = select(Person.uuid, Person.name).where(Person.active, Person.id != person.id).order_by(Person.name)
    return [(uuid, name) for uuid, name in db.session.execute(query)]
