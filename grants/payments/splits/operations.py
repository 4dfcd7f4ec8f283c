"""Choosing how an amount leaves, and writing down what became of each part."""

from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from grants import journal, lifecycle
from grants.access import policy
from grants.core import clock
from grants.core.database import db
from grants.core.errors import Problem, Problems, Refused, collect
from grants.core.formatting import day
from grants.groups.further_accounts import serves
from grants.groups.models import PaymentAccount
from grants.payments import settings
from grants.payments.models import AttemptOutcome, PaymentAttempt, PaymentOrder
from grants.payments.splits import queries, routes
from grants.payments.splits.models import PaymentPart, WalletMonth

OPEN_STEPS = ("sent", "unknown")


def choose(order: PaymentOrder, route: routes.Route, *, by) -> None:
    """Give an order the transfers of a route as its parts."""
    first = queries.last_number(order) + 1
    for number, one in enumerate(route.transfers, first):
        db.session.add(
            PaymentPart(
                order_id=order.id,
                number=number,
                account_id=one.account.id,
                account_number=one.account.number,
                amount=one.amount,
                leaves_on=one.leaves_on,
                chosen_by_id=by.id,
            )
        )
    db.session.flush()


def take_up_rest(order: PaymentOrder, *, by) -> None:
    """Send what was not paid of an order to the main account of today, in parts where it takes no more at once.

    Raises Refused where the main account cannot take it, even in several times.
    """
    chosen = queries.parts(order)
    paid = [one for one in chosen if queries.state(one) == "paid"]
    for one in chosen:
        if one not in paid:
            one.withdrawn_at = clock.now()
    db.session.flush()
    rest = order.amount - sum(one.amount for one in paid)
    ways = [routes.route(code, order.project.group, rest) for code in ("whole", "days")]
    way = next((one for one in ways if one.possible), None)
    if way is None:
        raise Refused(*[one.gap for one in ways])
    # Beside parts that were paid already, what is left is a part too.
    if paid or len(way.transfers) > 1:
        choose(order, way, by=by)


def changed(order: PaymentOrder) -> bool:
    """Whether money of an order would go where it may no longer go: an account was changed, closed or is nobody's."""
    chosen = [one for one in queries.parts(order) if queries.state(one) != "paid"]
    if not chosen:
        return order.account.number != order.account_number or not serves(order.account)
    return any(one.account.number != one.account_number or not serves(one.account) for one in chosen)


def lock(order: PaymentOrder) -> None:
    """Hold the accounts of an order and its parts as they are until the end of the transaction, by their ids.

    Raises Refused where that of a part was closed.
    """
    parts = queries.parts(order)
    accounts = {one.account_id: one.account for one in (order, *parts)}
    for _number, account in sorted(accounts.items()):
        db.session.refresh(account, with_for_update={"of": PaymentAccount})
    for one in parts:
        if one.account.closed_at is not None and queries.state(one) != "paid":
            raise Refused(_("The account of part %(number)s was closed meanwhile.", number=one.number))


def open_month(account: PaymentAccount, on: date) -> None:
    """Make sure that the database knows how much a wallet may take in the month of a day. Raises Refused where it is full."""
    if account.kind != "wallet":
        return
    month = routes.month_of(on)
    figures = {"cap": settings.value("wallet_month_cap", on), "cap_each": settings.value("wallet_cap", on)}
    engine = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    row = engine.insert(WalletMonth).values(number=account.number, month=month, sent=0, **figures)
    # A limit that was lowered below what was sent already stays what it was: the wallet just takes no more.
    keep = WalletMonth.sent <= figures["cap"]
    db.session.execute(row.on_conflict_do_update(index_elements=["number", "month"], set_=figures, where=keep))


