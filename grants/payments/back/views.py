"""The pages of what comes back: files, their rows, the rows that wait for a person, and payments without an answer."""

import hashlib

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _

from grants import journal
from grants.access import allowed, current_person, policy
from grants.core import clock, sheets
from grants.core.errors import Problems
from grants.core.formatting import moment
from grants.core.web import page
from grants.documents import operations as documents
from grants.documents import queries as stored
from grants.documents.keeping import bytes_of
from grants.payments import settings
from grants.payments.back import labels, layouts, operations, printing, queries, reasons, triage
from grants.payments.back.forms import ReadingForm, ReturnForm, RulingForm
from grants.payments.back.models import FOR_A_PERSON, PROGRAMME
from grants.payments.back.records import Unreadable
from grants.payments.comebacks import queries as comebacks

bp = Blueprint("returns", __name__, url_prefix="/payments/back")

# A page for a slow line.
MOST_SHOWN = 60


@bp.get("/")
@allowed("payments.view")
def index():
    """The returns that were applied, what waits for a person, and how files are read."""
    person = current_person()
    queries.require_whole(person)
    found = queries.files(after=request.args.get("after"))
    number, total = queries.unpaid_totals(person)
    return page(
        "payments/back/index.html",
        items=found.items,
        formats=labels.FORMATS,
        triage=queries.triage_count(),
        unpaid=number,
        unpaid_total=total,
        profiles=queries.profiles(),
        purposes=layouts.PURPOSES,
        may_reconcile=policy.sees(person, "payments.reconcile", PROGRAMME),
        may_configure=policy.may(person, "payments.configure"),
        next=url_for(".index", after=found.next) if found.next else None,
        first=url_for(".index") if request.args.get("after") else None,
    )


@bp.route("/read", methods=["GET", "POST"])
@allowed("payments.reconcile")
def take_over():
    """Read a return and show what it would do; apply just what was shown."""
    person = current_person()
    queries.require_whole(person, "payments.reconcile")
    form = ReturnForm.offering()
    if not form.validate_on_submit():
        return page("payments/back/read.html", form=form, rehearsal=None)
    upload = form.file.one
    data = bytes_of(upload)
    seen = hashlib.sha256(data + (form.profile.data or "").encode()).hexdigest()
    rehearsal = None
    # Only what was shown is applied: a file or a description chosen anew is shown first.
    if request.form.get("do") == "apply" and form.seen.data == seen:
        with form.catching():
            made = operations.apply(data, form.chosen, name=upload.name, by=person)
            documents.attach(upload, made, by=person)
            flash(_("The return is applied: %(reference)s.", reference=made.reference))
            return redirect(url_for(".show", reference=made.reference))
    if not form.all_errors():
        try:
            rehearsal = operations.rehearse(data, form.chosen, by=person)
        except Problems as found:
            form.show(found.problems)
    form.keep_files()
    return page("payments/back/read.html", form=form, upload=upload, seen=seen, **_report(rehearsal))


def _report(rehearsal) -> dict:
    if rehearsal is None:
        return {"rehearsal": None}
    counts, totals = rehearsal.counts, rehearsal.totals
    order = ("matched", *FOR_A_PERSON, "pending", "known")
    groups = [(code, [one for one in rehearsal.findings if one.finding == code]) for code in order]
    return {
        "rehearsal": rehearsal,
        "counts": counts,
        "totals": totals,
        "groups": [(code, found[:MOST_SHOWN], len(found)) for code, found in groups if found],
        "for_a_person": operations.to_triage(rehearsal.findings),
        "labels": labels,
        "in_words": reasons.in_words,
    }


@bp.get("/files/<reference>")
@allowed("payments.view")
def show(reference: str):
    """One return: what became of each of its rows."""
    person = current_person()
    queries.require_whole(person)
    file = queries.file(reference)
    finding = request.args.get("finding", "")
    finding = finding if finding in labels.FINDINGS else ""
    found = queries.rows(file, finding, after=request.args.get("after"))
    counts = queries.counts(file)
    kept = {"finding": finding} if finding else {}
    return page(
        "payments/back/show.html",
        file=file,
        stored=next(iter(stored.files_of(file)), None),
        rows=found.items,
        counts=counts,
        tabs=_tabs(file, counts, finding),
        labels=labels,
        in_words=reasons.in_words,
        receipts=len(printing.unprinted(file.id)),
        may_reconcile=policy.sees(person, "payments.reconcile", PROGRAMME),
        events=[
            {"when": moment(event.at), "text": f"{journal.sentence(event)} · {event.who}"}
            for event in journal.history(file)
        ],
        next=url_for(".show", reference=reference, after=found.next, **kept) if found.next else None,
        first=url_for(".show", reference=reference, **kept) if request.args.get("after") else None,
    )


def _tabs(file, counts: dict, finding: str) -> list[dict]:
    codes = [code for code in labels.FINDINGS if code in counts]
    return [
        {"label": _("All rows"), "url": url_for(".show", reference=file.reference), "current": not finding, "count": file.count},
        *(
            {
                "label": labels.FINDINGS[code][0],
                "url": url_for(".show", reference=file.reference, finding=code),
                "current": finding == code,
                "count": counts[code][0],
            }
            for code in codes
        ),
    ]  # fmt: skip


