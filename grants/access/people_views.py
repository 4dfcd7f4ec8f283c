"""People and their roles, on screen."""

from flask import Blueprint, flash, redirect, request, session, url_for
from flask_babel import gettext as _

from grants import journal
from grants.access import forms, people, territory
from grants.access.gate import allowed, current_person
from grants.access.labels import role_label
from grants.access.operations import issue_activation
from grants.access.rights import ROLES
from grants.core.web import page

bp = Blueprint("people", __name__, url_prefix="/people")


@bp.get("")
@allowed("people.manage")
def index():
    form = forms.PeopleFilter(request.args)
    role = form.role.data if form.role.data in ROLES else ""
    found = people.listed(text=form.q.data or "", role=role, after=request.args.get("after"))
    return page("people/index.html", found=found, form=form)


@bp.route("/new", methods=["GET", "POST"])
@allowed("people.manage")
def add():
    form = forms.PersonForm()
    if form.validate_on_submit():
        with form.catching():
            person, code = people.add(form.values(), by=current_person())
            _show_code_once(code)
            return redirect(url_for("people.show", uuid=person.uuid))
    return page("people/edit.html", form=form, person=None)


@bp.get("/<uuid>")
@allowed("people.manage")
def show(uuid: str):
    person = people.get(uuid)
    return page(
        "people/show.html",
        someone=person,
        code=session.pop("code_to_hand_over", None),
        history=journal.history(person, limit=30),
        sentence=journal.sentence,
        role_label=role_label,
        territory=territory,
    )


@bp.route("/<uuid>/edit", methods=["GET", "POST"])
@allowed("people.manage")
def edit(uuid: str):
    person = people.get(uuid)
    form = forms.PersonForm(obj=person)
    if form.validate_on_submit():
        with form.catching():
            people.change(person, form.values(), by=current_person())
            flash(_("Changed."))
            return redirect(url_for("people.show", uuid=uuid))
    return page("people/edit.html", form=form, person=person)


@bp.route("/<uuid>/roles/new", methods=["GET", "POST"])
@allowed("people.manage")
def grant(uuid: str):
    person = people.get(uuid)
    form = forms.RoleForm()
    if form.validate_on_submit():
        with form.catching():
            people.grant(person, form.values(), by=current_person())
            flash(_("%(name)s holds the role now.", name=person.name))
            return redirect(url_for("people.show", uuid=uuid))
    return page("people/role.html", form=form, someone=person)


@bp.post("/<uuid>/roles/<int:grant_id>/revoke")
@allowed("people.manage")
def revoke(uuid: str, grant_id: int):
    people.revoke(people.get(uuid), grant_id, by=current_person())
    flash(_("The role is taken back."))
    return redirect(url_for("people.show", uuid=uuid))


@bp.post("/<uuid>/activation")
@allowed("people.manage")
def activation(uuid: str):
    _show_code_once(issue_activation(people.get(uuid), by=current_person()))
    return redirect(url_for("people.show", uuid=uuid))


@bp.post("/<uuid>/close")
@allowed("people.manage")
def close(uuid: str):
    people.set_active(people.get(uuid), False, by=current_person())
    flash(_("The account is closed."))
    return redirect(url_for("people.show", uuid=uuid))


@bp.post("/<uuid>/reopen")
@allowed("people.manage")
def reopen(uuid: str):
    people.set_active(people.get(uuid), True, by=current_person())
    flash(_("The account is open again."))
    return redirect(url_for("people.show", uuid=uuid))


def _show_code_once(code: str) -> None:
    """The code is shown on the next page and then forgotten: the database keeps only its hash.

    It travels in the administrator's own cookie, which is signed, readable by no script and sent to nobody else.
    """
    session["code_to_hand_over"] = code
