"""Registering donors and agreements with them, opening envelopes, and recording what came from a donor or went back."""

from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select

from grants import journal
from grants.access import policy
from grants.core import clock
from grants.core.database import db
from grants.core.errors import Problem, Problems, collect
from grants.core.money import MOST, format_francs
from grants.funds.models import CENTS, RATE_PARTS, Donor, Envelope, Fund, FundReceipt
from grants.funds.operations.wording import code_problem, missing

FRANC = "XOF"
# Francs for one unit, in ten-thousandths: the euro is pegged, the others are those of the agreement.
CURRENCIES = ("XOF", "EUR", "USD", "GBP", "CHF", "CAD", "DKK", "SEK", "NOK", "CNY", "JPY")

_followers = []


def follow_receipts(follower):
    """Register what a later slice does with money of a donor that is recorded. What it raises undoes it."""
    if follower not in _followers:
        _followers.append(follower)
    return follower


def in_francs(cents: int, rate: int) -> int:
    """So many hundredths of a currency, in whole francs, by a rate in ten-thousandths; what is below a franc is cut."""
    return cents * rate // (RATE_PARTS * CENTS)


def open_donor(code: str, name: str, *, by) -> Donor:
    """Register who gives the money. Raises `Problems` for a code that is taken or badly written."""
    policy.require(by, "funds.manage")
    collect(code_problem(Donor, code, 20), missing(name, "name"))
    donor = Donor(code=code, name=name)
    db.session.add(donor)
    db.session.flush()
    journal.record(donor, "open", by=by, data={"code": code, "name": name})
    return donor


def open_fund(
    code: str, name: str, *, agreement: str, donor: Donor | None, opens_on, closes_on, by, agreed_cents: int,
    currency: str = FRANC, rate: int = RATE_PARTS, signed_on: date | None = None, prefinanced: bool = False,
) -> Fund:  # fmt: skip
    """Register an agreement with a donor, from its first to its last day.

    `agreed_cents` is what was agreed, in hundredths of `currency`; `rate` ten-thousandths of a franc for one unit of it.
    Envelopes hold no more than that together. No more is paid than came, unless the agreement is `prefinanced`.
    """
    policy.require(by, "funds.manage")
    collect(
        code_problem(Fund, code, 20),
        missing(name, "name"),
        missing(agreement, "agreement"),
        Problem(_("Choose the donor."), "donor") if donor is None else None,
        Problem(_("The last day comes before the first."), "closes_on") if closes_on < opens_on else None,
        Problem(_("An agreement is registered once it is signed."), "signed_on")
        if signed_on is not None and signed_on > clock.today()
        else None,
        *_amounts(currency, agreed_cents, rate),
    )
    fund = Fund(
        code=code, name=name, agreement=agreement, donor_id=donor.id, opens_on=opens_on, closes_on=closes_on,
        signed_on=signed_on, currency=currency, agreed_cents=agreed_cents, rate=rate,
        agreed=in_francs(agreed_cents, rate), prefinanced=prefinanced,
    )  # fmt: skip
    db.session.add(fund)
    db.session.flush()
    facts = {
        "code": code,
        "agreement": agreement,
        "donor": donor.code,
        "agreed": fund.agreed,
        "prefinanced": prefinanced,
    }
    journal.record(fund, "open", by=by, data=facts | {"currency": currency, "agreed_cents": agreed_cents, "rate": rate})
    return fund


def amend_fund(fund: Fund, *, agreed_cents: int, agreement: str, by, prefinanced: bool | None = None) -> Fund:
    """Record an amendment: another amount, at the rate of the agreement, and whether the programme may advance the money.

    Never less than its envelopes hold; no end of advances while more was paid than came; never what is agreed already.
    Raises Problems, all at once.
    """
    policy.require(by, "funds.manage")
    _locked(fund)
    agreed = in_francs(agreed_cents, fund.rate) if isinstance(agreed_cents, int) else 0
    prefinanced = fund.prefinanced if prefinanced is None else prefinanced
    agreement = " ".join((agreement or "").split())
    amounts = _amounts(fund.currency, agreed_cents, fund.rate)
    less = _("Its envelopes hold %(amount)s already: no less can be agreed.", amount=format_francs(fund.endowed))
    advanced = _(
        "%(amount)s more was paid than came: the agreement stays pre-financed.", amount=format_francs(-fund.in_hand)
    )
    same = (agreed_cents, agreement, prefinanced) == (fund.agreed_cents, fund.agreement, fund.prefinanced)
    collect(
        missing(agreement, "agreement"),
        *amounts,
        Problem(less, "agreed") if not amounts and agreed < fund.endowed else None,
        Problem(advanced, "prefinanced") if not prefinanced and fund.in_hand < 0 else None,
        Problem(_("This amendment changes nothing: neither the amount nor the reference nor the pre-financing."))
        if same
        else None,
    )
    facts = {"from": fund.agreed, "to": agreed, "agreement": agreement, "prefinanced": prefinanced}
    fund.prefinanced = prefinanced
    fund.agreed_cents, fund.agreed, fund.agreement = agreed_cents, agreed, agreement
    db.session.flush()
    journal.record(fund, "amend", by=by, data=facts)
    return fund


