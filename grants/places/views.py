"""Pages about places: looking one up, the editions, importing an official list."""

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from grants.access import allowed, current_person
from grants.core.web import page
from grants.places import forms, official, operations, queries

bp = Blueprint("places", __name__, url_prefix="/places")


@bp.get("")
@allowed("places.view")
def index():
    form = forms.SearchForm(request.args)
    typed = (form.q.data or "").strip()
    found = queries.search(typed) if typed else queries.regions()
    return page("places/index.html", search=form, typed=typed, found=found, labels=queries.labels(found))


@bp.get("/<code>")
@allowed("places.view")
def show(code: str):
    place = queries.get(code)
    return page(
        "places/show.html",
        place=place,
        title=queries.title(place),
        above=[(upper, queries.title(upper)) for upper in queries.ancestors(code)],
        below=[(lower, queries.title(lower)) for lower in queries.children(code)],
    )


@bp.get("/editions")
@allowed("places.manage")
def editions():
    return page("places/editions.html", editions=queries.editions(), counts=queries.counts())


@bp.post("/editions/<code>/current")
@allowed("places.manage")
def make_current(code: str):
    edition = operations.make_current(code, by=current_person())
    flash(_("Places are now chosen from edition %(edition)s.", edition=edition.label))
    return redirect(url_for("places.editions"))


@bp.route("/imports/new", methods=["GET", "POST"])
@allowed("places.manage")
def upload():
    form = forms.ImportForm()
    if form.validate_on_submit():
        with form.catching():
            staged = operations.stage_import(
                form.files.contents(), edition=form.edition.data, source=form.source.data, licence=form.licence.data or "",
                by=current_person(),
            )  # fmt: skip
            return redirect(url_for("places.rehearsal", token=staged.token))
    return page("places/upload.html", form=form)


@bp.get("/imports/<token>")
@allowed("places.manage")
def rehearsal(token: str):
    staged = queries.staged_import(token, by=current_person())
    listing = official.read_upload(staged.file_name, staged.content)
    report = operations.rehearse_import(listing, edition=staged.edition, by=current_person())
    return page("places/rehearsal.html", staged=staged, report=report)


@bp.post("/imports/<token>/confirm")
@allowed("places.manage")
def confirm(token: str):
    report = operations.confirm_import(token, by=current_person())
    flash(
        ngettext(
            "%(num)s place added or changed, edition %(edition)s.", "%(num)s places added or changed, edition %(edition)s.",
            report.changes, edition=report.edition,
        )
    )  # fmt: skip
    return redirect(url_for("places.editions"))


@bp.post("/imports/<token>/discard")
@allowed("places.manage")
def discard(token: str):
    operations.discard_import(token, by=current_person())
    flash(_("The list was thrown away, nothing has changed."), "info")
    return redirect(url_for("places.editions"))
