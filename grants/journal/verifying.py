"""Checking the whole journal: each event, each subject's chain against its head and the checkpoints, each checkpoint.

Everything is read once, in order, in one snapshot: memory does not grow with the journal. Only the first fault of a
subject is told, since what follows it is unsure anyway.
"""

import hashlib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from json.encoder import encode_basestring as quoted
from operator import itemgetter

from flask_babel import gettext as _

from grants.journal import merkle, reading, signing
from grants.journal.chain import FORMAT, GENESIS, checkpoint_hash, leaf_content
from grants.journal.reading import FORMAT_, HASH, PREV, SEQ


@dataclass(frozen=True, slots=True)
class Break:
    """A place where the journal does not hold.

    `code` is `changed`, `removed`, `reordered`, `unlinked`, `rewritten`, `cut`, `head` or `format` on a subject;
    `checkpoint`, `signature` or `printed` on a checkpoint (`subject_kind` is then "checkpoint", `subject_id` its number).
    """

    subject_kind: str
    subject_id: int
    seq: int
    code: str
    what: str


@dataclass(slots=True)
class Check:
    """What a check went through and found."""

    events: int = 0
    subjects: int = 0
    checkpoints: int = 0
    breaks: list[Break] = field(default_factory=list)


def check(*, keys: Collection[str] = (), printed: Iterable[tuple[int, str]] = ()) -> Check:
    """Verify the whole journal.

    `keys` are the public keys (hex) that may sign; without any, a signature need only be that of the key it names.
    `printed` are numbers and beginnings of roots (hex) that stand on paper.
    """
    found = Check()
    with reading.snapshot() as connection:
        for kind in reading.kinds(connection):
            _check_kind(connection, kind, found)
        found.breaks += _check_log(connection, found, frozenset(keys), dict(printed))
    return found


# ------------------------------------------------------------------------------------------------------- subjects


def _check_kind(connection, kind: str, found: Check) -> None:
    """Walk over events, heads and leaves of one kind side by side, by the id of their subject."""
    streams = [
        _Groups(rows)
        for rows in (
            reading.events(connection, kind),
            reading.heads(connection, kind),
            reading.leaves(connection, kind),
        )
    ]
    events, heads, leaves = streams
    while (subject_id := min((s.id for s in streams if s.id is not None), default=None)) is not None:
        head = next(iter(list(heads.take(subject_id))), None)
        known = {seq: (digest, number) for _id, seq, digest, number in leaves.take(subject_id)}
        found.subjects += 1
        fault = _check_subject(kind, subject_id, events.take(subject_id), head, known, found)
        if fault == "order":
            fault = _diagnosis(kind, subject_id, list(reading.events(connection, kind, subject_id)))
        if fault:
            found.breaks.append(fault)


class _Groups:
    """Rows that come ordered by their first column, one subject at a time."""

    def __init__(self, rows):
        self._groups = groupby(rows, itemgetter(0))
        self._advance()

    def _advance(self):
        self.id, self._group = next(self._groups, (None, ()))

    def take(self, subject_id: int) -> Iterator:
        """The rows of a subject, if it is the next one."""
        if self.id == subject_id:
            yield from self._group
            self._advance()


def _check_subject(kind, subject_id, rows, head, known, found) -> Break | str | None:
    prev, last, fault = GENESIS, 0, None
    for row in rows:
        found.events += 1
        if fault:
            continue
        if row[SEQ] != last + 1 or row[PREV] != prev or digest_of(kind, row) != row[HASH]:
            fault = "order"
            continue
        prev, last = row[HASH], row[SEQ]
        if known and last in known and known[last][0] != prev:
            what = _(
                "checkpoint %(number)s knows another event under this number: the history was rewritten",
                number=known[last][1],
            )
            fault = Break(kind, subject_id, last, "rewritten", what)
    if fault:
        return fault
    if known and max(known) > last:
        lost, number = max(known), known[max(known)][1]
        what = _("the end is cut off: checkpoint %(number)s knows events up to %(seq)s", number=number, seq=lost)
        return Break(kind, subject_id, last + 1, "cut", what)
    if head is None:
        return Break(kind, subject_id, last, "head", _("there is no head for this subject"))
    if head[1] > last:
        return Break(
            kind, subject_id, last + 1, "cut", _("the end is cut off: the head names event %(seq)s", seq=head[1])
        )
    if (head[1], head[2]) != (last, prev):
        return Break(kind, subject_id, last, "head", _("the last event is not the one that the head names"))
    return None


