"""The blueprint of the books and the tabs that its pages share."""

from flask import Blueprint, send_file, url_for
from flask_babel import gettext as _

from grants.core import clock

bp = Blueprint("books", __name__, url_prefix="/books")

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def tabs(current: str) -> list[dict]:
    """The pages of the books, the current one marked."""
    words = {
        "index": _("Journal"),
        "balance": _("Trial balance"),
        "chart": _("Accounts"),
        "periods": _("Months"),
        "unjustified": _("Not justified"),
        "plan": _("Cash plan"),
    }
    return [
        {"label": label, "url": url_for(f"books.{code}"), "current": code == current} for code, label in words.items()
    ]


def sent(file, name: str, form: str):
    """A file to take away, named by the day."""
    kind = XLSX if form == "xlsx" else "text/csv; charset=utf-8"
    return send_file(file, kind, as_attachment=True, download_name=f"{name}-{clock.today():%Y-%m-%d}.{form}")
