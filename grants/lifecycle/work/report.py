"""Where files wait: how long each step took over a period, and what stands there now.

The days of each stay are counted once, on leaving, as whole working days. So the database only has to count how often
each number of days occurs, and median and 90th percentile are read off that exactly, on both engines. Of whole regions
that is kept by the day (`lifecycle.sums`); of what lies below a region there is little, which is counted from the stays.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from sqlalchemy import func, null, or_, select, true

from grants.access.models import Person
from grants.core import clock
from grants.core.database import db, one_process
from grants.lifecycle import sums
from grants.lifecycle.waiting import REGION, Stay, inside
from grants.lifecycle.work.team import StepNames, territories

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
class Reach:
    """Where a report counts: in whole regions (None: in all, and in what lies in none), and in places below a region."""

    regions: frozenset[str] | None
    places: tuple[str, ...] = ()

    @property
    def condition(self):
        """The condition for stays there."""
        if self.regions is None:
            return true()
        return or_(Stay.region.in_(sorted(self.regions)), *(inside(Stay.place_code, code) for code in self.places))


def reach(places: Collection[str | None], place: str = "") -> Reach:
    """Where some territories (None: everywhere) and a place (empty: everywhere) meet; each spot once."""
    met = {place or None} if None in places else set()
    for code in places:
        if code is not None and (code.startswith(place) or place.startswith(code)):
            met.add(max(code, place, key=len))
    if None in met:
        return Reach(None)
    outer = sorted(code for code in met if not any(code != other and code.startswith(other) for other in met))
    return Reach(frozenset(c for c in outer if len(c) == REGION), tuple(c for c in outer if len(c) > REGION))


def rows(person: Person, period: Period, *, kind: str, by: str = "step", place: str = "") -> list[Row]:
    """The steps of a kind of subject in the person's territory, in the order of the workflow.

    `by` breaks each step down by region or by kind of micro-project; `place` narrows the territory. Six queries at most,
    one of them for what stands there now; where the territory is not made of whole regions only, one more.
    """
    if by not in BY:
        raise ValueError(by)
    where = reach(territories(person, RIGHT), place)
    found: dict[tuple[str, str | None], Row] = {}

    def row(step: str, group: str | None) -> Row:
        return found.setdefault((step, group), Row(kind, step, group))

    for cells in _ended(kind, period, where, _GROUP_OF[by]):
        for cell, days in cells.items():
            row(*cell).days.update(days)
    one_process()
    for step, group, standing, late in db.session.execute(_standing(kind, where, by)):
        one = row(step, group)
        one.standing, one.late = one.standing + standing, one.late + late
    return _named((one for one in found.values() if one.passed or one.standing), kind)


# What a row of the report counts together, by the cell (step, region, category).
_GROUP_OF = {
    "step": lambda cell: (cell[0], None), "region": lambda cell: cell[:2], "kind": lambda cell: (cell[0], cell[2]),
}  # fmt: skip


def _ended(kind: str, period: Period, where: Reach, of: Callable) -> Iterable[dict]:
    start, end = period.bounds
    if where.regions is None or where.regions:
        yield sums.ended(kind, start, end, regions=where.regions, of=of)
    if where.places:
        below = or_(*(inside(Stay.place_code, code) for code in where.places))
        yield sums.counted(kind, start, end, below, of=of)


def _standing(kind: str, where: Reach, by: str):
    late = func.count().filter(Stay.due_at < clock.now())
    group = {"step": null(), "region": Stay.region, "kind": Stay.category}[by]
    # The fewer columns the quicker, but always in the order of the index: kinds are counted in each region.
    columns = (Stay.step, Stay.region, Stay.category)[: 1 + BY.index(by)]
    return (
        select(Stay.step, group, func.count(), late)
        .where(Stay.subject_kind == kind, Stay.left_at.is_(None), where.condition)
        .group_by(*columns)
    )


def _named(found: Iterable[Row], kind: str) -> list[Row]:
    names, found = StepNames({kind}), list(found)
    for row in found:
        row.label, row.pauses = names.of(kind, row.step), names.pauses(kind, row.step)
    return sorted(found, key=lambda row: (names.position(kind, row.step), row.group or ""))


_category_label: Callable[[str], str] = str


def describe_categories(label: Callable[[str], str]) -> None:
    """Register what the code of a kind of micro-project reads like; kinds stand above the lifecycle in the house."""
    global _category_label
    _category_label = label


def category_label(code: str) -> str:
    """A kind of micro-project in words."""
    return _category_label(code)


_beside: dict[str, list[Callable]] = {}


def beside(*kinds: str) -> Callable:
    """Register `f(person)` that tells what else waits about these kinds of subject: (words, address, link), or None."""

    def add(find: Callable) -> Callable:
        for kind in kinds:
            _beside.setdefault(kind, []).append(find)
        return find

    return add


def told_beside(person: Person, kind: str) -> list[tuple[str, str, str]]:
    """What else waits about a kind of subject, for the page of the report."""
    return [said for find in _beside.get(kind, ()) if (said := find(person)) is not None]
