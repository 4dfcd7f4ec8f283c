"""Writing the journal."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import event
from sqlalchemy.orm import Session

from grants.core import clock
from grants.core.database import db
from grants.journal.chain import FORMAT, GENESIS, canonical, digest, instant
from grants.journal.models import SYSTEM_NAME, Event

# Where the session says for whom a person acts in this transaction: person id → person, or None for themselves.
FOR = "acts for"


@event.listens_for(Session, "after_commit")
@event.listens_for(Session, "after_rollback")
def _forget(session):
    session.info.pop(FOR, None)


_NEXT = db.text(
    "INSERT INTO journal_head (subject_kind, subject_id, seq, hash) VALUES (:kind, :id, 1, :genesis) "
    "ON CONFLICT (subject_kind, subject_id) DO UPDATE SET seq = journal_head.seq + 1 RETURNING seq, hash"
)
_SET = db.text("UPDATE journal_head SET hash = :hash WHERE subject_kind = :kind AND subject_id = :id")


def record(
    subject,
    action: str,
    *,
    by,
    data: dict | None = None,
    reason: str | None = None,
    on_behalf=None,
    from_step: str | None = None,
    to_step: str | None = None,
) -> Event:
    """Add one act to the history of a subject, in the transaction that is open.

    `subject` has `__subject__` (its kind) and an id; `by` is the acting person, or None where the system acts.
    `data` is plain: text, whole numbers, true/false, lists and dictionaries of these; days, instants and decimals are
    written as text. Acts on one subject wait for each other here, so the chain cannot fork.
    """
    db.session.flush()
    if on_behalf is None and by is not None:
        on_behalf = db.session.info.get(FOR, {}).get(by.id)
    key = {"kind": subject.__subject__, "id": subject.id}
    seq, prev = db.session.execute(_NEXT, {**key, "genesis": GENESIS}).one()
    row = Event(
        format=FORMAT,
        subject_kind=subject.__subject__,
        subject_id=subject.id,
        seq=seq,
        at=clock.now(),
        actor_id=by.id if by else None,
        actor_name=by.name if by else SYSTEM_NAME,
        on_behalf_of_id=on_behalf.id if on_behalf else None,
        action=action,
        from_step=from_step,
        to_step=to_step,
        reason=reason or None,
        data=canonical(plain(data or {})),
        prev_hash=prev,
    )
    row.hash = digest(row)
    db.session.add(row)
    db.session.execute(_SET, {**key, "hash": row.hash})
    db.session.flush()
    return row


def plain(value):
    """The value as JSON can hold it. Raises TypeError for what has no plain form (a float among them)."""
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(v) for v in (sorted(value) if isinstance(value, (set, frozenset)) else value)]
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, (date, Decimal)):
        return str(value)
    if hasattr(value, "__html__") or hasattr(value, "translate"):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no place in the journal")