def _amounts(currency: str, cents, rate) -> list[Problem]:
    found = []
    if currency not in CURRENCIES:
        found.append(Problem(_("Choose the currency."), "currency"))
    if not isinstance(cents, int) or isinstance(cents, bool) or cents <= 0:
        return [*found, Problem(_("The amount must be above zero."), "agreed")]
    if currency == FRANC and cents % CENTS:
        found.append(Problem(_("The franc has no cents: write a whole number, such as 1 500 000."), "agreed"))
    if not isinstance(rate, int) or rate <= 0 or (currency == FRANC and rate != RATE_PARTS):
        found.append(Problem(_("Write how many francs one unit of the currency is."), "rate"))
    elif not 0 < in_francs(cents, rate) <= MOST:
        found.append(Problem(_("This amount is too large: check the number of zeros."), "agreed"))
    return found


def open_envelope(
    code: str, name: str, *, fund: Fund | None, by, place_code: str | None = None, kind: str | None = None
) -> Envelope:
    """Open an envelope in a fund, for a region or a kind of micro-project where they are given. It is empty at first."""
    policy.require(by, "funds.manage")
    collect(
        code_problem(Envelope, code, 30),
        missing(name, "name"),
        Problem(_("Choose the fund."), "fund") if fund is None else None,
    )
    envelope = Envelope(code=code, name=name, fund_id=fund.id, place_code=place_code or None, kind=kind or None)
    db.session.add(envelope)
    db.session.flush()
    data = {"code": code, "fund": fund.code, "place": envelope.place_code, "kind": envelope.kind}
    journal.record(envelope, "open", by=by, data={key: value for key, value in data.items() if value})
    return envelope


def record_receipt(
    fund: Fund, *, kind: str, amount: int | None, cents: int | None, moved_on, bank_reference: str, key: str, by
) -> FundReceipt:
    """Record money that came from the donor (`receipt`) or went back to it (`return`), once for each `key`.

    `amount` is what the bank booked, in francs; `cents` the same in hundredths of the donor's currency: together they
    keep the rate of the day. Nothing goes back that did not come.
    """
    policy.require(by, "funds.receive")
    if (before := db.session.scalar(select(FundReceipt).where(FundReceipt.key == key))) is not None:
        return before
    _locked(fund)
    reference = " ".join((bank_reference or "").split()).upper()
    taken = select(FundReceipt.id).where(FundReceipt.fund_id == fund.id, FundReceipt.bank_reference == reference)
    cents = (amount or 0) * CENTS if fund.currency == FRANC else cents
    collect(
        Problem(_("Choose what happened."), "kind") if kind not in ("receipt", "return") else None,
        Problem(_("The amount must be a whole number of francs above zero."), "amount") if not amount else None,
        Problem(_("Write the amount in the currency of the agreement too."), "cents") if not cents else None,
        Problem(_("The day is needed."), "moved_on") if moved_on is None else None,
        Problem(_("This day is still to come."), "moved_on") if moved_on and moved_on > clock.today() else None,
        missing(reference, "bank_reference"),
        Problem(_("This reference was recorded already for this fund."), "bank_reference")
        if reference and db.session.scalar(taken)
        else None,
    )
    if kind == "return" and amount > fund.received:
        text = _("Only %(amount)s came from this donor.", amount=format_francs(fund.received))
        raise Problems(Problem(text, "amount"))
    if kind == "return" and not fund.prefinanced and amount > fund.in_hand:
        text = _("Only %(amount)s of this donor’s money is in hand.", amount=format_francs(fund.in_hand))
        raise Problems(Problem(text, "amount"))
    receipt = FundReceipt(
        key=key, kind=kind, fund=fund, amount=amount, cents=cents, moved_on=moved_on, bank_reference=reference, by=by
    )
    db.session.add(receipt)
    db.session.flush()
    # The trigger has moved the counter.
    db.session.refresh(fund)
    data = {"amount": amount, "currency": fund.currency, "cents": cents, "day": moved_on, "bank_reference": reference}
    journal.record(fund, kind, by=by, data=data)
    for follower in _followers:
        follower(receipt)
    return receipt


def _locked(fund: Fund) -> None:
    db.session.flush()
    db.session.refresh(fund, with_for_update={"of": Fund})
