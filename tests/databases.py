"""Databases of tests: one that was prepared, those that were kept in some state, and the copies that tests work on."""

import itertools
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa

_numbers = itertools.count()


class Databases:
    """The databases of one engine in this process: a prepared one, others that were kept in some state, and copies of both."""

    def __init__(self, engine: str, folder: Path, server: str | None):
        self.engine, self.folder, self.server, self.pool = engine, folder, server, None
        self.current = "prepared"
        self.kept = {}
        self.prefix = f"t{os.getpid()}_"
        if engine == "postgresql":
            self._sql(f"CREATE DATABASE {self.prefix}prepared")

    def url(self) -> str:
        if self.engine == "sqlite":
            return f"sqlite:///{self.folder / 'prepared.sqlite3'}"
        return self.server.replace("/postgres?", f"/{self.prefix}prepared?")

    def connect_to_current(self, _dialect, _record, cargs, cparams):
        if self.engine == "sqlite":
            cargs[0] = str(self.folder / f"{self.current}.sqlite3")
        else:
            cparams["dbname"] = self.prefix + self.current

    def copy(self, of: str = "prepared") -> str:
        name = f"copy{next(_numbers)}"
        self._duplicate(of, name)
        self.current = name
        return name

    def keep_as_is(self, key, what) -> None:
        """Remember the present database, and with it what a story told of it, for `go_back_to`."""
        name = f"kept{next(_numbers)}"
        self._let_go()
        if self.engine == "sqlite":
            merge(self.folder / f"{self.current}.sqlite3")
        self._duplicate(self.current, name)
        self.kept[key] = name, what

    def go_back_to(self, key):
        """Put a copy of a kept database in the place of the present one; what the story told of it."""
        name, what = self.kept[key]
        self.drop(self.current)
        self.copy(name)
        return what

    def _duplicate(self, of: str, name: str) -> None:
        self._let_go()
        if self.engine == "sqlite":
            shutil.copyfile(self.folder / f"{of}.sqlite3", self.folder / f"{name}.sqlite3")
        else:
            self._sql(f"CREATE DATABASE {self.prefix}{name} TEMPLATE {self.prefix}{of} STRATEGY file_copy")

    def drop(self, name: str) -> None:
        self._let_go()
        if self.engine == "sqlite":
            for path in self.folder.glob(f"{name}.sqlite3*"):
                path.unlink()
        else:
            self._sql(f"DROP DATABASE {self.prefix}{name} WITH (FORCE)")

    def keep(self, pool) -> None:
        """Connections go on from request to request, as in a server, but not to another database or another process."""
        self.pool = pool
        sa.event.listen(pool, "do_connect", self.connect_to_current)
        if self.engine == "sqlite":
            # Nothing here has to survive a power cut.
            sa.event.listen(pool, "connect", lambda connection, _record: connection.execute("PRAGMA synchronous = OFF"))
        os.register_at_fork(after_in_child=lambda: pool.dispose(close=False))

    def _let_go(self) -> None:
        if self.pool is not None:
            self.pool.dispose()

    def _sql(self, statement: str) -> None:
        import psycopg

        with psycopg.connect(self.server, autocommit=True) as connection:
            connection.execute(statement)


def merge(database: Path) -> None:
    """All of a database of SQLite into the one file that is copied."""
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
