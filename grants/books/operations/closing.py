"""Closing months, one after the other, for ever."""

import hashlib
from datetime import date, timedelta

from flask_babel import gettext as _
from sqlalchemy import func, select

from grants import journal
from grants.access import policy
from grants.books.models import Calendar, Entry, Period
from grants.books.queries import checking
from grants.core import clock
from grants.core.database import db
from grants.core.errors import Refused, Stale
from grants.funds import queries as funds


def next_month() -> tuple[date, date] | None:
    """First and last day of the month that is closed next: after the last closed one, else that of the oldest entry."""
    closed = db.session.scalar(select(Calendar.closed_through))
    first = closed + timedelta(days=1) if closed else db.session.scalar(select(func.min(Entry.day)))
    if first is None:
        return None
    first = first.replace(day=1)
    return first, (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def close_month(month: str, *, by) -> Period:
    """Close a month (`2026-03`), the next in order, once it is over and everything adds up.

    Raises `Refused` with all that stands in the way, `Stale` where somebody has just closed it.
    """
    policy.require(by, "books.manage")
    # No entry comes in between: whoever books waits for this row, and this waits for whoever is booking.
    db.session.execute(select(Calendar).with_for_update().execution_options(populate_existing=True)).all()
    found = next_month()
    if found is None:
        raise Refused(_("There is nothing to close: the books have no entry yet."))
    first, last = found
    if f"{first:%Y-%m}" != month:
        raise Stale(_("The month that is closed next is %(month)s.", month=f"{first:%m/%Y}"))
    reasons = []
    if last >= clock.today():
        reasons.append(_("A month is closed once it is over."))
    reasons += [str(difference) for difference in funds.check()]
    reasons += checking.differences()
    if reasons:
        raise Refused(*reasons)
    count, amount = db.session.execute(
        select(func.count(), func.coalesce(func.sum(Entry.amount), 0)).where(Entry.day.between(first, last))
    ).one()
    period = Period(
        month=month, starts_on=first, ends_on=last, entries=count, amount=int(amount), sha256=fingerprint(first, last),
        closed_by=by, closed_on=clock.today(),
    )  # fmt: skip
    db.session.add(period)
    db.session.flush()
    data = {"month": month, "entries": count, "amount": period.amount, "sha256": period.sha256}
    journal.record(period, "close", by=by, data=data)
    return period


def fingerprint(first: date, last: date) -> str:
    """SHA-256 over the entries of a span of days, a line for each: who took the journal away can compare."""
    digest = hashlib.sha256()
    columns = (Entry.id, Entry.day, Entry.debit, Entry.credit, Entry.amount, Entry.label)
    wanted = select(*columns).where(Entry.day.between(first, last)).order_by(Entry.day, Entry.id)
    for row in db.session.execute(wanted.execution_options(yield_per=1000)):
        digest.update(("\t".join(str(value) for value in row) + "\n").encode())
    return digest.hexdigest()
