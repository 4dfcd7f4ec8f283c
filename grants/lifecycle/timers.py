"""Timers: what happens by itself when a subject stays beyond its time.

Each rule of lateness of a step becomes a row when a subject enters the step and is void when the subject leaves. `fire_due`
fires what is due: once, however many workers run and wherever one is killed, because a timer is marked in the very
transaction in which what it does is written.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from grants import journal
from grants.access import SYSTEM
from grants.core import clock
from grants.core.database import db
from grants.core.errors import Refused
from grants.core.logs import log
from grants.core.portions import among, insert_rows, portions
from grants.core.unit_of_work import unit_of_work
from grants.journal import wording
from grants.lifecycle import registry, stays
from grants.lifecycle.holding import hold
from grants.lifecycle.holidays import calendar
from grants.lifecycle.running import perform
from grants.lifecycle.versions import definition_of
from grants.lifecycle.waiting import Stay, Timer
from grants.workflow import late_moments

PASSED, ESCALATED, NOT_TAKEN = "deadline_passed", "deadline_escalated", "deadline_not_taken"
_WORDS = {
    PASSED: _l("Deadline passed: a reminder was sent"),
    ESCALATED: _l("Long overdue: passed on to the next level"),
    NOT_TAKEN: _l("The system could not go on by itself"),
}
# Timers of one transaction: few enough that nobody at a screen waits for them.
CHUNK = 50
# A number that one pass leaves to the next.
MOST = 20_000

_listeners: list[Callable] = []


def when_late(listener: Callable) -> Callable:
    """Register `f(subject, event, roles)`, called in the transaction in which a rule of lateness takes effect.

    `roles` are those who are to hear of it; `event` is in the journal.
    """
    _listeners.append(listener)
    return listener


@wording.otherwise
def _words(event):
    return _WORDS.get(event.action)


# ------------------------------------------------------------------------------------------------------ set and void


def follow(acted: Sequence[tuple]) -> None:
    """After acts: the timers of the stay that ended are void, those of the new one are set. (Listens to acts.)"""
    subjects = [subject for subject, *_rest in acted]
    for some in portions([subject.id for subject in subjects]):
        db.session.execute(
            update(Timer.__table__)
            .where(Timer.subject_kind == subjects[0].__subject__, among(Timer.subject_id, some))
            .where(Timer.fired_at.is_(None), Timer.void_at.is_(None))
            .values(void_at=clock.now())
        )
    _set((subject, definition) for subject, _event, definition, _action in acted)


def _set(standing: Iterable[tuple]) -> None:
    """Set the timers of subjects (each with its definition) where they stand now."""
    # Those that came to a step at one instant are late at the same ones.
    moments: dict[tuple, dict] = {}
    rows = []
    for subject, definition in standing:
        if subject.due_at is None:
            continue
        place = definition.place(subject.step)
        key = (id(place), subject.due_at)
        if key not in moments:
            # Two rules alike are one timer.
            moments[key] = dict.fromkeys(
                (f"{place.code}/{place.late.index(moment.rule)}", moment.at)
                for moment in late_moments(place, subject.due_at, calendar())
            )
        about = {"subject_kind": subject.__subject__, "subject_id": subject.id, "tries": 0}
        rows += [{**about, "rule": rule, "due_at": at} for rule, at in moments[key]]
    # Left and entered again at one instant: the same timer runs on, and one that was fired stays fired.
    keys = ["subject_kind", "subject_id", "rule", "due_at"]
    insert_rows(
        Timer.__table__,
        rows,
        conflict=lambda statement: statement.on_conflict_do_update(index_elements=keys, set_={"void_at": None}),
    )


def catch_up() -> int:
    """Set the timers of subjects that have none though their step has rules: those that stood before timers were kept."""
    without = (
        ~select(Timer.id).where(Timer.subject_kind == Stay.subject_kind, Timer.subject_id == Stay.subject_id).exists()
    )
    found = 0
    for stay in db.session.scalars(select(Stay).where(Stay.left_at.is_(None), Stay.due_at.is_not(None), without)):
        kind = registry.kinds.get(stay.subject_kind)
        if kind and (subject := db.session.get(kind.model, stay.subject_id)):
            _set([(subject, definition_of(subject))])
            found += 1
    return found


# ------------------------------------------------------------------------------------------------------------- firing


def fire_due() -> int:
    """Fire every timer that is due; the number that took effect. Commits as it goes.

    Safe beside people and other workers: a subject on which somebody acts at this moment is left for the next pass. What
    fails is logged and tried again later; it keeps none of the others.
    """
    with unit_of_work():
        due = due_timers()
    fired = 0
    for start in range(0, len(due), CHUNK):
        with unit_of_work():
            fired += fire(due[start : start + CHUNK])
    return fired


def due_timers() -> list[int]:
    """The ids of the timers that are due, the oldest first."""
    now = clock.now()
    pending = Timer.fired_at.is_(None) & Timer.void_at.is_(None)
    ready = Timer.retry_at.is_(None) | (Timer.retry_at <= now)
    query = select(Timer.id).where(pending, Timer.due_at <= now, ready).order_by(Timer.due_at, Timer.id).limit(MOST)
    return list(db.session.scalars(query))


def fire(ids: list[int]) -> int:
    """Fire timers in the transaction that is open, each behind a savepoint; the number that took effect."""
    fired = 0
    for timer_id in ids:
        try:
            with db.session.begin_nested():
                fired += _fire(timer_id)
        except Exception:  # noqa: BLE001  (whatever one timer does, the others are fired)
            log.exception("timer %s failed", timer_id)
            _postpone(timer_id)
    return fired


def _fire(timer_id: int) -> bool:
    timer = db.session.get(Timer, timer_id, populate_existing=True)
    subject = _locked(timer)
    if subject is None:
        return False
    # Whoever acts on a subject holds its row before they touch its timers, and so do we: nobody waits in a circle.
    db.session.refresh(timer, with_for_update=True)
    if timer.fired_at is not None or timer.void_at is not None:
        return False
    step, _slash, number = timer.rule.rpartition("/")
    definition = definition_of(subject)
    if subject.step != step:
        timer.void_at = clock.now()
        return False
    _take_effect(subject, definition.steps[step], definition.steps[step].late[int(number)], timer)
    return True


def _locked(timer: Timer):
    """The subject with its row held; None where somebody else holds it or its file now, or it is gone."""
    kind = registry.kinds.get(timer.subject_kind)
    subject = db.session.get(kind.model, timer.subject_id) if kind is not None else None
    return subject if subject is not None and hold(subject, wait=False) else None


def _take_effect(subject, step, rule, timer: Timer) -> None:
    timer.fired_at = clock.now()
    roles = tuple(dict.fromkeys(step.owner if role == "owner" else role for role in rule.tell))
    event = journal.record(
        subject,
        ESCALATED if rule.escalate else PASSED,
        by=SYSTEM,
        data={"step": step.code, "due": subject.due_at, "after": str(rule.after), "tell": roles},
    )
    if rule.escalate and (stay := stays.of(subject)):
        stay.escalated_at = timer.fired_at
    for listener in _listeners:
        listener(subject, event, roles)
    if rule.takes:
        _act(subject, rule.takes)


def _act(subject, action: str) -> None:
    """Take the action that the rule names; where something keeps it from that, the journal says what."""
    try:
        with db.session.begin_nested():
            perform(subject, action, by=SYSTEM)
    except Refused as refusal:
        db.session.refresh(subject)
        journal.record(subject, NOT_TAKEN, by=SYSTEM, reason=str(refusal), data={"action": action})


def _postpone(timer_id: int) -> None:
    timer = db.session.get(Timer, timer_id, populate_existing=True)
    timer.tries += 1
    timer.retry_at = clock.now() + timedelta(minutes=min(2**timer.tries, 24 * 60))
