"""How events are chained: each holds the hash of the one before it on the same subject, and its own.

The serialisation is versioned (`format`), so that a later one can stand beside it without touching what is written.
Format 1: the SHA-256 of canonical JSON (keys sorted, no spaces, UTF-8) of the fields listed in `FIELDS`, times in UTC
with microseconds.
"""

import hashlib
import json
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


# What a checkpoint's hash is over; its peaks follow from the leaves, its signature from the hash.
CHECKPOINT_FIELDS = ("format", "number", "at", "size", "root", "subjects", "events", "prev_hash", "key")


def leaf_content(kind: str, subject_id: int, seq: int, head: str) -> bytes:
    """What a leaf of the Merkle log is made from: the head of a subject, as canonical JSON."""
    return canonical({"hash": head, "seq": seq, "subject_id": subject_id, "subject_kind": kind}).encode()


def canonical_checkpoint(checkpoint) -> str:
    """The content of a checkpoint (a row or anything with its fields) as canonical JSON."""
    values = {name: getattr(checkpoint, name) for name in CHECKPOINT_FIELDS}
    values["at"] = instant(values["at"])
    return canonical(values)


def checkpoint_hash(checkpoint) -> str:
    """The hash that belongs to a checkpoint, from its content."""
    return hashlib.sha256(canonical_checkpoint(checkpoint).encode()).hexdigest()
