"""How an amount leaves that the main account cannot take at once: what is possible, what was chosen, what became of it."""

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _

from grants.access import allowed, current_person
from grants.calls.labels import FEES_LABELS
from grants.calls.rules import parse
from grants.core.errors import NotFound
from grants.core.web import page
from grants.payments import operations as payments
from grants.payments import queries as payment_queries
from grants.payments.forms import ConfirmationForm, FailureForm
from grants.payments.splits import operations, queries, routes
from grants.projects import queries as projects

bp = Blueprint("splits", __name__)
ACTS = {"paid": ConfirmationForm, "failed": FailureForm, "unknown": FailureForm}


@bp.get("/projects/<reference>/tranches/<int:number>/ways")
@allowed("payments.prepare")
def ways(reference: str, number: int):
    """Every way in which a tranche may reach the group today, with its sums, and why another is not possible."""
    project = projects.visible(reference, current_person())
    tranche = payment_queries.tranche_of(project, number)
    found = routes.routes(project.group, tranche.amount)
    fees = FEES_LABELS[parse(project.call.rules).fees_borne_by]
    return page("payments/splits/ways.html", project=project, tranche=tranche, ways=found, fees=fees)


@bp.post("/projects/<reference>/tranches/<int:number>/ways")
@allowed("payments.prepare")
def prepare(reference: str, number: int):
    """Prepare the order in the way that was chosen."""
    person = current_person()
    tranche = payment_queries.tranche_of(projects.visible(reference, person), number)
    route, seen = request.form.get("route", ""), request.form.get("seen", "")
    order = payments.prepare(tranche, by=person, route=route, seen=seen)
    flash(_("The order %(reference)s is prepared; somebody else verifies it.", reference=order.reference))
    return redirect(url_for("payments.show", reference=order.reference))


@bp.route("/payments/<reference>/parts/<int:number>/<act>", methods=["GET", "POST"])
@allowed("payments.transmit")
def settle(reference: str, number: int, act: str):
    """Say what became of a part that left."""
    if act not in ACTS:
        raise NotFound(act)
    person = current_person()
    order = payment_queries.visible(reference, person)
    part = queries.part(order, number)
    form = ACTS[act]()
    if form.validate_on_submit():
        with form.catching():
            said = form.values()
            operations.settle(
                part, act, by=person, detail=said.get("reason"), paid_on=said.get("paid_on"),
                reference=said.get("bank_reference") or "",
            )  # fmt: skip
            flash(_("It is written down: part %(number)s.", number=number))
            return redirect(url_for("payments.show", reference=reference))
    return page("payments/splits/settle.html", form=form, order=order, part=part, act=act)
