"""My interims, and all of them for administrators."""

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext as _

from grants.access import delegation, people
from grants.access.forms import DelegationForm
from grants.access.gate import allowed, current_person, signed_in
from grants.core.web import page

bp = Blueprint("interims", __name__)


@bp.get("/interims")
@signed_in
def mine():
    """What I lent and what I was lent."""
    person = current_person()
    return page(
        "access/interims.html", rows=delegation.of(person), all=False, may_give=bool(delegation.lendable(person))
    )


@bp.get("/people/interims")
@allowed("people.manage")
def listed():
    """Every interim."""
    return page("access/interims.html", rows=delegation.listed(), all=True, may_give=False)


@bp.route("/interims/new", methods=["GET", "POST"])
@signed_in
def give():
    """Lend my roles; giving is signing."""
    return _give(current_person(), url_for("interims.mine"))


@bp.route("/people/<uuid>/interims/new", methods=["GET", "POST"])
@allowed("people.manage")
def give_for(uuid: str):
    """Record an interim for somebody, who still has to sign it."""
    return _give(people.get(uuid), url_for("interims.listed"))


def _give(giver, back: str):
    form = DelegationForm.of(giver)
    if form.validate_on_submit():
        with form.catching():
            delegation.give(giver, form.values(), by=current_person())
            flash(_("The interim is recorded. It counts once both have signed."), "success")
            return redirect(back)
    return page("access/interim.html", form=form, giver=giver, own=giver.id == current_person().id, back=back)


@bp.post("/interims/<uuid>/sign")
@signed_in
def sign(uuid: str):
    person = current_person()
    delegation.sign(delegation.get(uuid, person), by=person)
    flash(_("You have signed the interim."), "success")
    return redirect(url_for("interims.mine"))


@bp.post("/interims/<uuid>/end")
@signed_in
def end(uuid: str):
    person = current_person()
    row = delegation.get(uuid, person)
    delegation.end(row, by=person)
    flash(_("The interim is ended."), "success")
    part = person.id in (row.giver_id, row.receiver_id)
    return redirect(url_for("interims.mine" if part else "interims.listed"))
