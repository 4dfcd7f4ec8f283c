"""The papers of getting money back: the letters to the group, and the receipt for what it gave back."""

from grants.contracts import queries as contracts
from grants.contracts.parties import group_party, micro_project, programme
from grants.core import clock
from grants.core.references import new_reference
from grants.documents import operations as documents
from grants.documents.models import Document


def letter(recovery, kind: str, *, by, line=None) -> Document:
    """Issue a letter: the `claim` with its calculation, or a reminder of one instalment (`before`, `after`, `again`)."""
    project, plan = recovery.project, recovery.plan
    context = {
        "programme": programme(project),
        "reference": (reference := new_reference("LM")),
        "on": clock.today(),
        "kind": kind,
        "claim": recovery.reference,
        "project": micro_project(project),
        "group": group_party(project.group),
        "contract": contracts.latest(project).reference,
        "paid": recovery.paid,
        "settled": recovery.settled,
        "amount": recovery.amount,
        "unspent": recovery.unspent,
        "ineligible": recovery.ineligible,
        "unproven": recovery.unproven,
        "refunded": recovery.refunded,
        "left": recovery.left,
        "reason": recovery.reason,
        "due": {"number": line.instalment.number, "day": line.instalment.due_on, "left": line.left} if line else None,
        "instalments": [
            {"number": one.number, "day": one.due_on, "left": one.amount} for one in (plan.instalments if plan else ())
        ],
    }
    return documents.issue("recovery_letter", recovery, reference=reference, context=context, by=by)


def receipt(project, values: dict, *, left: int, claim: str | None, by) -> Document:
    """Issue the receipt for money that a group gave back. `values` are those of the refund; `left` francs stay to be settled."""
    context = {
        "programme": programme(project),
        "reference": (reference := new_reference("QT")),
        "on": clock.today(),
        "project": micro_project(project),
        "group_name": project.group.name,
        "contract": contracts.latest(project).reference,
        "claim": claim,
        "amount": values["amount"],
        "refunded_on": values["refunded_on"],
        "bank_reference": values["bank_reference"],
        "left": left,
        "received_by": by.name,
    }
    return documents.issue("refund_receipt", project, reference=reference, context=context, by=by)
