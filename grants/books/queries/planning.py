"""The cash plan: the tranches that are still to be paid, each in the week in which its contract lets it be expected.

What may be paid now or is under way stands in the present week. The others follow the contract: its months spread evenly
over its tranches, counted from the last payment, else from the day it came into force; what is overdue by that count
stands in the present week too. What is kept back of works is expected after their guarantee. Suspended files are not
planned, they stand apart.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import exists, func, select
from sqlalchemy.orm import aliased

from grants.access import policy
from grants.calls.models import Call
from grants.contracts.models import Contract
from grants.core import clock
from grants.core.database import db
from grants.funds.models import AwardBalance, Envelope, Fund
from grants.groups.models import Group
from grants.payments.conditions import PAYABLE_STEP
from grants.payments.evidence.models import ConditionProof
from grants.payments.models import PaymentOrder, Tranche
from grants.projects.models import Project

RIGHT = "books.view"
WEEKS = 26


@dataclass(frozen=True, slots=True)
class Filters:
    """What narrows the plan: a fund's code, the beginning of place codes."""

    fund: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Coming:
    """A tranche that is still to be paid. Francs. `why`: `order`, `now`, `plan`, `overdue` or `suspended`."""

    reference: str
    title: str
    group: str
    number: int
    amount: int
    fund: str
    envelope: str
    region: str
    day: date
    why: str

    @property
    def week(self) -> date:
        """The Monday of its week."""
        return monday(self.day)


def monday(day: date) -> date:
    """The Monday of the week of a day."""
    return day - timedelta(days=day.weekday())


def coming(person, filters: Filters) -> list[Coming]:
    """Every tranche that is neither paid nor cancelled, the first expected first. One query."""
    order, paid, other = aliased(PaymentOrder), aliased(PaymentOrder), aliased(Tranche)
    is_paid = exists().where(paid.tranche_id == Tranche.id, paid.live, paid.paid_on.is_not(None))
    under_way = exists().where(order.tranche_id == Tranche.id, order.live)
    last_paid = select(func.max(paid.paid_on)).where(paid.project_id == Project.id, paid.live).scalar_subquery()
    count = select(func.count()).where(other.contract_id == Tranche.contract_id).scalar_subquery()
    paid_tranche = exists().where(paid.tranche_id == other.id, paid.live, paid.paid_on.is_not(None))
    done = select(func.count()).where(other.contract_id == Tranche.contract_id, paid_tranche).scalar_subquery()
    accepted = (
        select(func.max(ConditionProof.proven_on))
        .where(ConditionProof.project_id == Project.id, ConditionProof.code == "works_accepted")
        .scalar_subquery()
    )
    wanted = (
        select(
            Project.reference, Project.title, Group.name, Tranche.number, Tranche.amount, Fund.code.label("fund"),
            Envelope.code.label("envelope"), func.substr(Project.place_code, 1, 2).label("region"), Project.step,
            Contract.in_force_at, Contract.months, under_way.label("under_way"), last_paid.label("last_paid"),
            count.label("count"), done.label("done"), Tranche.retention, accepted.label("accepted"),
            Call.rules["retention_months"].as_integer().label("guarantee"),
        )
        .select_from(Tranche)
        .join(Project, Project.id == Tranche.project_id)
        .join(Call, Call.id == Project.call_id)
        .join(Group, Group.id == Project.group_id)
        .join(Contract, Contract.id == Tranche.contract_id)
        .join(AwardBalance, AwardBalance.project_id == Project.id)
        .join(Envelope, Envelope.id == AwardBalance.envelope_id)
        .join(Fund, Fund.id == Envelope.fund_id)
        .where(
            Tranche.cancelled_at.is_(None),
            Contract.cancelled_at.is_(None),
            Contract.in_force_at.is_not(None),
            ~is_paid,
            policy.in_sight(person, RIGHT, Project.place_code),
        )
    )  # fmt: skip
    if filters.fund:
        wanted = wanted.where(Fund.code == filters.fund)
    if filters.place:
        wanted = wanted.where(Project.place_code.startswith(filters.place, autoescape=True))
    today = clock.today()
    found = [_expected(row, today) for row in db.session.execute(wanted)]
    return sorted(found, key=lambda one: (one.day, one.reference, one.number))


