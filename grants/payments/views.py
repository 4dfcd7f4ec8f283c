"""The finance page, the page of an order, the tranches of a file, and the preparation of orders one by one or together."""

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from grants import journal
from grants.access import allowed, current_person, policy, role_label
from grants.calls.labels import FEES_LABELS
from grants.calls.rules import parse
from grants.core.database import db
from grants.core.errors import Problems, Refused
from grants.core.formatting import moment
from grants.core.texts import pick
from grants.core.web import page
from grants.groups.accounts import show_number
from grants.lifecycle import definition_of
from grants.lifecycle.panel import panel
from grants.payments import batch_views, conditions, file_section, operations, papers, queries, settings, worklist
from grants.payments.back import queries as back
from grants.payments.back import views as back_views
from grants.payments.back.models import PROGRAMME
from grants.payments.comebacks import queries as comebacks
from grants.payments.evidence import queries as evidence
from grants.payments.evidence import views as evidence_views
from grants.payments.filters import FilterForm
from grants.payments.guards import differs
from grants.payments.out import queries as out
from grants.payments.out import views as out_views
from grants.payments.splits import queries as splits
from grants.payments.splits import views as split_views
from grants.payments.statements import views as statement_views
from grants.payments.wave import views as wave_views
from grants.projects import queries as projects
from grants.projects.path import badge, rail

bp = Blueprint("payments", __name__)
blueprints = (
    bp,
    batch_views.bp,
    evidence_views.bp,
    out_views.bp,
    back_views.bp,
    split_views.bp,
    statement_views.bp,
    wave_views.bp,
)

MOST_AT_ONCE = 100


@bp.get("/payments")
@allowed("payments.view")
def index():
    """What may be paid today, what waits for whom, what was paid, what is not justified."""
    person = current_person()
    view = request.args.get("view")
    view = view if view in worklist.VIEWS else "payable"
    form = FilterForm.read(request.args, view)
    filters = form.filters()
    found = getattr(worklist, view)(person, filters, after=request.args.get("after"))
    kept = {name: value for name, value in request.args.items() if name not in ("after", "view") and value}
    return page(
        f"payments/{view}.html",
        view=view,
        form_filters=form,
        items=found.items,
        counts=worklist.counts(person, filters),
        tabs=_tabs(view, kept),
        next=url_for(".index", view=view, after=found.next, **kept) if found.next else None,
        first=url_for(".index", view=view, **kept) if request.args.get("after") else None,
        clear=url_for(".index", view=view) if kept else None,
        may_prepare=policy.may(person, "payments.prepare"),
        step_words=_step_words,
        role_label=role_label,
        unpaid=back.unpaid_totals(person)[0] if view == "waiting" else 0,
        returns=policy.sees(person, "payments.view", PROGRAMME),
        paid_on=worklist.last_paid_on(found.items) if view == "unjustified" else {},
    )


def _tabs(view: str, kept: dict) -> list[dict]:
    words = {
        "payable": _("To be paid"),
        "waiting": _("Under way"),
        "paid": _("Paid"),
        "unjustified": _("Not justified"),
    }
    return [
        {"label": label, "url": url_for(".index", view=code, **kept), "current": code == view, "code": code}
        for code, label in words.items()
    ]


def _step_words(order) -> str:
    return pick(definition_of(order).place(order.step).label)


@bp.post("/payments/prepare")
@allowed("payments.prepare")
def prepare_several():
    """Prepare the orders of the tranches that were ticked; each is looked at by itself and has its own answer."""
    person = current_person()
    ids = [int(value) for value in request.form.getlist("tranche") if value.isdecimal()][:MOST_AT_ONCE]
    if not ids:
        flash(_("Tick at least one tranche."), "warning")
        return redirect(url_for(".index"))
    results = [_prepared(tranche, person) for tranche in queries.chosen(ids, person)]
    done = sum(result["order"] is not None for result in results)
    return page(
        "payments/prepared.html",
        results=results,
        summary=ngettext("%(num)d order prepared", "%(num)d orders prepared", done),
    )


def _prepared(tranche, person) -> dict:
    try:
        with db.session.begin_nested():
            order = operations.prepare(tranche, by=person)
        return {"tranche": tranche, "order": order, "reasons": []}
    except Refused as refused:
        return {"tranche": tranche, "order": None, "reasons": refused.reasons}
    except Problems as found:
        return {"tranche": tranche, "order": None, "reasons": found.problems}


