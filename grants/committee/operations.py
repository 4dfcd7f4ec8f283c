"""Sessions: convening, agenda, attendance, conflicts, votes, decisions, the signed minutes."""

from collections.abc import Iterable
from datetime import date

from flask_babel import gettext as _

from grants import journal, lifecycle
from grants.access import policy
from grants.committee import appeals, matters, queries
from grants.committee.counting import VOTING, ballot, present_ids
from grants.committee.labels import CHOICE_LABELS, DECISION_OF
from grants.committee.models import APPEAL, AgendaItem, Attendance, Committee, Conflict, Session, Vote
from grants.core import clock
from grants.core.database import db
from grants.core.errors import NotFound, Problem, Refused, collect
from grants.core.references import new_reference
from grants.documents import operations as documents
from grants.projects.models import Project


def convene(committee: Committee, *, held_on: date | None, venue: str, by) -> Session:
    """Convene a session of a committee. Raises Problems (fields held_on, venue); Refused for another's committee."""
    policy.require(by, "committee.prepare", committee)
    venue = " ".join((venue or "").split())
    collect(
        Problem(_("Say on which day the session is held."), "held_on") if held_on is None else None,
        Problem(_("This day has passed."), "held_on") if held_on is not None and held_on < clock.today() else None,
        None if venue else Problem(_("Say where the session is held."), "venue"),
        Problem(_("This is too long: %(longest)s signs at most.", longest=120), "venue") if len(venue) > 120 else None,
    )
    session = Session(
        reference=new_reference("PV"), committee=committee, place_code=committee.place_code, held_on=held_on, venue=venue,
        prepared_by_id=by.id,
    )  # fmt: skip
    facts = {"committee": committee.code, "held_on": held_on, "venue": venue}
    lifecycle.begin(session, by=by, data=facts)
    return session


# -------------------------------------------------------------------------------------------------------------- agenda


def put_on_agenda(session: Session, projects: Iterable[Project], *, changes=(), by) -> list[AgendaItem]:
    """Put waiting files on the agenda of a session that is not closed. Those that are on it stay where they are.

    `changes` are subjects that change what was granted (see `matters`). Raises Problems that name each file which is not
    this committee's to decide, or stands on another open agenda.
    """
    _open(session, "committee.prepare", queries.OPEN, by)
    there = {item.project_id for item in session.agenda}
    fresh = [project for project in projects if project.id not in there]
    changes = [matters.of_subject(one) for one in changes if one.project_id not in there]
    lifecycle.hold(*fresh, *(change.subject for change in changes))
    collect(
        *(_agenda_problem(session, one, one.reference, fitting=queries.fits(session.committee, one)) for one in fresh),
        *(
            _agenda_problem(session, one.subject, one.reference, fitting=queries.fits_change(session.committee, one))
            for one in changes
        ),
    )
    last = max((item.position for item in session.agenda), default=0)
    heard_again = appeals.admitted(fresh)
    items = []
    for position, project in enumerate(fresh, last + 1):
        item = AgendaItem(session_id=session.id, project_id=project.id, position=position)
        if project.id in heard_again:
            item.matter_kind, item.matter_id = APPEAL, heard_again[project.id]
        db.session.add(item)
        items.append(item)
    for position, change in enumerate(changes, last + len(fresh) + 1):
        item = AgendaItem(
            session_id=session.id, project_id=change.project.id, position=position, before=change.before,
            asked=change.asked, matter_kind=change.subject.__subject__, matter_id=change.subject.id,
        )  # fmt: skip
        db.session.add(item)
        items.append(item)
    db.session.flush()
    db.session.expire(session, ["agenda"])
    if items:
        files = [one.reference for one in (*fresh, *changes)]
        journal.record(session, "put_on_agenda", by=by, data={"files": files})
    return items


