"""What a wallet may take: the limits of electronic money, looked at before an order is prepared, verified and released."""

from datetime import datetime, time

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from grants.core import clock
from grants.core.database import db
from grants.core.money import format_francs
from grants.lifecycle import Reason
from grants.payments import settings
from grants.payments.conditions import Evidence, condition
from grants.payments.models import AttemptOutcome, PaymentAttempt, PaymentOrder, Tranche


@condition("wallet_limits", _l("Within the limits of the wallet"))
def wallet_limits(tranche: Tranche):
    """One wallet holds and receives only so much; what is more is paid to a bank account."""
    account = tranche.project.group.account
    if account is None or account.kind != "wallet":
        yield Evidence(_("paid to a bank account"))
        return
    cap, month_cap = settings.value("wallet_cap"), settings.value("wallet_month_cap")
    if tranche.amount > cap:
        yield Reason(
            _(
                "A wallet may hold %(cap)s at most: this tranche is paid to a bank account of the group.",
                cap=format_francs(cap),
            )
        )
    sent = _sent_this_month(account.number, tranche)
    if sent + tranche.amount > month_cap:
        yield Reason(
            _(
                "This wallet may receive %(cap)s in a month, and %(sent)s was sent to it: pay next month, or to a bank account.",
                cap=format_francs(month_cap),
                sent=format_francs(sent),
            )
        )
    if tranche.amount <= cap and sent + tranche.amount <= month_cap:
        yield Evidence(_("%(cap)s at most, %(sent)s this month", cap=format_francs(cap), sent=format_francs(sent)))


def _sent_this_month(number: str, tranche: Tranche) -> int:
    """What was sent to a wallet since the first of the month for other tranches and did not fail, in francs."""
    first = datetime.combine(clock.today().replace(day=1), time(), clock.BAMAKO)
    failed = (
        select(AttemptOutcome.id)
        .where(AttemptOutcome.attempt_id == PaymentAttempt.id, AttemptOutcome.state == "failed")
        .exists()
    )
    wanted = (
        select(func.coalesce(func.sum(PaymentAttempt.amount), 0))
        .join(PaymentAttempt.order)
        .where(
            PaymentAttempt.account_number == number,
            PaymentAttempt.sent_at >= first,
            PaymentOrder.tranche_id != tranche.id,
            ~failed,
        )
    )
    return int(db.session.scalar(wanted))
