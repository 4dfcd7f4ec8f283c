"""The page on which the contracts of all files of a call are asked for at once."""

from flask import Blueprint, redirect, url_for

from grants.access import allowed, current_person
from grants.calls import queries as calls
from grants.contracts import forms, many
from grants.core.web import page

bp = Blueprint("contract_batches", __name__, url_prefix="/contracts/many")


@bp.get("")
@allowed(many.RIGHT)
def index():
    """The calls with files that wait for their contract, and the batches asked for before."""
    person = current_person()
    return page("contracts/many.html", waiting=many.waiting_calls(person), jobs=many.latest(person))


@bp.route("/<reference>", methods=["GET", "POST"])
@allowed(many.RIGHT)
def ask(reference: str):
    """The terms that all the contracts share; then the work begins in the background."""
    person = current_person()
    call = calls.call(reference, person=person)
    form = forms.ManyForm.of(person)
    if form.validate_on_submit():
        with form.catching():
            job = many.ask(
                call, months=form.months.data, start=form.start.data or "",
                represented_by=form.represented_by.data, by=person,
            )  # fmt: skip
            return redirect(url_for("documents.job", uuid=job.uuid))
    found = next((one for one in many.waiting_calls(person) if one[0].id == call.id), (call, 0, 0))
    return page("contracts/many_ask.html", form=form, call=call, files=found[1], francs=found[2])
