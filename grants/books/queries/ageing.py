"""What was paid and is not justified, payment by payment, and since when.

What a group justified or gave back settles its oldest payments first; the rest of each payment is as old as its day.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import case, func, select

from grants.access import policy
from grants.core import clock
from grants.core.database import db
from grants.core.paging import Page, keyset
from grants.funds.models import AwardBalance, Envelope, Fund
from grants.groups.models import Group
from grants.payments.models import PaymentOrder, Tranche
from grants.projects.models import Project

RIGHT = "books.view"
LIMITS = {"30": (0, 30), "60": (31, 60), "90": (61, 90), "over": (91, None)}


@dataclass(frozen=True, slots=True)
class Filters:
    """What narrows the list: a bucket of days, a fund's code, the beginning of place codes."""

    bucket: str = ""
    fund: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """The part of one payment that is not justified. Francs; `days` since the bank paid."""

    reference: str
    title: str
    group: str
    number: int
    paid_on: date
    days: int
    paid: int
    left: int


@dataclass(frozen=True, slots=True)
class Bucket:
    """How many payments are so old, and what of them is not justified, in francs."""

    number: int
    amount: int


def _open_payments(person, filters: Filters):
    """Each payment with what is left of it, as a subquery."""
    after = (
        func.sum(PaymentOrder.amount)
        .over(partition_by=PaymentOrder.project_id, order_by=(PaymentOrder.paid_on, PaymentOrder.id))
        .label("after")
    )
    paid = (
        select(
            PaymentOrder.id, PaymentOrder.project_id, PaymentOrder.tranche_id, PaymentOrder.amount, PaymentOrder.paid_on,
            after,
        )
        .where(PaymentOrder.paid_on.is_not(None), PaymentOrder.live)
        .subquery()
    )  # fmt: skip
    settled = AwardBalance.justified + AwardBalance.refunded + AwardBalance.written_off
    over = paid.c.after - settled
    left = case((over >= paid.c.amount, paid.c.amount), else_=over).label("left")
    wanted = (
        select(
            paid.c.id.label("id"), paid.c.paid_on.label("paid_on"), paid.c.amount.label("paid"), left,
            Project.reference.label("reference"), Project.title.label("title"), Group.name.label("group_name"),
            Tranche.number.label("number"), func.substr(Project.place_code, 1, 2).label("region"),
            Fund.code.label("fund"),
        )
        .select_from(paid)
        .join(Project, Project.id == paid.c.project_id)
        .join(Group, Group.id == Project.group_id)
        .join(Tranche, Tranche.id == paid.c.tranche_id)
        .join(AwardBalance, AwardBalance.project_id == Project.id)
        .join(Envelope, Envelope.id == AwardBalance.envelope_id)
        .join(Fund, Fund.id == Envelope.fund_id)
        .where(over > 0, policy.in_sight(person, RIGHT, Project.place_code))
    )  # fmt: skip
    if filters.place:
        wanted = wanted.where(Project.place_code.startswith(filters.place, autoescape=True))
    if filters.fund:
        wanted = wanted.where(Fund.code == filters.fund)
    return wanted.subquery()


def _days(bucket: str) -> tuple[date | None, date]:
    """The oldest and the latest day of payment in a bucket."""
    least, most = LIMITS[bucket]
    today = clock.today()
    return (today - timedelta(days=most) if most is not None else None), today - timedelta(days=least)


def buckets(person, filters: Filters) -> dict[str, Bucket]:
    """Number and amount of each bucket of days. One query."""
    rows = _open_payments(person, filters)
    conditions = {}
    for code in LIMITS:
        oldest, latest = _days(code)
        here = rows.c.paid_on <= latest if code != "30" else rows.c.paid_on.is_not(None)
        conditions[code] = here if oldest is None else here & (rows.c.paid_on >= oldest)
    columns = []
    for condition in conditions.values():
        columns.append(func.coalesce(func.sum(case((condition, 1), else_=0)), 0))
        columns.append(func.coalesce(func.sum(case((condition, rows.c.left), else_=0)), 0))
    found = [int(value) for value in db.session.execute(select(*columns).select_from(rows)).one()]
    return {code: Bucket(*found[2 * place : 2 * place + 2]) for place, code in enumerate(conditions)}


def by_region(person, filters: Filters) -> list[tuple[str, int, int]]:
    """Region code, number of payments and francs that are not justified, the most first."""
    rows = _open_payments(person, filters)
    wanted = select(rows.c.region, func.count(), func.sum(rows.c.left)).group_by(rows.c.region)
    found = [(region, int(count), int(amount)) for region, count, amount in db.session.execute(wanted)]
    return sorted(found, key=lambda row: -row[2])


def lines(person, filters: Filters, *, after: str | None = None, size: int = 50) -> Page:
    """The payments with something left to justify, the oldest first."""
    rows = _open_payments(person, filters)
    wanted = select(PaymentOrder, rows).join(rows, rows.c.id == PaymentOrder.id)
    if filters.bucket in LIMITS:
        oldest, latest = _days(filters.bucket)
        wanted = wanted.where(rows.c.paid_on <= latest) if filters.bucket != "30" else wanted
        wanted = wanted if oldest is None else wanted.where(rows.c.paid_on >= oldest)
    return _page(wanted, rows, after, size)


def _page(wanted, rows, after, size) -> Page:
    ids = keyset(wanted.with_only_columns(rows.c.id), order=[rows.c.paid_on, rows.c.id], after=after, size=size)
    shown = {row.id: row for row in db.session.execute(select(rows).where(rows.c.id.in_(ids.items)))}
    today = clock.today()
    made = [
        Line(
            row.reference, row.title, row.group_name, row.number, row.paid_on, (today - row.paid_on).days, row.paid,
            int(row.left),
        )
        for row in (shown[one] for one in ids.items)
    ]  # fmt: skip
    return Page(made, ids.next)
