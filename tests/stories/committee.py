"""Builders of committees, sessions and decisions: each plays the real operations and is committed."""

from collections.abc import Sequence

from sqlalchemy import select

from grants import lifecycle
from grants.committee import operations, queries, seats
from grants.committee.models import Committee, Session
from grants.core import clock
from grants.core.database import db
from grants.core.unit_of_work import unit_of_work
from grants.projects.models import Project
from tests.stories.projects import upload
from tests.stories.rows import again


def committee(
    admin, chair, members: Sequence, secretary, *, level: str = "regional", place: str | None = "05", quorum: int = 3
) -> Committee:
    """A committee with its seats; everybody holds their role in its territory. Regional, of Mopti, unless said otherwise."""
    with unit_of_work():
        by = again(admin)
        made = seats.found_committee(
            name="Comité régional de sélection de Mopti" if place == "05" else f"Comité {level} {place or ''}".strip(),
            level=level,
            place_code=place,
            quorum=quorum,
            by=by,
        )
        chairs = chair if isinstance(chair, (list, tuple)) else [chair]
        for office, people in (("chair", chairs), ("member", members), ("secretary", [secretary])):
            for person in people:
                quality = {"chair": "présidence", "secretary": "secrétariat"}.get(office, "organisations de femmes")
                seats.seat_member(made, person=again(person), office=office, quality=quality, by=by)
    for person in (admin, secretary, *chairs, *members):
        again(person)
    return again(made)


def people_of(found: Committee, *offices: str) -> list:
    """The people who have a seat of one of these offices."""
    return [seat.person for seat in again(found).seats if seat.office in offices]


def convened(found: Committee, projects: Sequence[Project] = (), *, venue: str = "Sévaré, salle du conseil") -> Session:
    """A session for today with these files on its agenda."""
    with unit_of_work():
        secretary = people_of(found, "secretary")[0]
        session = operations.convene(again(found), held_on=clock.today(), venue=venue, by=secretary)
        operations.put_on_agenda(session, [again(project) for project in projects], by=secretary)
    return again(session)


def in_session(found: Committee, projects: Sequence[Project]) -> Session:
    """A session under way, with everybody present."""
    session = convened(found, projects)
    with unit_of_work():
        secretary = people_of(found, "secretary")[0]
        session = again(session)
        operations.record_attendance(session, [seat.person_id for seat in session.committee.seats], by=secretary)
        lifecycle.perform(session, "open", by=secretary)
    return again(session)


def heard(found: Committee, change, choice: str = "for") -> Session:
    """A session under way in which everybody has voted on a change of what was granted."""
    with unit_of_work():
        secretary = people_of(found, "secretary")[0]
        session = operations.convene(again(found), held_on=clock.today(), venue="Sévaré", by=secretary)
        operations.put_on_agenda(session, [], changes=[again(change)], by=secretary)
        operations.record_attendance(session, [seat.person_id for seat in session.committee.seats], by=secretary)
        lifecycle.perform(session, "open", by=secretary)
    voted(session, again(change).project, choice)
    return again(session)


def voted(session: Session, project: Project, choice: str = "for", but: dict | None = None) -> None:
    """Everybody with a vote votes the same on a file; `but` gives the choice of single people by their id (None: no vote)."""
    with unit_of_work():
        session = again(session)
        item = queries.item_of(session, again(project).reference)
        for seat in session.committee.seats:
            theirs = (but or {}).get(seat.person_id, choice)
            if seat.office in ("chair", "member") and theirs:
                operations.cast_vote(item, theirs, by=seat.person)


def decided(session: Session, project: Project, decision: str = "award", amount: int | None = None, **words) -> Project:
    """The decision of a session on a file, by its chair."""
    with unit_of_work():
        session, file = again(session), again(project)
        item = queries.item_of(session, file.reference)
        if decision == "award":
            words["amount"] = amount or file.requested
        else:
            words.setdefault("reason", "Le plan d’affaires est à revoir.")
        chair = people_of(session.committee, "chair")[0]
        operations.decide(item, decision, by=chair, **words)
    return again(project)


def awarded(project: Project, amount: int | None = None) -> Project:
    """A recommended file that the committee it fits (founded before) decided to pay for; its session goes on."""
    file = again(project)
    found = next(one for one in db.session.scalars(select(Committee)) if queries.fits(one, file))
    session = in_session(found, [file])
    voted(session, file)
    return decided(session, file, amount=amount)


def closed(session: Session) -> Session:
    """A session closed by its chair; its minutes are written."""
    with unit_of_work():
        session = again(session)
        lifecycle.perform(session, "close", by=people_of(session.committee, "chair")[0])
    return again(session)


def signed(session: Session) -> Session:
    """A closed session whose signed minutes are filed and recorded."""
    with unit_of_work():
        session = again(session)
        secretary = people_of(session.committee, "secretary")[0]
        operations.file_scan(session, upload("pv-signe.pdf"), by=secretary)
        lifecycle.perform(session, "sign", by=secretary)
    return again(session)