def _expected(row, today: date) -> Coming:
    day, why = today, "now"
    first_unpaid = row.number == row.done + 1
    if row.step == "suspended":
        why = "suspended"
    elif row.under_way:
        why = "order"
    elif not (first_unpaid and row.step == PAYABLE_STEP):
        gap = row.months * 365 / 12 / row.count
        begun = row.last_paid or row.in_force_at.astimezone(clock.BAMAKO).date()
        steps = row.number - (row.done if row.last_paid else 1)
        planned = begun + timedelta(days=round(gap * steps))
        if row.retention:
            # Kept back until the guarantee is over, which runs from the acceptance, else from the expected end of the works.
            planned = (row.accepted or planned) + timedelta(days=round((row.guarantee or 0) * 365 / 12))
        day, why = max(planned, today), "plan" if planned >= today else "overdue"
    return Coming(
        row.reference, row.title, row.name, row.number, row.amount, row.fund, row.envelope, row.region, day, why
    )


@dataclass(frozen=True, slots=True)
class Week:
    """What is expected in one week, in francs: all together and by fund. `monday` is None for what comes later."""

    monday: date | None
    number: int
    amount: int
    funds: dict[str, int]


def weeks(found: list[Coming]) -> list[Week]:
    """The next half year week by week, without gaps, then what comes later."""
    first = monday(clock.today())
    mondays = [first + timedelta(weeks=number) for number in range(WEEKS)]
    by_week: dict[date | None, list[Coming]] = defaultdict(list)
    for one in found:
        if one.why != "suspended":
            by_week[one.week if one.week <= mondays[-1] else None].append(one)
    return [_week(at, by_week.get(at, [])) for at in (*mondays, None)]


def _week(at: date | None, rows: list[Coming]) -> Week:
    funds: dict[str, int] = defaultdict(int)
    for one in rows:
        funds[one.fund] += one.amount
    return Week(at, len(rows), sum(one.amount for one in rows), dict(funds))


def of_week(found: list[Coming], week: str) -> list[Coming]:
    """The tranches of one week (the ISO day of its Monday), of `later`, or of `suspended`."""
    last = monday(clock.today()) + timedelta(weeks=WEEKS - 1)
    if week == "suspended":
        return [one for one in found if one.why == "suspended"]
    planned = [one for one in found if one.why != "suspended"]
    if week == "later":
        return [one for one in planned if one.week > last]
    return [one for one in planned if one.week.isoformat() == week]


def by_region(found: list[Coming]) -> list[tuple[str, int, int]]:
    """Region code, number of tranches and francs, the most first; without suspended files."""
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for one in found:
        if one.why != "suspended":
            sums[one.region][0] += 1
            sums[one.region][1] += one.amount
    return sorted(((region, *values) for region, values in sums.items()), key=lambda row: -row[2])


def in_hand(filters: Filters) -> list[tuple[str, str, int]]:
    """Code, name and francs in hand of each fund: what came, less what was paid, with what groups gave back."""
    spent = func.coalesce(func.sum(Envelope.paid - Envelope.refunded), 0)
    wanted = (
        select(Fund.code, Fund.name, Fund.received - spent)
        .outerjoin(Envelope, Envelope.fund_id == Fund.id)
        .group_by(Fund.id, Fund.code, Fund.name, Fund.received)
        .order_by(Fund.code)
    )
    if filters.fund:
        wanted = wanted.where(Fund.code == filters.fund)
    return [(code, name, int(amount)) for code, name, amount in db.session.execute(wanted)]