def _agenda_problem(session: Session, subject, reference: str, *, fitting: bool) -> Problem | None:
    words = {"reference": reference}
    if not queries.before_a_committee(subject):
        return Problem(_("%(reference)s does not wait for a committee.", **words), "files")
    if not fitting:
        return Problem(
            _("%(reference)s is not for this committee: another level or territory decides on it.", **words), "files"
        )
    other = queries.open_item(subject)
    if other is not None:
        words["session"] = other.session.reference
        return Problem(_("%(reference)s is on the agenda of session %(session)s already.", **words), "files")
    return None


def take_off(item: AgendaItem, *, by) -> None:
    """Take a file off the agenda; it goes on waiting. Not once votes were cast on it that can still decide."""
    session = item.session
    _open(session, "committee.prepare", queries.OPEN, by)
    _lock(item)
    votes = ballot(item)
    if item.decision is not None:
        raise Refused(_("This file is decided: it stays on the agenda."))
    # What no longer waits for a decision (a change that lapsed with its file) leaves the agenda in any case.
    if item.votes and votes.has_quorum and queries.before_a_committee(matters.subject_of(item)):
        raise Refused(_("Votes were cast on this file: the session decides on it."))
    reference = item.project.reference
    for row in (*item.votes, *item.conflicts):
        db.session.delete(row)
    db.session.flush()
    db.session.expire(item, ["votes", "conflicts"])
    db.session.delete(item)
    db.session.flush()
    db.session.expire(session, ["agenda"])
    journal.record(session, "take_off", by=by, data={"file": reference})


# -------------------------------------------------------------------------------------------------------- in the room


def record_attendance(session: Session, present: Iterable[int], *, by) -> Session:
    """Record who is there, by the ids of people with a seat; all others are away. May be corrected as people come."""
    _open(session, "committee.prepare", queries.OPEN, by)
    seated = {seat.person_id for seat in session.committee.seats}
    present = set(present)
    collect(None if present <= seated else Problem(_("Only people with a seat are recorded."), "present"))
    before = present_ids(session)
    rows = {row.person_id: row for row in session.attendance}
    for person_id in sorted(seated):
        if person_id in rows:
            rows[person_id].present = person_id in present
        else:
            db.session.add(Attendance(session_id=session.id, person_id=person_id, present=person_id in present))
    db.session.flush()
    db.session.expire(session, ["attendance"])
    if present != before or not rows:
        names = sorted(seat.person.name for seat in session.committee.seats if seat.person_id in present)
        journal.record(session, "record_attendance", by=by, data={"present": names})
    return session


def declare_conflict(item: AgendaItem, *, person, reason: str, by) -> Conflict:
    """Declare that a person has a conflict of interest on a file: they are out of its vote, for good.

    A person declares their own; the secretary may write down what somebody said in the room. A vote cast before is
    taken back. Declaring twice changes nothing. Raises Problems (fields person, tie).
    """
    session, reason = item.session, " ".join((reason or "").split())
    right = "committee.view" if person is not None and person.id == by.id else "committee.prepare"
    _open(session, right, queries.OPEN, by)
    _lock(item)
    seated = person is not None and any(seat.person_id == person.id for seat in session.committee.seats)
    collect(
        None if seated else Problem(_("Only people with a seat in the committee declare a conflict."), "person"),
        None if reason else Problem(_("Say what ties the person to this file."), "tie"),
        Problem(_("This is too long: %(longest)s signs at most.", longest=300), "tie") if len(reason) > 300 else None,
    )
    _undecided(item)
    for known in item.conflicts:
        if known.person_id == person.id:
            return known
    for vote in [v for v in item.votes if v.person_id == person.id]:
        db.session.delete(vote)
    conflict = Conflict(item_id=item.id, person_id=person.id, reason=reason)
    db.session.add(conflict)
    db.session.flush()
    db.session.expire(item, ["votes", "conflicts"])
    facts = {"file": item.project.reference, "person": person.name}
    journal.record(session, "declare_conflict", by=by, data=facts, reason=reason)
    return conflict


