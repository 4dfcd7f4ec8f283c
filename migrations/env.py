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
        with context.begin_transaction():
            context.run_migrations()


if context.is_offline_mode():
    raise SystemExit("Migrations run against a database: set BENKAN_DATABASE_URL.")
run()
