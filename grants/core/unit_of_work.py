"""One request, one transaction, one place that commits.

Reads run in a transaction that the database itself keeps from writing. Unsafe requests run in one writing transaction,
committed only for an answer below 400. What must be kept however the request ended (a failed sign-in, a file that goes
with a form sent back for correction) is handed to `afterwards` and written in a transaction of its own.
"""

from collections.abc import Callable
from contextlib import contextmanager

from flask import Flask, Response, g, has_request_context, request
from sqlalchemy.exc import OperationalError

from grants.core.database import crowded_out, db, mode, set_mode
from grants.core.logs import log

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def init_app(app: Flask) -> None:
    """Hang the unit of work on the requests of an application."""
    app.before_request(_begin)
    app.after_request(_end)
    app.teardown_request(_forget)


def afterwards(callback: Callable[[], None]) -> None:
    """Run `callback` in a writing transaction of its own once the request's has ended, however it ended.

    Outside a request the callback runs at once, inside the transaction that is open.
    """
    if has_request_context():
        g.setdefault("afterwards", []).append(callback)
    else:
        callback()


@contextmanager
def unit_of_work():
    """A transaction for the command line and the worker: committed at the end, rolled back on any error."""
    with mode("write"):
        try:
            yield db.session
            db.session.commit()
        except BaseException:
            db.session.rollback()
            raise


def _begin() -> None:
    # Anything read before this point (there is nothing today) must not leave a transaction of the wrong kind behind.
    db.session.rollback()
    set_mode("read" if request.method in SAFE_METHODS else "write")


def _end(response: Response) -> Response:
    if request.method not in SAFE_METHODS and response.status_code < 400:
        db.session.commit()
    else:
        db.session.rollback()
    callbacks = g.pop("afterwards", [])
    if callbacks:
        try:
            with unit_of_work():
                for callback in callbacks:
                    callback()
        except OperationalError as error:
            # The answer is true without it: a form asks once more for the file that could not be kept for it.
            if not crowded_out(error):
                raise
            log.warning("crowded out afterwards: %s", str(error.orig).partition("\n")[0])
    return response


def _forget(_error: BaseException | None) -> None:
    set_mode("write")