@bp.get("/projects/<reference>/tranches")
@allowed("contracts.view")
def tranches(reference: str):
    """The tranches of a file, with what each needs and how it is met."""
    person = current_person()
    project = projects.visible(reference, person)
    shown = file_section.lines(project, person)
    return page(
        "payments/tranches.html",
        project=project,
        lines=shown,
        preparable=file_section.may_prepare(project, person, shown),
        choosable=file_section.may_choose(project, person, shown),
        total=sum(line.tranche.amount for line in shown),
        file_actions=file_section.actions(project, person),
    )


@bp.post("/projects/<reference>/tranches/<int:number>/order")
@allowed("payments.prepare")
def prepare(reference: str, number: int):
    """Prepare the order of one tranche."""
    person = current_person()
    project = projects.visible(reference, person)
    order = operations.prepare(queries.tranche_of(project, number), by=person)
    flash(_("The order %(reference)s is prepared; somebody else verifies it.", reference=order.reference))
    return redirect(url_for(".show", reference=order.reference))


@bp.get("/payments/<reference>")
@allowed("payments.follow")
def show(reference: str):
    """One order: where it stands, to whom it pays, on what evidence, and what can be done now."""
    person = current_person()
    order = queries.visible(reference, person)
    definition = definition_of(order)
    events = list(reversed(journal.history(order)))
    whole_number = policy.sees(person, "payments.view", order)
    number = show_number(order.account.kind, order.account_number)
    parts = [(one, splits.state(one)) for one in splits.parts(order)]
    wallets = (
        [one.amount for one, _state in parts if one.account.kind == "wallet"]
        if parts
        else ([order.amount] if order.account.kind == "wallet" else [])
    )
    return page(
        "payments/show.html",
        order=order,
        project=order.project,
        account_number=number if whole_number else f"… {order.account_number[-4:]}",
        account_changed=differs(order),
        cost=sum(map(settings.withdrawal_cost, wallets)) if wallets else None,
        parts=parts,
        may_settle=order.step in ("sent", "unknown") and policy.sees(person, "payments.transmit", order),
        fees=FEES_LABELS[parse(order.project.call.rules).fees_borne_by],
        attempts=_attempts(order),
        badge=badge(order, definition),
        rail=rail(order, definition, [event for event in events if event.to_step]),
        offers=_offers(order, person, parts),
        findings=conditions.findings(order.tranche) if order.paid_on is None and order.live else [],
        lifts=[
            (evidence.words(lift.code), conditions.lifted_words(lift))
            for lift in (evidence.lifts(order.tranche) if order.paid_on is not None else ())
        ],
        file_actions=file_section.actions(order.project, person),
        events=[_as_shown(event) for event in reversed(events)],
        receipt_form=papers.receipt_form(order),
        # Only of what was sent can any money have come back.
        comebacks=comebacks.returns(order) if order.attempts else [],
    )


def _offers(order, person, parts) -> list[dict]:
    """What can be done now. Sending back is offered only where there is something to send back.

    Of an order in parts it is said part by part what became of it.
    """
    rows = panel(order, person)
    by_part = ("/confirm", "/report_failure", "/report_unknown") if parts else ()
    return [
        row
        for row in rows
        if (row["allowed"] or not (row["url"] or "").endswith("/send_back"))
        and not (row["url"] or "").endswith(by_part)
    ]


def _attempts(order) -> list[dict]:
    """Each sending of the order: when, where to, in which batch, and what became of it."""
    sent = queries.attempts(order)
    batches = out.of_order(order) if sent else {}
    words = {"paid": (_("Paid"), "ok"), "failed": (_("Failed"), "late"), "unknown": (_("Outcome unknown"), "late")}
    found = []
    for attempt in sent:
        last = attempt.outcomes[-1] if attempt.outcomes else None
        label, tone = words[last.state] if last else (_("Answer awaited"), "now")
        if attempt.came_back:
            label, tone = _("Came back"), "late"
        batch = batches.get(attempt.id)
        found.append(
            {
                "attempt": attempt,
                "label": label,
                "tone": tone,
                "detail": (last.bank_reference or last.detail) if last else None,
                "batch": batch,
            }
        )
    return found


def _as_shown(event) -> dict:
    return {
        "when": moment(event.at),
        "text": f"{journal.sentence(event)} · {event.who}",
        "detail": event.reason,
        "mark": None,
        "tone": None,
    }
