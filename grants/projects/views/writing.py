"""Writing an application: its parts in any order, each saved on its own; then the check of the answers."""

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from grants import questionnaires
from grants.access import allowed, current_person
from grants.core.errors import NotFound, Refused
from grants.core.web import page
from grants.lifecycle.panel import panel
from grants.projects import content, operations, parts, queries
from grants.projects.editions import kind_of
from grants.projects.forms import AboutForm, BudgetForm
from grants.projects.labels import PAYER_LABELS, STATE_LABELS, STATE_TONES, paper_label
from grants.projects.views import bp

SUBMITTING = ("submit", "resubmit")


def writable(reference: str, code: str | None = None):
    """The file and the part to be written. Raises NotFound, or Refused with the reason why it cannot be."""
    project = queries.for_writing(reference, current_person())
    if project.step not in content.WRITABLE:
        raise Refused(_("This application was submitted: it can no longer be changed here."))
    part = parts.part(project, code) if code else None
    if code and part is None:
        raise NotFound(code)
    if part is not None and not part.open:
        raise Refused(_("“%(part)s” was not opened for correction.", part=part.title))
    return project, part


def part_url(project, part) -> str:
    """The page on which a part is written."""
    if part.section:
        return url_for(".section", reference=project.reference, section=part.section)
    endpoint = {parts.BUDGET: ".budget", parts.PAPERS: ".papers", parts.SPOKESPERSON: ".about"}[part.code]
    return url_for(endpoint, reference=project.reference)


def gap_url(project, part, problem) -> str:
    """Where a gap is mended, down to the question."""
    if part.section:
        return f"{part_url(project, part)}#{(problem.field or '').partition('.')[2]}"
    if part.code == parts.PAPERS:
        return url_for(".paper", reference=project.reference, kind=problem.field.partition(".")[2])
    return part_url(project, part)


def go_on(project, after: str):
    """Go to the next part that waits to be written, else to the check."""
    all_parts = parts.parts(project)
    codes = [part.code for part in all_parts]
    rest = all_parts[codes.index(after) + 1 :] if after in codes else []
    following = next((part for part in rest if part.open and part.state != "complete"), None)
    if following is None:
        return redirect(url_for(".application", reference=project.reference))
    return redirect(part_url(project, following))


@bp.get("/projects/<reference>/application")
@allowed("projects.draft")
def application(reference: str):
    """The parts of the application, and how far each is."""
    project, _none = writable(reference)
    all_parts = parts.parts(project)
    returned = queries.last_return(project) if project.unlocked is not None else None
    return page(
        "projects/application.html",
        project=project,
        returned=returned,
        done=sum(part.state == "complete" for part in all_parts),
        total=len(all_parts),
        tasks=[_task(project, part) for part in all_parts],
    )


def _task(project, part) -> dict:
    hint = ""
    if part.gaps and part.state == "started":
        hint = ngettext("%(num)d thing is missing.", "%(num)d things are missing.", len(part.gaps))
    if not part.open:
        return {"label": part.title, "state": _("Not to be changed"), "tone": "done"}
    return {
        "label": part.title,
        "url": part_url(project, part),
        "hint": hint,
        "state": STATE_LABELS[part.state],
        "tone": STATE_TONES[part.state],
    }


@bp.route("/projects/<reference>/application/<section>", methods=["GET", "POST"])
@allowed("projects.draft")
def section(reference: str, section: str):
    """One section of the questionnaire."""
    project, part = writable(reference, parts.SECTION + section)
    questionnaire = kind_of(project).questionnaire
    stored = content.section_answers(project, section)
    form = questionnaires.form_for(questionnaire, section, project.answers)
    seen = request.form.get("seen") or content.fingerprint(stored)
    if request.form.get("add") in form.shown:
        _add_rows(form[request.form["add"]])
    elif form.validate_on_submit():
        with form.catching():
            operations.save_section(project, section, questionnaires.answers(form), by=current_person(), seen=seen)
            return _after_section(project, questionnaire, section)
        # Overtaken by somebody else: told once, then what is sent again counts.
        seen = content.fingerprint(content.section_answers(project, section))
    return page(
        "projects/section.html",
        project=project,
        part=part,
        section=questionnaire.section(section),
        form=form,
        seen=seen,
        broken=_broken(project, questionnaire, section) if stored and not form.is_submitted() else [],
        theirs=questionnaires.describe_section(questionnaire, section, project.answers) if form.form_errors else None,
    )


