"""Files for those who may see them, and the public verification of documents."""

from flask import Blueprint, Response, current_app, redirect, request, send_file, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from grants.access import current_person, public, signed_in
from grants.core.errors import NotFound
from grants.core.unit_of_work import afterwards
from grants.core.web import page
from grants.documents import forms, jobs, queries, storage
from grants.documents.sandbox import the_press

STATES = {"valid": _l("In force"), "amended": _l("Amended"), "cancelled": _l("Cancelled")}

JOB_STATES = {
    "waiting": (_l("Waiting"), "neutral"),
    "running": (_l("At work"), "now"),
    "stopped": (_l("Stopped"), "neutral"),
    "done": (_l("Done"), "ok"),
    "failed": (_l("Failed"), "late"),
}

# A page that is looked at on a telephone; the refused ones stand first.
LINES_SHOWN = 100

bp = Blueprint("documents", __name__)

# An image shown in a tab of its own may do nothing; a PDF keeps its viewer, which `sandbox` would take away.
IMAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; sandbox"
PDF_POLICY = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'none'"


@bp.route("/files/<uuid>")
@signed_in
def file(uuid):
    file = queries.visible_file(uuid, current_person())
    current_app.logger.info("file %s (%s) read by person %s", file.uuid, file.kind, current_person().id)
    return _send(file, file.name, inline=file.is_photo or "view" in request.args)


@bp.route("/files/<uuid>/small")
@signed_in
def small(uuid):
    file = queries.visible_file(uuid, current_person())
    if not file.is_photo:
        return redirect(url_for("static", filename="img/favicon.svg"))
    picture = storage.thumbnail(file.sha256, lambda data: the_press.run("thumbnail", data)[1])
    response = Response(picture, mimetype="image/jpeg")
    response.headers["Content-Security-Policy"] = IMAGE_POLICY
    # Lists of photos come back often on a slow line; the browser of this person may keep the small ones for an hour.
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response


@bp.route("/documents/<code>.pdf")
@signed_in
def document(code):
    document = queries.visible_document(queries.normal_code(code) or "", current_person())
    file = document.file
    if request.args.get("copy") == "reading":
        file = next((copy.file for copy in document.copies if copy.purpose == "reading"), file)
    return _send(file, file.name, inline="view" in request.args)


@bp.route("/v")
@bp.route("/v/")
@public
def verify_form():
    form = forms.CodeForm(request.args)
    if form.code.data:
        code = queries.normal_code(form.code.data)
        if code is not None:
            return redirect(url_for("documents.verify", code=code))
        form.code.errors = [_("A code has twelve letters and digits: compare it with the paper.")]
    return page("verification/form.html", code_form=form)


@bp.route("/v/<code>")
@public
def verify(code):
    normal = queries.normal_code(code)
    if normal is not None and normal != code:
        return redirect(url_for("documents.verify", code=normal))
    address = request.remote_addr or ""
    if queries.misses_left(address) <= 0:
        return page("verification/wait.html"), 429
    found = queries.by_code(normal) if normal is not None else None
    if found is None:
        if normal is not None:
            afterwards(lambda: queries.remember_miss(address))
        return page("verification/unknown.html", code=code[:40], code_form=forms.CodeForm()), 404
    typed = request.args.get("sha256", "")[:200]
    copies = found.copies
    return page(
        "verification/document.html",
        document=found,
        states=STATES,
        copies=copies,
        sealed_by=next((copy.sealed_by for copy in copies if copy.sealed_by), None),
        checkpoint=queries.sealed_in(found),
        typed=typed,
        compared=queries.which_copy(copies, typed) if typed.strip() else None,
    )


def _send(file, name, *, inline):
    response = Response(storage.get(file.sha256), mimetype=file.mime)
    response.headers.set("Content-Disposition", "inline" if inline else "attachment", filename=name)
    response.headers["Content-Security-Policy"] = PDF_POLICY if file.kind == "pdf" else IMAGE_POLICY
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


@bp.get("/jobs/<uuid>")
@signed_in
def job(uuid):
    """How far a piece of background work is; the page looks again by itself until it has ended."""
    found = jobs.visible(uuid, current_person())
    outcomes = jobs.outcomes(found)
    return page(
        "jobs/show.html",
        job=found,
        kind=jobs.kinds[found.kind],
        state=JOB_STATES[found.state],
        outcomes=outcomes,
        lines=[(one, jobs.lines(found, one, most=LINES_SHOWN)) for one in ("refused", "done") if one in outcomes],
        most=LINES_SHOWN,
    )


@bp.post("/jobs/<uuid>/<any(stop, resume):verb>")
@signed_in
def job_move(uuid, verb):
    found = jobs.visible(uuid, current_person())
    (jobs.stop if verb == "stop" else jobs.resume)(found, by=current_person())
    return redirect(url_for("documents.job", uuid=uuid))


@bp.get("/jobs/<uuid>/result")
@signed_in
def job_result(uuid):
    found = jobs.visible(uuid, current_person())
    if found.result is None:
        raise NotFound()
    current_app.logger.info("result of job %s taken by person %s", found.uuid, current_person().id)
    # Sent from the disk in blocks; the name says what it is, never a path.
    return send_file(
        jobs.results() / found.result,
        mimetype="application/zip",
        as_attachment=True,
        download_name=f"{found.parameters.get('name', found.kind)}.zip",
        conditional=True,
    )
