"""Correcting one side of an entry: a new entry in the open month, beside the old one that stays as it is."""

from flask_babel import gettext as _
from sqlalchemy import select

from grants import journal
from grants.access import policy
from grants.books.models import Account, Calendar, Entry
from grants.core import clock
from grants.core.database import db
from grants.core.errors import Problem, Refused, Stale, collect


def correct(entry: Entry, *, side: str, account: str | None, reason: str, by) -> Entry:
    """Move the amount of an entry from the account on one side (`debit` or `credit`) to another account, today.

    Each side is corrected once; a correction is corrected in its turn. Raises `Problems`, `Stale`, `Refused`.
    """
    policy.require(by, "books.manage")
    wrong = entry.debit if side == "debit" else entry.credit
    known = account is not None and db.session.get(Account, account) is not None
    collect(
        Problem(_("Choose which side is wrong."), "side") if side not in ("debit", "credit") else None,
        Problem(_("Choose the right account."), "account") if not known else None,
        Problem(_("This is the account that stands there already."), "account") if known and account == wrong else None,
        Problem(_("Say why, in a sentence."), "reason") if len((reason or "").strip()) < 10 else None,
    )
    closed = db.session.scalar(select(Calendar.closed_through).with_for_update(read=True))
    today = clock.today()
    if closed is not None and today <= closed:
        raise Refused(_("This month is closed already."))
    taken = select(Entry.id).where(Entry.corrects_id == entry.id, Entry.side == side)
    if db.session.scalar(taken) is not None:
        raise Stale(_("This side of the entry was corrected already: correct the correction."))
    made = Entry(
        corrects_id=entry.id, side=side, line=1, day=today, fact_on=today,
        debit=account if side == "debit" else wrong, credit=wrong if side == "debit" else account,
        amount=entry.amount, label=entry.label, reason=reason.strip(), fund_id=entry.fund_id,
        envelope_id=entry.envelope_id, project_id=entry.project_id, by_id=by.id,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    data = {"corrects": entry.id, "amount": made.amount, "debit": made.debit, "credit": made.credit}
    journal.record(made, "correct", by=by, reason=made.reason, data=data)
    return made
