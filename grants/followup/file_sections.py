"""What this slice shows on the file's page."""

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from grants.access import policy
from grants.contracts.amendments.queries import granted_lines
from grants.followup import closing_papers, operations, planning, queries, visit_papers
from grants.followup.labels import CONTRIBUTION_LABELS, PURPOSE_LABELS, VERDICT_LABELS, VERDICT_TONES
from grants.funds.queries import balance
from grants.projects.sections import section

_AFTER_SIGNATURE = ("contribution", "disbursement", "followup", "suspended", "closing", "closed", "terminated")


def _button(project, person, right: str, steps: tuple[str, ...], label: str, endpoint: str) -> dict | None:
    if project.step in steps and policy.sees(person, right, project):
        return {"label": label, "url": url_for(endpoint, reference=project.reference)}
    return None


@section(
    "contribution", order=65, title=_l("Own contribution"), template="followup/section_contribution.html",
    right="followup.view", part="contract",
)  # fmt: skip
def contribution(project, person):
    """The group's own share against its proofs."""
    if project.step not in _AFTER_SIGNATURE or not (project.own_cash or project.own_kind):
        return None
    return {
        "proven": queries.contributed(project),
        "rows": queries.contributions(project),
        "labels": CONTRIBUTION_LABELS,
        "button": _button(project, person, "followup.prove", ("contribution",), _("Record a proof"), "followup.prove"),
    }


@section("visits", order=80, title=_l("Visits"), template="followup/section_visits.html", right="followup.view",
         part="followup")  # fmt: skip
def visits(project, person):
    """The visits with their verdicts and photos."""
    if project.step not in _AFTER_SIGNATURE:
        return None
    return {
        "visits": queries.visits(project),
        "reports": visit_papers.of_visits(project),
        "plans": planning.of_project(project),
        "purposes": PURPOSE_LABELS,
        "plan_button": _button(project, person, "followup.plan", planning.VISITED, _("Plan a visit"), "visits.plan"),
        "labels": VERDICT_LABELS,
        "tones": VERDICT_TONES,
        "button": _button(
            project, person, "followup.visit", planning.VISITED, _("Record a visit"), "followup.visit_new"
        ),
    }


@section("vouchers", order=85, title=_l("Justification"), template="followup/section_vouchers.html", right="followup.view",
         part="accounts")  # fmt: skip
def vouchers(project, person):
    """Vouchers against the budget, money given back, and what is left to account for."""
    money = balance(project)
    if not money.paid:
        return None
    rows = queries.expenses(project)
    open_to = operations.ACCOUNTED
    return {
        "money": money,
        "rows": rows,
        "lines": _against_budget(project, rows),
        "refunds": queries.refunds(project),
        "may_judge": project.step in open_to and policy.sees(person, "followup.accept", project),
        "buttons": list(
            filter(
                None,
                (
                    _button(project, person, "followup.justify", open_to, _("Enter a voucher"), "followup.expense_new"),
                    _button(project, person, "followup.refund", open_to, _("Record a refund"), "followup.refund"),
                ),
            )
        ),
    }


def _against_budget(project, rows) -> list[dict]:
    """What was accepted and what waits on each line that the grant pays, in francs."""
    lines = granted_lines(project)
    for line in lines:
        own = [e for e in rows if e.budget_position == line["position"]]
        line["accepted"] = sum(e.accepted or 0 for e in own)
        line["waiting"] = sum(e.amount for e in own if e.judged_at is None)
    return lines


@section("closing", order=90, title=_l("Closing"), template="followup/section_closing.html", right="followup.view",
         part="closing")  # fmt: skip
def closing(project, person):
    """The acceptance and what the group keeps."""
    there = queries.closing(project)
    button = _button(project, person, "followup.accept", ("closing",), _("Record the acceptance"), "followup.closing")
    if there is None and button is None:
        return None
    papers = [(kind, closing_papers.latest(project, kind)) for kind in ("acceptance", "closing_report")]
    may = project.step in ("closing", "closed") and policy.sees(person, "followup.accept", project)
    return {"there": there, "button": button, "papers": papers, "may_print": may}


@section("archive", order=95, title=_l("Archive"), template="followup/section_archive.html", right="projects.archive")
def archive(project, person):
    """The way to everything of a file in one ZIP."""
    return {}