def settle(
    part: PaymentPart,
    state: str,
    *,
    by,
    detail: str | None = None,
    paid_on: date | None = None,
    reference: str = "",
    receipt_later: bool = False,
) -> None:
    """Write down what became of a part that left: `paid`, `failed` or `unknown`.

    Once all parts are paid the order is confirmed; once all are settled and one failed, the order has failed and only what
    failed leaves again. `receipt_later`: the receipt of the whole is printed afterwards. Raises Problems (all at once),
    Refused where there is nothing to say or it was said already.
    """
    order = part.order
    policy.require(by, "payments.transmit", order)
    lifecycle.hold(order)
    if state == "paid" and policy.are_one(by, {order.released_by_id}, "payments.transmit", order):
        raise policy.one_hand(by, order.released_by, _("You released this payment: another person confirms it."))
    attempt = _open_attempt(part)
    reference, detail = " ".join(reference.split()).upper(), (detail or "").strip()
    _check(attempt, state, detail, paid_on, reference)
    try:
        with db.session.begin_nested():
            db.session.add(
                AttemptOutcome(
                    attempt_id=attempt.id,
                    state=state,
                    at=clock.now(),
                    detail=detail[:300] or None,
                    bank_reference=reference or None,
                    paid_on=paid_on,
                    by_id=by.id,
                )
            )
            db.session.flush()
    except IntegrityError as refused:
        text = _("The reference %(reference)s was entered for another payment already.", reference=reference)
        raise Problems(Problem(text, "bank_reference")) from refused
    db.session.expire(attempt, ["outcomes"])
    journal.record(
        order, f"part_{state}", by=by, data={"part": part.number, "amount": part.amount, "reference": attempt.reference},
        reason=detail or None,
    )  # fmt: skip
    _conclude(order, receipt_later=receipt_later, by=by)


def _open_attempt(part: PaymentPart) -> PaymentAttempt:
    wanted = select(PaymentAttempt).where(PaymentAttempt.part_id == part.id).order_by(PaymentAttempt.number.desc())
    attempt = db.session.scalar(wanted.limit(1))
    if attempt is None or part.order.step not in OPEN_STEPS:
        raise Refused(_("Part %(number)s has not left.", number=part.number))
    if any(one.state != "unknown" for one in attempt.outcomes):
        raise Refused(_("What became of part %(number)s was said already.", number=part.number))
    return attempt


def _check(attempt: PaymentAttempt, state: str, detail: str, paid_on: date | None, reference: str) -> None:
    if state != "paid":
        collect(Problem(_("Write it in a few words: 5 to 300 signs."), "reason") if len(detail) < 5 else None)
        return
    left_on = attempt.leaves_on or attempt.sent_at.astimezone(clock.BAMAKO).date()
    early = paid_on is not None and paid_on < left_on
    collect(
        Problem(_("The day of the payment is needed."), "paid_on") if paid_on is None else None,
        Problem(_("This part leaves on %(day)s: it was not paid before.", day=day(left_on)), "paid_on")
        if early
        else None,
        None if reference else Problem(_("The reference of the bank or the operator is needed."), "bank_reference"),
    )


def _conclude(order: PaymentOrder, *, receipt_later: bool, by) -> None:
    """Confirm the order, or report its failure, once nothing more is awaited."""
    chosen = queries.parts(order)
    states = [queries.state(one) for one in chosen]
    if any(state in ("sent", "unknown", "chosen") for state in states):
        return
    if "failed" in states:
        failed = [one for one, state in zip(chosen, states, strict=True) if state == "failed"]
        words = _("Not paid: part %(numbers)s.", numbers=", ".join(str(one.number) for one in failed))
        reasons = [one.attempts[-1].outcomes[-1].detail for one in failed]
        lifecycle.perform(order, "report_failure", by=by, data={"reason": " ".join([words, *reasons])[:300]})
        return
    outcomes = [one.attempts[-1].outcomes[-1] for one in chosen]
    last = max(outcomes, key=lambda one: (one.paid_on, one.id))
    said = {"paid_on": last.paid_on, "bank_reference": last.bank_reference, "receipt_later": receipt_later}
    lifecycle.perform(order, "confirm", by=by, data=said)


def paid_whole(order: PaymentOrder) -> bool:
    """Whether every part of a split order was paid."""
    return all(queries.state(one) == "paid" for one in queries.parts(order))
