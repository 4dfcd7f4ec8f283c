"""Checks of the whole journal that are kept: one each night, and whenever somebody asks.

Reading every act again takes half a minute where there are some millions of them, so nobody waits for it on a page: a check
is asked for, the worker makes it, and what it found stays.
"""

from datetime import timedelta

from flask import current_app
from sqlalchemy import or_, select, update
from sqlalchemy.orm import joinedload

from grants.core import clock
from grants.core.database import db
from grants.core.unit_of_work import unit_of_work
from grants.journal import signing
from grants.journal.models import JournalCheck
from grants.journal.verifying import check

# A check that began this long ago and has not ended died with its worker.
LONGEST = timedelta(hours=1)
# So many places where the journal does not hold are kept; one is enough to act.
MOST = 50


def ask(*, by=None) -> JournalCheck:
    """Ask for a check; without anybody it is the nightly one. One that waits or runs already is given back."""
    waiting = db.session.scalar(select(JournalCheck).where(JournalCheck.ended_at.is_(None)).limit(1))
    if waiting is not None:
        return waiting
    asked = JournalCheck(by=by)
    db.session.add(asked)
    db.session.flush()
    return asked


def latest() -> tuple[JournalCheck | None, JournalCheck | None]:
    """The last check that was made, and the one that waits or runs (None where there is none)."""
    wanted = select(JournalCheck).options(joinedload(JournalCheck.by)).order_by(JournalCheck.id.desc()).limit(1)
    made = db.session.scalar(wanted.where(JournalCheck.ended_at.is_not(None)))
    return made, db.session.scalar(wanted.where(JournalCheck.ended_at.is_(None)))


def last_nightly() -> JournalCheck | None:
    """The last check that nobody asked for."""
    wanted = select(JournalCheck).where(JournalCheck.by_id.is_(None)).order_by(JournalCheck.id.desc())
    return db.session.scalar(wanted.limit(1))


def make_waiting() -> int:
    """Make the check that waits, or that died with its worker; how many were made (0 or 1)."""
    with unit_of_work():
        free = or_(JournalCheck.begun_at.is_(None), JournalCheck.begun_at < clock.now() - LONGEST)
        wanted = select(JournalCheck).where(JournalCheck.ended_at.is_(None), free).order_by(JournalCheck.id).limit(1)
        row = db.session.scalar(wanted.with_for_update(skip_locked=True))
        if row is None:
            return 0
        row.begun_at, key = clock.now(), row.id
    found = check(keys=own_keys())
    broken = [[one.subject_kind, one.subject_id, one.seq, one.code, one.what] for one in found.breaks]
    with unit_of_work() as session:
        # Whoever took it for dead may have been quicker: what is kept stays.
        made = session.execute(
            update(JournalCheck)
            .where(JournalCheck.id == key, JournalCheck.ended_at.is_(None))
            .values(
                ended_at=clock.now(), events=found.events, subjects=found.subjects, checkpoints=found.checkpoints,
                broken=len(broken), breaks=broken[:MOST],
            )
        )  # fmt: skip
    return made.rowcount


def own_keys() -> frozenset[str]:
    """The public key (hex) that may sign checkpoints here; none where no key is configured. Raises `signing.KeyFault`."""
    path = current_app.config.get("JOURNAL_KEY")
    return frozenset({signing.hex_of(signing.private_key(path))} if path else ())