@bp.get("/files/<reference>.<any(xlsx, csv):format>")
@allowed("payments.view")
def export(reference: str, format: str):
    """The rows of a return with what became of each, to take away."""
    queries.require_whole(current_person())
    file = queries.file(reference)
    heading = [
        _("Row"), _("Our reference"), _("Account"), _("Amount"), _("Day"), _("State"), _("Reason"),
        _("Reference of the bank or the operator"), _("Finding"), _("Order"), _("Ruling"), _("Why"),
    ]  # fmt: skip
    lines = [
        [
            row.position, row.reference, row.account, row.amount, row.day, str(labels.STATES[row.state][0]),
            reasons.in_words(row.reason), row.bank_reference, str(labels.FINDINGS[row.finding][0]),
            row.attempt.order.reference if row.attempt else None,
            str(labels.RULINGS[row.ruling.kind]) if row.ruling else None, row.ruling.note if row.ruling else None,
        ]
        for row in queries.all_rows(file)
    ]  # fmt: skip
    return sheets.download(heading, lines, name=file.reference, title=file.reference, format=format)


@bp.get("/triage")
@allowed("payments.view")
def to_rule():
    """The rows that wait for a person."""
    person = current_person()
    queries.require_whole(person)
    found = queries.triage(after=request.args.get("after"))
    return page(
        "payments/back/triage.html",
        rows=found.items,
        labels=labels,
        count=queries.triage_count(),
        next=url_for(".to_rule", after=found.next) if found.next else None,
        first=url_for(".to_rule") if request.args.get("after") else None,
    )


@bp.get("/rows/<int:row_id>")
@allowed("payments.view")
def show_row(row_id: int):
    """One row: what it says, what it may be about, and what was made of it."""
    person = current_person()
    queries.require_whole(person)
    row = queries.row(row_id)
    order = row.attempt.order.reference if row.attempt and row.attempt.order.step in queries.AWAITED else ""
    data = {"order": order, "day": row.day, "bank_reference": row.bank_reference or ""}
    return _row_page(row, RulingForm(data=data), person)


@bp.post("/rows/<int:row_id>")
@allowed("payments.reconcile")
def rule(row_id: int):
    """Rule on a row."""
    person = current_person()
    queries.require_whole(person, "payments.reconcile")
    row, form = queries.row(row_id), RulingForm()
    if form.validate_on_submit():
        with form.catching():
            values = form.values()
            triage.rule(row, values.pop("kind"), **values, by=person)
            flash(_("The row is ruled on."))
            return redirect(url_for(".to_rule"))
    return _row_page(row, form, person)


def _row_page(row, form, person):
    waits = row.finding in FOR_A_PERSON and row.ruling is None
    may_rule = waits and policy.sees(person, "payments.reconcile", PROGRAMME)
    return page(
        "payments/back/row.html",
        row=row,
        form=form if may_rule else None,
        labels=labels,
        in_words=reasons.in_words,
        candidates=queries.candidates(row) if may_rule else [],
        waits=waits,
        paid_orders=comebacks.may_concern(row) if may_rule and row.state != "paid" else [],
    )


@bp.get("/unpaid")
@allowed("payments.view")
def unpaid():
    """Payments that left some days ago and of which nobody has said anything, the oldest first."""
    person = current_person()
    found = queries.unpaid(person, after=request.args.get("after"))
    number, total = queries.unpaid_totals(person)
    return page(
        "payments/back/unpaid.html",
        orders=found.items,
        number=number,
        total=total,
        days=settings.value("unpaid_days"),
        age=lambda order: (clock.today() - order.sent_at.astimezone(clock.BAMAKO).date()).days,
        next=url_for(".unpaid", after=found.next) if found.next else None,
        first=url_for(".unpaid") if request.args.get("after") else None,
    )


@bp.route("/profile", methods=["GET", "POST"], defaults={"profile_id": None})
@bp.route("/profile/<int:profile_id>", methods=["GET", "POST"])
@allowed("payments.configure")
def edit_profile(profile_id: int | None):
    """Describe the files of a bank or an operator, with a sample read by the description."""
    profile = queries.profile(profile_id) if profile_id is not None else None
    form = ReadingForm() if request.method == "POST" else ReadingForm.showing(profile)
    shown, refusals = None, ()
    if "add" in request.form:
        form.columns.append_entry()
    elif form.validate_on_submit():
        if "preview" in request.form:
            shown, refusals = _sample(form)
        else:
            with form.catching():
                made = operations.save_profile(form.name.data, form.reading(), by=current_person())
                flash(_("Version %(number)s of the description is kept.", number=made.number))
                return redirect(url_for(".index"))
    return page(
        "payments/back/profile.html", form=form, profile=profile, shown=shown, refusals=refusals, labels=labels,
    )  # fmt: skip


def _sample(form: ReadingForm):
    """What a description reads in the sample, or why it cannot."""
    reading = form.reading()
    if problems := reading.problems():
        form.show(problems)
        return None, ()
    try:
        data = (form.sample.data or "").replace("\r\n", "\n").encode(reading.encoding)
        return layouts.read(reading, data)[:20], ()
    except Unreadable as refusal:
        return None, refusal.problems
    except UnicodeError:
        return None, (_("This file is not in the encoding described: choose another description."),)
