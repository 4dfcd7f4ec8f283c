"""Booking: each movement of the ledger and each sum from a donor gives its entries, in the same transaction.

A movement that has no rule stays unbooked and is shown as such: money is never held up by an account that is missing.
"""

import functools
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from flask_babel import force_locale
from sqlalchemy import select

from grants.books.labels import label_of, labeller
from grants.books.models import BookingRule, Calendar, Entry
from grants.books.queries import rules
from grants.core import clock
from grants.core.database import db
from grants.core.portions import among, insert_rows, portions
from grants.followup.models import Refund
from grants.funds.models import Envelope, FundReceipt, Transfer
from grants.groups.models import PaymentAccount
from grants.payments.models import PaymentOrder


def book_transfers(transfers: Sequence[Transfer]) -> int:
    """Book movements that are not booked yet, each by the rule that held when it happened; nothing where there is none.

    Returns how many entries they gave. The number of questions does not grow with theirs, but for what takes another movement
    back and for refunds.
    """
    found, paid = _versions(), _paid(transfers)
    closed = _closed_through() if transfers else None
    funds = _funds_of({one.envelope_id for one in transfers})
    made, at, labels = [], clock.now(), functools.cache(labeller)
    # The books are kept in French, whoever is at the screen.
    with force_locale("fr"):
        for one in transfers:
            day = _day(one.at)
            if one.kind in rules.REVERSALS:
                pairs, rule, fact_on = _turned_around(one), None, day
            else:
                channel, known = (
                    paid.get(one.reference, ("bank", None)) if one.kind == "pay" else ("bank", _known_day(one))
                )
                rule = rules.rule_for(found, one.kind, channel, one.at)
                pairs = enumerate(rule.pairs, 1) if rule else ()
                fact_on = min(known or day, day)
            about = {
                "transfer_id": one.id, "day": _open_day(fact_on, one.at, closed), "fact_on": fact_on, "amount": one.amount,
                "label": labels(one.kind)(one.reference), "fund_id": funds[one.envelope_id], "envelope_id": one.envelope_id,
                "project_id": one.project_id, "rule_id": rule.id if rule else None, "by_id": one.by_id, "at": at,
            }  # fmt: skip
            made += [{**about, "line": line, "debit": debit, "credit": credit} for line, (debit, credit) in pairs]
    insert_rows(Entry.__table__, made)
    return len(made)


def book_receipt(receipt: FundReceipt) -> list[Entry]:
    """Book money that came from a donor, or went back."""
    rule = rules.rule_for(_versions(), receipt.kind, "bank", receipt.at)
    made, open_day = [], _open_day(receipt.moved_on, receipt.at, _closed_through())
    for line, (debit, credit) in enumerate(rule.pairs if rule else (), 1):
        entry = Entry(
            receipt_id=receipt.id, line=line, day=open_day, fact_on=receipt.moved_on,
            debit=debit, credit=credit, amount=receipt.amount, label=_words(receipt.kind, receipt.bank_reference),
            fund_id=receipt.fund_id, rule_id=rule.id, by_id=receipt.by_id,
        )  # fmt: skip
        db.session.add(entry)
        made.append(entry)
    db.session.flush()
    return made


def catch_up(limit: int | None = None) -> int:
    """Book all that should be booked and is not, the oldest first; how many movements were. Doing it again does nothing."""
    found, done = _versions(), 0
    for select_missing, book in (
        (rules.unbooked_receipts(found), book_receipt),
        (rules.unbooked_transfers(found), lambda transfer: book_transfers([transfer])),
    ):
        rest = None if limit is None else limit - done
        for one in db.session.scalars(select_missing.limit(rest)).all():
            done += bool(book(one))
    return done


def _versions() -> list[BookingRule]:
    return rules.versions()


def _turned_around(transfer: Transfer) -> list[tuple[int, tuple[str, str]]]:
    """What takes a movement back turns its very entries around, whatever the rules say today."""
    wanted = select(Entry).where(Entry.transfer_id == transfer.reversal_of_id).order_by(Entry.line)
    return [(one.line, (one.credit, one.debit)) for one in db.session.scalars(wanted)]


def _funds_of(envelope_ids: set[int]) -> dict[int, int]:
    rows = db.session.execute(select(Envelope.id, Envelope.fund_id).where(Envelope.id.in_(envelope_ids)))
    return {envelope_id: fund_id for envelope_id, fund_id in rows}  # noqa: C416  (a row is no pair for `dict`)


def _words(kind: str, reference: str) -> str:
    # The books are kept in French, whoever is at the screen.
    with force_locale("fr"):
        return label_of(kind, reference)


def _paid(transfers: Sequence[Transfer]) -> dict[str, tuple[str, date | None]]:
    """For each payment, by the reference of its order: where the money moves, and the bank's day of it."""
    found = {}
    for some in portions([one.reference for one in transfers if one.kind == "pay"]):
        rows = (
            select(PaymentOrder, PaymentAccount.kind)
            .join(PaymentAccount, PaymentAccount.id == PaymentOrder.account_id)
            .where(among(PaymentOrder.reference, some))
        )
        # An order that is being confirmed shows its day already, before it is written.
        for order, kind in db.session.execute(rows):
            found[order.reference] = "wallet" if kind == "wallet" else "bank", order.paid_on
    return found


def _known_day(transfer: Transfer) -> date | None:
    """The bank's day of a refund; for the rest the day of the movement counts."""
    if transfer.kind != "refund":
        return None
    reference = transfer.key.partition(":")[2]
    return db.session.scalar(select(Refund.refunded_on).where(Refund.bank_reference == reference))


def _closed_through() -> date | None:
    """The last day of the closed months, held until the transaction ends: no month is closed before the entry is there."""
    return db.session.scalar(select(Calendar.closed_through).with_for_update(read=True))


def _open_day(fact_on: date, at: datetime, closed: date | None) -> date:
    """The day under which a fact is booked: its own, else that of its record, else the first day of the open month."""
    if closed is None or fact_on > closed:
        return fact_on
    return max(_day(at), closed + timedelta(days=1))


def _day(at: datetime) -> date:
    return at.astimezone(clock.BAMAKO).date()
