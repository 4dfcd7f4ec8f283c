"""The journal as lines of JSON, for somebody who trusts neither this house nor its code (`tools/verify_journal.py`)."""

from collections.abc import Iterator

from grants.core import clock
from grants.journal import reading
from grants.journal.chain import CHECKPOINT_FIELDS, FORMAT, canonical, instant

_EVENT = (
    "subject_id", "seq", "format", "at", "actor_id", "actor_name", "on_behalf_of_id", "action", "from_step", "to_step",
    "reason", "data", "prev_hash", "hash",
)  # fmt: skip
_LEAF = ("position", "subject_kind", "subject_id", "seq", "hash")


def lines(*subjects: tuple[str, int]) -> Iterator[str]:
    """The whole journal, or that of some subjects (kind, id): a line a thing, each ended; in one snapshot, streamed.

    Checkpoints come first, then the leaves (all of them, so that the roots can be formed), then events, then a line that
    counts them.
    """
    with reading.snapshot() as connection:
        named = {"subjects": [list(one) for one in subjects]} if len(subjects) > 1 else {}
        subject = list(subjects[0]) if len(subjects) == 1 else None
        yield _line("journal", format=FORMAT, at=instant(clock.now()), subject=subject, **named)
        checkpoints = leaves = events = 0
        for one in reading.checkpoints(connection):
            checkpoints += 1
            values = {name: getattr(one, name) for name in CHECKPOINT_FIELDS}
            values |= {"at": instant(one.at), "hash": one.hash, "signature": one.signature}
            yield _line("checkpoint", **values)
        for leaf in reading.log(connection):
            leaves += 1
            yield _line("leaf", **{name: getattr(leaf, name) for name in _LEAF})
        for kind, number in subjects or [(kind, None) for kind in reading.kinds(connection)]:
            for row in reading.events(connection, kind, number):
                events += 1
                yield _line("event", subject_kind=kind, **dict(zip(_EVENT, row, strict=True)))
        yield _line("end", checkpoints=checkpoints, leaves=leaves, events=events)


def _line(what: str, **values) -> str:
    return canonical({"type": what, **values}) + "\n"
