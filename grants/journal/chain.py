"""How events are chained: each holds the hash of the one before it on the same subject, and its own.

The serialisation is versioned (`format`), so that a later one can stand beside it without touching what is written.
Format 1: the SHA-256 of canonical JSON (keys sorted, no spaces, UTF-8) of the fields listed in `FIELDS`, times in UTC
with microseconds.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

FORMAT = 1
GENESIS = "0" * 64
FIELDS = (
    "format", "subject_kind", "subject_id", "seq", "at", "actor_id", "actor_name", "on_behalf_of_id", "action",
    "from_step", "to_step", "reason", "data", "prev_hash",
)  # fmt: skip


def canonical(value: object) -> str:
    """JSON that is the same text for the same value, wherever and whenever it is written."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def instant(at: datetime) -> str:
    """An instant as the chain writes it: `2026-03-02T11:05:00.000000Z`."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def digest(event) -> str:
    """The hash that belongs to an event (a row or anything with its fields), from its content."""
    values = {name: getattr(event, name) for name in FIELDS}
    values["at"] = instant(values["at"])
    return hashlib.sha256(canonical(values).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Break:
    """A place where the chain does not hold: what was found, on which event."""

    subject_kind: str
    subject_id: int
    seq: int
    what: str


def verify(events: Iterable, heads: dict[tuple[str, int], tuple[int, str]]) -> Iterator[Break]:
    """Check events ordered by subject and sequence against each other and against the heads kept beside them.

    `heads` maps (kind, id) to (last sequence number, its hash); a cut tail shows as a difference with it.
    """
    seen: dict[tuple[str, int], tuple[int, str]] = {}
    for event in events:
        key = (event.subject_kind, event.subject_id)
        seq, prev = seen.get(key, (0, GENESIS))
        if event.seq != seq + 1:
            yield Break(*key, event.seq, f"the sequence goes from {seq} to {event.seq}")
        if event.prev_hash != prev:
            yield Break(*key, event.seq, "it does not name the event before it")
        if digest(event) != event.hash:
            yield Break(*key, event.seq, "its content is not what was written")
        seen[key] = (event.seq, event.hash)
    for key, (seq, head) in heads.items():
        if seen.get(key) != (seq, head):
            yield Break(*key, seq, "the last event is not the one that the head names")
    for key in seen.keys() - heads.keys():
        yield Break(*key, seen[key][0], "there is no head for this subject")
