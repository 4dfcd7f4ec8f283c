"""Issuing a contract from frozen data and the texts that hold, and cancelling it."""

import io

import pikepdf
from flask_babel import gettext as _

from grants import lifecycle
from grants.contracts import queries, wording
from grants.contracts.models import Contract, ContractClause
from grants.core import clock
from grants.core.database import db
from grants.core.errors import Refused
from grants.core.money import format_francs
from grants.core.references import new_reference
from grants.documents import operations as documents
from grants.documents import plain, storage
from grants.projects.models import Project

LONGEST_MONTHS = 60


def issue(
    project: Project, *, months: int, start: str | None, place: str, represented_by: str, language: str, by
) -> Contract:
    """Freeze the text of the contract, number it, print it and begin its signing. Part of `issue_contract` of the file.

    Raises Problems for what cannot be printed, Refused where there is one already or where the decision is missing.
    """
    if queries.live(project) is not None:
        raise Refused(_("There is a contract already: cancel it before another is issued."))
    reference = new_reference("CV")
    chosen = queries.texts_for(project.call_id, project.kind, clock.today())
    content = wording.context(
        project, months=months, start=start, place=place, represented_by=represented_by, language=language,
        texts={part: version.text for part, version in chosen.items()}, reference=reference,
    )  # fmt: skip
    amount = content["costs"]["grant"]
    if amount != project.granted:
        raise Refused(
            _(
                "The decision grants %(decided)s, the file says %(granted)s: the contract cannot be issued.",
                decided=format_francs(amount),
                granted=format_francs(project.granted or 0),
            )
        )
    document = documents.issue("contract", project, reference=reference, context=content, by=by)
    contract = Contract(
        reference=reference,
        project=project,
        place_code=project.place_code,
        document=document,
        pages=_pages_of(document, content["coded_pages"]),
        amount=amount,
        months=months,
        content=plain.storable(content),
        issued_by_id=by.id,
    )
    lifecycle.begin(contract, by=by, data={"amount": amount, "pages": contract.pages, "code": document.code})
    db.session.add_all(
        ContractClause(contract_id=contract.id, part=part, version_id=version.id) for part, version in chosen.items()
    )
    db.session.flush()
    return contract


def _pages_of(document, coded: int) -> int:
    with pikepdf.open(io.BytesIO(storage.get(document.sha256))) as opened:
        pages = len(opened.pages)
    if pages > coded:
        raise Refused(
            _("This contract has %(pages)s pages, more than can be told apart: shorten its texts.", pages=pages)
        )
    return pages


def cancel(project: Project, reason: str, *, by) -> Contract | None:
    """Cancel the live contract of a file, and say so to whoever verifies its code. Does nothing where there is none.

    A contract that is still being signed ends its workflow; one that was in force stays where its signing ended.
    """
    contract = queries.live(project)
    if contract is None:
        return None
    if contract.waits_for is not None:
        lifecycle.perform(contract, "cancel", by=by, data={"reason": reason, "with_file": True})
    else:
        annul(contract, reason, by=by)
    return contract


def annul(contract: Contract, reason: str, *, by) -> None:
    """Say on the document and the contract that they no longer hold."""
    documents.cancel(contract.document, by=by, reason=reason)
    contract.cancelled_at = clock.now()
    db.session.flush()