def _diagnosis(kind: str, subject_id: int, rows: list) -> Break:
    """What was done to a chain that does not hold: its first fault."""
    prev, last = GENESIS, 0
    places = {row[SEQ] for row in rows}
    for row in rows:
        seq = row[SEQ]
        here = (kind, subject_id, seq)
        if row[FORMAT_] != FORMAT:
            return Break(*here, "format", _("it is written in a format that this version does not know"))
        if seq != last + 1:
            what = _("events %(first)s to %(last)s are missing", first=last + 1, last=seq - 1)
            return Break(kind, subject_id, last + 1, "removed", what)
        if digest_of(kind, row) != row[HASH]:
            for other in sorted(places | set(range(1, len(rows) + 2)) - {seq}):
                if digest_of(kind, (*row[:SEQ], other, *row[SEQ + 1 :])) == row[HASH]:
                    return Break(
                        *here, "reordered", _("it was written as number %(seq)s: events changed places", seq=other)
                    )
            return Break(*here, "changed", _("its content is not what was written"))
        if row[PREV] != prev:
            return Break(*here, "unlinked", _("it does not follow the event before it: one of the two was replaced"))
        prev, last = row[HASH], seq
    raise AssertionError("a chain that holds needs no diagnosis")


def digest_of(kind: str, row) -> str:
    """The hash of an event from a row of `reading.events`: the same as `chain.digest`, several times as fast."""
    (subject_id, seq, form, at, actor_id, actor_name, for_id, action, from_step, to_step, reason, data, prev, _hash) = (
        row
    )
    return hashlib.sha256(
        (
            f'{{"action":{quoted(action)},"actor_id":{"null" if actor_id is None else actor_id}'
            f',"actor_name":{quoted(actor_name)},"at":"{at}","data":{quoted(data)},"format":{form}'
            f',"from_step":{"null" if from_step is None else quoted(from_step)}'
            f',"on_behalf_of_id":{"null" if for_id is None else for_id},"prev_hash":"{prev}"'
            f',"reason":{"null" if reason is None else quoted(reason)},"seq":{seq},"subject_id":{subject_id}'
            f',"subject_kind":{quoted(kind)},"to_step":{"null" if to_step is None else quoted(to_step)}}}'
        ).encode()
    ).hexdigest()


# ------------------------------------------------------------------------------------------------------ checkpoints


def _check_log(connection, found: Check, keys: frozenset[str], printed: dict[int, str]) -> Iterator[Break]:
    """Grow the log again from its leaves, and compare at each checkpoint. Stops at the first that does not hold."""
    log, prev, number, signed = merkle.Log(), GENESIS, 0, False
    leaves = reading.log(connection)
    ahead = next(leaves, None)
    for one in reading.checkpoints(connection):
        number += 1
        found.checkpoints += 1
        while ahead is not None and log.size < one.size and ahead.position == log.size:
            log.append(merkle.leaf_hash(leaf_content(ahead.subject_kind, ahead.subject_id, ahead.seq, ahead.hash)))
            ahead = next(leaves, None)
        if one.number != number or one.prev_hash != prev:
            yield Break("checkpoint", number, 0, "checkpoint", _("it does not follow the checkpoint before it"))
            return
        if log.size != one.size or log.root().hex() != one.root:
            yield Break("checkpoint", number, 0, "checkpoint", _("its root is not that of the heads it took up"))
            return
        if checkpoint_hash(one) != one.hash:
            yield Break("checkpoint", number, 0, "checkpoint", _("its content is not what was written"))
            return
        if what := _signature_fault(one, keys, signed):
            yield Break("checkpoint", number, 0, "signature", what)
        if number in printed and not one.root.startswith(printed.pop(number)):
            yield Break("checkpoint", number, 0, "printed", _("its root is not the one on paper"))
        prev, signed = one.hash, signed or one.key in keys
    if ahead is not None:
        yield Break(
            "checkpoint", number + 1, 0, "checkpoint", _("there are heads that no checkpoint took up: one was removed")
        )
    for missing in sorted(printed):
        yield Break("checkpoint", missing, 0, "printed", _("a paper names it, and it is not there"))


def _signature_fault(one, keys: frozenset[str], signed: bool) -> str | None:
    if one.key is None:
        return _("it is not signed, and those before it are") if signed else None
    if not signing.holds(one.key, one.signature, bytes.fromhex(one.hash)):
        return _("its signature is forged")
    if keys and one.key not in keys:
        return _("it is signed with a key that is not ours")
    return None
