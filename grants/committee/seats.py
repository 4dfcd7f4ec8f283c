"""Founding committees and filling their seats."""

from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select

from grants import journal
from grants.access import policy
from grants.access.labels import role_label
from grants.committee import queries
from grants.committee.labels import OFFICE_LABELS
from grants.committee.models import LEVELS, Committee, Seat, Session
from grants.core import clock
from grants.core.database import db
from grants.core.errors import Problem, Refused, collect
from grants.places import queries as places

_CODES = {"local": "LOC", "regional": "REG", "national": "NAT"}


def found_committee(*, name: str, level: str, place_code: str | None, quorum: int | None, by) -> Committee:
    """Found the committee of a level in a territory: a region for the regional, what lies below one for a local.

    `quorum` counts the people with a vote who must be present, two at least. Raises Problems, all at once (fields
    name, level, place_code, quorum).
    """
    policy.require(by, "committee.manage")
    name, place_code = " ".join((name or "").split()), place_code or None
    collect(
        None if name else Problem(_("Give the committee a name."), "name"),
        Problem(_("This is too long: %(longest)s signs at most.", longest=120), "name") if len(name) > 120 else None,
        None if level in LEVELS else Problem(_("Choose the level."), "level"),
        _place_problem(level, place_code),
        _quorum_problem(quorum),
        _twin_problem(level, place_code),
    )
    code = "-".join(part for part in (_CODES[level], place_code) if part)
    committee = Committee(code=code, name=name, level=level, place_code=place_code, quorum=quorum)
    db.session.add(committee)
    db.session.flush()
    facts = {"name": name, "level": level, "place": place_code, "quorum": quorum}
    journal.record(committee, "found_committee", by=by, data=facts)
    return committee


def _place_problem(level: str, place_code: str | None) -> Problem | None:
    if level == "national":
        return Problem(_("The national committee has no territory."), "place_code") if place_code else None
    place = places.by_code(place_code) if place_code else None
    if place is None:
        return Problem(_("Choose the territory of the committee."), "place_code")
    if level == "regional" and len(place_code) != 2:
        return Problem(_("A regional committee has a region as its territory."), "place_code")
    if level == "local" and len(place_code) < 4:
        return Problem(_("A local committee has a cercle or a commune as its territory."), "place_code")
    return None


def _quorum_problem(quorum: int | None) -> Problem | None:
    if quorum is None or not 2 <= quorum <= 50:
        return Problem(_("The quorum is a number of people from 2 to 50."), "quorum")
    return None


def _twin_problem(level: str, place_code: str | None) -> Problem | None:
    here = Committee.place_code.is_(None) if place_code is None else Committee.place_code == place_code
    twin = db.session.scalar(select(Committee).where(Committee.level == level, here))
    if twin is None:
        return None
    return Problem(
        _("There is this committee already: %(name)s.", name=twin.name), "place_code" if place_code else "level"
    )


def change_quorum(committee: Committee, quorum: int | None, *, by) -> Committee:
    """Set another quorum. Not while a session of the committee is under way: it would change its rules as it plays."""
    policy.require(by, "committee.manage", committee)
    collect(_quorum_problem(quorum))
    _not_in_session(committee)
    if quorum != committee.quorum:
        before, committee.quorum = committee.quorum, quorum
        db.session.flush()
        journal.record(committee, "change_quorum", by=by, data={"quorum": [before, quorum]})
    return committee


def seat_member(committee: Committee, *, person, office: str, quality: str = "", since: date | None = None, by) -> Seat:
    """Give a person a seat. They hold the role of the office in the committee's territory already.

    Raises Problems, all at once (fields person, office, quality).
    """
    policy.require(by, "committee.manage", committee)
    quality = " ".join((quality or "").split())
    known = office in OFFICE_LABELS
    seated = person is not None and any(seat.person_id == person.id for seat in committee.seats)
    lacks_role = person is not None and known and office not in queries.roles_for(person, committee)
    collect(
        Problem(_("Choose the person."), "person") if person is None else None,
        None if known else Problem(_("Choose the office."), "office"),
        Problem(_("%(name)s has a seat in this committee already.", name=person.name), "person") if seated else None,
        Problem(
            _(
                "%(name)s does not hold the role “%(role)s” in this territory: an administrator gives it first.",
                name=person.name,
                role=role_label(office),
            ),
            "office",
        )
        if lacks_role
        else None,
        Problem(_("This is too long: %(longest)s signs at most.", longest=120), "quality")
        if len(quality) > 120
        else None,
    )
    _not_in_session(committee)
    seat = Seat(
        committee_id=committee.id, person_id=person.id, office=office, quality=quality, since=since or clock.today()
    )
    db.session.add(seat)
    db.session.flush()
    db.session.expire(committee, ["seats"])
    journal.record(committee, "seat_member", by=by, data={"person": person.name, "office": office, "quality": quality})
    return seat


def end_seat(seat: Seat, *, by) -> Seat:
    """End a mandate today. What the person voted stands."""
    policy.require(by, "committee.manage", seat.committee)
    if seat.until is not None:
        return seat
    _not_in_session(seat.committee)
    seat.until = clock.today()
    db.session.flush()
    db.session.expire(seat.committee, ["seats"])
    journal.record(seat.committee, "end_seat", by=by, data={"person": seat.person.name, "office": seat.office})
    return seat


def _not_in_session(committee: Committee) -> None:
    """Nobody is added to, or taken from, a room in which votes are being cast."""
    running = select(Session.reference).where(Session.committee_id == committee.id, Session.step == "in_session")
    if reference := db.session.scalar(running):
        raise Refused(_("Session %(reference)s is under way: close it first.", reference=reference))
