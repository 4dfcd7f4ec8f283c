"""The papers of an application: which are wanted, which are there; one paper is sent at a time, for slow lines."""

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from grants.access import allowed, current_person
from grants.core.errors import NotFound, Problem, Problems
from grants.core.texts import pick
from grants.core.web import page
from grants.projects import operations, parts
from grants.projects.editions import kind_of
from grants.projects.forms import PaperForm, RemoveForm
from grants.projects.views import bp
from grants.projects.views.writing import writable


@bp.get("/projects/<reference>/papers")
@allowed("projects.draft")
def papers(reference: str):
    """What is wanted and what is there."""
    project, _part = writable(reference, parts.PAPERS)
    there: dict[str, list] = {}
    for paper in project.papers:
        there.setdefault(paper.kind, []).append(paper)
    wanted = parts.wanted_papers(project)
    known = {paper.code for paper in wanted}
    extra = [paper for paper in kind_of(project).papers if paper.code in there and paper.code not in known]
    mandatory = [paper for paper in wanted if paper.mandatory]
    return page(
        "projects/papers.html",
        project=project,
        wanted=[*wanted, *extra],
        there=there,
        others=there.get(operations.OTHER_PAPER, []),
        done=sum(paper.code in there for paper in mandatory),
        total=len(mandatory),
    )


@bp.route("/projects/<reference>/papers/<kind>", methods=["GET", "POST"])
@allowed("projects.draft")
def paper(reference: str, kind: str):
    """Send the files of one paper."""
    project, _part = writable(reference, parts.PAPERS)
    wanted = next((p for p in kind_of(project).papers if p.code == kind and p.at == "submission"), None)
    if wanted is None and kind != operations.OTHER_PAPER:
        raise NotFound(kind)
    form = PaperForm()
    if wanted is not None:
        del form.note
    if form.validate_on_submit():
        with form.catching():
            count = _attach(project, kind, form)
            flash(ngettext("%(num)d file was attached.", "%(num)d files were attached.", count))
            return redirect(url_for(".papers", reference=reference))
    return page(
        "projects/paper.html",
        project=project,
        form=form,
        title=pick(wanted.label) if wanted else _("Another paper"),
        hint=pick(wanted.hint) if wanted and wanted.hint else "",
        attached=[one for one in project.papers if one.kind == kind],
    )


def _attach(project, kind: str, form: PaperForm) -> int:
    uploads = form.uploads
    if not uploads:
        raise Problems(Problem(_("Photograph the paper or choose a file."), "files"))
    note = form.note.data if "note" in form else ""
    for upload in uploads:
        operations.attach_paper(project, kind, upload, by=current_person(), note=note)
    return len(uploads)


@bp.post("/projects/<reference>/papers/remove")
@allowed("projects.draft")
def remove_paper(reference: str):
    """Take one file out of the draft."""
    project, _part = writable(reference, parts.PAPERS)
    form = RemoveForm()
    if form.validate_on_submit():
        gone = operations.remove_paper(project, form.file.data, by=current_person())
        flash(_("Taken out: %(name)s", name=gone.file.name))
    return redirect(url_for(".papers", reference=reference))
