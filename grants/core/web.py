"""Pages, headers and errors: what every answer of the web has in common."""

import hashlib
import secrets
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf import CSRFProtect
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from grants.core import logs
from grants.core.database import db
from grants.core.errors import NotFound, Problems, Refused, Stale

csrf = CSRFProtect()

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(self), microphone=()",
}


def init_app(app: Flask) -> None:
    """Give an application its headers, error pages and template globals."""
    csrf.init_app(app)
    app.after_request(_headers)
    app.jinja_env.globals["asset"] = asset
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.register_error_handler(NotFound, lambda _e: error_page(404))
    app.register_error_handler(Stale, lambda e: error_page(409, reasons=e.reasons))
    app.register_error_handler(Refused, lambda e: error_page(403, reasons=e.reasons))
    app.register_error_handler(Problems, lambda e: error_page(422, reasons=e.problems))
    app.register_error_handler(CSRFError, _csrf_error)
    app.register_error_handler(RequestEntityTooLarge, _too_large)
    app.register_error_handler(IntegrityError, _collision)
    app.register_error_handler(StaleDataError, _collision)
    app.register_error_handler(HTTPException, lambda e: e if e.code in (301, 302, 308) else error_page(e.code or 500))
    app.register_error_handler(Exception, fault)


def page(template: str, /, **context) -> str | tuple[str, int]:
    """Render a page. A posted form that has errors makes the status 422, and its checked files are kept."""
    form = context.get("form")
    body = render_template(template, **context)
    if form is not None and request.method == "POST" and form.all_errors():
        form.keep_files()
        return body, 422
    return body


@lru_cache
def _digest(path: str, _modified: float) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:12]


def asset(name: str) -> str:
    """The address of a file under static/, with its hash: it may be kept for ever by the browser."""
    path = Path(current_app.static_folder) / name
    return url_for("static", filename=name, v=_digest(str(path), path.stat().st_mtime))


def safe_next(target: str | None) -> str | None:
    """An address inside this site to go on to, or None."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")) or "\\" in target:
        return None
    parts = urlsplit(target)
    return target if not parts.netloc and not parts.scheme else None


def back_or(default: str) -> Response:
    """Go to where the form asked to go on to, else to `default`."""
    return redirect(safe_next(request.form.get("next") or request.args.get("next")) or default)


def error_page(status: int, *, reasons=(), incident: str | None = None) -> tuple[str, int]:
    """The page for a refusal or a fault: what happened, and what can be done."""
    if request.path.startswith("/static/"):
        return "", status
    try:
        return render_template("errors/error.html", status=status, reasons=reasons, incident=incident), status
    except Exception:  # noqa: BLE001 - the page itself needs the database, which may be what failed
        logs.log.exception("the error page failed")
        db.session.rollback()
        return plain_page(status, incident=incident)


def plain_page(status: int, *, incident: str | None = None) -> tuple[str, int]:
    """The same without a look at the database, not even for who asks (each other page shows that)."""
    return current_app.jinja_env.get_template("errors/plain.html").render(incident=incident), status


def _headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if current_app.config["SESSION_COOKIE_SECURE"]:
        response.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    if request.endpoint == "static":
        if request.args.get("v"):
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    else:
        response.headers.setdefault("Cache-Control", "no-store")
        response.vary.add("Cookie")
    return response


def _csrf_error(_error: CSRFError) -> tuple[str, int]:
    db.session.rollback()
    return error_page(400, reasons=[_("The page had been open for too long. Go back, load it again and send it.")])


def _too_large(_error) -> tuple[str, int]:
    limit = current_app.config["MAX_CONTENT_LENGTH"] // (1024 * 1024)
    return error_page(413, reasons=[_("Together, the files may weigh %(limit)s MB at most.", limit=limit)])


def _collision(error: Exception) -> tuple[str, int]:
    """A rule kept by the database was hit, or a row changed under us.

    A UNIQUE rule is met when two people do the same thing at once: the second is told. Any other rule of the
    database that is hit is a fault of ours and gets an incident number.
    """
    text = str(getattr(error, "orig", error))
    db.session.rollback()
    if isinstance(error, StaleDataError) or "UNIQUE" in text or "unique" in text:
        logs.log.warning("collision: %s", text.splitlines()[0])
        return error_page(
            409, reasons=[_("Somebody else has just done this. Look at the page again before you go on.")]
        )
    return fault(error)


def fault(error: Exception) -> tuple[str, int]:
    """The answer to what was not foreseen: a number under which the log tells what happened."""
    if current_app.config.get("PROPAGATE_FAULTS"):
        raise error
    incident = secrets.token_hex(4).upper()
    g.incident = incident
    logs.log.error("incident %s", incident, exc_info=error)
    db.session.rollback()
    return error_page(500, incident=incident)