def _add_rows(rows) -> None:
    for _more in range(2):
        if not rows.max_entries or len(rows.entries) < rows.max_entries:
            rows.append_entry()


def _broken(project, questionnaire, section: str) -> list:
    found = questionnaires.broken_rules(questionnaire, project.answers)
    return [problem for problem in found if (problem.field or "").startswith(f"{section}.")]


def _after_section(project, questionnaire, section: str):
    """Go on; where the answers do not fit together, stay and say so."""
    if _broken(project, questionnaire, section):
        flash(_("Saved, but some answers do not fit together yet."), "warning")
        return redirect(url_for(".section", reference=project.reference, section=section))
    flash(_("Saved."))
    return go_on(project, parts.SECTION + section)


@bp.route("/projects/<reference>/budget", methods=["GET", "POST"])
@allowed("projects.draft")
def budget(reference: str):
    """The lines of the budget: what is bought, at what price, who pays."""
    project, _part = writable(reference, parts.BUDGET)
    kind = kind_of(project)
    lines = content.draft_content(project)["budget"]
    form = BudgetForm.of(project, kind, lines)
    seen = form.seen.data or content.fingerprint(lines)
    if "remove" in request.form:
        form.remove_line(request.form.get("remove", default=-1, type=int))
    elif "add" in request.form:
        form.add_lines()
    elif form.validate_on_submit():
        with form.catching():
            operations.save_budget(project, form.written(), by=current_person(), seen=seen)
            flash(_("Saved."))
            if parts.budget_gaps(project):
                return redirect(url_for(".budget", reference=reference))
            return go_on(project, parts.BUDGET)
        if form.form_errors:
            seen = content.fingerprint(content.draft_content(project)["budget"])
    form.seen.data = seen
    return page(
        "projects/budget.html",
        project=project,
        form=form,
        kind=kind,
        gaps=parts.budget_gaps(project) if lines and not form.is_submitted() else [],
        needed=parts.own_contribution_needed(project),
    )


@bp.route("/projects/<reference>/about", methods=["GET", "POST"])
@allowed("projects.draft")
def about(reference: str):
    """The title, and who spoke for the group."""
    project, _part = writable(reference, parts.SPOKESPERSON)
    person = current_person()
    form = AboutForm(obj=project)
    if project.revision:
        del form.title
    if form.validate_on_submit():
        with form.catching():
            if "title" in form:
                operations.retitle(project, form.title.data, by=person)
            operations.set_spokesperson(project, form.spoke_for_group.data, by=person)
            flash(_("Saved."))
            return go_on(project, parts.SPOKESPERSON)
    return page("projects/about.html", project=project, form=form)


@bp.get("/projects/<reference>/check")
@allowed("projects.draft")
def check(reference: str):
    """All answers on one page with everything that is missing, before they are submitted."""
    project, _none = writable(reference)
    kind, shown = kind_of(project), content.draft_content(project)
    all_parts = parts.parts(project)
    by_section = {part.section: part for part in all_parts if part.section}
    rows = panel(project, current_person())
    return page(
        "projects/check.html",
        project=project,
        gaps=[
            (part.title, [(problem, gap_url(project, part, problem)) for problem in part.gaps])
            for part in all_parts
            if part.gaps
        ],
        count=sum(len(part.gaps) for part in all_parts),
        described=[
            (shown_section, part_url(project, by_section[shown_section.code]), by_section[shown_section.code].open)
            for shown_section in questionnaires.describe(kind.questionnaire, project.answers)
        ],
        content=shown,
        others={part.code: (part_url(project, part), part.open) for part in all_parts if not part.section},
        papers=[(paper_label(kind, paper), paper) for paper in shown["papers"]],
        payers=PAYER_LABELS,
        submitting=[row for row in rows if any(f"/{code}" in (row["url"] or "") for code in SUBMITTING)],
    )
