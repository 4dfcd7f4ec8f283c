"""The pages of what leaves: batches and their files, the accounts of the programme, operators' lists, the figures."""

from flask import Blueprint, current_app, flash, redirect, request, url_for
from flask_babel import gettext as _

from grants import journal
from grants.access import allowed, current_person, policy
from grants.core import clock
from grants.core.database import db
from grants.core.errors import NotFound
from grants.core.formatting import moment
from grants.core.web import page
from grants.funds.models import Fund
from grants.payments import settings
from grants.payments.out import accounts, layouts, operations, queries
from grants.payments.out.forms import KINDS, PayerForm, ProfileForm, SettingForm, TransmitForm
from grants.payments.out.models import PayerAccount
from grants.payments.wave import operations as wave_operations
from grants.payments.wave import queries as wave_queries
from grants.payments.wave import views as wave

bp = Blueprint("transmissions", __name__, url_prefix="/payments/out")

SAMPLE = (
    layouts.Line(
        position=1, number="+22366712345", amount=750_000, holder="Aïssata Dembélé", beneficiary="Bɛnkadi de Sofara",
        reference="OP-2026-0001-K", purpose="OP-2026-0001-K tranche 1 Embouche ovine", day=None,
    ),
    layouts.Line(
        position=2, number="+22376123456", amount=1_250_000, holder="Ɲaari Kɔnɛ", beneficiary="=Jeunes; de Konna",
        reference="OP-2026-0002-L", purpose="OP-2026-0002-L tranche 2 Moulin", day=None,
    ),
)  # fmt: skip


@bp.get("/")
@allowed("payments.view")
def index():
    """What was released and waits to leave, and the batches that left."""
    return _index(TransmitForm(data={"execution_on": clock.today()}), set())


def _index(form, ticked: set[str]):
    person = current_person()
    found = queries.transmissions(person, after=request.args.get("after"))
    waiting = queries.waiting(person)
    return page(
        "payments/out/index.html",
        form=form,
        ticked=ticked,
        waiting=waiting,
        wave=bool(current_app.config["WAVE_KEY"]),
        later=queries.later(person),
        total=sum(attempt.amount for attempt in waiting),
        may_transmit=policy.may(person, "payments.transmit"),
        items=found.items,
        kinds=KINDS,
        next=url_for(".index", after=found.next) if found.next else None,
        first=url_for(".index") if request.args.get("after") else None,
    )


@bp.post("/")
@allowed("payments.transmit")
def transmit():
    """Make batches of the payments that were ticked, one an account of the programme."""
    form = TransmitForm()
    ticked = list(dict.fromkeys(request.form.getlist("order")))[: queries.MOST]
    good = form.validate_on_submit()
    if not ticked:
        form.form_errors = [*form.form_errors, _("Tick at least one payment.")]
    if good and ticked:
        with form.catching():
            made, left = operations.transmit(ticked, execution_on=form.execution_on.data, by=current_person())
            return page("payments/out/made.html", made=made, left=left, kinds=KINDS)
    return _index(form, set(ticked))


@bp.get("/<reference>")
@allowed("payments.view")
def show(reference: str):
    """One batch: its payments, its files, and the digest of each."""
    person = current_person()
    transmission = queries.transmission(reference, person)
    made = {file.kind: file for file in transmission.files}
    labels = _file_labels()
    return page(
        "payments/out/show.html",
        transmission=transmission,
        files=[(kind, made.get(kind)) for kind in operations.kinds_of(transmission)],
        labels=labels,
        payouts=[
            (one, wave.WORDS_OF_STATES[one.state], wave.TONES[one.state], wave_operations.said(one))
            for one in wave_queries.of_batch(transmission.id)
        ],
        may_transmit=policy.may(person, "payments.transmit"),
        kinds=KINDS,
        events=[
            {
                "when": moment(event.at),
                "text": f"{journal.sentence(event)} · {event.who}",
                "detail": labels.get(event.values.get("kind")),
            }
            for event in journal.history(transmission)
        ],
    )


def _file_labels() -> dict[str, str]:
    return {
        "pain001": _("Transfers for the bank (ISO 20022)"),
        "letter": _("Letter of transfer (PDF)"),
        "list": _("List (XLSX)"),
        "csv": _("List for the operator (CSV)"),
    }


