"""Performing: the one way in which anything that has a life takes a step.

In the transaction of the request: hold the file, then the row → read both again → the step allows it → role in the
territory → people apart (looked up in the journal) → guards → effects → step, due time, revision → journal. Any failure
leaves nothing.
"""

import functools
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from grants import journal
from grants.access import identity as identities
from grants.access import policy
from grants.access.labels import ROLE_LABELS
from grants.core import clock
from grants.core.database import db
from grants.core.errors import Problems, Refused, Stale
from grants.core.formatting import moment
from grants.core.portions import change_each
from grants.core.texts import Words, language
from grants.core.uploads import Upload
from grants.lifecycle import registry
from grants.lifecycle.holding import hold, hold_each
from grants.lifecycle.holidays import calendar
from grants.lifecycle.models import IdempotencyKey
from grants.lifecycle.versions import definition_of, newest
from grants.workflow import Actor, Definition, Offer, UnknownAction, decide, due
from grants.workflow import offers as engine_offers

_GONE = _l("This has changed meanwhile. Look at the page again before you go on.")


class _Facts:
    """What the engine asks about one subject for one person: the journal and the guards."""

    def __init__(self, subject, person, giver=None, done=None):
        self.subject, self.person, self.giver = subject, person, giver
        self._done = done

    def who_did(self, action):
        if self._done is None:
            # All that this step asks about, in one look at the journal.
            step = definition_of(self.subject).place(self.subject.step)
            asked = {code for one in getattr(step, "actions", {}).values() for code in one.apart_from}
            self._done = journal.who_did(self.subject, *sorted(asked | {action}))
        return self._done[action]

    def unmet(self, name):
        found = list(registry.guards[name](self.subject, self.person))
        if self.giver is not None:
            # What stands against the one they act for stands against them too (a conflict of interest).
            said = {str(reason) for reason in found}
            found += [r for r in registry.guards[name](self.subject, self.giver) if str(r) not in said]
        return found


def role_words() -> dict[str, dict[str, str]]:
    """The names of the roles as the engine takes them, each in the language of the page."""
    return _role_words(str(get_locale()))


@functools.lru_cache(maxsize=8)
def _role_words(_locale: str) -> dict[str, dict[str, str]]:
    return {role: dict.fromkeys(("fr", "en"), str(label)) for role, label in ROLE_LABELS.items()}


def offers(subject, person) -> list[Offer]:
    """Every action of the present step for a person: allowed, or refused with all its reasons."""
    definition = definition_of(subject)
    worn = [
        engine_offers(definition, subject.step, actor, facts, role_words=role_words())
        for _giver, actor, facts in _hats(subject, person)
    ]
    return [min(same, key=_rank) for same in zip(*worn, strict=True)]


def _hats(subject, person):
    """As whom a person may act: themselves first, then each who lends them roles; with what the engine asks for each."""
    for giver, roles in policy.hats(person, subject):
        yield giver, Actor(person.id, roles, giver.id if giver else None), _Facts(subject, person, giver)


def _rank(offer: Offer) -> int:
    """What is allowed comes before what only concerns a person; among equals their own roles come first."""
    return 0 if offer.allowed else 1 if offer.concerns_me else 2


def _decided(definition, subject, action: str, by, worn, done) -> tuple[Offer, object]:
    """The best offer of an action for a person, and for whom they then act (None: for themselves).

    `worn` are their hats, `done` who took the acts that this one is kept apart from.
    """
    words = role_words()
    found = []
    for giver, roles in worn:
        actor, facts = Actor(by.id, roles, giver.id if giver else None), _Facts(subject, by, giver, done)
        found.append((decide(definition, subject.step, action, actor, facts, role_words=words), giver))
    return min(found, key=lambda one: _rank(one[0]))


def begin(subject, *, by, data: dict | None = None) -> journal.Event:
    """Put a new subject at the start of the newest published workflow of its kind."""
    # It has no step yet, so it must not reach the database while we look around.
    with db.session.no_autoflush:
        version = newest(subject.__subject__)
        subject.workflow_version_id = version.id
        definition = definition_of(subject)
        hats = policy.hats(by, subject)
        fitting = [giver for giver, roles in hats if not definition.created_by or roles & set(definition.created_by)]
        if not fitting:
            roles = ", ".join(str(ROLE_LABELS[r]) for r in definition.created_by)
            raise Refused(_("Your role does not allow this here. It is for: %(roles)s.", roles=roles))
        for name, value in _standing(subject, definition, definition.start, clock.now(), _late).items():
            setattr(subject, name, value)
    db.session.add(subject)
    db.session.flush()
    event = journal.record(
        subject,
        definition.created_as or "begin",
        by=by,
        on_behalf=fitting[0],
        data=data,
        to_step=definition.start,
    )
    _tell([(subject, event, definition, None)])
    return event


