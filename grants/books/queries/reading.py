"""The journal, the ledger of one account, the trial balance, the months."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, desc, func, or_, select, union_all
from sqlalchemy.orm import joinedload

from grants.books.models import Account, Entry, Period
from grants.books.queries.checking import sign
from grants.core.database import db
from grants.core.errors import NotFound
from grants.core.paging import Page, keyset


@dataclass(frozen=True, slots=True)
class Span:
    """What is read: days, both included, and an account or a fund where they are given."""

    first: date | None = None
    last: date | None = None
    account: str = ""
    fund_id: int | None = None


def narrowed(wanted: Select, span: Span) -> Select:
    """A select of entries within a span."""
    if span.first:
        wanted = wanted.where(Entry.day >= span.first)
    if span.last:
        wanted = wanted.where(Entry.day <= span.last)
    if span.account:
        wanted = wanted.where(or_(Entry.debit == span.account, Entry.credit == span.account))
    if span.fund_id:
        wanted = wanted.where(Entry.fund_id == span.fund_id)
    return wanted


def _shown() -> Select:
    return select(Entry).options(
        joinedload(Entry.project), joinedload(Entry.envelope), joinedload(Entry.fund), joinedload(Entry.by)
    )


def journal(span: Span, *, after: str | None = None, size: int = 50) -> Page:
    """The entries, by day."""
    return keyset(narrowed(_shown(), span), order=[Entry.day, Entry.id], after=after, size=size)


def totals(span: Span) -> tuple[int, int]:
    """How many entries there are and what they amount to, in francs."""
    count, amount = db.session.execute(
        narrowed(select(func.count(), func.coalesce(func.sum(Entry.amount), 0)), span)
    ).one()
    return int(count), int(amount)


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """An entry as one account sees it, with the balance after it: above zero it is a debit balance. Francs."""

    entry: Entry
    other: str
    debit: int | None
    credit: int | None
    balance: int


def account_lines(number: str, span: Span, *, after: str | None = None, size: int = 50) -> tuple[Page, int]:
    """The entries of an account with their running balance, and the balance that stood before the first one shown."""
    page = journal(Span(span.first, span.last, number, span.fund_id), after=after, size=size)
    before = select(func.coalesce(func.sum(sign(number)), 0))
    if span.fund_id:
        before = before.where(Entry.fund_id == span.fund_id)
    opening = 0
    if page.items:
        at = page.items[0]
        earlier = or_(Entry.day < at.day, (Entry.day == at.day) & (Entry.id < at.id))
        opening = int(db.session.scalar(before.where(earlier)))
    elif span.first:
        opening = int(db.session.scalar(before.where(Entry.day < span.first)))
    lines, balance = [], opening
    for entry in page.items:
        debited = entry.debit == number
        balance += entry.amount if debited else -entry.amount
        other = entry.credit if debited else entry.debit
        lines.append(
            LedgerLine(entry, other, entry.amount if debited else None, None if debited else entry.amount, balance)
        )
    return Page(lines, page.next), opening


@dataclass(frozen=True, slots=True)
class BalanceLine:
    """An account in the trial balance. Francs; `opening` and `closing` are above zero on the debit side."""

    account: Account
    opening: int
    debit: int
    credit: int

    @property
    def closing(self) -> int:
        return self.opening + self.debit - self.credit


def trial_balance(span: Span) -> list[BalanceLine]:
    """Every account that was ever used: what stood before the span, what moved in it. Three queries."""
    before = _moved(Span(None, None, "", span.fund_id), Entry.day < span.first) if span.first else {}
    within = _moved(span)
    accounts = db.session.scalars(select(Account).order_by(Account.number))
    lines = []
    for account in accounts:
        old, new = before.get(account.number, (0, 0)), within.get(account.number, (0, 0))
        if any((*old, *new)):
            lines.append(BalanceLine(account, old[0] - old[1], *new))
    return lines


def _moved(span: Span, *conditions) -> dict[str, tuple[int, int]]:
    """Debited and credited francs by account."""
    debits = narrowed(
        select(Entry.debit.label("account"), Entry.amount.label("debit"), (Entry.amount * 0).label("credit")), span
    )
    credited = narrowed(select(Entry.credit, Entry.amount * 0, Entry.amount), span)
    both = union_all(debits.where(*conditions), credited.where(*conditions)).subquery()
    rows = db.session.execute(
        select(both.c.account, func.sum(both.c.debit), func.sum(both.c.credit)).group_by(both.c.account)
    )
    return {account: (int(debit), int(credit)) for account, debit, credit in rows}


def entry(entry_id: int) -> Entry:
    """One entry. Raises NotFound."""
    found = db.session.scalar(
        _shown().options(joinedload(Entry.transfer), joinedload(Entry.receipt)).where(Entry.id == entry_id)
    )
    if found is None:
        raise NotFound(entry_id)
    return found


def beside(found: Entry) -> list[Entry]:
    """The entries of the same movement, and the corrections of this one."""
    same = [Entry.corrects_id == found.id]
    if found.transfer_id:
        same.append(Entry.transfer_id == found.transfer_id)
    if found.receipt_id:
        same.append(Entry.receipt_id == found.receipt_id)
    if found.corrects_id:
        same.append(Entry.id == found.corrects_id)
    return list(db.session.scalars(select(Entry).where(or_(*same), Entry.id != found.id).order_by(Entry.id)))


def periods() -> list[Period]:
    """The closed months, the latest first."""
    wanted = select(Period).options(joinedload(Period.closed_by)).order_by(desc(Period.ends_on))
    return list(db.session.scalars(wanted))
