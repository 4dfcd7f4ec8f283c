"""What an application says, as plain data: the present draft, and what a revision freezes. Francs."""

import hashlib

from grants.journal.chain import canonical
from grants.projects.models import BudgetLine, Paper, Project

# The steps in which the agent writes.
WRITABLE = ("draft", "completion")
PAYERS = ("grant", "cash", "in_kind")


def draft_content(project: Project) -> dict:
    """The present draft in the shape of a revision's content, without the group."""
    return {
        "title": project.title,
        "kind": project.kind,
        "kind_hash": project.kind_hash,
        "answers": project.answers or {},
        "budget": [_line(line) for line in project.budget],
        "papers": [_paper(paper) for paper in project.papers],
        "sums": {
            "requested": project.requested,
            "own_cash": project.own_cash,
            "own_kind": project.own_kind,
            "total": project.total,
        },
        "spoke_for_group": project.spoke_for_group,
    }


def frozen_content(project: Project) -> dict:
    """What a revision keeps: the draft, and the group as it is at this moment (account masked, no identity papers)."""
    return {**draft_content(project), "call": project.call.reference, "group": _group(project.group)}


def present(project: Project) -> dict:
    """What a reader is shown: the draft while it is being written, else the last revision."""
    if project.step in WRITABLE or project.last_revision is None:
        return draft_content(project)
    return project.last_revision.content


def shown_revision(project: Project) -> int | None:
    """The number of the revision that `present` shows; None for a draft."""
    return None if project.step in WRITABLE or project.last_revision is None else project.revision


def digest(content: object) -> str:
    """The SHA-256 of the canonical JSON of a content."""
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def fingerprint(content: object) -> str:
    """A short mark of one part of a draft, by which two people who write at once are told apart."""
    return digest(content)[:16]


def section_answers(project: Project, section: str) -> dict | None:
    """The stored answers of one section; None where nobody saved it yet."""
    return (project.answers or {}).get("sections", {}).get(section)


def _line(line: BudgetLine) -> dict:
    names = ("category", "label", "unit", "quantity", "unit_price", "amount", "paid_by")
    return {name: getattr(line, name) for name in names}


def _paper(paper: Paper) -> dict:
    file = paper.file
    return {
        "kind": paper.kind,
        "note": paper.note,
        "name": file.name,
        "sha256": file.sha256,
        "file": file.uuid,
        "photo": file.is_photo,
    }


def _group(group) -> dict:
    account = group.account
    return {
        "reference": group.reference,
        "name": group.name,
        "kind": group.kind,
        "registration_number": group.registration_number,
        "registration_date": group.registration_date.isoformat() if group.registration_date else None,
        "place_code": group.place_code,
        "village": group.village,
        "women": group.women,
        "men": group.men,
        "youth": group.youth,
        "officers": [
            {
                "office": officer.office,
                "name": officer.name,
                "sex": officer.sex,
                "mandate_until": officer.mandate_until.isoformat() if officer.mandate_until else None,
            }
            for officer in group.officers
        ],
        "account": account
        and {
            "kind": account.kind,
            "institution": account.institution,
            "ends_in": account.number[-4:],
            "verified": account.verified_at is not None,
        },
    }
