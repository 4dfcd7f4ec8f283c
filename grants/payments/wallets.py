"""What a wallet may take: the limits of electronic money, looked at before an order is prepared, verified and released."""

from collections import defaultdict

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from grants.core import clock
from grants.core.money import format_francs
from grants.lifecycle import Reason
from grants.payments import settings
from grants.payments.conditions import Evidence, condition
from grants.payments.models import Tranche
from grants.payments.queries import live_order
from grants.payments.splits import queries as splits
from grants.payments.splits import routes


@condition("wallet_limits", _l("Within the limits of the wallet"))
def wallet_limits(tranche: Tranche):
    """One wallet holds and receives only so much; what is more leaves in several times, or to a bank account."""
    ahead = _ahead(tranche)
    if all(account.kind == "bank" for account, _amount, _day in ahead):
        yield Evidence(_("paid to a bank account") if ahead else _("sent within the limits"))
        return
    found, together = [], defaultdict(int)
    for account, amount, on in ahead:
        if account.kind != "wallet":
            continue
        # What leaves earlier in the same month for the same wallet counts too.
        key = account.number, routes.month_of(on)
        together[key] += amount
        found.extend(routes.over_the_limits(account, amount, on))
        if together[key] > amount:
            found.extend(routes.over_the_month(account, together[key], on))
    for text in dict.fromkeys(found):
        yield Reason(text)
    if not found:
        cap, sent = settings.value("wallet_cap"), sum(routes.sent_in(*key) for key in together)
        yield Evidence(_("%(cap)s at most, %(sent)s this month", cap=format_francs(cap), sent=format_francs(sent)))


def _ahead(tranche: Tranche) -> list[tuple]:
    """What is still to leave for a tranche: account, francs, day."""
    today, order = clock.today(), live_order(tranche)
    if order is None:
        account = tranche.project.group.account
        return [(account, tranche.amount, today)] if account is not None else []
    if chosen := splits.parts(order):
        ahead = [one for one in chosen if splits.state(one) in ("chosen", "failed")]
        return [(one.account, one.amount, max(one.leaves_on, today)) for one in ahead]
    return [] if order.step in ("sent", "unknown") or order.paid_on else [(order.account, order.amount, today)]
