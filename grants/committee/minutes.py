"""The minutes of a session, as the document needs them. They are in French, whoever closes the session."""

from collections.abc import Callable
from datetime import datetime

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select

from grants.committee import appeals, matters, queries
from grants.committee.counting import Ballot, ballot, present_ids, voting_seats
from grants.committee.labels import OFFICE_LABELS
from grants.committee.models import AgendaItem, Session
from grants.core import clock
from grants.core.database import db
from grants.core.money import format_number
from grants.journal.models import Event
from grants.places.queries import labels_of

_others: list[Callable[[Session], list[str]]] = []


def tells_of(find: Callable[[Session], list[str]]) -> Callable:
    """Register what a later slice has committees decide beside awards: a sentence for each decision of a session."""
    if find not in _others:
        _others.append(find)
    return find


def also_decided(session: Session) -> list[str]:
    """What a session decided beside awards, a sentence each."""
    return [sentence for find in _others for sentence in find(session)]


def context(session: Session, *, chair, closed_at: datetime) -> dict:
    """The context of the document `minutes`: frozen with it."""
    with force_locale("fr"):
        return _context(session, chair, closed_at)


def _context(session: Session, chair, closed_at: datetime) -> dict:
    calls = {item.project.call for item in session.agenda}
    envelopes = {call.envelope for call in calls}
    drawn = sum(item.drawn for item in session.agenda)
    present = present_ids(session)
    seats = voting_seats(session)
    return {
        "programme": programme(envelopes),
        "reference": session.reference,
        "number": int(session.reference.split("-")[2]),
        "committee": session.committee.name,
        "call": ", ".join(sorted(f"{call.title} ({call.reference})" for call in calls)) or "—",
        "on": session.held_on,
        "place": session.venue,
        "opened": _hour(_opened_at(session)),
        "closed": _hour(closed_at),
        "chair": chair.name,
        "secretary": _secretary(session, present),
        "attendance": [
            {
                "name": seat.person.name,
                "role": seat.quality or str(OFFICE_LABELS[seat.office]),
                "present": seat.person_id in present,
                "excused": False,
            }
            for seat in seats
        ],
        "members": len(seats),
        "quorum": session.committee.quorum,
        "conflicts": [
            {"member": one.person.name, "project": item.project.reference, "reason": one.reason}
            for item in session.agenda
            for one in item.conflicts
        ],
        "rulings": _rulings(session),
        "changes": [_change(item) for item in session.agenda if item.is_change],
        "appeals": [_appeal(item) for item in session.agenda if item.is_appeal],
        "drawn": drawn,
        "envelope": sum(envelope.ceiling for envelope in envelopes),
        "envelope_before": sum(envelope.available for envelope in envelopes) + drawn,
        "quotas": [
            {"name": quota_name(quota, len(calls) > 1), "target": quota_target(quota)}
            for quota in queries.quotas(calls)
        ],
        "remarks": " ".join(also_decided(session)) or None,
    }


def programme(envelopes) -> dict:
    """Who issues, with the donors of these envelopes."""
    funds = {envelope.fund for envelope in envelopes}
    return {
        "name": current_app.config["PROGRAMME"],
        "unit": None,
        "address": None,
        "phone": None,
        "funder": ", ".join(sorted({fund.donor.name for fund in funds})) or None,
        "agreement": ", ".join(sorted(fund.agreement for fund in funds)) or None,
        "represented_by": None,
        "role": "coordonnateur du Programme",
    }


def _opened_at(session: Session) -> datetime:
    """When the session was opened, from the journal."""
    at = db.session.scalar(
        select(Event.at)
        .where(Event.subject_kind == session.__subject__, Event.subject_id == session.id, Event.action == "open")
        .order_by(Event.seq.desc())
        .limit(1)
    )
    return at or session.step_since


def _hour(at: datetime) -> str:
    local = at.astimezone(clock.BAMAKO)
    return f"{local.hour} h {local.minute:02d}"


def _secretary(session: Session, present: set[int]) -> str:
    """Who kept the minutes: the secretary who was there, else the one who prepared the session."""
    there = [s.person for s in session.committee.seats if s.office == "secretary" and s.person_id in present]
    return (there[0] if there else session.prepared_by).name


def _rulings(session: Session) -> list[dict]:
    lines = [line for line in queries.ranking(session) if line.item.matter_kind is None]
    places = labels_of(line.item.project.place_code for line in lines)
    return [_ruling(line, places) for line in lines]


def _ruling(line, places: dict[str, str]) -> dict:
    item, votes = line.item, ballot(line.item)
    project = item.project
    return {
        "rank": line.rank,
        "reference": project.reference,
        "title": project.title,
        "group": project.group.name,
        "place": places[project.place_code],
        "score": str(line.score).replace(".", ",") if line.score is not None else None,
        "asked": project.requested,
        "amount": item.amount,
        **_said(item, votes),
    }


def _change(item: AgendaItem) -> dict:
    """What the session decided about a change of what was granted before."""
    return {
        "reference": matters.subject_of(item).reference,
        "project": item.project.reference,
        "title": item.project.title,
        "group": item.project.group.name,
        "before": item.before,
        "asked": item.asked,
        **_said(item, ballot(item)),
    }


def _appeal(item: AgendaItem) -> dict:
    """What the session decided about the appeal of a group."""
    appeal = appeals.of_item(item)
    return {
        "reference": appeal.reference,
        "project": item.project.reference,
        "title": item.project.title,
        "group": item.project.group.name,
        "against": appeal.notice.against,
        "lodged_on": appeal.lodged_on,
        **_said(item, ballot(item)),
    }


def _said(item: AgendaItem, votes: Ballot) -> dict:
    return {
        "decided": item.decision,
        "conditions": [text.strip() for text in item.conditions.splitlines() if text.strip()],
        "reason": item.reason or None,
        "votes_for": votes.votes_for,
        "votes_against": votes.against,
        "abstentions": votes.abstentions,
    }


def quota_name(quota: queries.QuotaState, several: bool) -> str:
    """What a quota is about; with its call where there are several."""
    name = _("Groups mostly of women") if quota.what == "women" else _("Groups mostly of young people")
    return _("%(quota)s · %(call)s", quota=name, call=quota.call.title) if several else name


def quota_target(quota: queries.QuotaState) -> str:
    """How far a quota is, and what it asks: « 42 % des montants accordés (au moins 30 %) »."""
    if quota.share is None:
        return _("nothing awarded yet (at least %(least)s %%)", least=quota.least)
    words = {"share": format_number(quota.share), "least": quota.least}
    return _("%(share)s %% of the amounts awarded (at least %(least)s %%)", **words)
