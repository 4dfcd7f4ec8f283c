"""Migrations go up and down on both engines and leave just what the models say."""

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from grants.core.database import TRIGGERS, db


def there() -> set[str]:
    db.session.rollback()
    return set(sa.inspect(db.engine).get_table_names())


def test_up_leaves_what_the_models_say(app):
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, db.metadata) == []


def test_every_trigger_is_there(app):
    query = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    }[db.engine.dialect.name]
    found = set(db.session.scalars(sa.text(query)))
    wanted = {name for (_table, name), made in TRIGGERS.items() if made[db.engine.dialect.name]}
    assert found == wanted


def test_tables_are_tidied_up_as_often_as_the_models_say(app, engine):
    if engine != "postgresql":
        pytest.skip("a setting of PostgreSQL")
    rows = db.session.execute(sa.text("SELECT relname, reloptions FROM pg_class WHERE reloptions IS NOT NULL"))
    found = {name: sorted(options) for name, options in rows if name in db.metadata.tables}
    wanted = {
        name: sorted(f"{key}={value}" for key, value in table.dialect_options["postgresql"]["with"].items())
        for name, table in db.metadata.tables.items()
        if table.dialect_options["postgresql"]["with"]
    }
    assert found == wanted and "step_stay" in found


def test_down_leaves_nothing_and_up_makes_it_again(app):
    runner = app.test_cli_runner()
    full = there()
    # The lists of places refer to each other: an empty database is what going down is for.
    assert runner.invoke(args=["db", "downgrade", "base"], catch_exceptions=False).exit_code == 0
    assert there() == {"alembic_version"}
    assert runner.invoke(args=["db", "upgrade"], catch_exceptions=False).exit_code == 0
    assert there() == full


def test_there_is_one_head(app):
    from alembic.script import ScriptDirectory

    assert len(ScriptDirectory(app.extensions["migrate"].directory).get_heads()) == 1
