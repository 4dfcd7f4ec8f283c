"""The pages of what happens after the money."""

import itertools

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _

from grants import questionnaires
from grants.access import allowed, current_person, policy
from grants.core.references import new_uuid
from grants.core.web import page
from grants.followup import archive as archiving
from grants.followup import closing_papers, forms, listing, operations, plan_views, queries, visit_papers
from grants.followup.labels import VERDICT_LABELS, VERDICT_TONES
from grants.followup.recovery import views as recovery_views
from grants.funds.queries import balance
from grants.projects import queries as projects
from grants.projects.editions import kind_of
from grants.projects.sections import address

bp = Blueprint("followup", __name__)
blueprints = (bp, plan_views.bp, recovery_views.bp)


def _back(project, section: str):
    return redirect(address(project, section))


@bp.get("/followup")
@allowed("followup.view")
def index():
    filters = listing.read(request.args)
    found = listing.listed(current_person(), filters, after=request.args.get("after"))
    return page(
        "followup/index.html",
        found=found,
        filters=filters,
        form=forms.FilterForm(request.args),
        age_words=listing.age_words,
        verdicts=VERDICT_LABELS,
        tones=VERDICT_TONES,
    )


@bp.route("/projects/<reference>/contributions/new", methods=["GET", "POST"])
@allowed("followup.prove")
def prove(reference: str):
    project = projects.visible(reference, current_person())
    form = forms.ContributionForm()
    if form.validate_on_submit():
        with form.catching():
            operations.prove_contribution(project, form.values(), by=current_person())
            flash(_("The contribution is recorded."))
            return _back(project, "contribution")
    return page("followup/contribution.html", form=form, project=project, proven=queries.contributed(project))


@bp.route("/projects/<reference>/visits/new", methods=["GET", "POST"])
@allowed("followup.visit")
def visit_new(reference: str):
    project = projects.visible(reference, current_person())
    kind = kind_of(project)
    form = forms.VisitForm(sheet=kind.visit)
    if form.validate_on_submit():
        with form.catching():
            operations.record_visit(
                project,
                form.values(),
                _said(kind.visit, form.stored()),
                by=current_person(),
                uuid=request.form.get("uuid") or None,
            )
            flash(_("The visit is recorded."))
            return _back(project, "visits")
    return page(
        "followup/visit_new.html", form=form, project=project, criteria=kind.criteria,
        uuid=request.form.get("uuid") or new_uuid(),
    )  # fmt: skip


def _said(sheet, stored) -> list[dict]:
    """The questions as they were asked and the answers in words, frozen with the visit."""
    return [
        {"section": section.title, "question": item.label, "answer": item.value}
        for section in questionnaires.describe(sheet, stored, "fr")
        for item in section.items
        if item.answered and item.table is None
    ]


@bp.get("/projects/<reference>/visits/<uuid>")
@allowed("followup.view")
def visit(reference: str, uuid: str):
    project = projects.visible(reference, current_person())
    found = queries.visit(project, uuid)
    return page(
        "followup/visit.html",
        report=visit_papers.of_visits(project).get(uuid),
        may_issue=policy.sees(current_person(), "followup.visit", project),
        project=project,
        visit=found,
        answers=itertools.groupby(found.answers, key=lambda answer: answer["section"]),
        photos=[
            {
                "url": url_for("documents.file", uuid=photo.file.uuid, view=1),
                "thumb": url_for("documents.small", uuid=photo.file.uuid),
                "alt": _("Photo %(number)s of the visit", number=number),
            }
            for number, photo in enumerate(found.photos, start=1)
        ],
        position=forms.show_point(found.latitude, found.longitude),
        verdicts=VERDICT_LABELS,
        tones=VERDICT_TONES,
    )


