"""Many rows at once: questions that name many values, and inserts."""

from collections.abc import Iterator, Sequence

from sqlalchemy import func, select

from grants.core.database import Model, db

# SQLite takes 32 766 values in one statement, PostgreSQL 65 535.
MOST = 10_000


def portions(values: Sequence, size: int = MOST) -> Iterator[Sequence]:
    """The values in their order, at most `size` at a time."""
    for begin in range(0, len(values), size):
        yield values[begin : begin + size]


def insert_each(rows: Sequence[Model]) -> None:
    """Insert new rows of one table, whose key is a number, in their order; each then has its number.

    PostgreSQL tells the numbers of many rows in one answer. SQLite tells one at a time, so there they are given beforehand,
    just as it would give them: a transaction that writes is the only one.
    """
    if len(rows) > 1 and db.session.get_bind().dialect.name == "sqlite":
        key = type(rows[0]).id
        last = db.session.scalar(select(func.max(key))) or 0
        for number, row in enumerate(rows, last + 1):
            row.id = number
    db.session.add_all(rows)
    db.session.flush()
