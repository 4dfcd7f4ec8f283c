"""The pages about funds: the live picture, the movements of an envelope, and what the coordination opens."""

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask_babel import gettext as _

from grants import journal
from grants.access import allowed, current_person
from grants.core.web import page
from grants.funds import forms, operations, queries
from grants.funds.labels import MOVEMENT_LABELS

bp = Blueprint("funds", __name__, url_prefix="/funds")


@bp.get("")
@allowed("funds.view")
def index():
    """What each envelope holds, has promised and has paid."""
    chosen = forms.FundFilter(request.args)
    fund = chosen.fund.data or None
    found = queries.picture(fund=fund, after=request.args.get("after"))
    return page(
        "funds/index.html",
        filter=chosen,
        fund=fund,
        found=found,
        totals=queries.totals(fund=fund),
        next_page=found.next and url_for(".index", fund=fund, after=found.next),
        first_page=request.args.get("after") and url_for(".index", fund=fund),
    )


@bp.get("/<code>")
@allowed("funds.view")
def show(code: str):
    """One envelope: its figures and every movement."""
    envelope = queries.envelope(code)
    chosen = forms.MovementFilter(request.args)
    kind = chosen.kind.data or None
    found = queries.movements(envelope, kind=kind, after=request.args.get("after"))
    return page(
        "funds/show.html",
        envelope=envelope,
        filter=chosen,
        kind=kind,
        found=found,
        labels=MOVEMENT_LABELS,
        history=journal.history(envelope, limit=20),
        sentence=journal.sentence,
        next_page=found.next and url_for(".show", code=code, kind=kind, after=found.next),
        first_page=request.args.get("after") and url_for(".show", code=code, kind=kind),
    )


@bp.route("/donors/new", methods=["GET", "POST"])
@allowed("funds.manage")
def new_donor():
    """Register who gives the money."""
    form = forms.DonorForm()
    if form.validate_on_submit():
        with form.catching():
            donor = operations.open_donor(**form.values(), by=current_person())
            flash(_("%(name)s is registered. Register the agreement with them.", name=donor.name))
            return redirect(url_for(".new_fund", donor=donor.code))
    return page("funds/edit.html", form=form, title=_("New donor"), cancel=url_for(".index"))


@bp.route("/agreements/new", methods=["GET", "POST"])
@allowed("funds.manage")
def new_fund():
    """Register an agreement with a donor."""
    form = forms.FundForm(data={"donor": request.args.get("donor")})
    if form.validate_on_submit():
        with form.catching():
            fund = operations.open_fund(**form.values(), by=current_person())
            flash(_("The fund “%(name)s” is registered. Open an envelope in it.", name=fund.name))
            return redirect(url_for(".new_envelope", fund=fund.code))
    return page(
        "funds/edit.html",
        form=form,
        title=_("New fund"),
        cancel=url_for(".index"),
        first=None if form.donors else (_("Register the donor first."), url_for(".new_donor"), _("New donor")),
    )


@bp.route("/envelopes/new", methods=["GET", "POST"])
@allowed("funds.manage")
def new_envelope():
    """Open an envelope in a fund."""
    form = forms.EnvelopeForm(data={"fund": request.args.get("fund")})
    if form.validate_on_submit():
        with form.catching():
            envelope = operations.open_envelope(**form.values(), by=current_person())
            flash(_("The envelope “%(name)s” is open. Put money into it.", name=envelope.name))
            return redirect(url_for(".fill", code=envelope.code, verb="endow"))
    return page(
        "funds/edit.html",
        form=form,
        title=_("New envelope"),
        cancel=url_for(".index"),
        first=None if form.funds else (_("Register the fund first."), url_for(".new_fund"), _("New fund")),
    )


@bp.route("/<code>/<any(endow,withdraw):verb>", methods=["GET", "POST"])
@allowed("funds.manage")
def fill(code: str, verb: str):
    """Put money into an envelope, or take out what is still available."""
    envelope = queries.envelope(code)
    act, title, done = {
        "endow": (operations.endow, _("Put money in"), _("The money is in the envelope.")),
        "withdraw": (operations.withdraw, _("Take money out"), _("The money is out of the envelope.")),
    }.get(verb) or abort(404)
    form = forms.AmountForm()
    if form.validate_on_submit():
        with form.catching():
            key = f"{verb}:{envelope.code}:{form.once.data}"[:80]
            act(envelope, form.amount.data, key=key, reference=form.reference.data, by=current_person())
            flash(done)
            return redirect(url_for(".show", code=code))
    return page("funds/edit.html", form=form, title=title, envelope=envelope, cancel=url_for(".show", code=code))
