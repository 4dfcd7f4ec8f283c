"""The letter that tells a group that a change of its contract was refused: why, what stays in force, whom to ask.

Where the coordinator refuses, the act issues it; where a committee does, it comes with the letters of the session.
"""

from sqlalchemy import select

from grants import journal
from grants.committee.models import AgendaItem
from grants.contracts import parties
from grants.contracts.amendments import queries
from grants.contracts.amendments.models import Amendment
from grants.core import clock
from grants.core.database import db
from grants.documents import operations as documents
from grants.documents.models import Document

KIND = "amendment_refusal"


def issued(amendment: Amendment) -> Document | None:
    """The letter about the refusal of a change, where it was written."""
    query = select(Document).where(
        Document.kind == KIND, Document.subject_kind == Amendment.__subject__, Document.subject_id == amendment.id
    )
    return db.session.scalar(query.limit(1))


def issue(amendment: Amendment, reason: str, *, by) -> Document:
    """Issue the letter about a refusal by the coordinator."""
    context = _context(amendment, reason)
    return documents.issue(KIND, amendment, reference=context["reference"], context=context, by=by)


def draw(amendment: Amendment, item: AgendaItem) -> documents.Draft | None:
    """The letter about a refusal by a session, not issued yet; None where it was written before."""
    if issued(amendment) is not None:
        return None
    session = item.session
    refused_by = {"committee": session.committee.name, "on": session.held_on, "minutes": session.reference}
    context = _context(amendment, item.reason, refused_by)
    return documents.draw_up(KIND, amendment, reference=context["reference"], context=context)


def _context(amendment: Amendment, reason: str, refused_by: dict | None = None) -> dict:
    project, contract = amendment.project, amendment.contract
    proposed = min(journal.history(amendment), key=lambda event: event.seq)
    rows = zip(amendment.before["lines"], amendment.after["lines"], strict=True)
    return {
        "programme": parties.programme(project),
        # A change is refused once: its letter carries its number.
        "reference": amendment.reference.replace("AV-", "RA-", 1),
        "on": clock.today(),
        "group": parties.group_party(project.group),
        "project": parties.micro_project(project),
        "contract": contract.reference,
        "contract_on": contract.signed_on,
        "amendment": amendment.reference,
        "proposed_on": proposed.at.astimezone(clock.BAMAKO).date(),
        "why": amendment.reason,
        "refused_by": refused_by,
        "reason": reason,
        "grant": queries.amount(contract),
        "grant_asked": amendment.amount_after,
        "months": amendment.before["months"],
        "months_asked": amendment.after["months"] if amendment.after["months"] != amendment.before["months"] else None,
        "lines": [
            {"label": old["label"], "before": old["amount"], "after": new["amount"]}
            for old, new in rows
            if old["amount"] != new["amount"]
        ],
        "terms": [line for line in amendment.terms.splitlines() if line.strip()],
        "agent": project.agent.name,
    }
