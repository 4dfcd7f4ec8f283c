"""The answer where others held what a request needed and the database gave it up: nothing was done, send it again.

What was typed goes into the page itself, files are kept for the person, and one button sends the same once more (with the
same `once`, so that nothing is done twice). It is not tried again by itself: see docs/decisions/0030.
"""

from collections.abc import Callable

from flask import Flask, g, render_template, request
from flask_babel import gettext as _
from sqlalchemy.exc import OperationalError

from grants.access.held import fields_of, kept_files
from grants.core.database import crowded_out, db, set_mode
from grants.core.logs import log
from grants.core.unit_of_work import SAFE_METHODS, unit_of_work
from grants.core.web import error_page, fault, plain_page

# Seconds after which a program that asked may ask again; a person need not wait for it.
AFTER = 5


def init_app(app: Flask, *, recognise: Callable[[], None]) -> None:
    """Answer what was crowded out. `recognise` finds once more who asks: it may be what could not be read."""

    def answer(error: OperationalError):
        if not crowded_out(error):
            return fault(error)
        log.warning("crowded out: %s %s: %s", request.method, request.path, str(error.orig).partition("\n")[0])
        db.session.rollback()
        # The page only reads: it waits for nobody who still writes.
        set_mode("read")
        try:
            recognise()
            return _page(), 503, {"Retry-After": str(AFTER)}
        except OperationalError as still:
            log.warning("crowded out once more: %s", str(still.orig).partition("\n")[0])
            db.session.rollback()
            return plain_page(503)[0], 503, {"Retry-After": str(AFTER)}

    app.register_error_handler(OperationalError, answer)


def _page() -> str:
    from grants.access.forms import IdentityForm

    here = request.full_path.rstrip("?")
    if request.method in SAFE_METHODS:
        return render_template("access/crowded.html", path=here, held=None)
    if not g.get("csrf_valid"):
        # What did not prove that it comes from a page of ours is not given a button that would.
        return error_page(503, reasons=[_("Others were working on the same at this moment. Nothing was done.")])[0]
    files, lost = _files()
    # Never given back: it is typed once more, unless the page asked for other secrets beside it.
    secret = IdentityForm(formdata=None) if "password" in request.form and "again" not in request.form else None
    return render_template("access/crowded.html", path=here, held=fields_of(request) + files, lost=lost, secret=secret)


def _files() -> tuple[list[tuple[str, str]], bool]:
    """The posted files, kept for who asks, as the fields that name them; and whether they have to be chosen once more."""
    if g.person_id is None or not any(file.filename for file in request.files.values()):
        return [], False
    keeping: list[Callable[[], None]] = []
    try:
        fields = kept_files(g.person_id, keeping.append)
        # Who asks was read in a transaction that cannot write.
        db.session.rollback()
        with unit_of_work():
            for keep in keeping:
                keep()
    except OperationalError as still:
        if not crowded_out(still):
            raise
        return [], True
    return fields, False
