"""The pages on which a proof is filed and a condition is lifted."""

from flask import Blueprint, abort, flash, redirect, url_for
from flask_babel import gettext as _

from grants.access import allowed, current_person, role_label
from grants.calls import rules as call_rules
from grants.core.web import page
from grants.payments import conditions, queries
from grants.payments.evidence import operations
from grants.payments.evidence.forms import LiftForm, ProofForm
from grants.payments.evidence.models import PROVEN
from grants.projects import queries as projects

bp = Blueprint("evidence", __name__)


def _back(project):
    return redirect(url_for("payments.tranches", reference=project.reference))


@bp.route("/projects/<reference>/proofs/<code>", methods=["GET", "POST"])
@allowed("followup.prove")
def prove(reference: str, code: str):
    """File the paper that proves a condition of the tranches of a file."""
    if code not in PROVEN:
        abort(404)
    project = projects.visible(reference, current_person())
    form = ProofForm()
    if form.validate_on_submit():
        with form.catching():
            operations.file_proof(project, code, form.values(), by=current_person())
            flash(_("The proof is filed."))
            return _back(project)
    titles = {
        "training_held": _("Record the training of the group"),
        "works_accepted": _("Record the acceptance of the works"),
    }
    return page("payments/evidence/prove.html", form=form, project=project, code=code, title=titles[code])


@bp.route("/projects/<reference>/tranches/<int:number>/conditions/<code>/lift", methods=["GET", "POST"])
@allowed("payments.lift")
def lift(reference: str, number: int, code: str):
    """Lift a condition for one tranche."""
    person = current_person()
    project = projects.visible(reference, person)
    tranche = queries.tranche_of(project, number)
    role = call_rules.parse(project.call.rules).lifting.get(code)
    finding = next((one for one in conditions.findings(tranche) if one.code == code), None)
    if role is None or finding is None:
        abort(404)
    form = LiftForm()
    if form.validate_on_submit():
        with form.catching():
            operations.lift_condition(tranche, code, reason=form.reason.data or "", by=person)
            flash(_("The condition is lifted for tranche %(number)s.", number=tranche.number))
            return _back(project)
    return page(
        "payments/evidence/lift.html",
        form=form,
        project=project,
        tranche=tranche,
        finding=finding,
        role=role_label(role),
    )
