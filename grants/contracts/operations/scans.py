"""Filing the scan of the signed paper: each page is recognised by the code that it carries."""

import re
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from grants import journal, lifecycle
from grants.access import policy
from grants.access.models import Person
from grants.contracts.models import Contract, ScanPage
from grants.core import clock
from grants.core.database import db
from grants.core.errors import Problem, Problems, Refused, collect
from grants.core.uploads import Upload
from grants.documents import keeping
from grants.documents import operations as documents
from grants.documents.sandbox import Failed, the_press

# The address in the code of a page: …/v/7KQ4-M2XD-93TA?p=3; the code of the document alone stands on the first page too.
_ADDRESS = re.compile(r"https?://\S+/v/([0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4})(?:\?p=(\d{1,3}))?")


@dataclass(slots=True)
class _Found:
    """A page of the scan: from which upload, where in it, whose code it carries and which page that code names."""

    upload: Upload
    inside: int
    code: str | None
    page: int | None


def file_scan(contract: Contract, uploads: list[Upload], *, by) -> Contract:
    """File the signed paper: one PDF, or a photo of each page. Until the contract is in force it may be filed anew.

    Raises Problems (field `scan`) naming every page that is missing, there twice, or of another document; a page whose code
    cannot be read is kept to be stated by a person. Refused for a contract that was cancelled, is in force, or is not signed.
    """
    policy.require(by, "contracts.file_scan", contract.project)
    lifecycle.hold(contract)
    if contract.step != "signed":
        raise Refused(_("The paper is filed once both parties have signed it."))
    collect(None if uploads else Problem(_("Choose the PDF or the photos of the signed pages."), "scan"))
    found = [one for upload in uploads for one in _read(upload)]
    collect(*_problems(contract, found))
    files = {}
    for upload in uploads:
        files[upload.token] = documents.attach(upload, contract, by=by)
    contract.scan_filings += 1
    contract.scan_id = min(file.id for file in files.values())
    for position, one in enumerate(found, 1):
        db.session.add(
            ScanPage(
                contract_id=contract.id,
                filing=contract.scan_filings,
                position=position,
                file_id=files[one.upload.token].id,
                page_in_file=one.inside,
                page=one.page,
                read_by_machine=one.page is not None,
                filed_by_id=by.id,
            )
        )
    db.session.flush()
    db.session.expire(contract, ["scan", "scan_pages"])
    unread = sum(one.page is None for one in found)
    journal.record(
        contract.project,
        "file_contract_scan",
        by=by,
        data={
            "contract": contract.reference,
            "pages": len(found),
            "unread": unread,
            "sha256": [file.sha256 for file in files.values()],
        },
    )
    return contract


def state_page(contract: Contract, position: int, *, page: int, reason: str, by) -> ScanPage:
    """State which page of the contract a page of the scan is whose code could not be read, and by what it was known.

    Not by the person who filed the scan. Raises Problems (fields `page`, `reason`), Refused.
    """
    policy.require(by, "contracts.state_page", contract.project)
    lifecycle.hold(contract)
    if contract.step != "signed":
        raise Refused(_("The scan of this contract is no longer checked."))
    row = db.session.scalar(
        db.select(ScanPage).where(
            ScanPage.contract_id == contract.id, ScanPage.filing == contract.scan_filings, ScanPage.position == position
        )
    )
    if row is None or row.read_by_machine:
        raise Refused(_("The code of this page was read: there is nothing to state."))
    hands = {row.filed_by_id} | journal.hands(contract.project, "file_contract_scan", contract=contract.reference)
    if policy.are_one(by, hands, "contracts.state_page", contract.project):
        filed_by = db.session.get_one(Person, row.filed_by_id)
        raise policy.one_hand(by, filed_by, _("You filed this scan: somebody else must state which page this is."))
    taken = {one.page for one in contract.scan_pages if one.position != position}
    collect(
        None
        if page is not None and 1 <= page <= (contract.pages or 0)
        else Problem(_("The contract has %(count)s pages.", count=contract.pages or 0), "page"),
        Problem(_("Page %(page)s is in the scan already.", page=page), "page") if page in taken else None,
        None if (reason or "").strip() else Problem(_("Say by what you know this page."), "reason"),
    )
    row.page, row.stated_by_id, row.stated_at, row.reason = page, by.id, clock.now(), reason.strip()
    db.session.flush()
    journal.record(
        contract.project,
        "state_scan_page",
        by=by,
        reason=row.reason,
        data={"contract": contract.reference, "page": page, "position": position},
    )
    return row


def _read(upload: Upload) -> list[_Found]:
    """The pages of one upload, with what their codes say."""
    job = "pdf_codes" if upload.mime == "application/pdf" else "photo_codes"
    try:
        facts, _made = the_press.run(job, keeping.bytes_of(upload))
    except Failed as failed:
        text = _("The file “%(name)s” could not be opened to read its pages. Scan the paper again.", name=upload.name)
        raise Problems([Problem(text, "scan")]) from failed
    made = []
    for inside, texts in enumerate(facts["pages"], 1):
        codes = [match.groups() for match in map(_ADDRESS.fullmatch, texts) if match]
        numbered = [(code, int(number)) for code, number in codes if number]
        code = (numbered or codes or [(None, None)])[0][0]
        # Two numbered codes on one picture are two pages in one photo: neither is taken for granted.
        page = numbered[0][1] if len(set(numbered)) == 1 else None
        made.append(_Found(upload, inside if job == "pdf_codes" else 0, code, page))
    return made


def _problems(contract: Contract, found: list[_Found]):
    """Everything that keeps this scan from being the paper of this contract."""
    pages, own = contract.pages or 0, contract.document.code
    for position, one in enumerate(found, 1):
        if one.code is not None and one.code != own:
            text = _(
                "Page %(number)s of the scan carries the code of another document (%(code)s).",
                number=position,
                code=one.code,
            )
            yield Problem(text, "scan")
    known = [one.page for one in found if one.code == own and one.page is not None]
    for page in sorted({page for page in known if known.count(page) > 1}):
        yield Problem(_("Page %(page)s is there twice.", page=page), "scan")
    for page in sorted({page for page in known if not 1 <= page <= pages}):
        yield Problem(_("There is no page %(page)s in this contract.", page=page), "scan")
    missing = [page for page in range(1, pages + 1) if page not in known]
    unread = sum(one.page is None for one in found)
    if len(found) != pages:
        text = ngettext(
            "The contract has %(pages)s pages; the scan has %(num)d.",
            "The contract has %(pages)s pages; the scan has %(num)d.",
            len(found),
            pages=pages,
        )
        yield Problem(text, "scan")
    # As many unread pages as missing ones may be those; a person says so, page by page.
    if missing and len(missing) > unread:
        text = ngettext(
            "Page %(pages)s is missing.",
            "Pages %(pages)s are missing.",
            len(missing),
            pages=", ".join(map(str, missing)),
        )
        yield Problem(text, "scan")
