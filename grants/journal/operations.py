"""Writing the journal."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import event, select, tuple_
from sqlalchemy.orm import Session

from grants.core import clock
from grants.core.database import db
from grants.core.portions import among, insert_each, insert_rows, portions, update_rows
from grants.journal.chain import FORMAT, GENESIS, canonical, digest, instant
from grants.journal.models import SYSTEM_NAME, Event, Head

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
_HEAD = Head.__table__


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
    if on_behalf is None and by is not None:
        on_behalf = db.session.info.get(FOR, {}).get(by.id)
    line = Line(subject, action, data, reason, on_behalf, from_step, to_step)
    return record_each([line], by=by)[0]


@dataclass(frozen=True, slots=True)
class Line:
    """An act as `record_each` takes it: what `record` is given. `on_behalf` is taken as it stands."""

    subject: object
    action: str
    data: dict | None = None
    reason: str | None = None
    on_behalf: object = None
    from_step: str | None = None
    to_step: str | None = None

    @property
    def key(self) -> tuple[str, int]:
        return self.subject.__subject__, self.subject.id


def record_each(lines: Sequence[Line], *, by) -> list[Event]:
    """Add acts of one person to the histories of their subjects, in this order, as `record` adds one.

    The number of questions does not grow with that of the acts.
    """
    db.session.flush()
    heads, now, made = _heads({line.key for line in lines}), clock.now(), []
    for line in lines:
        (kind, subject_id), (seq, prev) = line.key, heads[line.key]
        row = Event(
            format=FORMAT,
            subject_kind=kind,
            subject_id=subject_id,
            seq=seq,
            at=now,
            actor_id=by.id if by else None,
            actor_name=by.name if by else SYSTEM_NAME,
            on_behalf_of_id=line.on_behalf.id if line.on_behalf else None,
            action=line.action,
            from_step=line.from_step,
            to_step=line.to_step,
            reason=line.reason or None,
            data=canonical(plain(line.data or {})),
            prev_hash=prev,
        )
        row.hash = digest(row)
        heads[line.key] = seq + 1, row.hash
        made.append(row)
    insert_each(made)
    _set_heads(heads)
    return made


def _heads(keys: set[tuple[str, int]]) -> dict[tuple[str, int], tuple[int, str]]:
    """For each subject the number of its next event and the hash before it, held until the transaction ends."""
    if len(keys) == 1:
        ((kind, subject_id),) = keys
        row = db.session.execute(_NEXT, {"kind": kind, "id": subject_id, "genesis": GENESIS}).one()
        return {(kind, subject_id): (row.seq, row.hash)}
    # Always in the same order, so that two who write many never wait for each other in a circle.
    ordered = sorted(keys)
    found = _held(ordered)
    if missing := [key for key in ordered if key not in found]:
        first = [{"subject_kind": kind, "subject_id": one, "seq": 0, "hash": GENESIS} for kind, one in missing]
        insert_rows(_HEAD, first, conflict=lambda statement: statement.on_conflict_do_nothing())
        found |= _held(missing)
    return found


def _held(keys: list[tuple[str, int]]) -> dict[tuple[str, int], tuple[int, str]]:
    found = {}
    for some in portions(keys):
        wanted = (
            select(_HEAD.c.subject_kind, _HEAD.c.subject_id, _HEAD.c.seq, _HEAD.c.hash)
            .where(_among(some))
            .order_by(_HEAD.c.subject_kind, _HEAD.c.subject_id)
            .with_for_update()
        )
        found |= {(kind, one): (seq + 1, last) for kind, one, seq, last in db.session.execute(wanted)}
    return found


def _among(keys: Iterable[tuple[str, int]]):
    kinds = {kind for kind, _one in keys}
    if len(kinds) == 1:
        return (_HEAD.c.subject_kind == kinds.pop()) & among(_HEAD.c.subject_id, [one for _kind, one in keys])
    return tuple_(_HEAD.c.subject_kind, _HEAD.c.subject_id).in_(list(keys))


def _set_heads(heads: dict[tuple[str, int], tuple[int, str]]) -> None:
    rows = [
        ({"subject_kind": kind, "subject_id": one}, {"seq": following - 1, "hash": end})
        for (kind, one), (following, end) in heads.items()
    ]
    update_rows(_HEAD, rows)


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
