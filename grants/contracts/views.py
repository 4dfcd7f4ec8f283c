"""The page of a contract, and the filing of its signed paper."""

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext as _

from grants.access import allowed, current_person, policy
from grants.contracts import file_section, forms, operations, queries
from grants.core.web import page

bp = Blueprint("contracts", __name__)


@bp.get("/contracts/<reference>")
@allowed("contracts.view")
def show(reference: str):
    """What was promised, by whom it was signed, and the paper itself."""
    person = current_person()
    contract = queries.visible(reference, person)
    return page(
        "contracts/show.html",
        contract=contract,
        project=contract.project,
        content=contract.content,
        state=file_section.state_of(contract),
        pages=queries.scan_pages(contract),
        fingers=forms.FINGERS,
        manners=forms.MANNERS,
        may_file=file_section.may_file_scan(contract, contract.project, person),
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
            flash(_("The signed contract is filed. Its signatures can now be recorded."))
            return redirect(url_for("projects.show", reference=contract.project.reference))
    return page("contracts/scan.html", form=form, contract=contract, project=contract.project)
