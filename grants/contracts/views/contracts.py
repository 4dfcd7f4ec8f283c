"""The page of a contract, the filing of its signed paper, and the pages that a person must recognise."""

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext as _

from grants.access import allowed, current_person, policy
from grants.contracts import file_section, forms, operations, queries
from grants.contracts.amendments import queries as amendments
from grants.contracts.clauses.parts import parts
from grants.core.errors import NotFound
from grants.core.web import page
from grants.lifecycle.panel import panel

bp = Blueprint("contracts", __name__)


@bp.get("/contracts/<reference>")
@allowed("contracts.view")
def show(reference: str):
    """What was promised, what must happen next, by whom it was signed, and the paper itself."""
    person = current_person()
    contract = queries.visible(reference, person)
    return page(
        "contracts/show.html",
        contract=contract,
        changes=[(one, file_section.amendment_state(one)) for one in amendments.of_contract(contract)],
        granted=amendments.amount(contract),
        months=amendments.months(contract) if contract.in_force_at and not contract.cancelled_at else contract.months,
        project=contract.project,
        content=contract.content,
        state=file_section.state_of(contract),
        rail=file_section.path_of(contract),
        offers=panel(contract, person) if contract.waits_for else [],
        files=queries.scan_files(contract),
        pages=contract.scan_pages,
        texts=queries.printed_texts(contract),
        parts=parts(),
        sees_texts=policy.may(person, "clauses.view"),
        fingers=forms.FINGERS,
        manners=forms.MANNERS,
        may_file=file_section.may_file_scan(contract, contract.project, person),
        may_state=contract.step == "signed" and policy.sees(person, "contracts.state_page", contract.project),
    )


@bp.route("/contracts/<reference>/scan", methods=["GET", "POST"])
@allowed("contracts.file_scan")
def file_scan(reference: str):
    """File the PDF or the photos of the signed paper."""
    person = current_person()
    contract = queries.visible(reference, person)
    policy.require(person, "contracts.file_scan", contract.project)
    form = forms.ScanForm()
    if form.validate_on_submit():
        with form.catching():
            operations.file_scan(contract, form.scan.data, by=person)
            if all(one.page for one in contract.scan_pages):
                flash(_("Every page of the signed contract is there."), "success")
            else:
                flash(_("The scan is filed. The code of some pages could not be read: see below."), "warning")
            return redirect(url_for("contracts.show", reference=contract.reference))
    return page("contracts/scan.html", form=form, contract=contract, project=contract.project)


@bp.route("/contracts/<reference>/scan/<int:position>", methods=["GET", "POST"])
@allowed("contracts.state_page")
def state_page(reference: str, position: int):
    """State which page of the contract a page of the scan is, where its code could not be read."""
    person = current_person()
    contract = queries.visible(reference, person)
    policy.require(person, "contracts.state_page", contract.project)
    row = next((one for one in contract.scan_pages if one.position == position and not one.read_by_machine), None)
    if row is None:
        raise NotFound(f"{reference} {position}")
    known = {one.page for one in contract.scan_pages if one.position != position}
    missing = [number for number in range(1, (contract.pages or 0) + 1) if number not in known]
    form = forms.StateForm(data={"page": row.page or (missing[0] if len(missing) == 1 else None), "reason": row.reason})
    if form.validate_on_submit():
        with form.catching():
            operations.state_page(contract, position, page=form.page.data, reason=form.reason.data, by=person)
            flash(_("Page %(page)s of the scan is stated.", page=form.page.data), "success")
            return redirect(url_for("contracts.show", reference=contract.reference))
    return page(
        "contracts/state.html", form=form, contract=contract, project=contract.project, row=row, missing=missing
    )
