"""Keeping the filters of a list under a name, and letting them go."""

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _

from grants.access import saved_views
from grants.access.forms import SavedViewForm
from grants.access.gate import current_person, signed_in
from grants.core.errors import NotFound
from grants.core.web import page

bp = Blueprint("saved_views", __name__)


@bp.route("/views", methods=["GET", "POST"])
@signed_in
def keep():
    """Name the filters that the address brought, or look at what is kept of this list."""
    person = current_person()
    form = SavedViewForm(request.form if request.method == "POST" else request.args)
    path, query = form.list.data or "", saved_views.tidy(form.query.data or "")
    if not saved_views.is_list(path):
        raise NotFound(path)
    if form.validate_on_submit():
        with form.catching():
            view = saved_views.keep(person, path, query, form.name.data)
            flash(_("The view “%(name)s” is kept above the list.", name=view.name), "success")
            return redirect(saved_views.address(view))
    back = f"{path}?{query}" if query else path
    return page("access/saved_views.html", form=form, views=saved_views.of(person, path), query=query, back=back)


@bp.post("/views/<uuid>/forget")
@signed_in
def forget(uuid: str):
    view = saved_views.forget(current_person(), uuid)
    flash(_("The view “%(name)s” is removed.", name=view.name), "success")
    return redirect(url_for(".keep", list=view.path))
