"""Performing: the one way in which anything that has a life takes a step.

In the transaction of the request: lock the row → read it again → the step allows it → role in the territory → people
apart (looked up in the journal) → guards → effects → step, due time, revision → journal. Any failure leaves nothing.
"""

import hashlib

from flask_babel import gettext as _
from sqlalchemy import select

from grants import journal
from grants.access import identity as identities
from grants.access import policy
from grants.access.labels import ROLE_LABELS
from grants.core import clock
from grants.core.database import db
from grants.core.errors import Problems, Refused, Stale
from grants.core.formatting import moment
from grants.core.texts import Words, language
from grants.core.uploads import Upload
from grants.lifecycle import registry
from grants.lifecycle.holidays import calendar
from grants.lifecycle.models import IdempotencyKey
from grants.lifecycle.versions import definition_of, newest
from grants.workflow import Actor, Offer, UnknownAction, decide, due
from grants.workflow import offers as engine_offers


class _Facts:
    """What the engine asks about one subject for one person: the journal and the guards."""

    def __init__(self, subject, person, giver=None):
        self.subject, self.person, self.giver = subject, person, giver
        self._done = None

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


def _decided(definition, subject, action: str, by) -> tuple[Offer, object]:
    """The best offer of an action for a person, and for whom they then act (None: for themselves)."""
    found = [
        (decide(definition, subject.step, action, actor, facts, role_words=role_words()), giver)
        for giver, actor, facts in _hats(subject, by)
    ]
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
        subject.state_revision = 1
        _stand(subject, definition, definition.start)
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
    _tell(subject, event, definition, None)
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
    _lock(subject)
    # A twin may have waited for the same lock: what it did is seen only now.
    if idempotency_key and (event := _done_before(by, idempotency_key, digest)):
        return event
    definition = definition_of(subject)
    if expected_revision is not None and expected_revision != subject.state_revision:
        raise Stale(_what_happened(subject))
    try:
        offer, giver = _decided(definition, subject, action, by)
    except UnknownAction:
        raise Stale(_what_happened(subject)) from None
    if not offer.allowed:
        raise Refused(*[reason.in_locale(language()) for reason in offer.reasons])
    if offer.action.confirm_identity:
        identities.require(identity, by, action, subject)
    # What effects write in the journal is written for the same person.
    db.session.info.setdefault(journal.FOR, {})[by.id] = giver
    act = registry.Act(action, by, clock.now(), data, {}, reason=data.get("reason"), identity=identity)
    if offer.action.confirm_identity:
        act.note(identity_confirmed=True)
    for name in offer.action.does:
        registry.effects[name](subject, act)
    before = subject.step
    _move(subject, definition, offer.action.to)
    event = journal.record(
        subject,
        action,
        by=by,
        on_behalf=giver,
        data=act.noted,
        reason=act.reason,
        from_step=before,
        to_step=subject.step,
    )
    if idempotency_key:
        db.session.add(IdempotencyKey(person_id=by.id, key=idempotency_key, digest=digest, event_id=event.id))
    _tell(subject, event, definition, offer.action)
    return event


def _tell(subject, event, definition, action) -> None:
    for listener in registry.listeners:
        listener(subject, event, definition, action)


def _lock(subject) -> None:
    """Hold the row until the transaction ends, and read it as it is now. (SQLite holds the whole file already.)"""
    model = type(subject)
    db.session.flush()
    db.session.execute(
        select(model).where(model.id == subject.id).with_for_update(of=model).execution_options(populate_existing=True)
    ).unique().all()


def _move(subject, definition, place: str) -> None:
    """Count the act and stand at the new place; refuse when another transaction moved the row all the same."""
    table = type(subject).__table__
    seen = subject.state_revision
    db.session.flush()
    moved = db.session.execute(
        table.update().where(table.c.id == subject.id, table.c.state_revision == seen).values(state_revision=seen + 1)
    )
    if moved.rowcount != 1:
        raise Stale(_what_happened(subject))
    subject.state_revision = seen + 1
    _stand(subject, definition, place)
    db.session.flush()


def _stand(subject, definition, place: str) -> None:
    now = clock.now()
    subject.step, subject.step_since = place, now
    if definition.is_end(place):
        subject.waits_for, subject.due_at = None, None
        return
    step = definition.steps[place]
    subject.waits_for = step.owner
    subject.due_at = subject.own_due(place) or (due(now, step.within, calendar()) if step.within else None)


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
