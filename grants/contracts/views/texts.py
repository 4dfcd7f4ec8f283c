"""The texts of contracts on screen: what holds, its versions and their differences, writing, looking at, publishing."""

from flask import Blueprint, Response, current_app, flash, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from grants.access import allowed, current_person, policy
from grants.calls.kinds import kinds as known_kinds
from grants.calls.models import Call
from grants.contracts import previews, queries
from grants.contracts.clauses.difference import difference as differing
from grants.contracts.clauses.parts import parts
from grants.contracts.clauses.vocabulary import vocabulary
from grants.contracts.forms import texts as forms
from grants.contracts.operations import texts as operations
from grants.core.database import db
from grants.core.errors import NotFound
from grants.core.texts import pick
from grants.core.web import page

bp = Blueprint("clauses", __name__, url_prefix="/contract-texts")


@bp.app_template_filter("capitalize_first")
def _capitalize_first(text: str) -> str:
    """The text with its first letter large, the rest as it is."""
    return text[:1].upper() + text[1:]


@bp.app_template_filter("in_braces")
def _in_braces(name: str) -> str:
    """A name as it is written in a text."""
    return f"{{{name}}}"


@bp.context_processor
def _kind_words() -> dict:
    return {"kinds": {code: pick(kind.label) for code, kind in known_kinds().items()}}


@bp.get("/")
@allowed("clauses.view")
def index():
    """The parts of the contract, with the texts that hold for everybody, for a kind and for a call."""
    person = current_person()
    return page(
        "contracts/texts.html",
        sets=queries.sets(),
        parts=parts(),
        open_version=operations.open_version,
        may_write=policy.may(person, "clauses.write"),
    )


@bp.route("/new", methods=["GET", "POST"])
@allowed("clauses.write")
def new():
    """Begin a text of its own for a call or a kind."""
    form = forms.NewSetForm.filled(request.args.get("part"))
    if form.validate_on_submit():
        with form.catching():
            call = db.session.scalar(select(Call).where(Call.reference == form.call.data)) if form.call.data else None
            made = operations.begin_set(
                part=form.part.data, call=call, kind=form.kind.data or None, by=current_person()
            )
            return redirect(url_for("clauses.edit", code=made.code))
    return page("contracts/text_new.html", form=form)


@bp.get("/<code>")
@allowed("clauses.view")
def show(code: str):
    """One text: what holds, its versions, and what may be done with its draft."""
    person, found = current_person(), queries.set_of(code)
    draft = operations.open_version(found)
    return page(
        "contracts/text.html",
        found=found,
        part=parts()[found.part],
        versions=queries.history(found),
        draft=draft,
        current=previews.holding(found),
        may_write=policy.may(person, "clauses.write"),
        may_publish=policy.may(person, "clauses.publish"),
        own=draft is not None and draft.written_by_id == person.id,
    )


@bp.route("/<code>/draft", methods=["GET", "POST"])
@allowed("clauses.write")
def edit(code: str):
    """Write the draft; the list of what may be named stands beside it."""
    found = queries.set_of(code)
    draft, held = operations.open_version(found), previews.holding(found)
    given = draft or held
    form = forms.TextForm(
        data={"text": given.text if given else previews.general_text(found), "reason": draft.reason if draft else ""}
    )
    if form.validate_on_submit():
        with form.catching():
            operations.draft(found, text=form.text.data, reason=form.reason.data, by=current_person())
            flash(_("The draft is kept."), "success")
            return redirect(url_for("clauses.show", code=code))
    return page(
        "contracts/text_edit.html", form=form, found=found, part=parts()[found.part], names=vocabulary(), draft=draft
    )


@bp.route("/<code>/draft/put-forward", methods=["POST"])
@allowed("clauses.write")
def put_forward(code: str):
    """Ask for the draft to be published by somebody else."""
    operations.put_forward(queries.set_of(code), by=current_person())
    flash(_("The text is put forward. Somebody else publishes it."), "success")
    return redirect(url_for("clauses.show", code=code))


@bp.route("/<code>/draft/discard", methods=["POST"])
@allowed("clauses.write")
def discard(code: str):
    """Throw the draft away."""
    operations.discard(queries.set_of(code), by=current_person())
    flash(_("The draft is discarded."), "success")
    return redirect(url_for("clauses.show", code=code))


@bp.route("/<code>/draft/send-back", methods=["GET", "POST"])
@allowed("clauses.publish")
def send_back(code: str):
    """Give a text back to its author, with the reason."""
    found = queries.set_of(code)
    form = forms.SendBackForm()
    if form.validate_on_submit():
        with form.catching():
            operations.send_back(found, reason=form.reason.data, by=current_person())
            flash(_("The text went back to its author."), "success")
            return redirect(url_for("clauses.show", code=code))
    return page("contracts/text_send_back.html", form=form, found=found, part=parts()[found.part])


@bp.route("/<code>/draft/publish", methods=["GET", "POST"])
@allowed("clauses.publish")
def publish(code: str):
    """Look at what changes, and publish it from a day on."""
    found = queries.set_of(code)
    draft, held = operations.open_version(found), previews.holding(found)
    if draft is None:
        raise NotFound(code)
    form = forms.PublishForm.filled()
    if form.validate_on_submit():
        with form.catching():
            operations.publish(found, valid_from=form.valid_from.data, by=current_person())
            flash(_("The text is published. Contracts printed before keep theirs."), "success")
            return redirect(url_for("clauses.show", code=code))
    return page(
        "contracts/text_publish.html",
        form=form, found=found, part=parts()[found.part], draft=draft, held=held,
        lines=differing(held.text if held else "", draft.text),
    )  # fmt: skip


@bp.get("/<code>/versions/<int:number>")
@allowed("clauses.view")
def difference(code: str, number: int):
    """A version, and what changed since the one before (or since another, `?since=`)."""
    found = queries.set_of(code)
    version = queries.version_of(found, number)
    since = request.args.get("since", type=int) or number - 1
    before = queries.version_of(found, since) if since > 0 else None
    return page(
        "contracts/text_version.html",
        found=found, part=parts()[found.part], version=version, before=before, versions=queries.history(found),
        lines=differing(before.text, version.text) if before else [[("same", line)] for line in version.text.split("\n")],
    )  # fmt: skip


@bp.get("/<code>/versions/<int:number>/preview")
@allowed("clauses.view")
def preview(code: str, number: int):
    """The whole contract of a real file as a PDF with this version in it; nothing is issued, and it says so on every page."""
    found = queries.set_of(code)
    version = queries.version_of(found, number)
    form = forms.PreviewForm(request.args)
    if form.project.data:
        project = previews.file_of(form.project.data, current_person())
        if project is None:
            form.project.errors = [_("There is no such file, or no committee has granted it.")]
        else:
            made = previews.pdf(project, found, version, by=current_person())
            current_app.logger.info("preview of %s %s with %s", found.code, version.number, project.reference)
            response = Response(made, mimetype="application/pdf")
            response.headers.set("Content-Disposition", "inline", filename="apercu.pdf")
            response.headers["Content-Security-Policy"] = (
                "default-src 'none'; object-src 'self'; frame-ancestors 'none'"
            )
            return response
    return page(
        "contracts/text_preview.html",
        form=form, found=found, part=parts()[found.part], version=version, files=previews.files_for(found, current_person()),
    )  # fmt: skip
