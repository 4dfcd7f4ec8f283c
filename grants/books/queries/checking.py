"""Whether the books agree with the ledger."""

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import case, func, select

from grants.books.labels import movement_label
from grants.books.models import Entry
from grants.books.queries import rules
from grants.core.database import db


def differences() -> list[str]:
    """A sentence for each thing that does not add up between the books and what they are made from.

    Debit and credit are not compared: an entry is one row that has both.
    """
    versions = rules.versions()
    found = []
    missing = sum(
        db.session.scalar(select(func.count()).select_from(wanted.subquery()))
        for wanted in (rules.unbooked_transfers(versions), rules.unbooked_receipts(versions))
    )
    if missing:
        text = ngettext("%(num)d movement is not booked.", "%(num)d movements are not booked.", missing)
        found.append(text)
    found += [
        _("There is no rule for booking “%(movement)s”.", movement=movement_label(kind))
        for kind in rules.without_rule(versions)
    ]
    return found


def sign(number: str):
    """What an entry adds to an account, as SQL: plus where it is debited, minus where it is credited."""
    return case((Entry.debit == number, Entry.amount), (Entry.credit == number, -Entry.amount), else_=0)
