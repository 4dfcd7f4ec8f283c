"""Writing the texts of contracts: begun, changed, put forward by one person, published by another, or discarded."""

from datetime import date

from flask_babel import gettext as _

from grants import journal
from grants.access import policy
from grants.access.models import Person
from grants.calls.kinds import kinds
from grants.calls.models import Call
from grants.contracts.clauses import reading
from grants.contracts.clauses.parts import parts
from grants.contracts.models import ClauseSet, ClauseVersion
from grants.core import clock
from grants.core.database import db
from grants.core.errors import Problem, Problems, Refused, collect

WRITING = ("draft", "change", "put_forward")


def begin_set(*, part: str, call: Call | None, kind: str | None, by) -> ClauseSet:
    """Begin a text of its own for a call, a kind of micro-project, or both; it has no version yet.

    Raises Problems for what is not there, for the general text (it exists already) and for a second set of the same.
    """
    policy.require(by, "clauses.write")
    collect(
        None if part in parts() else Problem(_("There is no such part of the contract."), "part"),
        None if kind is None or kind in kinds() else Problem(_("There is no such kind of micro-project."), "kind"),
        Problem(_("Choose a call, a kind of micro-project, or both."), "call")
        if call is None and kind is None
        else None,
    )
    code = ":".join(filter(None, (part, kind, call.reference if call else None)))
    if db.session.scalar(db.select(ClauseSet.id).where(ClauseSet.code == code)) is not None:
        raise Problems(Problem(_("There is a text of its own for this already."), "part"))
    made = ClauseSet(code=code, part=part, kind=kind, call_id=call.id if call else None, created_by_id=by.id)
    db.session.add(made)
    db.session.flush()
    return made


def draft(found: ClauseSet, *, text: str, reason: str, by) -> ClauseVersion:
    """Write the draft of the next version, or change the one that is there. One draft a set at a time.

    Raises Problems (field `text`) with the line and column of each fault; Refused once it was put forward.
    """
    policy.require(by, "clauses.write")
    _lock(found)
    text = checked(found, text)
    collect(None if (reason or "").strip() else Problem(_("Say in a line why the text changes."), "reason"))
    version = open_version(found)
    if version is None:
        number = 1 + max((one.number for one in found.versions), default=0)
        version = ClauseVersion(
            set_id=found.id,
            number=number,
            text=text,
            reason=reason.strip(),
            written_by_id=by.id,
            written_at=clock.now(),
        )
        db.session.add(version)
        act = "draft"
    else:
        if version.put_forward_at is not None:
            raise Refused(_("This text was put forward: it is published or sent back before it changes."))
        version.text, version.reason = text, reason.strip()
        version.written_by_id, version.written_at = by.id, clock.now()
        act = "change"
    db.session.flush()
    db.session.expire(found, ["versions"])
    journal.record(found, act, by=by, data={"code": found.code, "version": version.number}, reason=version.reason)
    return version


def checked(found: ClauseSet, text: str) -> str:
    """A text as it is kept. Raises Problems with everything that is wrong in it."""
    if not (text or "").strip():
        raise Problems(Problem(_("Write the text."), "text"))
    nodes, faults = reading.read(text)
    if faults:
        raise Problems([Problem(str(fault), "text") for fault in faults])
    named = reading.names_in(nodes)
    part = parts()[found.part]
    missing = [name for name in part.needs if name not in named]
    if missing:
        listed = ", ".join(f"{{{name}}}" for name in missing)
        raise Problems(Problem(_("“%(part)s” cannot do without %(names)s.", part=part.title, names=listed), "text"))
    return reading.normal(text)


def put_forward(found: ClauseSet, *, by) -> ClauseVersion:
    """Ask for the draft to be published by somebody else."""
    policy.require(by, "clauses.write")
    version = _draft_of(found)
    if version.put_forward_at is not None:
        raise Refused(_("This text was put forward already."))
    version.put_forward_at = clock.now()
    db.session.flush()
    journal.record(found, "put_forward", by=by, data={"code": found.code, "version": version.number})
    return version


def send_back(found: ClauseSet, *, reason: str, by) -> ClauseVersion:
    """Give a text that was put forward back to its author, with the reason."""
    policy.require(by, "clauses.publish")
    version = _put_forward(found)
    collect(None if (reason or "").strip() else Problem(_("Say what must change."), "reason"))
    version.put_forward_at = None
    db.session.flush()
    journal.record(
        found, "send_back", by=by, reason=reason.strip(), data={"code": found.code, "version": version.number}
    )
    return version


def publish(found: ClauseSet, *, valid_from: date, by) -> ClauseVersion:
    """Publish what was put forward, from a day on. Never by somebody who wrote any of it; contracts keep what they have.

    Raises Refused for an author, Problems for a day that is past or before that of an earlier version.
    """
    policy.require(by, "clauses.publish")
    version = _put_forward(found)
    since = max((one.published_at for one in found.versions if one.published_at), default=None)
    hands = {version.written_by_id} | journal.hands(found, *WRITING, since=since)
    if policy.are_one(by, hands, "clauses.publish"):
        author = by if by.id in hands else db.session.get_one(Person, version.written_by_id)
        raise policy.one_hand(by, author, _("You wrote this text: somebody else publishes it."))
    latest = max((one.valid_from for one in found.versions if one.valid_from), default=None)
    collect(
        Problem(_("A text holds from today at the earliest."), "valid_from") if valid_from < clock.today() else None,
        Problem(_("An earlier version holds from a later day."), "valid_from")
        if latest and valid_from < latest
        else None,
    )
    # What may be named can have changed since it was written.
    checked(found, version.text)
    version.published_by_id, version.published_at, version.valid_from = by.id, clock.now(), valid_from
    db.session.flush()
    data = {"code": found.code, "version": version.number, "valid_from": valid_from}
    journal.record(found, "publish", by=by, data=data)
    return version


def discard(found: ClauseSet, *, by) -> None:
    """Throw the draft away; what was published stays."""
    policy.require(by, "clauses.write")
    version = _draft_of(found)
    number = version.number
    db.session.delete(version)
    db.session.flush()
    db.session.expire(found, ["versions"])
    journal.record(found, "discard", by=by, data={"code": found.code, "version": number})


def open_version(found: ClauseSet) -> ClauseVersion | None:
    """The version of a set that is not published, if there is one."""
    return next((one for one in found.versions if one.published_at is None), None)


def _draft_of(found: ClauseSet) -> ClauseVersion:
    _lock(found)
    version = open_version(found)
    if version is None:
        raise Refused(_("There is no draft of this text."))
    return version


def _put_forward(found: ClauseSet) -> ClauseVersion:
    version = _draft_of(found)
    if version.put_forward_at is None:
        raise Refused(_("This text was not put forward yet."))
    return version


def _lock(found: ClauseSet) -> None:
    db.session.flush()
    db.session.refresh(found, with_for_update={"of": ClauseSet})
    db.session.expire(found, ["versions"])