def perform(
    subject,
    action: str,
    *,
    by,
    data: dict | None = None,
    expected_revision: int | None = None,
    idempotency_key: str | None = None,
    identity: identities.Confirmation | None = None,
) -> journal.Event:
    """Take an action on a subject for a person, or for the system (`by=SYSTEM`); the only way a step changes.

    `data` is what the action's form gave. `expected_revision` is the `state_revision` that the person saw: another one
    raises `Stale`, telling who did what meanwhile. The same `idempotency_key` with the same input returns the first
    event again; with another input it raises `Problems`. An action with `confirm_identity` is taken only with `identity`,
    a fresh confirmation of this very person for this very act on this subject. A refusal raises `Refused` with every reason.
    """
    data = data or {}
    digest = _digest(subject, action, data)
    if idempotency_key and (event := _done_before(by, idempotency_key, digest)):
        return event
    hold(subject)
    # A twin may have waited for the same lock: what it did is seen only now.
    if idempotency_key and (event := _done_before(by, idempotency_key, digest)):
        return event
    asked = registry.Asked(subject.id, action, data, expected_revision)
    try:
        (event,) = _take([subject], [asked], by=by, identity=identity)
    except registry.NotAll as refused:
        raise refused.refusals[0] from refused
    if idempotency_key:
        db.session.add(IdempotencyKey(person_id=by.id, key=idempotency_key, digest=digest, event_id=event.id))
    return event


def perform_each(model: type, asked: Sequence[registry.Asked], *, by) -> list[journal.Event]:
    """Take acts on many subjects of one kind, each as `perform` takes it, all of them or none; each subject once.

    The same decisions, effects and events, in the order of `asked`, but the rows are held, and what decisions and effects
    ask is asked, once for all: guards and effects that were not written for many are called one after the other. Raises
    `NotAll` with everything that was refused.
    """
    ids = [one.subject_id for one in asked]
    if len(set(ids)) != len(ids):
        raise ValueError("a subject takes one act at a time")
    held = {}
    try:
        with db.session.begin_nested():
            held = hold_each(model, ids)
            if gone := {place: Refused(_GONE) for place, one in enumerate(ids) if one not in held}:
                raise registry.NotAll(gone)
            return _take([held[one] for one in ids], asked, by=by) if ids else []
    except registry.NotAll:
        # What the acts had written into them is undone in the database.
        for one in held.values():
            db.session.expire(one)
        raise


@dataclass(slots=True)
class _Taken:
    """One act of those under way: its place among them, and for whom the person acts (None: for themselves)."""

    place: int
    subject: object
    definition: Definition
    offer: Offer
    giver: object
    act: registry.Act


def _take(subjects: list, asked: Sequence[registry.Asked], *, by, identity=None) -> list[journal.Event]:
    """Take acts on subjects whose rows are held. Raises `NotAll`; whatever then was done is undone by the caller."""
    taken, refusals = _allowed(subjects, asked, by, identity)
    try:
        return _done(taken, refusals, by)
    except Exception:
        for one in taken:
            if one.act.becomes:
                # It shows already what was not written.
                db.session.expire(one.subject, [*one.act.becomes])
        raise


def _done(taken: list[_Taken], refusals: dict[int, Exception], by) -> list[journal.Event]:
    for group in _alike(taken, lambda one: (id(one.definition), one.offer.action.code, one.giver)):
        _act_for(by, group[0].giver)
        for name in group[0].offer.action.does:
            left = [one for one in group if one.place not in refusals]
            try:
                registry.in_turn(registry.effects[name], [(one.subject, one.act) for one in left])
            except registry.NotAll as refused:
                refusals |= {left[place].place: why for place, why in refused.refusals.items()}
    if refusals:
        raise registry.NotAll(refusals)
    before = [one.subject.step for one in taken]
    _move(taken)
    lines = [
        journal.Line(one.subject, one.act.action, one.act.noted, one.act.reason, one.giver, step, one.subject.step)
        for one, step in zip(taken, before, strict=True)
    ]
    events = journal.record_each(lines, by=by)
    for group in _alike(taken, lambda one: one.giver):
        _act_for(by, group[0].giver)
        _tell([(one.subject, events[one.place], one.definition, one.offer.action) for one in group])
    return events


