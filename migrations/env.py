"""How migrations run: in one transaction, on the engine of the application, on SQLite through copies of tables."""

from alembic import context
from flask import current_app

from grants.core.database import db

target_metadata = db.metadata


def run() -> None:
    with db.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=target_metadata,
            **current_app.extensions["migrate"].configure_args,
        )
        if connection.dialect.name == "sqlite":
            # A table that is copied is dropped for a moment: with keys enforced, what points to it would be in the way.
            # SQLite takes this only outside a transaction; the keys are checked at the end.
            connection.connection.driver_connection.execute("PRAGMA foreign_keys = OFF")
        with context.begin_transaction():
            context.run_migrations()
            if connection.dialect.name == "sqlite" and (
                lost := connection.exec_driver_sql("PRAGMA foreign_key_check").all()
            ):
                raise RuntimeError(f"rows point to nothing: {lost[:10]}")
        if connection.dialect.name == "sqlite":
            connection.rollback()
            connection.connection.driver_connection.execute("PRAGMA foreign_keys = ON")


if context.is_offline_mode():
    raise SystemExit("Migrations run against a database: set BENKAN_DATABASE_URL.")
run()
