"""Issuing a contract from frozen data and the texts that hold, and cancelling it."""

import io
from dataclasses import dataclass

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
from grants.documents import queries as issued
from grants.documents.rendering import Copies, readable
from grants.projects.models import Project

LONGEST_MONTHS = 60


@dataclass(frozen=True, slots=True)
class Printed:
    """A contract that a batch has set before it is issued."""

    draft: documents.Draft
    copies: Copies


def drawn_up(project: Project, *, reference: str, **terms) -> documents.Draft:
    """The contract of a file, ready to be set; writes nothing. `terms` and what is raised: as `issue`."""
    content, _chosen = _content(project, reference, **terms)
    return documents.draw_up("contract", project, reference=reference, context=content)


def issue(
    project: Project,
    *,
    months: int,
    start: str | None,
    place: str,
    represented_by: str,
    language: str,
    by,
    printed: Printed | None = None,
) -> Contract:
    """Freeze the text of the contract, number it, print it and begin its signing. Part of `issue_contract` of the file.

    `printed` is what a batch has set before: it is issued where it says exactly what holds now, and set anew otherwise.
    Raises Problems for what cannot be printed, Refused where there is one already or where the decision is missing.
    """
    reference = new_reference("CV", holder=number_holder(project.id))
    content, chosen = _content(
        project, reference, months=months, start=start, place=place, represented_by=represented_by, language=language
    )
    if printed is not None and printed.draft.reference == reference and _says(printed.draft, content):
        document = documents.put_down(printed.draft, printed.copies, by=by)
    else:
        document = documents.issue("contract", project, reference=reference, context=content, by=by)
    before = next((one for one in issued.documents_of(project, "contract") if one.id != document.id), None)
    if before is not None and before.state == "cancelled":
        documents.replace(before, document, by=by, reason=before.state_reason)
    contract = Contract(
        reference=reference,
        project=project,
        place_code=project.place_code,
        document=document,
        pages=_pages_of(document, content["coded_pages"]),
        amount=content["costs"]["grant"],
        months=months,
        content=plain.storable(content),
        issued_by_id=by.id,
    )
    lifecycle.begin(contract, by=by, data={"amount": contract.amount, "pages": contract.pages, "code": document.code})
    db.session.add_all(
        ContractClause(contract_id=contract.id, part=part, version_id=version.id) for part, version in chosen.items()
    )
    db.session.flush()
    return contract


def number_holder(project_id: int) -> str:
    """For what a number of a contract is held while its pages are set: one file, whoever sets them."""
    return f"project-{project_id}"


def _says(draft: documents.Draft, content: dict) -> bool:
    said = {name: value for name, value in draft.whole.items() if name != "issued"}
    return plain.dumps(said) == plain.dumps(readable(content))


def _content(project: Project, reference: str, *, months, start, place, represented_by, language) -> tuple[dict, dict]:
    """`(what the contract says, the version of each of its texts)`."""
    if queries.live(project) is not None:
        raise Refused(_("There is a contract already: cancel it before another is issued."))
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
    return content, chosen


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
