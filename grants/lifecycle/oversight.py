"""What administrators and auditors look at: whether the journal holds, and the latest acts."""

from collections.abc import Callable

from flask import Blueprint, Response, redirect, request, stream_with_context, url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.utils import secure_filename

from grants import journal
from grants.access import allowed, current_person, enters
from grants.access.models import Person
from grants.core import navigation
from grants.core.database import db
from grants.core.errors import NotFound
from grants.core.paging import keyset
from grants.core.web import page
from grants.journal import checkpoints, checks, exporting
from grants.journal.models import Event
from grants.lifecycle import registry
from grants.lifecycle.work.mine import subjects_of

bp = Blueprint("oversight", __name__)

# What events are about that have no workflow of their own.
_WORDS = {
    "appeal": _l("Appeal"),
    "bank_statement": _l("Bank statement"), "book_chart": _l("Accounts of the books"), "book_entry": _l("Entry in the books"),
    "booking_rule": _l("Booking rule"), "books_period": _l("Month of the books"),
    "call": _l("Call"), "clause_set": _l("Contract texts"), "committee": _l("Committee"), "contract": _l("Contract"),
    "delegation": _l("Interim"), "document": _l("Document"), "holiday": _l("Holiday"),
    "payer_account": _l("Account of the programme"), "payment_setting": _l("Setting of the payments"),
    "reallocation": _l("Reallocation"), "return_file": _l("File from the bank"),
    "return_profile": _l("Reading of a file from the bank"),
    "return_row": _l("Line from the bank"), "return_ruling": _l("Line from the bank"),
    "statement_line": _l("Line of a bank statement"), "statement_match": _l("Line of a bank statement"),
    "statement_note": _l("Line of a bank statement"), "transmission": _l("Batch of payments"),
    "wallet_profile": _l("Rules of a wallet"),
    "donor": _l("Donor"), "envelope": _l("Envelope"), "fund": _l("Fund"), "group": _l("Group"),
    "group_import": _l("List taken over"), "place_edition": _l("Edition"), "visit": _l("Visits"),
    "workflow_draft": _l("Draft of a definition"), "workflow_version": _l("Version of a workflow"),
}  # fmt: skip

navigation.entry(94, _l("Journal"), "oversight.history", "journal.view")


@bp.get("/journal")
@allowed("journal.view")
def history():
    """The latest acts of everybody, the newest checkpoint, and what the last check found."""
    latest = keyset(select(Event), order=[Event.id.desc()], after=request.args.get("after"), size=40)
    checked, waiting = checks.latest()
    return page(
        "lifecycle/journal.html", checked=checked, waiting=waiting, latest=latest, sentence=journal.sentence,
        subject=_about(latest.items, current_person()), sealed=checkpoints.latest(),
    )  # fmt: skip


@bp.post("/journal/check")
@allowed("journal.view")
def check_journal():
    """Have the whole journal read again; it is done in the background."""
    checks.ask(by=current_person())
    return redirect(url_for(".history"))


@bp.get("/journal/export")
@allowed("journal.view")
def export_journal():
    """The whole journal, or that of one subject (`kind` and `reference`), as lines of JSON, streamed."""
    subject, name = None, "journal.jsonl"
    if reference := request.args.get("reference", "").strip():
        kind = registry.kinds.get(request.args.get("kind", ""))
        found = kind.load(reference, current_person()) if kind else None
        if found is None:
            raise NotFound(reference)
        subject, name = (found.__subject__, found.id), f"journal-{reference}.jsonl"
    return Response(
        stream_with_context(exporting.lines(*filter(None, (subject,)))),
        mimetype="application/jsonl",
        headers={"Content-Disposition": f"attachment; filename={secure_filename(name)}"},
    )


def _about(events: list[Event], person: Person) -> Callable[[Event], dict]:
    """What each event is about: its name, and its page where it has one that this person may enter."""
    subjects = subjects_of(events)
    people_ids = {event.subject_id for event in events if event.subject_kind == "person"}
    names = dict(db.session.execute(select(Person.id, Person.name).where(Person.id.in_(people_ids))).all())

    def about(event: Event) -> dict:
        if event.subject_kind == "person":
            return {"label": names[event.subject_id], "url": None}
        subject = subjects.get((event.subject_kind, event.subject_id))
        if subject is None:
            return {"label": _WORDS.get(event.subject_kind, event.subject_kind), "url": None}
        kind = registry.kinds[event.subject_kind]
        url = kind.url(subject)
        return {"label": kind.title(subject), "url": url if enters(person, url) else None}

    return about
