"""The papers of the end: acceptance minutes to be signed on the spot, and the closing report."""

from flask_babel import force_locale

from grants.access import policy
from grants.contracts import queries as contracts
from grants.contracts.amendments.queries import granted_lines
from grants.contracts.parties import group_party, micro_project, programme
from grants.core import clock
from grants.core.errors import Problem, Problems, Refused
from grants.core.money import format_number
from grants.core.quantities import counted
from grants.documents import french
from grants.documents import operations as documents
from grants.documents import queries as issued
from grants.documents.models import Document
from grants.followup import queries
from grants.followup.labels import VERDICT_LABELS
from grants.funds.queries import balance
from grants.payments.queries import tranches

REPLACED = "Remplacé par une nouvelle édition"


def print_acceptance(project, *, by) -> Document:
    """Print the acceptance minutes with what was to be bought and built; what is seen there is filled in by hand.

    An earlier print is cancelled: only one may come back signed. Raises Refused where the file is not at its closing.
    """
    _may(project, by)
    contract = contracts.latest(project)
    with force_locale("fr"):
        context = {
            **_head(project, contract, "PR"),
            "group": group_party(project.group),
            "assets": [
                {"name": line["label"], "quantity": _quantity(line), "state": None, "place": None}
                for line in granted_lines(project)
            ],
            "reading": {
                "language": contract.read_in or project.group.language or "français",
                "place": None,
                "on": None,
                "reader": None,
                "reader_paper": None,
            },
            "witnesses": [],
        }
    return _issue("acceptance", project, context, by=by)


def issue_report(project, *, by) -> Document:
    """Issue the closing report from what is recorded. Raises Problems where the acceptance is not recorded yet."""
    _may(project, by)
    closing = queries.closing(project)
    if closing is None:
        raise Problems([Problem("record the acceptance first", field="report")])
    money = balance(project)
    with force_locale("fr"):
        context = {
            **_head(project, contracts.latest(project), "RC"),
            "group_name": project.group.name,
            "grant": project.granted,
            "paid": money.paid,
            "justified": money.justified,
            "refunded": money.refunded,
            "written_off": money.written_off,
            "own_proven": sum(queries.contributed(project).values()),
            "spending": _spending(project),
            "payments": [
                {
                    "what": f"Tranche {tranche.number}",
                    "when": french.day(order.paid_on),
                    "who": format_number(order.amount),
                }
                for tranche in tranches(project)
                for order in tranche.orders
                if order.paid_on is not None
            ],
            "visits": [
                {"name": french.day(visit.visited_on), "target": str(VERDICT_LABELS[visit.verdict])}
                for visit in reversed(queries.visits(project))
            ],
            "report": closing.report,
            "assets": [
                {
                    "name": row["label"],
                    "quantity": str(row.get("quantity") or ""),
                    "state": row.get("state") or None,
                    "place": row.get("place") or None,
                }
                for row in closing.assets
            ],
            "accepted_on": closing.accepted_on,
            "accepted_with": closing.accepted_with,
            "prepared_by": closing.prepared_by.name,
        }
    closing.document = _issue("closing_report", project, context, by=by)
    return closing.document


def latest(project, kind: str) -> Document | None:
    """The paper of this kind that holds, if one was printed."""
    return next((one for one in issued.documents_of(project, kind) if one.state == "valid"), None)


def _may(project, by):
    policy.require(by, "followup.accept", project)
    if project.step not in ("closing", "closed"):
        raise Refused("the file is not being closed")


def _issue(kind, project, context, *, by):
    old = latest(project, kind)
    made = documents.issue(kind, project, reference=context["reference"], context=context, by=by)
    if old is not None:
        documents.replace(old, made, by=by, reason=REPLACED)
    return made


def _head(project, contract, prefix) -> dict:
    return {
        "programme": programme(project),
        "reference": f"{prefix}-{project.reference.split('-', 1)[-1]}",
        "on": clock.today(),
        "project": micro_project(project),
        "contract": contract.reference,
    }


def _quantity(line) -> str:
    return counted(line["quantity"], line["unit"], "fr")


def _spending(project) -> list[dict]:
    rows = queries.expenses(project)
    return [
        {
            "label": line["label"],
            "planned": line["amount"],
            "accepted": sum(row.accepted or 0 for row in rows if row.budget_position == line["position"]),
        }
        for line in granted_lines(project)
    ]
