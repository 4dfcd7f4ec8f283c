"""The page of payouts to Wave: what waits, what was answered, and taking the answers over."""

from flask import Blueprint, current_app, flash, redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from grants.access import allowed, current_person, policy
from grants.core.money import format_francs
from grants.core.web import page
from grants.payments.wave import operations, queries
from grants.payments.wave.client import KeyRefused, client

bp = Blueprint("wave", __name__, url_prefix="/payments/out/wave")
TONES = {"queued": "now", "sending": "now", "unknown": "late", "processing": "now", "succeeded": "ok", "failed": "late"}
WORDS_OF_STATES = {
    "queued": _l("To be sent"),
    "sending": _l("Being sent"),
    "unknown": _l("Outcome unknown, Wave is asked"),
    "processing": _l("Wave is at it"),
    "succeeded": _l("Paid by Wave"),
    "failed": _l("Refused by Wave"),
}


@bp.get("/")
@allowed("payments.view")
def index():
    """What was handed to Wave and is not settled on its order yet."""
    return _page([])


def _page(results):
    person = current_person()
    found = queries.payouts(person)
    may = policy.may(person, "payments.transmit")
    return page(
        "payments/wave.html",
        payouts=found,
        total=sum(one.amount for one in found),
        words=WORDS_OF_STATES,
        tones=TONES,
        said=operations.said,
        on=bool(current_app.config["WAVE_KEY"]),
        may_transmit=may,
        waits=queries.waits(person) if may else 0,
        results=results,
    )


@bp.post("/")
@allowed("payments.transmit")
def take_over():
    """Take Wave's answers over into the orders."""
    results = operations.take_over(by=current_person())
    done = sum(not one.reasons for one in results)
    flash(ngettext("%(num)d answer taken over", "%(num)d answers taken over", done))
    left = [one for one in results if one.reasons]
    return _page(left) if left else redirect(url_for(".index"))


@bp.post("/balance")
@allowed("payments.transmit")
def balance():
    """Ask Wave what the wallet of the programme holds."""
    wave = client()
    try:
        found = wave.balance() if wave else None
    except KeyRefused as refused:
        flash(str(operations.WORDS.get(str(refused), _("Wave refused the key of the programme."))), "error")
        return redirect(url_for(".index"))
    if found is None:
        flash(_("Wave does not tell the balance now."), "warning")
    else:
        flash(_("The wallet of the programme holds %(sum)s.", sum=format_francs(found)))
    return redirect(url_for(".index"))
