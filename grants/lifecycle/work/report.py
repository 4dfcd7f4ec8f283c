"""Where files wait: how long each step took over a period, and what stands there now.

The days of each stay are counted once, on leaving, as whole working days. So the database only has to count how often
each number of days occurs (one query, on both engines), and median and 90th percentile are read off that exactly.

A stay that ended stays as it is, so what was counted of days gone by is kept in memory, and only the last two days and what
stands there now are asked again.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from sqlalchemy import ColumnElement, and_, func, literal, select, true

from grants.access.models import Person
from grants.core import clock
from grants.core.database import db
from grants.lifecycle.waiting import Stay, inside
from grants.lifecycle.work.team import StepNames, territories, within

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


@dataclass(frozen=True, slots=True)
class _Question:
    """What is asked: of which kind of subject, broken down by what, in which territories, and where in them."""

    kind: str
    by: str
    places: frozenset[str | None]
    place: str

    @property
    def group(self) -> ColumnElement:
        return {"step": literal(None), "region": func.substr(Stay.place_code, 1, 2), "kind": Stay.category}[self.by]

    @property
    def condition(self) -> ColumnElement:
        here = inside(Stay.place_code, self.place) if self.place else true()
        return and_(Stay.subject_kind == self.kind, within(self.places), here)


def rows(person: Person, period: Period, *, kind: str, by: str = "step", place: str = "") -> list[Row]:
    """The steps of a kind of subject in the person's territory, in the order of the workflow. Four queries at most.

    `by` breaks each step down by region or by kind of micro-project; `place` narrows the territory.
    """
    if by not in BY:
        raise ValueError(by)
    question = _Question(kind, by, frozenset(territories(person, RIGHT)), place)
    found: dict[tuple[str, str | None], Row] = {}
    for step, value, days, count in _ended(question, period):
        _row(found, kind, step, value).days[days] += count
    for step, value, standing, late in db.session.execute(_standing(question)):
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


def _ended(question: _Question, period: Period) -> list[tuple]:
    """(step, group, working days, how many) of the stays that ended in the period."""
    start, end = period.bounds
    settled = max(start, min(end, _settled()))
    found = []
    if start < settled:
        found += _kept(question, start, settled, _newest(question.kind, settled), db.engine.url.render_as_string())
    if settled < end:
        found += _counted(question, settled, end)
    return found


def _settled() -> datetime:
    """The instant before which nothing ends any more: yesterday at midnight, for whoever is still at work at midnight."""
    return datetime.combine(clock.today() - timedelta(days=1), time(), clock.BAMAKO)


def _newest(kind: str, before: datetime) -> datetime | None:
    """When the last stay before an instant ended: another answer than before means other data, as after a restore."""
    return db.session.scalar(select(func.max(Stay.left_at)).where(Stay.subject_kind == kind, Stay.left_at < before))


@lru_cache(maxsize=64)
def _kept(question: _Question, start: datetime, end: datetime, _newest: datetime | None, _database: str) -> list[tuple]:
    return _counted(question, start, end)


def forget() -> None:
    """Forget what is kept of days gone by."""
    _kept.cache_clear()


def _counted(question: _Question, start: datetime, end: datetime) -> list[tuple]:
    group = question.group
    query = (
        select(Stay.step, group, Stay.working_days, func.count())
        .where(question.condition, Stay.left_at.is_not(None), Stay.left_at >= start, Stay.left_at < end)
        .group_by(Stay.step, *_grouped(group), Stay.working_days)
    )
    return [tuple(row) for row in db.session.execute(query)]


def _standing(question: _Question):
    late = func.sum(db.case((Stay.due_at < clock.now(), 1), else_=0))
    group = question.group
    return (
        select(Stay.step, group, func.count(), late)
        .where(question.condition, Stay.left_at.is_(None))
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
