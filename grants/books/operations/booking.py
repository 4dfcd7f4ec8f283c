"""Booking: each movement of the ledger and each sum from a donor gives its entries, in the same transaction.

A movement that has no rule stays unbooked and is shown as such: money is never held up by an account that is missing.
"""

from datetime import date, datetime, timedelta

from flask_babel import force_locale
from sqlalchemy import select

from grants.books.labels import label_of
from grants.books.models import BookingRule, Calendar, Entry
from grants.books.queries import rules
from grants.core import clock
from grants.core.database import db
from grants.followup.models import Refund
from grants.funds.models import Envelope, FundReceipt, Transfer
from grants.payments.models import PaymentOrder


def book_transfer(transfer: Transfer) -> list[Entry]:
    """Book a movement that is not booked yet, by the rule that held when it happened; nothing where there is none."""
    if transfer.kind in rules.REVERSALS:
        return _turned_around(transfer)
    rule = rules.rule_for(_versions(), transfer.kind, _channel(transfer), transfer.at)
    if rule is None or not rule.pairs:
        return []
    return [
        _entry(transfer, line, debit, credit, rule, fact_on=_fact_day(transfer))
        for line, (debit, credit) in enumerate(rule.pairs, 1)
    ]


def book_receipt(receipt: FundReceipt) -> list[Entry]:
    """Book money that came from a donor, or went back."""
    rule = rules.rule_for(_versions(), receipt.kind, "bank", receipt.at)
    made = []
    for line, (debit, credit) in enumerate(rule.pairs if rule else (), 1):
        entry = Entry(
            receipt_id=receipt.id, line=line, day=_open_day(receipt.moved_on, receipt.at), fact_on=receipt.moved_on,
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
        (rules.unbooked_transfers(found), book_transfer),
    ):
        rest = None if limit is None else limit - done
        for one in db.session.scalars(select_missing.limit(rest)).all():
            done += bool(book(one))
    return done


def _versions() -> list[BookingRule]:
    return rules.versions()


def _turned_around(transfer: Transfer) -> list[Entry]:
    """What takes a movement back turns its very entries around, whatever the rules say today."""
    wanted = select(Entry).where(Entry.transfer_id == transfer.reversal_of_id).order_by(Entry.line)
    before = db.session.scalars(wanted).all()
    day = _day(transfer.at)
    return [_entry(transfer, one.line, one.credit, one.debit, None, fact_on=day) for one in before]


def _entry(transfer: Transfer, line: int, debit: str, credit: str, rule: BookingRule | None, *, fact_on: date) -> Entry:
    envelope = db.session.get_one(Envelope, transfer.envelope_id)
    entry = Entry(
        transfer_id=transfer.id, line=line, day=_open_day(fact_on, transfer.at), fact_on=fact_on, debit=debit,
        credit=credit, amount=transfer.amount, label=_words(transfer.kind, transfer.reference), fund_id=envelope.fund_id,
        envelope_id=envelope.id, project_id=transfer.project_id, rule_id=rule.id if rule else None, by_id=transfer.by_id,
    )  # fmt: skip
    db.session.add(entry)
    db.session.flush()
    return entry


def _words(kind: str, reference: str) -> str:
    # The books are kept in French, whoever is at the screen.
    with force_locale("fr"):
        return label_of(kind, reference)


def _channel(transfer: Transfer) -> str:
    """Where the money moves: what the order of a payment says, else the bank."""
    if transfer.kind != "pay":
        return "bank"
    order = _order(transfer)
    return "wallet" if order is not None and order.account.kind == "wallet" else "bank"


def _order(transfer: Transfer) -> PaymentOrder | None:
    return db.session.scalar(select(PaymentOrder).where(PaymentOrder.reference == transfer.reference))


def _fact_day(transfer: Transfer) -> date:
    """The day of the fact: the bank's for payments and refunds, that of the movement for the rest; never a later one."""
    known = None
    if transfer.kind == "pay" and (order := _order(transfer)) is not None:
        known = order.paid_on
    elif transfer.kind == "refund":
        reference = transfer.key.partition(":")[2]
        known = db.session.scalar(select(Refund.refunded_on).where(Refund.bank_reference == reference))
    return min(known or _day(transfer.at), _day(transfer.at))


def _open_day(fact_on: date, at: datetime) -> date:
    """The day under which a fact is booked: its own, else that of its record, else the first day of the open month.

    The calendar is held until the transaction ends: no month is closed between this look and the entry.
    """
    closed = db.session.scalar(select(Calendar.closed_through).with_for_update(read=True))
    if closed is None or fact_on > closed:
        return fact_on
    return max(_day(at), closed + timedelta(days=1))


def _day(at: datetime) -> date:
    return at.astimezone(clock.BAMAKO).date()
