"""Many rows at once: questions that name many values, inserts and updates.

What has no answer to give is written by one statement a table. SQLite takes a statement with a list of rows. The driver of
PostgreSQL would send such a list row by row, so there each column goes as one array, and one statement unfolds them. An array
goes as text that is written here: drivers write a list value by value, which takes longer than the statement itself.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Insert,
    Integer,
    String,
    Table,
    Text,
    TypeDecorator,
    any_,
    bindparam,
    column,
    func,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import make_transient_to_detached
from sqlalchemy.orm.attributes import set_committed_value

from grants.core.database import Model, UtcDateTime, db

# SQLite takes 32 766 values in one statement, PostgreSQL 65 535.
MOST = 10_000
# From so many values on, a question takes them as one.
MANY = 20
# Kinds of columns whose arrays are written here.
_PLAIN = (Boolean, Date, Integer, String, UtcDateTime)


class _Written(TypeDecorator):
    """An array that is given as the text by which PostgreSQL reads it."""

    impl = postgresql.ARRAY
    cache_ok = True

    def bind_processor(self, _dialect):
        return None


def portions(values: Sequence, size: int = MOST) -> Iterator[Sequence]:
    """The values in their order, at most `size` at a time."""
    for begin in range(0, len(values), size):
        yield values[begin : begin + size]


def among(column_: Column, values: Sequence):
    """The condition that a column of whole numbers or of text has one of these values, be they thousands."""
    if len(values) < MANY:
        return column_.in_(values)
    if _engine() == "sqlite":
        given = func.json_each(json.dumps(list(values))).table_valued("value")
        return column_.in_(select(given.c.value))
    kind = Text() if isinstance(column_.type, String) else column_.type
    return column_ == any_(bindparam(None, _in_text(values), type_=_Written(kind)))


def insert_each(rows: Sequence[Model]) -> None:
    """Insert new rows of one table, described by their columns alone, in their order; each then has its number, `id`.

    Many get their numbers beforehand: on SQLite just as it would give them, since a transaction that writes is the only one,
    on PostgreSQL from the sequence of the table.
    """
    if len(rows) > 1:
        table = type(rows[0]).__table__
        for number, row in zip(_numbers(table, len(rows)), rows, strict=True):
            row.id = number
        if _engine() == "postgresql":
            insert_rows(table, [_values(row) for row in rows])
            for row in rows:
                make_transient_to_detached(row)
    db.session.add_all(rows)
    db.session.flush()


def _numbers(table: Table, count: int) -> Sequence[int]:
    if _engine() == "sqlite":
        last = db.session.scalar(select(func.max(table.c.id))) or 0
        return range(last + 1, last + 1 + count)
    following = func.nextval(func.pg_get_serial_sequence(table.name, "id"))
    return db.session.scalars(select(following).select_from(func.generate_series(1, count))).all()


def _values(row: Model) -> dict:
    """The columns of a new row, with the defaults that it is to have."""
    found = {}
    for one in row.__table__.c:
        value = getattr(row, one.name)
        if value is None and one.default is not None:
            value = one.default.arg(None) if one.default.is_callable else one.default.arg
            setattr(row, one.name, value)
        found[one.name] = value
    return found


def insert_rows(
    table: Table, rows: Sequence[dict], *, conflict: Callable[[Insert], Insert] = lambda statement: statement
):
    """Insert rows in their order; all name the same columns. `conflict` says what becomes of one that is there already.

    A default that is a function gives one value for all of them: what differs from row to row is named.
    """
    if not rows:
        return
    names = list(rows[0])
    if _in_arrays(rows):
        columns = {name: table.c[name] for name in names}
        statement = postgresql.insert(table).from_select(names, select(*_unfolded(columns).c))
        db.session.execute(conflict(statement), _arrays(columns, rows))
    else:
        dialect = sqlite if _engine() == "sqlite" else postgresql
        db.session.execute(conflict(dialect.insert(table)), list(rows))


def update_rows(table: Table, rows: Sequence[tuple[dict, dict]]) -> int:
    """Change each row to its own values: pairs of what finds it and what it becomes. Returns how many were found."""
    if not rows:
        return 0
    finds, sets = (
        {f"{which}_{name}": table.c[name] for name in rows[0][place]} for place, which in enumerate(("at", "to"))
    )
    values = [
        {**{f"at_{name}": value for name, value in at.items()}, **{f"to_{name}": value for name, value in to.items()}}
        for at, to in rows
    ]
    if _in_arrays(rows):
        new = _unfolded(finds | sets).c
        values = _arrays(finds | sets, values)
    else:
        new = {name: bindparam(name) for name in (*finds, *sets)}
    statement = update(table).where(*(one == new[name] for name, one in finds.items()))
    return db.session.execute(statement.values({one: new[name] for name, one in sets.items()}), values).rowcount


def change_each(changes: Sequence[tuple[Model, dict]], *, seen: Sequence[str] = ()) -> bool:
    """Give rows of one table new values of their columns, in one statement, and let the rows that are loaded show them.

    False, and nothing shown, where a row is not any more as it was seen in the columns `seen`.
    """
    rows = [({name: getattr(row, name) for name in ("id", *seen)}, values) for row, values in changes]
    if update_rows(type(changes[0][0]).__table__, rows) != len(rows):
        return False
    for row, values in changes:
        for name, value in values.items():
            set_committed_value(row, name, value)
    return True


def _engine() -> str:
    return db.session.get_bind().dialect.name


def _in_arrays(rows: Sequence) -> bool:
    return len(rows) > 1 and _engine() == "postgresql"


def _unfolded(columns: dict[str, Column]):
    """A table of the arrays that are given by these names."""
    # A cast to a length would cut quietly what the column refuses.
    kinds = {name: Text() if isinstance(one.type, String) else one.type for name, one in columns.items()}
    # One dimension: a list that is the value of a JSON column is one value.
    given = (
        bindparam(f"all_{name}", type_=(_Written if isinstance(kind, _PLAIN) else postgresql.ARRAY)(kind, dimensions=1))
        for name, kind in kinds.items()
    )
    return func.unnest(*given).table_valued(*(column(name, kind) for name, kind in kinds.items())).render_derived()


def _arrays(columns: dict[str, Column], rows: Sequence[dict]) -> dict[str, object]:
    found = {}
    for name, one in columns.items():
        values = [row[name] for row in rows]
        found[f"all_{name}"] = _in_text(values) if isinstance(one.type, _PLAIN) else values
    return found


def _in_text(values: Sequence) -> str:
    """An array as PostgreSQL reads it."""
    return "{" + ",".join(map(_element, values)) + "}"


def _element(value) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, date):
        if isinstance(value, datetime) and value.tzinfo is None:
            raise ValueError("an instant needs its time zone")
        return value.isoformat()
    # A column of whole numbers refuses what is none; true and false are read as they are written here.
    return str(value)
