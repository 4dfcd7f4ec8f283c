"""Changing a table in a migration so that SQLite keeps what it would lose with the old table: its triggers."""

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import op
from alembic.operations import BatchOperations


@contextmanager
def altered(table: str) -> Iterator[BatchOperations]:
    """Alter a table on both engines: `with altered("project") as batch: batch.add_column(…)`.

    SQLite cannot alter most of a table, so it is copied into a new one there, and its triggers are made again. Names of
    constraints are the full ones: `batch.create_check_constraint(op.f("ck_project_x"), "x > 0")`,
    `batch.drop_constraint(op.f("ck_project_x"), type_="check")`.
    """
    bind = op.get_bind()
    if bind.dialect.name != "sqlite":
        with op.batch_alter_table(table) as batch:
            yield batch
        return
    made = bind.exec_driver_sql(
        "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ? ORDER BY rowid", (table,)
    )
    triggers = made.scalars().all()
    # While the old table is gone and the new one has not its name yet, triggers and keys of other tables name nothing.
    bind.exec_driver_sql("PRAGMA legacy_alter_table = ON")
    with op.batch_alter_table(table, recreate="always") as batch:
        yield batch
    bind.exec_driver_sql("PRAGMA legacy_alter_table = OFF")
    for trigger in triggers:
        bind.exec_driver_sql(trigger)
