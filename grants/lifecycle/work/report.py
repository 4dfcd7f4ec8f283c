"""Where files wait: how long each step took over a period, and what stands there now.

The days of each stay are counted once, on leaving, as whole working days. So the database only has to count how often
each number of days occurs (one query, on both engines), and median and 90th percentile are read off that exactly.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from sqlalchemy import and_, func, literal, select

from grants.access.models import Person
from grants.core import clock
from grants.core.database import db
from grants.lifecycle.waiting import Stay, inside
from grants.lifecycle.work.team import StepNames, in_charge

RIGHT = "work.report"
BY = ("step", "region", "kind")


@dataclass(frozen=True, slots=True)
class Period:
    """From a day to a day, both included."""

    first: date
    last: date

    @property
    def bounds(self) -> tuple[datetime, datetime]:
        """The instants between which it lies."""
        start = datetime.combine(self.first, time(), clock.BAMAKO)
        return start, datetime.combine(self.last + timedelta(days=1), time(), clock.BAMAKO)


@dataclass(slots=True)
class Row:
    """One step (in one region, for one kind of micro-project): the days of the stays that ended, and what stands there now."""

    kind: str
    step: str
    group: str | None
    days: Counter = field(default_factory=Counter)
    standing: int = 0
    late: int = 0
    label: str = ""
    pauses: bool = False

    @property
    def passed(self) -> int:
        """How many stays ended in the period."""
        return self.days.total()

    @property
    def median(self) -> int | None:
        return percentile(self.days, 50)

    @property
    def ninetieth(self) -> int | None:
        return percentile(self.days, 90)


def percentile(days: Counter, share: int) -> int | None:
    """The smallest number of days within which so many per cent of the stays had ended (nearest rank); None where none had."""
    rank = -(-days.total() * share // 100)
    seen = 0
    for number in sorted(days):
        seen += days[number]
        if seen >= rank:
            return number
    return None


def rows(person: Person, period: Period, *, kind: str, by: str = "step", place: str = "") -> list[Row]:
    """The steps of a kind of subject in the person's territory, in the order of the workflow. Two queries.

    `by` breaks each step down by region or by kind of micro-project; `place` narrows the territory.
    """
    if by not in BY:
        raise ValueError(by)
    where = and_(Stay.subject_kind == kind, in_charge(person, RIGHT), inside(Stay.place_code, place) if place else True)
    group = {
        "step": literal(None),
        "region": func.substr(Stay.place_code, 1, 2),
        "kind": Stay.category,
    }[by]
    found: dict[tuple[str, str | None], Row] = {}
    for step, value, days, count in db.session.execute(_ended(where, period, group)):
        _row(found, kind, step, value).days[days] += count
    for step, value, standing, late in db.session.execute(_standing(where, group)):
        row = _row(found, kind, step, value)
        row.standing, row.late = standing, late
    return _named(found.values(), kind)


def _row(found: dict, kind: str, step: str, group: str | None) -> Row:
    return found.setdefault((step, group), Row(kind, step, group))


def _named(found: Iterable[Row], kind: str) -> list[Row]:
    names = StepNames({kind})
    for row in found:
        row.label, row.pauses = names.of(kind, row.step), names.pauses(kind, row.step)
    return sorted(found, key=lambda row: (names.position(kind, row.step), row.group or ""))


def _grouped(group) -> list:
    # An engine takes a constant in GROUP BY for the number of a column.
    return [] if isinstance(group, type(literal(None))) else [group]


def _ended(where, period: Period, group):
    start, end = period.bounds
    return (
        select(Stay.step, group, Stay.working_days, func.count())
        .where(where, Stay.left_at.is_not(None), Stay.left_at >= start, Stay.left_at < end)
        .group_by(Stay.step, *_grouped(group), Stay.working_days)
    )


def _standing(where, group):
    late = func.sum(db.case((Stay.due_at < clock.now(), 1), else_=0))
    return (
        select(Stay.step, group, func.count(), late)
        .where(where, Stay.left_at.is_(None))
        .group_by(Stay.step, *_grouped(group))
    )


_category_label: Callable[[str], str] = str


def describe_categories(label: Callable[[str], str]) -> None:
    """Register what the code of a kind of micro-project reads like; kinds stand above the lifecycle in the house."""
    global _category_label
    _category_label = label


def category_label(code: str) -> str:
    """A kind of micro-project in words."""
    return _category_label(code)
