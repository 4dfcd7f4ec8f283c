"""Rows to take away: the journal one entry at a time, the balance, the plan."""

from collections.abc import Iterator

from flask_babel import gettext as _
from sqlalchemy import select

from grants.books.models import Entry
from grants.books.queries.reading import Span, narrowed, trial_balance
from grants.core.database import db
from grants.core.texts import pick
from grants.funds.models import Envelope, Fund
from grants.projects.models import Project


def journal_heading() -> list[str]:
    return [
        _("Entry"), _("Day"), _("Day of the fact"), _("Debit"), _("Credit"), _("Amount"), _("Words"), _("Fund"),
        _("Envelope"), _("Micro-project"), _("Corrects"), _("Reason"),
    ]  # fmt: skip


def journal_rows(span: Span) -> Iterator[list]:
    """The entries of a span, as they are read from the database."""
    columns = (
        Entry.id, Entry.day, Entry.fact_on, Entry.debit, Entry.credit, Entry.amount, Entry.label, Fund.code,
        Envelope.code, Project.reference, Entry.corrects_id, Entry.reason,
    )  # fmt: skip
    wanted = (
        select(*columns)
        .select_from(Entry)
        .join(Fund, Fund.id == Entry.fund_id)
        .outerjoin(Envelope, Envelope.id == Entry.envelope_id)
        .outerjoin(Project, Project.id == Entry.project_id)
        .order_by(Entry.day, Entry.id)
    )
    for row in db.session.execute(narrowed(wanted, span).execution_options(yield_per=1000)):
        yield list(row)


def balance_heading() -> list[str]:
    return [
        _("Account"), _("Name"), _("Before, debit"), _("Before, credit"), _("Debit"), _("Credit"), _("Balance, debit"),
        _("Balance, credit"),
    ]  # fmt: skip


def balance_rows(span: Span) -> Iterator[list]:
    """The accounts of the trial balance, and their sum."""
    sums = [0] * 6
    for line in trial_balance(span):
        figures = [
            max(0, line.opening), max(0, -line.opening), line.debit, line.credit, max(0, line.closing),
            max(0, -line.closing),
        ]  # fmt: skip
        sums = [total + figure for total, figure in zip(sums, figures, strict=True)]
        yield [line.account.number, pick(line.account.name), *figures]
    yield [_("Total"), "", *sums]