def _allowed(subjects, asked, by, identity) -> tuple[list[_Taken], dict[int, Exception]]:
    """What the engine says to each act: those that may be taken, and the refusals of the others by their places."""
    taken, refusals, now = [], {}, clock.now()
    definitions = {one.workflow_version_id: definition_of(one) for one in subjects}
    done = _done_apart(subjects, asked, definitions)
    for place, (subject, one, worn) in enumerate(zip(subjects, asked, policy.hats_each(by, subjects), strict=True)):
        definition = definitions[subject.workflow_version_id]
        try:
            if one.expected_revision not in (None, subject.state_revision):
                raise Stale(_what_happened(subject))
            offer, giver = _decided(definition, subject, one.action, by, worn, done.get(subject.id))
            if not offer.allowed:
                raise Refused(*[reason.in_locale(language()) for reason in offer.reasons])
            if offer.action.confirm_identity:
                identities.require(identity, by, one.action, subject)
        except UnknownAction:
            refusals[place] = Stale(_what_happened(subject))
            continue
        except (Refused, Problems) as refusal:
            refusals[place] = refusal
            continue
        act = registry.Act(one.action, by, now, one.data, {}, reason=one.data.get("reason"), identity=identity)
        if offer.action.confirm_identity:
            act.note(identity_confirmed=True)
        taken.append(_Taken(place, subject, definition, offer, giver, act))
    return taken, refusals


def _done_apart(subjects, asked, definitions) -> dict[int, dict]:
    """Who took the acts from which those that are asked for are kept apart, by subject. One look at the journal."""
    codes = set()
    for subject, one in zip(subjects, asked, strict=True):
        step = definitions[subject.workflow_version_id].place(subject.step)
        found = getattr(step, "actions", {}).get(one.action)
        codes.update(found.apart_from if found else ())
    return journal.who_did_each(subjects, *sorted(codes)) if codes else {}


def _alike(taken: list[_Taken], key) -> list[list[_Taken]]:
    found: dict[object, list[_Taken]] = {}
    for one in taken:
        found.setdefault(key(one), []).append(one)
    return list(found.values())


def _act_for(by, giver) -> None:
    """What effects write in the journal is written for the same person."""
    db.session.info.setdefault(journal.FOR, {})[by.id] = giver


def _tell(acted: list[tuple]) -> None:
    for listener in registry.listeners:
        registry.in_turn(listener, acted)


def _move(taken: list[_Taken]) -> None:
    """Count each act and stand at the new place, in one change with what effects made of the subject.

    Refuse when another transaction moved a row all the same.
    """
    db.session.flush()
    now, late = clock.now(), functools.cache(_late)
    for group in _alike(taken, lambda one: tuple(one.act.becomes)):
        stands = [
            (one.subject, one.act.becomes | _standing(one.subject, one.definition, one.offer.action.to, now, late))
            for one in group
        ]
        if not change_each(stands, seen=["state_revision"]):
            raise Stale(_what_happened(group[0].subject))


def _standing(subject, definition, place: str, now: datetime, late) -> dict:
    """What says where a subject stands, once it comes to a place now. `late(now, within)` is when it is late there."""
    stands = {"step": place, "step_since": now, "waits_for": None, "due_at": None,
              "state_revision": (subject.state_revision or 0) + 1}  # fmt: skip
    if not definition.is_end(place):
        step = definition.steps[place]
        due_at = subject.own_due(place) or (late(now, step.within) if step.within else None)
        stands |= {"waits_for": step.owner, "due_at": due_at}
    return stands


def _late(now: datetime, within) -> datetime:
    return due(now, within, calendar())


def _what_happened(subject) -> str:
    event = journal.last_event(subject)
    if event is None:
        return _("This has changed meanwhile. Look at the page again before you go on.")
    return _(
        "%(name)s was quicker: “%(act)s”, %(at)s. Look at the page again before you go on.",
        name=event.actor_name,
        act=journal.sentence(event),
        at=moment(event.at),
    )


def _done_before(by, key: str, digest: str) -> journal.Event | None:
    row = db.session.scalar(select(IdempotencyKey).where(IdempotencyKey.person_id == by.id, IdempotencyKey.key == key))
    if row is None:
        return None
    if row.digest != digest:
        raise Problems(_("This form was sent before with other content. Load the page again."))
    return db.session.get_one(journal.Event, row.event_id)


def _digest(subject, action: str, data: dict) -> str:
    def shown(value):
        if isinstance(value, Upload):
            return ["file", value.name, value.size]
        if isinstance(value, dict):
            return {k: shown(v) for k, v in sorted(value.items())}
        if isinstance(value, (list, tuple)):
            return [shown(v) for v in value]
        return repr(value)

    content = f"{subject.__subject__}:{subject.id}:{action}:{shown(data)}"
    return hashlib.sha256(content.encode()).hexdigest()


@journal.wording.otherwise
def _action_words(event):
    """The words of a workflow's act once it is done, from the definition of its subject."""
    kind = registry.kinds.get(event.subject_kind)
    subject = db.session.get(kind.model, event.subject_id) if kind else None
    if subject is None:
        return None
    said = definition_of(subject).action_past(event.action)
    # An act that the definition does not know has its words elsewhere.
    return None if event.action in said.values() else Words(said)
