"""Is it alive, and can it work: for the machine that watches."""

from functools import cache

from flask import Blueprint, jsonify

from grants.core.database import db

bp = Blueprint("health", __name__)


@bp.get("/healthz")
def healthz():
    """The process answers."""
    return jsonify(status="ok")


@bp.get("/readyz")
def readyz():
    """The database answers and has the tables of this version."""
    from alembic.runtime.migration import MigrationContext
    from flask import current_app

    try:
        context = MigrationContext.configure(db.session.connection())
        there = context.get_current_revision()
    except Exception:  # noqa: BLE001 - whatever keeps the database from answering is the answer
        db.session.rollback()
        return jsonify(status="database unreachable"), 503
    wanted = _newest(current_app.extensions["migrate"].directory)
    if there != wanted:
        return jsonify(status="database needs an upgrade", there=there, wanted=wanted), 503
    return jsonify(status="ok", revision=there)


@cache
def _newest(directory: str) -> str:
    """The newest migration that came with this version: looked up once, since monitors ask every few seconds."""
    from alembic.script import ScriptDirectory

    return ScriptDirectory(directory).get_current_head()
