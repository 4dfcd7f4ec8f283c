"""What is read about statements: the list, the lines, and how the bank's balance and ours agree to the franc."""

from dataclasses import dataclass
from itertools import pairwise

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from grants.access.models import Person
from grants.core.database import db
from grants.core.errors import NotFound
from grants.core.paging import Page, keyset
from grants.payments.out.models import PayerAccount
from grants.payments.statements import movements
from grants.payments.statements.models import Statement, StatementLine, StatementMatch, StatementNote
from grants.payments.statements.movements import Movement


@dataclass(frozen=True, slots=True)
class Comparison:
    """The bank's closing balance against ours, in francs with their sign, and all that makes the difference.

    `books` is the first opening balance of the account and what we know to have moved since; `not_in_books` are lines
    that are none of our movements (`explained` of them have a note), `not_at_bank` our movements on no line; `gaps` is
    what is missing between one statement's end and the next one's beginning; `open` counts the lines of this statement
    that are neither matched nor explained.
    """

    closing: int
    books: int
    not_in_books: int
    explained: int
    not_at_bank: int
    gaps: int
    missing: list[Movement]
    open: int

    @property
    def difference(self) -> int:
        return self.closing - self.books

    @property
    def adds_up(self) -> bool:
        """Whether the three together are the difference: anything else would be an error of ours."""
        return self.difference == self.not_in_books - self.not_at_bank + self.gaps


def of_bytes(sha256: str) -> Statement | None:
    """The statement that was read from these bytes."""
    return db.session.scalar(select(Statement).options(joinedload(Statement.read_by)).where(Statement.sha256 == sha256))


def statements(*, after: str | None = None, size: int = 25) -> Page:
    """The statements, the latest first."""
    wanted = select(Statement).options(
        joinedload(Statement.payer).joinedload(PayerAccount.fund), joinedload(Statement.read_by)
    )
    return keyset(wanted, order=[Statement.id.desc()], after=after, size=size)


def open_counts(found: list[Statement]) -> dict[int, int]:
    """How many lines of each statement are neither matched nor explained. One question."""
    rows = db.session.execute(
        _still_open(select(StatementLine.statement_id, func.count()))
        .where(StatementLine.statement_id.in_([one.id for one in found]))
        .group_by(StatementLine.statement_id)
    )
    return {row[0]: row[1] for row in rows}


def _still_open(wanted):
    matched = select(StatementMatch.id).where(StatementMatch.line_id == StatementLine.id).exists()
    noted = select(StatementNote.id).where(StatementNote.line_id == StatementLine.id).exists()
    return wanted.where(~matched, ~noted)


def statement(reference: str) -> Statement:
    """A statement by its reference. Raises NotFound."""
    found = db.session.scalar(
        select(Statement)
        .options(joinedload(Statement.payer).joinedload(PayerAccount.fund))
        .where(Statement.reference == reference)
    )
    if found is None:
        raise NotFound(reference)
    return found


def open_lines(of: Statement) -> list[StatementLine]:
    """The lines of a statement that are neither matched nor explained."""
    wanted = _still_open(select(StatementLine)).where(StatementLine.statement_id == of.id)
    return list(db.session.scalars(wanted.order_by(StatementLine.position)))


def lines(of: Statement, *, only_open: bool = False, after: str | None = None, size: int = 100) -> Page:
    """The lines of a statement with what they were matched with."""
    wanted = (
        select(StatementLine)
        .options(
            selectinload(StatementLine.matches).joinedload(StatementMatch.by).lazyload(Person.grants),
            joinedload(StatementLine.note).joinedload(StatementNote.by).lazyload(Person.grants),
        )
        .where(StatementLine.statement_id == of.id)
    )
    return keyset(_still_open(wanted) if only_open else wanted, order=[StatementLine.position], after=after, size=size)


def line(line_id: int) -> StatementLine:
    """A line by its id. Raises NotFound."""
    found = db.session.scalar(
        select(StatementLine)
        .options(
            joinedload(StatementLine.statement).joinedload(Statement.payer).joinedload(PayerAccount.fund),
            selectinload(StatementLine.matches).joinedload(StatementMatch.by).lazyload(Person.grants),
            joinedload(StatementLine.note).joinedload(StatementNote.by).lazyload(Person.grants),
        )
        .where(StatementLine.id == line_id)
    )
    if found is None:
        raise NotFound(str(line_id))
    return found


def compare(of: Statement) -> Comparison:
    """How the bank's balance at the end of a statement and ours agree. A few questions, however many lines there are."""
    earlier = list(
        db.session.scalars(
            select(Statement)
            .where(Statement.payer_id == of.payer_id, or_(Statement.to_day < of.to_day, Statement.id <= of.id))
            .where(Statement.to_day <= of.to_day)
            .order_by(Statement.from_day, Statement.to_day, Statement.id)
        )
    )
    first, ids = earlier[0], [one.id for one in earlier]
    gaps = sum(later.opening - before.closing for before, later in pairwise(earlier))
    gaps += of.closing - earlier[-1].closing
    unmatched, explained, left = _unmatched(ids, of.id)
    known = [
        one
        for one in movements.of_account(of.payer)
        if one.statement_id in ids or first.from_day <= one.day <= of.to_day
    ]
    missing = [one for one in known if one.statement_id not in ids]
    return Comparison(
        closing=of.closing,
        books=first.opening + sum(one.amount for one in known),
        not_in_books=unmatched,
        explained=explained,
        not_at_bank=sum(one.amount for one in missing),
        gaps=gaps,
        missing=missing,
        open=left,
    )


def _unmatched(ids: list[int], here: int) -> tuple[int, int, int]:
    """Francs of the lines that are none of our movements, of those that a note explains, and the open lines of one."""
    matched = select(StatementMatch.id).where(StatementMatch.line_id == StatementLine.id).exists()
    noted = StatementNote.id.is_not(None)
    rows = db.session.execute(
        select(StatementLine.statement_id, noted, func.sum(StatementLine.amount), func.count())
        .select_from(StatementLine)
        .outerjoin(StatementNote, StatementNote.line_id == StatementLine.id)
        .where(StatementLine.statement_id.in_(ids), ~matched)
        .group_by(StatementLine.statement_id, noted)
    ).all()
    left = sum(row[3] for row in rows if row[0] == here and not row[1])
    return int(sum(row[2] for row in rows)), int(sum(row[2] for row in rows if row[1])), int(left)


def matched_with(of: list[StatementLine], payer: PayerAccount) -> dict[int, list[Movement]]:
    """The movements of each line."""
    wanted = {one.id for one in of if one.matches}
    found: dict[int, list[Movement]] = {}
    for one in movements.of_account(payer) if wanted else []:
        if one.line_id in wanted:
            found.setdefault(one.line_id, []).append(one)
    return found


def candidates(of: StatementLine, *, size: int = 40) -> list[Movement]:
    """Movements on no line that this one may be: in the same direction, those of its amount first, then the nearest days."""
    free = [
        one
        for one in movements.of_account(of.statement.payer)
        if one.line_id is None and (one.amount < 0) == (of.amount < 0)
    ]
    return sorted(free, key=lambda one: (one.amount != of.amount, abs((one.day - of.day).days), one.key))[:size]
