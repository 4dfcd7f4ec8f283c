"""Reading the journal from end to end, as rows of the driver: for checks and exports, in one snapshot, in flat memory."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import count

from sqlalchemy import Connection, select

from grants.core.database import db, mode
from grants.journal.models import Checkpoint, Leaf

# The places of what a row of `events` holds.
SEQ, FORMAT_ = 1, 2
PREV, HASH = 12, 13

_AT = {
    "sqlite": "replace(at, ' ', 'T') || 'Z'",
    "postgresql": "to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')",
}
_EVENTS = (
    "SELECT subject_id, seq, format, {at}, actor_id, actor_name, on_behalf_of_id, action, from_step, to_step, reason, data, "
    "prev_hash, hash FROM journal_event WHERE subject_kind = {mark} {one}ORDER BY subject_id, seq"
)
_BATCH = 2000
_numbers = count()


@contextmanager
def snapshot() -> Iterator[Connection]:
    """A connection of its own that sees the journal as it is at this moment, whatever is written meanwhile."""
    with mode("read"), db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
        # Begun before its answers are streamed: what opens a transaction is no query.
        with connection.begin():
            yield connection.execution_options(stream_results=True, yield_per=_BATCH)


def kinds(connection: Connection) -> list[str]:
    """The kinds of subjects that anything is written about."""
    union = " UNION ".join(f"SELECT subject_kind FROM journal_{table}" for table in ("event", "head", "leaf"))  # noqa: S608
    return sorted(connection.execute(db.text(union)).scalars())


def events(connection: Connection, kind: str, subject_id: int | None = None) -> Iterator[tuple]:
    """The events of a kind (or of one subject) by subject and number: id, number, format, time as the chain writes it …"""
    one = "AND subject_id = {mark} " if subject_id is not None else ""
    given = (kind,) if subject_id is None else (kind, subject_id)
    mark = "?" if connection.dialect.name == "sqlite" else "%s"
    statement = _EVENTS.format(at=_AT[connection.dialect.name], one=one.format(mark=mark), mark=mark)
    # Straight from the driver: the rows of half a million events need no wrapping.
    driver = connection.connection.driver_connection
    with closing(driver.cursor() if mark == "?" else driver.cursor(f"journal_{next(_numbers)}")) as cursor:
        if mark == "%s":
            cursor.itersize = _BATCH
        cursor.execute(statement, given)
        yield from cursor


def heads(connection: Connection, kind: str) -> Iterator[tuple]:
    """The heads of a kind by subject: id, number, hash."""
    statement = "SELECT subject_id, seq, hash FROM journal_head WHERE subject_kind = :kind ORDER BY subject_id"
    with connection.execute(db.text(statement), {"kind": kind}) as found:
        yield from found


def leaves(connection: Connection, kind: str) -> Iterator[tuple]:
    """What checkpoints took up of a kind, by subject and number: id, number, hash, checkpoint."""
    statement = (
        "SELECT subject_id, seq, hash, checkpoint FROM journal_leaf WHERE subject_kind = :kind ORDER BY subject_id, seq"
    )
    with connection.execute(db.text(statement), {"kind": kind}) as found:
        yield from found


def log(connection: Connection) -> Iterator:
    """The leaves in the order of the log."""
    with connection.execute(select(Leaf.__table__).order_by(Leaf.position)) as found:
        yield from found


def checkpoints(connection: Connection) -> Iterator:
    """The checkpoints in their order."""
    with connection.execute(select(Checkpoint.__table__).order_by(Checkpoint.number)) as found:
        yield from found
