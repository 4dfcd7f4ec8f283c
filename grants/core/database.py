"""The database on both engines: SQLite (one file, WAL) and PostgreSQL.

What must never be false is kept by the database itself: this module gives the column types, the naming of constraints
and the triggers that the slices use for it. A transaction is either *writing* or *reading*, see `mode`; a reading
one is refused every change by the engine, which is how "GET never writes" is enforced and not only hoped for.
"""

import contextvars
import sqlite3
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated

from flask import has_request_context
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, BigInteger, DateTime, Engine, MetaData, Table, event, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, mapped_column
from sqlalchemy.types import TypeDecorator

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)


db = SQLAlchemy(model_class=Base, disable_autonaming=True)
Model = db.Model

# Whole West African francs. Integers only: XOF has no cents.
Francs = Annotated[int, mapped_column(BigInteger)]
Json = JSON().with_variant(JSONB, "postgresql")


class UtcDateTime(TypeDecorator):
    """An instant: aware in Python, UTC in the database on both engines."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @property
    def python_type(self):
        # A decorator says `object` by itself; keyset paging reads its values back by it.
        return datetime

    def process_bind_param(self, value: datetime | None, dialect):
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs its time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect):
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# ---------------------------------------------------------------------------------------------- reading and writing

# Milliseconds that a request waits for others who hold what it needs.
PATIENCE = 10_000

_mode = contextvars.ContextVar("database_mode", default="write")


def set_mode(value: str) -> contextvars.Token:
    """Say whether transactions begun from here on read or write."""
    if value not in ("read", "write"):
        raise ValueError(value)
    return _mode.set(value)


@contextmanager
def mode(value: str):
    """Transactions begun inside are `"read"` or `"write"`."""
    token = set_mode(value)
    try:
        yield
    finally:
        _mode.reset(token)


@event.listens_for(Engine, "connect")
def _prepare_connection(connection, _record):
    if not hasattr(connection, "isolation_level") or not connection.__class__.__module__.startswith("sqlite3"):
        return
    # The driver opens transactions by itself, and late; we say BEGIN where it belongs (see _begin).
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {PATIENCE}")
    cursor.execute("PRAGMA foreign_keys = ON")
    # A fresh file becomes WAL here; on a file that is WAL already this changes nothing.
    cursor.execute("PRAGMA journal_mode = WAL")
    # NORMAL may lose an acknowledged commit when the power fails.
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.close()


@event.listens_for(Engine, "begin")
def _begin(connection):
    writing = _mode.get() == "write"
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA query_only = {0 if writing else 1}")
        # Taking the write lock at the start leaves no moment between "read the sum" and "insert" (measured:
        # a deferred BEGIN fails 420 of 480 writers at once with "database is locked").
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
    elif connection.dialect.name == "postgresql":
        # A person is told in time; the worker and the command line wait for as long as it takes.
        settings = ["SET TRANSACTION READ ONLY"] * (not writing)
        settings += [f"SET LOCAL lock_timeout = {PATIENCE}"] * has_request_context()
        if settings:
            connection.exec_driver_sql("; ".join(settings))


# SQLSTATE of PostgreSQL: a deadlock, two transactions that cannot both be true, a lock that was not given in time.
_CROWDED = frozenset({"40P01", "40001", "55P03"})
_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})


def crowded_out(error: DBAPIError) -> bool:
    """Whether the engine gave a transaction up only because of others: it left nothing, and may be tried again as it is."""
    cause = error.orig
    # The extended codes of SQLite hold the plain one in their lowest byte.
    return getattr(cause, "sqlstate", None) in _CROWDED or getattr(cause, "sqlite_errorcode", 0) & 0xFF in _BUSY


def one_process() -> None:
    """From here to the end of the transaction, PostgreSQL answers in one process.

    For what counts a hundred thousand rows of an index: to start helpers takes longer than they help, the more so where
    others ask at the same time.
    """
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("SET LOCAL max_parallel_workers_per_gather = 0"))


# ------------------------------------------------------------------------------------------------------- triggers

# (table, name) -> {dialect: [statements that create it]}: made with the tables, and copied into the migrations.
TRIGGERS: dict[tuple[str, str], dict[str, list[str]]] = {}


def trigger(table: Table, name: str, *, sqlite: str, postgresql: tuple[str, str]) -> None:
    """Keep a rule in the database on both engines.

    `sqlite` is the text after `CREATE TRIGGER name`; `postgresql` is a pair: the PL/pgSQL body between BEGIN and END,
    and the text after `CREATE TRIGGER name` before `EXECUTE FUNCTION`.
    """
    body, when = postgresql
    statements = {
        "sqlite": [f"CREATE TRIGGER {name} {sqlite}"],
        "postgresql": [
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$",
            f"CREATE TRIGGER {name} {when} EXECUTE FUNCTION {name}()",
        ],
    }
    TRIGGERS[table.name, name] = statements

    @event.listens_for(table, "after_create")
    def make(_table, connection, **_):
        for statement in statements[connection.dialect.name]:
            connection.exec_driver_sql(statement.replace("%", "%%") if "%" in statement else statement)


def refuse(table: Table, name: str, when: str, condition: str, message: str, *, here: str = "", of: str = "") -> None:
    """Refuse a change of a table where a condition holds, on both engines. `when` is INSERT, UPDATE, UPDATE OF …, DELETE.

    PostgreSQL may be given the condition in words of its own (`here`), and the rows alone that it looks at (`of`).
    """
    moment = f"BEFORE {when} ON {table.name}"
    trigger(
        table,
        name,
        sqlite=f"{moment} WHEN {condition} BEGIN SELECT RAISE(ABORT, '{message}'); END",
        postgresql=(
            f"IF {here or condition} THEN RAISE EXCEPTION '{message}'; END IF; RETURN NEW;",
            f"{moment} FOR EACH ROW" + (f" WHEN ({of})" if of else ""),
        ),
    )


def append_only(table: Table) -> None:
    """Let rows be added to a table and never changed or removed."""
    for verb in ("UPDATE", "DELETE"):
        message = f"{table.name} is append-only"
        trigger(
            table,
            f"{table.name}_no_{verb.lower()}",
            sqlite=f"BEFORE {verb} ON {table.name} BEGIN SELECT RAISE(ABORT, '{message}'); END",
            postgresql=(f"RAISE EXCEPTION '{message}';", f"BEFORE {verb} ON {table.name} FOR EACH ROW"),
        )
    # TRUNCATE passes by row triggers; SQLite has no such statement.
    TRIGGERS[table.name, f"{table.name}_no_truncate"] = {
        "sqlite": [],
        "postgresql": [
            f"CREATE TRIGGER {table.name}_no_truncate BEFORE TRUNCATE ON {table.name} "
            f"EXECUTE FUNCTION {table.name}_no_delete()"
        ],
    }

    @event.listens_for(table, "after_create")
    def make(_table, connection, **_):
        for statement in TRIGGERS[table.name, f"{table.name}_no_truncate"][connection.dialect.name]:
            connection.exec_driver_sql(statement)
