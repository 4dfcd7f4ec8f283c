"""The figures of the rules of payment that change by decree or by contract, each as it holds from a day on.

Sources of what holds without a setting: BCEAO instruction 008-05-2015, art. 31 (limits of electronic money); decree
2025-0077 of Mali (levy on withdrawals, from 5 March 2025).
"""

from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from grants import journal
from grants.access import policy
from grants.core import clock
from grants.core.database import db
from grants.core.errors import Problem, collect
from grants.payments.out.models import PaymentSetting


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of the rules: its words, its unit (`francs`, `percent` in hundredths, `days`), and what holds unless set."""

    label: object
    unit: str
    default: int


FIGURES = {
    "wallet_cap": Figure(_l("Most that a wallet may hold"), "francs", 2_000_000),
    "wallet_month_cap": Figure(_l("Most that a wallet may receive in a month"), "francs", 10_000_000),
    "levy": Figure(_l("State levy on withdrawals"), "percent", 100),
    "operator_fee": Figure(_l("Operator’s fee on withdrawals"), "percent", 100),
    "unpaid_days": Figure(_l("Days after which a payment without an answer is followed up"), "days", 5),
}


def value(code: str, on: date | None = None) -> int:
    """A figure as it holds on a day (today unless given)."""
    found = db.session.scalar(
        select(PaymentSetting.value)
        .where(PaymentSetting.code == code, PaymentSetting.from_day <= (on or clock.today()))
        .order_by(PaymentSetting.from_day.desc(), PaymentSetting.id.desc())
        .limit(1)
    )
    return FIGURES[code].default if found is None else found


def history() -> list[PaymentSetting]:
    """Every value that was set, the latest first."""
    return list(db.session.scalars(select(PaymentSetting).order_by(PaymentSetting.id.desc()).limit(100)))


def put(code: str, amount: int | None, *, from_day: date | None, reason: str, by) -> PaymentSetting:
    """Set a figure from a day on. What was paid before keeps the figure of its day."""
    policy.require(by, "payments.configure")
    figure = FIGURES.get(code)
    collect(
        None if figure else Problem(_("Choose which figure."), "code"),
        None if amount is not None and amount >= 0 else Problem(_("A whole number is needed."), "amount"),
        Problem(_("A share is at most 100 per cent."), "amount")
        if figure and figure.unit == "percent" and (amount or 0) > 10_000
        else None,
        None if from_day else Problem(_("Say from which day."), "from_day"),
        None if (reason or "").strip() else Problem(_("Say by which decree or contract."), "reason"),
    )
    row = PaymentSetting(
        code=code, value=amount, from_day=from_day, reason=reason.strip(), set_by_id=by.id, set_at=clock.now()
    )
    db.session.add(row)
    db.session.flush()
    journal.record(row, "set", by=by, data={"code": code, "value": amount, "from_day": from_day}, reason=row.reason)
    return row


def withdrawal_cost(amount: int) -> int:
    """What taking an amount out of a wallet is expected to cost, in francs, rounded up: the levy and the operator's fee."""
    return -(-amount * (value("levy") + value("operator_fee")) // 10_000)
