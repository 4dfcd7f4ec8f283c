"""The pages about funds: the live picture, the movements of an envelope, and what the coordination opens."""

from decimal import Decimal

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask_babel import gettext as _

from grants import journal
from grants.access import allowed, current_person, policy
from grants.core.money import format_number
from grants.core.web import page
from grants.funds import forms, operations, queries
from grants.funds.labels import FIGURE_LABELS, MOVEMENT_LABELS, RECEIPT_LABELS, STATE_LABELS, STATE_TONES, kinds
from grants.funds.models import CENTS, RATE_PARTS
from grants.places.queries import regions

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
        purpose=_purpose(envelope),
        calls=queries.calls_of(envelope),
        filter=chosen,
        kind=kind,
        found=found,
        labels=MOVEMENT_LABELS,
        figure_labels=FIGURE_LABELS,
        history=journal.history(envelope, limit=20),
        sentence=journal.sentence,
        next_page=found.next and url_for(".show", code=code, kind=kind, after=found.next),
        first_page=request.args.get("after") and url_for(".show", code=code, kind=kind),
    )


def _purpose(envelope) -> str:
    """What an envelope is kept for, in words; empty where it serves for everything."""
    places = {one.code: one.name for one in regions()} if envelope.place_code else {}
    words = [places.get(envelope.place_code, envelope.place_code), kinds().get(envelope.kind, envelope.kind)]
    return " · ".join(str(word) for word in words if word)


def _money_of(cents: int, currency: str) -> str:
    """`1 250 000,50 EUR`, the French way in both languages."""
    return f"{format_number(Decimal(cents) / CENTS)}\u00a0{currency}"


def _rate_of(rate: int) -> str:
    """`655,957`."""
    return format_number((Decimal(rate) / RATE_PARTS).normalize())


@bp.get("/agreements/<code>")
@allowed("funds.view")
def fund(code: str):
    """One agreement: what was agreed, what came, what is in envelopes."""
    found = queries.fund(code)
    receipts = queries.receipts(found, after=request.args.get("after"))
    return page(
        "funds/fund.html",
        fund=found,
        envelopes=queries.envelopes_of(found),
        receipts=receipts,
        labels=RECEIPT_LABELS,
        money_of=_money_of,
        rate_of=_rate_of,
        history=journal.history(found, limit=20),
        sentence=journal.sentence,
        next_page=receipts.next and url_for(".fund", code=code, after=receipts.next),
        first_page=request.args.get("after") and url_for(".fund", code=code),
    )


@bp.route("/agreements/<code>/amend", methods=["GET", "POST"])
@allowed("funds.manage")
def amend(code: str):
    """Record an amendment of an agreement."""
    found = queries.fund(code)
    form = forms.AmendForm(
        data={
            "agreed": Decimal(found.agreed_cents) / 100,
            "agreement": found.agreement,
            "prefinanced": "yes" if found.prefinanced else "no",
        }
    )
    if form.validate_on_submit():
        with form.catching():
            operations.amend_fund(found, **form.values(), by=current_person())
            flash(_("The amendment is recorded."))
            return redirect(url_for(".fund", code=code))
    return page("funds/edit.html", form=form, title=_("Amendment"), fund=found, cancel=url_for(".fund", code=code))


@bp.route("/agreements/<code>/receipt", methods=["GET", "POST"])
@allowed("funds.receive")
def receipt(code: str):
    """Record money that came from the donor, or went back."""
    found = queries.fund(code)
    form = forms.ReceiptForm(found)
    if form.validate_on_submit():
        with form.catching():
            operations.record_receipt(found, **form.values(), by=current_person())
            flash(_("It is recorded."))
            return redirect(url_for(".fund", code=code))
    title = _("Money of the donor")
    return page("funds/edit.html", form=form, title=title, fund=found, cancel=url_for(".fund", code=code))


@bp.get("/transfers")
@allowed("funds.view")
def reallocations():
    """Transfers between envelopes: those that wait, and all the others."""
    found = queries.reallocations(after=request.args.get("after"))
    return page(
        "funds/reallocations.html",
        found=found,
        waiting=[] if request.args.get("after") else queries.open_reallocations(),
        state_labels=STATE_LABELS,
        state_tones=STATE_TONES,
        next_page=found.next and url_for(".reallocations", after=found.next),
        first_page=request.args.get("after") and url_for(".reallocations"),
    )


@bp.route("/transfers/new", methods=["GET", "POST"])
@allowed("funds.propose")
def propose():
    """Propose a transfer between envelopes; another person confirms it."""
    form = forms.ReallocationForm(data={"source": request.args.get("source")})
    if form.validate_on_submit():
        with form.catching():
            made = operations.propose_reallocation(**form.values(), by=current_person())
            flash(_("The transfer is proposed; another person confirms it."))
            return redirect(url_for(".reallocation", reference=made.reference))
    title = _("New transfer between envelopes")
    return page("funds/edit.html", form=form, title=title, cancel=url_for(".reallocations"))


@bp.get("/transfers/<reference>")
@allowed("funds.view")
def reallocation(reference: str):
    """One transfer between envelopes, and what can be done with it."""
    return _reallocation_page(queries.reallocation(reference), forms.RefusalForm())


def _reallocation_page(found, form):
    person = current_person()
    own = found.proposed_by_id == person.id
    alone = operations.proposed_by(found, person)
    return page(
        "funds/reallocation.html",
        found=found,
        form=form,
        own=own,
        alone=str(operations.why_not_alone(found, person).reasons[0]) if alone else None,
        may_confirm=policy.may(person, "funds.confirm") and not alone,
        may_refuse=policy.may(person, "funds.propose") if own else policy.may(person, "funds.confirm"),
        state_labels=STATE_LABELS,
        state_tones=STATE_TONES,
        history=journal.history(found, limit=10),
        sentence=journal.sentence,
    )


@bp.post("/transfers/<reference>/confirm")
@allowed("funds.confirm")
def confirm(reference: str):
    """Confirm what another person proposed."""
    found = queries.reallocation(reference)
    operations.confirm_reallocation(found, by=current_person())
    flash(_("The money has moved: both envelopes show it."))
    return redirect(url_for(".reallocation", reference=reference))


@bp.post("/transfers/<reference>/refuse")
@allowed("funds.view")
def refuse(reference: str):
    """Refuse a transfer, or take back one's own."""
    found = queries.reallocation(reference)
    form = forms.RefusalForm()
    if form.validate_on_submit():
        with form.catching():
            operations.refuse_reallocation(found, reason=form.reason.data, by=current_person())
            flash(_("The transfer is refused; nothing has moved."))
            return redirect(url_for(".reallocation", reference=reference))
    return _reallocation_page(found, form)


@bp.get("/check")
@allowed("funds.view")
def checks():
    """What the comparison of counters and movements found, each night and on demand."""
    found = queries.checks(after=request.args.get("after"))
    return page(
        "funds/checks.html",
        found=found,
        last=found.items[0] if found.items and not request.args.get("after") else None,
        next_page=found.next and url_for(".checks", after=found.next),
        first_page=request.args.get("after") and url_for(".checks"),
    )


@bp.post("/check")
@allowed("funds.check")
def check_now():
    """Compare now."""
    operations.check_ledger(by=current_person())
    return redirect(url_for(".checks"))


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