@bp.post("/projects/<reference>/visits/<uuid>/report")
@allowed("followup.visit")
def visit_report(reference: str, uuid: str):
    """Issue the report of a visit as a paper to be signed."""
    project = projects.visible(reference, current_person())
    document = visit_papers.issue_report(project, queries.visit(project, uuid), by=current_person())
    flash(_("Issued: %(title)s %(reference)s", title=document.title, reference=document.reference))
    return redirect(url_for(".visit", reference=reference, uuid=uuid))


@bp.route("/projects/<reference>/expenses/new", methods=["GET", "POST"])
@allowed("followup.justify")
def expense_new(reference: str):
    project = projects.visible(reference, current_person())
    form = forms.ExpenseForm(project)
    if form.validate_on_submit():
        with form.catching():
            operations.enter_expense(project, form.values(), by=current_person())
            flash(_("The voucher is entered."))
            if "another" in request.form:
                return redirect(url_for("followup.expense_new", reference=project.reference))
            return _back(project, "vouchers")
    return page("followup/expense.html", form=form, project=project, money=balance(project))


@bp.route("/projects/<reference>/expenses/<int:number>/judge", methods=["GET", "POST"])
@allowed("followup.accept")
def judge(reference: str, number: int):
    project = projects.visible(reference, current_person())
    expense = queries.expense(project, number)
    form = forms.JudgeForm(accepted=expense.amount)
    if form.validate_on_submit():
        with form.catching():
            operations.judge_expense(
                expense, accepted=form.accepted.data, reason=form.reason.data or "", by=current_person()
            )
            flash(_("The voucher is judged."))
            return _next_voucher(project)
    return page("followup/judge.html", form=form, project=project, expense=expense)


def _next_voucher(project):
    """On to the next voucher that waits, else back to the file."""
    waiting = next((e for e in queries.expenses(project) if e.judged_at is None), None)
    if waiting is None:
        return _back(project, "vouchers")
    return redirect(url_for("followup.judge", reference=project.reference, number=waiting.id))


@bp.route("/projects/<reference>/refunds/new", methods=["GET", "POST"])
@allowed("followup.refund")
def refund(reference: str):
    project = projects.visible(reference, current_person())
    form = forms.RefundForm()
    if form.validate_on_submit():
        with form.catching():
            operations.record_refund(project, form.values(), by=current_person())
            flash(_("The refund is recorded."))
            return _back(project, "vouchers")
    return page("followup/refund.html", form=form, project=project, money=balance(project))


@bp.route("/projects/<reference>/closing", methods=["GET", "POST"])
@allowed("followup.accept")
def closing(reference: str):
    project = projects.visible(reference, current_person())
    policy.require(current_person(), "followup.accept", project)
    there = queries.closing(project)
    form = forms.ClosingForm(obj=there) if request.method == "GET" and there else forms.ClosingForm()
    if request.form.get("add") == "assets":
        form.assets.append_entry()
    elif form.validate_on_submit():
        with form.catching():
            operations.prepare_closing(project, form.values(), by=current_person())
            flash(_("The acceptance is recorded."))
            return _back(project, "closing")
    return page("followup/closing.html", form=form, project=project, there=there)


@bp.post("/projects/<reference>/archive")
@allowed("projects.archive")
def archive(reference: str):
    """Ask for everything of a file as one ZIP; it is made in the background."""
    job = archiving.ask(projects.visible(reference, current_person()), by=current_person())
    return redirect(url_for("documents.job", uuid=job.uuid))


@bp.post("/projects/<reference>/closing/<any(acceptance, report):paper>")
@allowed("followup.accept")
def closing_paper(reference: str, paper: str):
    """Print the acceptance minutes to be signed, or issue the closing report."""
    project = projects.visible(reference, current_person())
    issue = closing_papers.print_acceptance if paper == "acceptance" else closing_papers.issue_report
    document = issue(project, by=current_person())
    flash(_("Issued: %(title)s %(reference)s", title=document.title, reference=document.reference))
    return _back(project, "closing")
