"""Rows that outlive their session: a browser's request closes the session of the test, a commit empties its rows."""

import sqlalchemy as sa

from grants.core.database import db


def again(row):
    """The same row in the present session, loaded."""
    identity = sa.inspect(row).identity
    found = db.session.get(type(row), identity, populate_existing=True)
    assert found is not None, f"{type(row).__name__} {identity} is not in the database"
    return found
