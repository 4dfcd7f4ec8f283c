"""Reading the ledger: what stands where, how it came there, and whether the counters are right."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import case, desc, func, select
from sqlalchemy.orm import joinedload

from grants.core.database import db
from grants.core.errors import NotFound
from grants.core.paging import Page, keyset
from grants.core.reading import once_a_read, only_reading
from grants.funds.labels import BEHIND
from grants.funds.models import (
    COUNTERS,
    FILLS,
    MOVEMENTS,
    SPENDING,
    AwardBalance,
    Donor,
    Envelope,
    Fund,
    FundReceipt,
    LedgerCheck,
    Reallocation,
    Transfer,
)
from grants.lifecycle import registry


@once_a_read
def balance(project) -> AwardBalance:
    """The counters of a micro-project, in francs, as they are now; all zero before anything was reserved.

    Where nothing was reserved yet the row returned is not in the database.
    """
    found = db.session.get(AwardBalance, project.id, populate_existing=not only_reading())
    return found or AwardBalance(project_id=project.id, **dict.fromkeys(COUNTERS, 0))


def donors() -> list[Donor]:
    return list(db.session.scalars(select(Donor).order_by(Donor.name)))


def funds() -> list[Fund]:
    """All agreements, with their donors."""
    return list(db.session.scalars(select(Fund).options(joinedload(Fund.donor)).order_by(Fund.code)))


def envelopes() -> list[Envelope]:
    """All envelopes, for a list to choose from."""
    return list(db.session.scalars(select(Envelope).order_by(Envelope.code)))


def envelope(code: str) -> Envelope:
    """The envelope of this code. Raises NotFound."""
    wanted = select(Envelope).options(joinedload(Envelope.fund).joinedload(Fund.donor)).where(Envelope.code == code)
    found = db.session.scalar(wanted)
    if found is None:
        raise NotFound(code)
    return found


def fund(code: str) -> Fund:
    """The agreement of this code, with its donor. Raises NotFound."""
    found = db.session.scalar(select(Fund).options(joinedload(Fund.donor)).where(Fund.code == code))
    if found is None:
        raise NotFound(code)
    return found


def envelopes_of(fund: Fund) -> list[Envelope]:
    """The envelopes of a fund, by code."""
    return list(db.session.scalars(select(Envelope).where(Envelope.fund_id == fund.id).order_by(Envelope.code)))


def receipts(fund: Fund, *, after: str | None = None, size: int = 25) -> Page:
    """What came from the donor of a fund and what went back, the latest first."""
    wanted = select(FundReceipt).options(joinedload(FundReceipt.by)).where(FundReceipt.fund_id == fund.id)
    return keyset(wanted, order=[desc(FundReceipt.moved_on), desc(FundReceipt.id)], after=after, size=size)


def _reallocations():
    people = (Reallocation.proposed_by, Reallocation.confirmed_by, Reallocation.refused_by)
    return select(Reallocation).options(
        joinedload(Reallocation.source), joinedload(Reallocation.target), *(joinedload(one) for one in people)
    )


def reallocations(*, envelope: Envelope | None = None, after: str | None = None, size: int = 25) -> Page:
    """Transfers between envelopes (of one envelope where it is given), the latest first."""
    wanted = _reallocations()
    if envelope is not None:
        wanted = wanted.where((Reallocation.source_id == envelope.id) | (Reallocation.target_id == envelope.id))
    return keyset(wanted, order=[desc(Reallocation.id)], after=after, size=size)


def open_reallocations(*, not_of=None) -> list[Reallocation]:
    """Transfers that wait to be confirmed, the oldest first; without those that a person proposed."""
    wanted = _reallocations().where(Reallocation.confirmed_at.is_(None), Reallocation.refused_at.is_(None))
    if not_of is not None:
        wanted = wanted.where(Reallocation.proposed_by_id != not_of.id)
    return list(db.session.scalars(wanted.order_by(Reallocation.id).limit(50)))


def reallocation(reference: str) -> Reallocation:
    """The transfer between envelopes of this reference. Raises NotFound."""
    found = db.session.scalar(_reallocations().where(Reallocation.reference == reference))
    if found is None:
        raise NotFound(reference)
    return found


_calls: list[Callable[[Envelope], list[tuple[str, str]]]] = []


def find_calls(find: Callable[[Envelope], list[tuple[str, str]]]) -> Callable:
    """Register how the calls of an envelope are found: pairs of title and address. The calls stand above this slice."""
    _calls[:] = [find]
    return find


def calls_of(envelope: Envelope) -> list[tuple[str, str]]:
    """The calls that draw on an envelope: title and address of each. One query."""
    return _calls[0](envelope) if _calls else []


def picture(*, fund: str | None = None, after: str | None = None, size: int = 20) -> Page:
    """Envelopes with their fund and donor, by code; of one fund where its code is given."""
    wanted = select(Envelope).options(joinedload(Envelope.fund).joinedload(Fund.donor))
    if fund:
        wanted = wanted.where(Envelope.fund.has(Fund.code == fund))
    return keyset(wanted, order=[Envelope.code], after=after, size=size)


def totals(*, fund: str | None = None) -> dict[str, int]:
    """The counters of all envelopes together (of one fund where its code is given), and what is available. Francs."""
    names = ("ceiling", *COUNTERS)
    wanted = select(*(func.coalesce(func.sum(getattr(Envelope, name)), 0) for name in names))
    if fund:
        wanted = wanted.where(Envelope.fund.has(Fund.code == fund))
    found = {name: int(value) for name, value in zip(names, db.session.execute(wanted).one(), strict=True)}
    return found | {"available": found["ceiling"] - found["reserved"] - found["committed"]}


@dataclass(frozen=True, slots=True)
class Movement:
    """A movement as people read it: the row, and the file that it belongs to, where there is one."""

    transfer: Transfer
    file_reference: str | None
    file_title: str | None
    file_url: str | None


def movements(envelope: Envelope, *, kind: str | None = None, after: str | None = None, size: int = 50) -> Page:
    """The movements of an envelope, the latest first; of one kind, or behind one figure (`BEHIND`), where it is given."""
    wanted = select(Transfer).options(joinedload(Transfer.by)).where(Transfer.envelope_id == envelope.id)
    kinds = BEHIND.get(kind) or ((kind,) if kind in MOVEMENTS else ())
    if kinds:
        wanted = wanted.where(Transfer.kind.in_(kinds))
    page = keyset(wanted, order=[desc(Transfer.id)], after=after, size=size)
    files = _files({t.project_id for t in page.items if t.project_id is not None})
    return Page([Movement(t, *files.get(t.project_id, (None, None, None))) for t in page.items], page.next)


def _files(ids: set[int]) -> dict[int, tuple[str, str, str]]:
    """Reference, title and address of micro-projects, by the words that their own slice registered."""
    kind = registry.kinds.get("project")
    if kind is None or not ids:
        return {}
    found = db.session.scalars(select(kind.model).where(kind.model.id.in_(ids))).unique()
    return {p.id: (p.reference, str(kind.title(p)), kind.url(p)) for p in found}


# ------------------------------------------------------------------------------------------------------------- checks


@dataclass(frozen=True, slots=True)
class Difference:
    """A counter that is not the sum of its movements. Francs."""

    where: str
    counter: str
    stands: int
    should: int

    def __str__(self) -> str:
        return f"{self.where}: {self.counter} stands at {self.stands}, its movements give {self.should}"


def check() -> list[Difference]:
    """Every counter of funds, envelopes and micro-projects that is not the sum of its movements. Empty when all is well."""
    return [
        *_compared(
            "envelope", select(Envelope.code, Envelope), Envelope.id, Transfer.envelope_id, ("ceiling", *COUNTERS)
        ),
        *_compared(
            "project",
            select(AwardBalance.project_id, AwardBalance),
            AwardBalance.project_id,
            Transfer.project_id,
            COUNTERS,
        ),
        *_compared_funds(),
    ]


def compared() -> int:
    """How many counters `check` compares."""
    count = {
        model: db.session.scalar(select(func.count()).select_from(model)) for model in (Envelope, AwardBalance, Fund)
    }
    return count[Envelope] * (1 + len(COUNTERS)) + count[AwardBalance] * len(COUNTERS) + count[Fund] * 3


def checks(*, after: str | None = None, size: int = 20) -> Page:
    """What the comparisons found, the latest first."""
    wanted = select(LedgerCheck).options(joinedload(LedgerCheck.by))
    return keyset(wanted, order=[desc(LedgerCheck.id)], after=after, size=size)


def last_daily_check() -> LedgerCheck | None:
    """The latest comparison that nobody asked for."""
    wanted = select(LedgerCheck).where(LedgerCheck.by_id.is_(None)).order_by(LedgerCheck.id.desc())
    return db.session.scalars(wanted.limit(1)).first()


def _compared_funds() -> list[Difference]:
    sign = case({"receipt": FundReceipt.amount}, value=FundReceipt.kind, else_=-FundReceipt.amount)
    received = select(func.coalesce(func.sum(sign), 0)).where(FundReceipt.fund_id == Fund.id).scalar_subquery()
    endowed = (
        select(func.coalesce(func.sum(_sign("ceiling")), 0))
        .join(Envelope, Envelope.id == Transfer.envelope_id)
        .where(Envelope.fund_id == Fund.id, Transfer.kind.in_(FILLS))
        .scalar_subquery()
    )
    paid = case({kind: Transfer.amount * sign for kind, sign in SPENDING.items()}, value=Transfer.kind, else_=0)
    spent = (
        select(func.coalesce(func.sum(paid), 0))
        .join(Envelope, Envelope.id == Transfer.envelope_id)
        .where(Envelope.fund_id == Fund.id)
        .scalar_subquery()
    )
    rows = db.session.execute(select(Fund.code, Fund.received, received, Fund.endowed, endowed, Fund.spent, spent))
    return [
        Difference(f"fund {code}", counter, stands, int(should))
        for code, got, got_sum, put, put_sum, out, out_sum in rows
        for counter, stands, should in (("received", got, got_sum), ("endowed", put, put_sum), ("spent", out, out_sum))
        if stands != int(should)
    ]


def _compared(what: str, rows, own_key, foreign_key, counters) -> list[Difference]:
    sums = select(foreign_key.label("key"), *(func.sum(_sign(c)).label(c) for c in counters)).group_by(foreign_key)
    sums = sums.subquery()
    found = db.session.execute(rows.add_columns(*(sums.c[c] for c in counters)).outerjoin(sums, sums.c.key == own_key))
    return [
        Difference(f"{what} {name}", counter, getattr(row, counter), int(should or 0))
        for name, row, *shoulds in found.unique()
        for counter, should in zip(counters, shoulds, strict=True)
        if getattr(row, counter) != int(should or 0)
    ]


def _sign(counter: str):
    """What a movement adds to a counter, as SQL."""
    rules = {kind: signs[counter] for kind, signs in MOVEMENTS.items() if counter in signs}
    return case({k: Transfer.amount * sign for k, sign in rules.items()}, value=Transfer.kind, else_=0)