@bp.post("/<reference>/<kind>")
@allowed("payments.transmit")
def make_file(reference: str, kind: str):
    """Make a file that could not be made with the batch."""
    person = current_person()
    operations.make_file(queries.transmission(reference, person), kind, by=person)
    flash(_("The file is made and kept."))
    return redirect(url_for(".show", reference=reference))


# ---------------------------------------------------------------------------------------- accounts, lists, figures


@bp.get("/setup")
@allowed("payments.view")
def setup():
    """The accounts of the programme, operators' lists, and the figures of the rules."""
    return page(
        "payments/out/setup.html",
        payers=queries.payers(),
        profiles=queries.profiles(),
        figures=[(figure, settings.value(code)) for code, figure in settings.FIGURES.items()],
        history=settings.history(),
        FIGURES=settings.FIGURES,
        may_configure=policy.may(current_person(), "payments.configure"),
        kinds=KINDS,
    )


@bp.route("/setup/account", methods=["GET", "POST"])
@allowed("payments.configure")
def open_payer():
    """Open an account of the programme."""
    form = PayerForm()
    funds = {str(fund.id): fund for fund in db.session.scalars(db.select(Fund).order_by(Fund.code))}
    form.fund.choices = [("", "—"), *((key, f"{fund.code} · {fund.name}") for key, fund in funds.items())]
    if form.validate_on_submit():
        with form.catching():
            values = form.values() | {"fund": funds.get(form.fund.data)}
            accounts.open_payer(values, by=current_person())
            flash(_("The account is open: payments of this fund leave from it."))
            return redirect(url_for(".setup"))
    return page(
        "payments/out/form.html", form=form, title=_("Open an account of the programme"), submit=_("Open the account")
    )


@bp.post("/setup/account/<int:payer_id>/close")
@allowed("payments.configure")
def close_payer(payer_id: int):
    """Close an account of the programme."""
    payer = db.session.get(PayerAccount, payer_id)
    if payer is None:
        raise NotFound(str(payer_id))
    accounts.close_payer(payer, by=current_person())
    flash(_("The account is closed: nothing leaves it any more."))
    return redirect(url_for(".setup"))


@bp.route("/setup/list", methods=["GET", "POST"], defaults={"profile_id": None})
@bp.route("/setup/list/<int:profile_id>", methods=["GET", "POST"])
@allowed("payments.configure")
def edit_profile(profile_id: int | None):
    """Describe the list of an operator, with a sample of what it gives."""
    profile = queries.profile(profile_id) if profile_id is not None else None
    form = ProfileForm() if request.method == "POST" else ProfileForm.showing(profile)
    if "add" in request.form:
        form.columns.append_entry()
    elif form.validate_on_submit() and "preview" not in request.form:
        with form.catching():
            version = accounts.save_profile(
                profile, form.name.data, form.operator.data, form.layout(), by=current_person()
            )
            flash(_("Version %(number)s of the list is kept.", number=version.number))
            return redirect(url_for(".setup"))
    return page("payments/out/profile.html", form=form, profile=profile, sample=_sample(form.layout()))


def _sample(layout: layouts.Layout) -> str | None:
    """What the layout gives for two invented payments, as text; None where a sign was not chosen from its list."""
    if layout.separator not in layouts.SEPARATORS or layout.encoding not in layouts.ENCODINGS:
        return None
    if any(what not in layouts.COLUMNS for what, _title in layout.columns) or layout.quoting not in layouts.QUOTING:
        return None
    if layout.amount not in layouts.AMOUNTS or layout.number not in layouts.NUMBERS:
        return None
    today = clock.today()
    lines = [layouts.Line(**{name: getattr(one, name) for name in one.__slots__} | {"day": today}) for one in SAMPLE]
    return layouts.render(layout, lines).decode(layout.encoding)


@bp.route("/setup/figure", methods=["GET", "POST"])
@allowed("payments.configure")
def set_figure():
    """Set a figure of the rules from a day on."""
    form = SettingForm()
    if form.validate_on_submit():
        with form.catching():
            settings.put(
                form.code.data, form.whole(), from_day=form.from_day.data, reason=form.reason.data, by=current_person()
            )
            flash(_("The figure is set."))
            return redirect(url_for(".setup"))
    return page("payments/out/form.html", form=form, title=_("Set a figure of the rules"), submit=_("Set the figure"))
