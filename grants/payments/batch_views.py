"""The pages on which many orders are verified, or released with one's password typed once."""

from flask import Blueprint, abort, request
from flask_babel import gettext as _
from flask_babel import ngettext

from grants.access import allowed, current_person
from grants.core.web import page
from grants.payments import batch
from grants.payments.forms import ReleaseForm, VerifyForm
from grants.payments.out import queries as out

bp = Blueprint("payment_batches", __name__, url_prefix="/payments/batch")


@bp.get("/<action>")
@allowed("payments.verify")
def choose(action: str):
    """The orders that wait for an act, to be ticked."""
    return _page(action, _form(action), set())


@bp.post("/<action>")
@allowed("payments.verify")
def take(action: str):
    """Take the act on each order that was ticked, and say what became of each."""
    form = _form(action)
    ticked = list(dict.fromkeys(request.form.getlist("order")))[: batch.MOST[action]]
    if isinstance(form, ReleaseForm):
        form.confirms(action, *batch.found(ticked, current_person()).values())
    good = form.validate_on_submit()
    if not ticked:
        form.form_errors = [*form.form_errors, _("Tick at least one order.")]
    if not good or not ticked:
        return _page(action, form, set(ticked))
    chosen = {one: request.form.get(f"revision-{one}", type=int) for one in ticked}
    results = batch.take(action, chosen, by=current_person(), identity=getattr(form, "confirmation", None))
    done = sum(result.done for result in results)
    words = {
        "verify": ngettext("%(num)d order verified", "%(num)d orders verified", done),
        "release": ngettext("%(num)d payment released", "%(num)d payments released", done),
    }
    return page("payments/batch_done.html", results=results, summary=words[action], action=action)


def _form(action: str):
    if action not in batch.STEPS:
        abort(404)
    return ReleaseForm() if action == "release" else VerifyForm()


def _page(action: str, form, ticked: set[str]):
    person = current_person()
    orders = batch.waiting(action, person)
    return page(
        "payments/batch.html",
        action=action,
        form=form,
        orders=orders,
        total=sum(order.amount for order in orders),
        ticked=ticked,
        not_sent=out.waiting_count(person),
    )
