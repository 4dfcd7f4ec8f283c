"""Whom a seat opens what to: members see their own committees, and the files on the agendas of these."""

from sqlalchemy import exists, or_, select

from grants.access import policy
from grants.committee import matters
from grants.committee.models import AgendaItem, Committee, Seat, Session
from grants.core import clock
from grants.projects.models import Project


def _seated(office: str):
    """The narrowing of a role to what the seats of that office reach."""

    def condition(person, model):
        mine = select(Seat.committee_id).where(
            Seat.person_id == person.id, Seat.office == office, Seat.until.is_(None), Seat.since <= clock.today()
        )
        if model is Committee:
            return Committee.id.in_(mine)
        if model is Session:
            return Session.committee_id.in_(mine)
        if model is Project:
            return _files(mine, office)
        return None

    return condition


def _files(mine, office: str):
    on_agenda = (
        select(AgendaItem.project_id)
        .join(Session, Session.id == AgendaItem.session_id)
        .where(Session.committee_id.in_(mine), Session.step != "cancelled")
    )
    if office != "secretary":
        return Project.id.in_(on_agenda)
    # A secretary prepares the agenda: they see what waits in the territory of their committee.
    here = or_(Committee.place_code.is_(None), Project.place_code.like(Committee.place_code + "%"))
    waits = (Project.waits_for == "secretary") & exists().where(Committee.id.in_(mine), here)
    return or_(Project.id.in_(on_agenda), waits, *matters.waits_here(mine, here))


for _office in ("member", "chair", "secretary"):
    policy.narrow(_office)(_seated(_office))
