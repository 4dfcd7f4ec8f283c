"""Checkpoints: the heads that changed go into a Merkle log, and its root is kept, signed and printed.

What a checkpoint costs follows what has changed since the last one, not how many subjects there are.
"""

from flask import current_app
from sqlalchemy import select

from grants.core import clock
from grants.core.database import db
from grants.journal import merkle, signing
from grants.journal.chain import GENESIS, checkpoint_hash, leaf_content
from grants.journal.models import Checkpoint, Head, Leaf

FORMAT = 1
# The number under which PostgreSQL knows the lock of those who make checkpoints ("benk" in ASCII).
_LOCK = 0x62656E6B
_TAKEN = (
    "SELECT h.subject_kind AS kind, h.subject_id AS id, l.seq AS seq FROM journal_leaf l JOIN journal_head h "
    "ON h.subject_kind = l.subject_kind AND h.subject_id = l.subject_id WHERE l.checkpoint = :number"
)


def latest() -> Checkpoint | None:
    """The newest checkpoint."""
    return db.session.scalar(select(Checkpoint).order_by(Checkpoint.number.desc()).limit(1))


def daily() -> Checkpoint | None:
    """The checkpoint of the day: made where none was made yet today (Bamako) and something happened; None otherwise."""
    last = latest()
    if last is not None and last.at.astimezone(clock.BAMAKO).date() >= clock.today():
        return None
    made = checkpoint()
    return made if made is not last else None


def checkpoint(*, wait: bool = True) -> Checkpoint | None:
    """Take up every head that changed since the last checkpoint, in the transaction that is open.

    Returns the newest checkpoint as it is where nothing changed; None where nothing ever happened. Acts under way in
    other transactions are for the next one: nobody is waited for. One transaction at a time makes checkpoints; without
    `wait`, whoever comes while another does gets the newest that is committed (two documents that are issued at once
    must not wait for each other: each may hold what the other needs).
    """
    db.session.flush()
    if not _alone(wait):
        return latest()
    last = latest()
    heads = db.session.execute(_open_heads()).all()
    if not heads:
        return last
    log = _log(last)
    number = last.number + 1 if last else 1
    leaves = []
    for kind, subject_id, seq, digest, _sealed in heads:
        leaves.append(
            {"position": log.size, "checkpoint": number, "subject_kind": kind, "subject_id": subject_id, "seq": seq,
             "hash": digest}
        )  # fmt: skip
        log.append(merkle.leaf_hash(leaf_content(kind, subject_id, seq, digest)))
    made = Checkpoint(
        number=number,
        format=FORMAT,
        at=clock.now(),
        size=log.size,
        root=log.root().hex(),
        peaks=" ".join(peak.hex() for peak in log.peaks),
        subjects=(last.subjects if last else 0) + sum(1 for head in heads if head.sealed_seq == 0),
        events=(last.events if last else 0) + sum(head.seq - head.sealed_seq for head in heads),
        prev_hash=last.hash if last else GENESIS,
    )
    _sign(made)
    db.session.add(made)
    db.session.flush()
    db.session.execute(db.insert(Leaf), leaves)
    _seal(number)
    return made


def inclusion(subject_kind: str, subject_id: int) -> dict | None:
    """The proof that the newest head taken up of a subject is in the newest checkpoint; None where none was taken up.

    `leaf` (hex) leads to `root` over the hashes of `proof`, the nearest first (`merkle.proven_root`).
    """
    last = latest()
    hashes, place, head = [], None, None
    for leaf in db.session.scalars(
        select(Leaf).order_by(Leaf.position).where(Leaf.position < (last.size if last else 0))
    ):
        hashes.append(merkle.leaf_hash(leaf_content(leaf.subject_kind, leaf.subject_id, leaf.seq, leaf.hash)))
        if (leaf.subject_kind, leaf.subject_id) == (subject_kind, subject_id):
            place, head = leaf.position, leaf
    if head is None:
        return None
    return {
        "checkpoint": last.number, "root": last.root, "size": last.size, "position": place, "seq": head.seq,
        "head": head.hash, "leaf": hashes[place].hex(), "proof": [step.hex() for step in merkle.proof(hashes, place)],
    }  # fmt: skip


def _alone(wait: bool) -> bool:
    """Be the one transaction that makes checkpoints, until it ends. (On SQLite there is one writer anyway.)"""
    if db.engine.dialect.name != "postgresql":
        return True
    if wait:
        db.session.execute(db.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        return True
    return db.session.scalar(db.text("SELECT pg_try_advisory_xact_lock(:lock)"), {"lock": _LOCK})


def _open_heads():
    """What the next checkpoint takes up. A head that was taken up but not marked (see `_seal`) is not taken up twice."""
    taken = select(Leaf.position).where(
        Leaf.subject_kind == Head.subject_kind, Leaf.subject_id == Head.subject_id, Leaf.seq == Head.seq
    )
    before = (
        select(db.func.max(Leaf.seq))
        .where(Leaf.subject_kind == Head.subject_kind, Leaf.subject_id == Head.subject_id)
        .scalar_subquery()
    )
    return (
        select(Head.subject_kind, Head.subject_id, Head.seq, Head.hash, db.func.coalesce(before, 0).label("sealed_seq"))
        .where(Head.seq > Head.sealed_seq, ~taken.exists())
        .order_by(Head.subject_kind, Head.subject_id)
    )


def _seal(number: int) -> None:
    """Mark the heads that were taken up. One that somebody else is writing to is passed over: it is looked at again."""
    skip = " FOR UPDATE OF h SKIP LOCKED" if db.engine.dialect.name == "postgresql" else ""
    found = db.session.execute(db.text(_TAKEN + skip), {"number": number})
    rows = [dict(row) for row in found.mappings()]
    if rows:
        db.session.execute(
            db.text("UPDATE journal_head SET sealed_seq = :seq WHERE subject_kind = :kind AND subject_id = :id"), rows
        )


def _log(last: Checkpoint | None) -> merkle.Log:
    if last is None:
        return merkle.Log()
    return merkle.Log(last.size, (bytes.fromhex(peak) for peak in last.peaks.split()))


def _sign(made: Checkpoint) -> None:
    path = current_app.config.get("JOURNAL_KEY")
    key = signing.private_key(path) if path else None
    made.key = signing.hex_of(key) if key else None
    made.hash = checkpoint_hash(made)
    made.signature = key.sign(bytes.fromhex(made.hash)).hex() if key else None
