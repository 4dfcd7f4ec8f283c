"""What each row of a return says of which payment: pure, the same for the dry view and for what is applied.

Our reference first; without it, the account and the amount, where they fit one payment only. Anything that does not
fit wholly is for a person. The order of the rows makes no difference.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from grants.payments.back.records import Record

AWAITED = ("sent", "unknown")


@dataclass(frozen=True, slots=True)
class Payment:
    """An attempt as it stands: its order, what it pays where (francs), and how it ended (`paid`, `failed`, or None)."""

    attempt_id: int
    order_id: int
    order_reference: str
    reference: str
    amount: int
    account: str
    sent_on: date
    awaited: bool
    released_by_id: int
    end: str | None = None
    bank_reference: str | None = None
    # The money was paid and came back: a row that says so again says nothing new.
    came_back: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """A row, the payment that it is about (if one was found, and by what), and what follows."""

    record: Record
    finding: str
    payment: Payment | None = None
    found_by: str | None = None
    earlier_id: int | None = None


def account_key(number: str | None) -> str:
    """What two ways of writing the same account have in common: the RIB of a bank, the eight last digits of a wallet."""
    bare = re.sub(r"[^A-Z0-9]", "", (number or "").upper())
    if len(bare) == 28 and bare.startswith("ML"):
        return bare[4:]
    return bare[-8:] if bare.isdecimal() and len(bare) in (8, 11, 13) else bare


def reference_key(text: str | None) -> str:
    """A reference without what banks drop from it: hyphens, spaces, small letters."""
    return re.sub(r"[^A-Z0-9]", "", (text or "").upper())


class Book:
    """The payments of the programme, by reference, and those that are awaited by account and amount."""

    def __init__(self, payments: Iterable[Payment]):
        self.by_reference: dict[str, Payment] = {}
        self.awaited: dict[tuple[str, int], list[Payment]] = defaultdict(list)
        self.bank_references: dict[str, int] = {}
        for one in payments:
            self.by_reference[reference_key(one.reference)] = one
            if one.awaited:
                self.awaited[account_key(one.account), one.amount].append(one)
            if one.bank_reference:
                self.bank_references[one.bank_reference] = one.order_id


def bank_reference_of(record: Record) -> str:
    """The bank's reference as it is kept with a payment."""
    return " ".join((record.bank_reference or "").split()).upper()


def plan(
    records: Iterable[Record],
    book: Book,
    earlier: Mapping[int, int],
    *,
    today: date,
    by_id: int,
    own: frozenset[int] = frozenset(),
) -> list[Finding]:
    """The finding of each row. `earlier` names, by position, the row of an earlier file that said the same.

    `by_id` is who would apply it: who released a payment does not confirm it. Nor do they one of the orders `own`, released
    in their name or by the one in whose name they act: such a row is left to another person, and the others are applied.
    """
    hands = by_id, own
    found = [_one(record, book, earlier.get(record.position), today, hands) for record in records]
    return _without_contradictions(found)


def _one(record: Record, book: Book, earlier_id: int | None, today: date, hands: tuple) -> Finding:
    payment = book.by_reference.get(reference_key(record.reference)) if record.reference else None
    found_by = "reference" if payment else None
    if earlier_id is not None:
        return Finding(record, "known", payment, found_by, earlier_id)
    if payment is None:
        candidates = book.awaited.get((account_key(record.account), record.amount), []) if record.account else []
        if len(candidates) != 1:
            return Finding(record, "ambiguous" if candidates else "unknown")
        payment, found_by = candidates[0], "account"
    return Finding(record, _judged(record, payment, book, today, hands), payment, found_by)


def _judged(record: Record, payment: Payment, book: Book, today: date, hands: tuple[int, frozenset[int]]) -> str:
    if record.state == "pending":
        return "pending"
    if record.state == "unclear" or (record.credit and record.state == "paid"):
        return "unclear"
    if payment.came_back and record.state == "failed":
        return "known"
    if payment.end is not None:
        same = payment.end == record.state and record.amount in (None, payment.amount)
        if record.state == "paid" and record.bank_reference:
            same = same and bank_reference_of(record) == payment.bank_reference
        return "known" if same else "contradicts"
    if not payment.awaited:
        return "contradicts"
    if record.account and account_key(record.account) != account_key(payment.account):
        return "account"
    if record.amount != payment.amount and (record.state == "paid" or record.amount is not None):
        return "amount"
    if record.state == "failed":
        return "matched"
    if record.day is None or not payment.sent_on <= record.day <= today:
        return "unclear"
    if book.bank_references.get(bank_reference_of(record), payment.order_id) != payment.order_id:
        return "taken"
    by_id, own = hands
    return "own" if payment.released_by_id == by_id or payment.order_id in own else "matched"


def _without_contradictions(found: list[Finding]) -> list[Finding]:
    """Two rows of one file about one payment: the same said twice counts once, two different things go to a person."""
    by_attempt, by_bank_reference = defaultdict(list), defaultdict(set)
    for index, one in enumerate(found):
        if one.finding == "matched":
            by_attempt[one.payment.attempt_id].append(index)
            if one.record.state == "paid" and one.record.bank_reference:
                by_bank_reference[bank_reference_of(one.record)].add(one.payment.order_id)
    for rows in by_attempt.values():
        if len(rows) == 1:
            continue
        said = {_said(found[index].record) for index in rows}
        sure = all(found[index].found_by == "reference" for index in rows)
        for place, index in enumerate(rows):
            if len(said) > 1 or not sure:
                found[index] = replace(found[index], finding="contradicts")
            elif place:
                found[index] = replace(found[index], finding="known")
    for index, one in enumerate(found):
        if one.finding == "matched" and len(by_bank_reference.get(bank_reference_of(one.record), ())) > 1:
            found[index] = replace(one, finding="taken")
    return found


def _said(record: Record) -> tuple:
    return record.state, record.amount, record.day, bank_reference_of(record)