def cast_vote(item: AgendaItem, choice: str, *, by) -> Vote:
    """Vote on a file: `for`, `against` or `abstain`. One vote a person, changeable until the decision.

    Raises Refused for whoever has no vote on it (no seat, away, in conflict), Problems for another choice.
    """
    session = item.session
    _open(session, "committee.vote", ("in_session",), by)
    _lock(item)
    _undecided(item)
    if reason := why_no_vote(item, by):
        raise Refused(reason)
    collect(None if choice in CHOICE_LABELS else Problem(_("Choose how you vote."), "choice"))
    vote = next((v for v in item.votes if v.person_id == by.id), None)
    if vote is not None and vote.choice == choice:
        return vote
    if vote is None:
        vote = Vote(item_id=item.id, person_id=by.id, choice=choice)
        db.session.add(vote)
    vote.choice, vote.at = choice, clock.now()
    db.session.flush()
    db.session.expire(item, ["votes"])
    journal.record(session, "cast_vote", by=by, data={"file": item.project.reference, "choice": choice})
    return vote


def why_no_vote(item: AgendaItem, person) -> str | None:
    """Why a person has no vote on a file; None where they have one."""
    seat = next((s for s in item.session.committee.seats if s.person_id == person.id and s.office in VOTING), None)
    if seat is None:
        return _("You have no vote in this committee.")
    if any(conflict.person_id == person.id for conflict in item.conflicts):
        return _("You declared a conflict of interest on this file: you are out of its vote.")
    if person.id not in present_ids(item.session):
        return _("You are not recorded as present: the secretary takes the attendance.")
    return None


def decide(
    item: AgendaItem,
    decision: str,
    *,
    amount: int | None = None,
    conditions: str = "",
    reason: str = "",
    by,
    expected_revision: int | None = None,
    idempotency_key: str | None = None,
) -> AgendaItem:
    """Decide on a file: `award` (with its amount in francs), `reject` or `adjourn` (with a reason).

    An appeal is granted by `reopen_eligibility` or `reopen_appraisal`, or refused by `uphold_refusal`, with a reason.

    A change of what was granted is decided as it was asked for: `amount` is not looked at then.

    It takes the action of that name on the file, which checks and records everything (see `guards` and `effects`).
    Raises Refused with every reason, Problems with everything wrong, Stale where somebody was quicker.
    """
    if decision not in DECISION_OF:
        raise NotFound(decision)
    data = {
        "amount": amount, "conditions": (conditions or "").strip(), "reason": (reason or "").strip(), "item": item.id,
    }  # fmt: skip
    subject = matters.subject_of(item)
    lifecycle.perform(
        subject, decision, by=by, data=data, expected_revision=expected_revision, idempotency_key=idempotency_key
    )
    return item


def file_scan(session: Session, upload, *, by) -> Session:
    """File the signed minutes as a scan, before they are recorded as signed. A better scan takes the place of a first."""
    policy.require(by, "committee.view", session)
    if not policy.sees(by, "committee.prepare", session) and not policy.sees(by, "committee.decide", session):
        policy.require(by, "committee.prepare", session)
    _in_step(session, ("minutes",))
    collect(None if upload is not None else Problem(_("Choose the scan or a photo of the signed minutes."), "scan"))
    session.signed_scan = documents.attach(upload, session, by=by)
    db.session.flush()
    journal.record(session, "file_scan", by=by, data={"sha256": session.signed_scan.sha256})
    return session


# -------------------------------------------------------------------------------------------------------------- pieces


def _open(session: Session, right: str, steps: tuple[str, ...], by) -> None:
    """Lock a session. Raises Refused for one who lacks the right on it, or in another step."""
    lifecycle.hold(session)
    policy.require(by, right, session)
    _in_step(session, steps)


def _in_step(session: Session, steps: tuple[str, ...]) -> None:
    if session.step not in steps:
        raise Refused(_("The session is not at the step at which this is done."))


def _lock(item: AgendaItem) -> None:
    """Lock a line of the agenda and read it, its votes and its conflicts as they are now."""
    db.session.refresh(item, with_for_update={"of": AgendaItem})
    db.session.expire(item, ["votes", "conflicts"])


def _undecided(item: AgendaItem) -> None:
    if item.decision is not None:
        raise Refused(_("This file is decided: its votes stand."))
