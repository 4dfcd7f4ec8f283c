"""The pages of statements: the list, one statement with the difference to the franc, and one line."""

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from grants import journal
from grants.access import allowed, current_person, policy
from grants.core import sheets
from grants.core.formatting import moment
from grants.core.web import page
from grants.documents import operations as documents
from grants.documents import queries as stored
from grants.documents.keeping import bytes_of
from grants.payments.back.models import PROGRAMME
from grants.payments.back.queries import require_whole
from grants.payments.comebacks import queries as comebacks
from grants.payments.statements import operations, queries
from grants.payments.statements.forms import ExplainForm, MatchForm, StatementForm, TakeBackForm

bp = Blueprint("statements", __name__, url_prefix="/payments/statements")

RIGHT = operations.RIGHT


@bp.get("/")
@allowed("payments.view")
def index():
    """The statements that were read, and how many of their lines are open."""
    person = current_person()
    require_whole(person)
    found = queries.statements(after=request.args.get("after"))
    return page(
        "payments/statements/index.html",
        items=found.items,
        open=queries.open_counts(found.items),
        may_reconcile=policy.sees(person, RIGHT, PROGRAMME),
        next=url_for(".index", after=found.next) if found.next else None,
        first=url_for(".index") if request.args.get("after") else None,
    )


@bp.route("/read", methods=["GET", "POST"])
@allowed("payments.reconcile")
def take_over():
    """Read a statement."""
    person = current_person()
    require_whole(person, RIGHT)
    form = StatementForm.offering()
    if form.validate_on_submit():
        upload = form.file.one
        with form.catching():
            made = operations.take_over(
                bytes_of(upload), form.payers.get(form.payer.data), form.profiles.get(form.profile.data or ""), name=upload.name,
                opening=form.opening.data, closing=form.closing.data, by=person,
            )  # fmt: skip
            documents.attach(upload, made, by=person)
            flash(_("The statement is read: %(reference)s.", reference=made.reference))
            return redirect(url_for(".show", reference=made.reference))
    form.keep_files()
    return page("payments/statements/read.html", form=form)


@bp.get("/<reference>")
@allowed("payments.view")
def show(reference: str):
    """One statement: its lines, what is not in our books, what is not at the bank, and the difference to the franc."""
    person = current_person()
    require_whole(person)
    statement = queries.statement(reference)
    view = "all" if request.args.get("view") == "all" else "open"
    comparison = queries.compare(statement)
    found = queries.lines(statement, only_open=view == "open", after=request.args.get("after"))
    return page(
        "payments/statements/show.html",
        statement=statement,
        comparison=comparison,
        lines=found.items,
        matched=queries.matched_with(found.items, statement.payer),
        view=view,
        tabs=_tabs(statement, view, comparison.open),
        stored=next(iter(stored.files_of(statement)), None),
        may_reconcile=policy.sees(person, RIGHT, PROGRAMME),
        events=[
            {
                "when": moment(event.at),
                "text": f"{journal.sentence(event)} · {event.actor_name}",
                "detail": event.reason,
            }
            for event in journal.history(statement)
        ],
        next=url_for(".show", reference=reference, view=view, after=found.next) if found.next else None,
        first=url_for(".show", reference=reference, view=view) if request.args.get("after") else None,
    )


def _tabs(statement, view: str, left: int) -> list[dict]:
    return [
        {
            "label": label, "url": url_for(".show", reference=statement.reference, view=code), "current": view == code,
            "count": count,
        }
        for code, label, count in (("open", _("Open lines"), left), ("all", _("All lines"), statement.count))
    ]  # fmt: skip


@bp.get("/<reference>.<any(xlsx, csv):format>")
@allowed("payments.view")
def export(reference: str, format: str):
    """The lines of a statement with what they were matched with, then our movements that are on no line."""
    require_whole(current_person())
    statement = queries.statement(reference)
    lines = queries.lines(statement, size=statement.count).items
    matched = queries.matched_with(lines, statement.payer)
    heading = [
        _("Line"),
        _("Day"),
        _("Amount"),
        _("Wording"),
        _("Reference of the bank or the operator"),
        _("Our movement"),
        _("Why"),
    ]
    rows = [
        [
            one.position, one.day, one.amount, one.wording or one.reference, one.bank_reference,
            ", ".join(move.order or move.references[0] for move in matched.get(one.id, [])) or None,
            one.note.text if one.note else None,
        ]
        for one in lines
    ]  # fmt: skip
    rows += [
        [None, move.day, move.amount, move.name, None, move.order or move.references[0], _("not at the bank")]
        for move in queries.compare(statement).missing
    ]
    return sheets.download(heading, rows, name=statement.reference, title=statement.reference, format=format)


@bp.post("/<reference>/match")
@allowed("payments.reconcile")
def match_by_rule(reference: str):
    """Match again what can surely be matched, with the books as they are now."""
    person = current_person()
    require_whole(person, RIGHT)
    count = operations.match_by_rule(queries.statement(reference), by=person)
    flash(ngettext("%(num)d line was matched.", "%(num)d lines were matched.", count))
    return redirect(url_for(".show", reference=reference))


@bp.get("/lines/<int:line_id>")
@allowed("payments.view")
def show_line(line_id: int):
    """One line: what it is, or what it may be."""
    person = current_person()
    require_whole(person)
    return _line_page(queries.line(line_id), person)


def _line_page(line, person, **forms):
    may_reconcile = policy.sees(person, RIGHT, PROGRAMME)
    is_open = not line.matches and line.note is None
    return page(
        "payments/statements/line.html",
        line=line,
        matched=queries.matched_with([line], line.statement.payer).get(line.id, []),
        candidates=queries.candidates(line) if is_open and may_reconcile else [],
        ticked=set(request.form.getlist("movement")),
        paid_orders=comebacks.orders_of_amount(line.amount) if is_open and may_reconcile else [],
        is_open=is_open,
        may_reconcile=may_reconcile,
        # The one that was posted, if any: its mistakes make the answer a refusal.
        form=next(iter(forms.values()), None),
        match_form=forms.get("match") or MatchForm(),
        explain_form=forms.get("explain") or ExplainForm(formdata=None),
        back_form=forms.get("back") or TakeBackForm(formdata=None),
    )


def _act(line_id: int, form, name: str, act):
    person = current_person()
    require_whole(person, RIGHT)
    line = queries.line(line_id)
    if form.validate_on_submit():
        with form.catching():
            act(line, person)
            return redirect(url_for(".show", reference=line.statement.reference))
    return _line_page(queries.line(line_id), person, **{name: form})


@bp.post("/lines/<int:line_id>/match")
@allowed("payments.reconcile")
def match(line_id: int):
    """Match a line with the movements that were ticked."""
    ticked = request.form.getlist("movement")[:200]
    return _act(line_id, MatchForm(), "match", lambda line, by: operations.match(line, ticked, by=by))


@bp.post("/lines/<int:line_id>/explain")
@allowed("payments.reconcile")
def explain(line_id: int):
    """Say what a line is that is none of our movements."""
    form = ExplainForm()
    return _act(line_id, form, "explain", lambda line, by: operations.explain(line, form.text.data, by=by))


@bp.post("/lines/<int:line_id>/unmatch")
@allowed("payments.reconcile")
def unmatch(line_id: int):
    """Take back the matches of a line."""
    form = TakeBackForm()
    return _act(line_id, form, "back", lambda line, by: operations.unmatch(line, form.reason.data, by=by))
