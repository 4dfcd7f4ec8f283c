"""What this slice gives to the house: the keeper of files, and words of the journal."""

from flask import Flask
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from grants.core import navigation
from grants.core.database import db
from grants.documents.keeping import StoreKeeper
from grants.documents.kinds import KINDS
from grants.documents.models import Document
from grants.documents.ownership import shows_files
from grants.documents.plain import short_hash
from grants.documents.queries import sees
from grants.journal import wording

navigation.public_link(20, _l("Verify a document"), "documents.verify_form")


def init_app(app: Flask) -> None:
    app.extensions["file_keeper"] = StoreKeeper()
    # The same twelve signs as on paper, for people to compare by eye.
    app.jinja_env.filters["short_hash"] = short_hash


@wording.otherwise
def _words(event):
    data = event.values
    if event.action == "document_issued":
        kind = KINDS.get(data.get("kind"))
        return _(
            "Document issued: %(kind)s %(reference)s",
            kind=kind.name if kind else "",
            reference=data.get("reference", ""),
        )
    return {
        "document_amended": _("Document replaced by an amendment"),
        "document_cancelled": _("Document cancelled"),
        "document_replaced": _("Another paper was issued in the place of this one"),
    }.get(event.action)


@shows_files("document")
def _copies(person, document_id: int) -> bool:
    """The reading copy of a document is filed with the document: who sees the one sees the other."""
    document = db.session.get(Document, document_id)
    return document is not None and sees(person, document.file)
