"""What is counted once of the stays that ended: per day, step, region and category, kept beside the stays themselves.

A stay that ended stays as it is, so all that had ended by a midnight can be kept, and a period is the difference of two
such counts. The counts are made by whoever runs `flask tick`; what ended since the newest is counted from the stays, so
a report is right whether or not they are there, and only slower without.
"""

from collections.abc import Callable, Collection, Iterable
from datetime import datetime, time, timedelta

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, delete, func, select, true

from grants.core import clock
from grants.core.database import db, mode
from grants.core.formatting import day
from grants.core.portions import insert_rows
from grants.core.unit_of_work import unit_of_work
from grants.lifecycle import registry
from grants.lifecycle.waiting import EndedStays, Stay

# How long after midnight a day is taken for finished: no act is at work for that long.
GRACE = timedelta(hours=1)
# (step, region, category) -> {working days: stays}
Cells = dict[tuple[str, str | None, str | None], dict[int, int]]
# What was read of one cell, as (working days, stays).
Read = Iterable[tuple[tuple[str, str | None, str | None], Iterable[tuple[int, int]]]]


def ended(kind: str, start: datetime, end: datetime, *, regions: Collection[str] | None, of: Callable = tuple) -> dict:
    """The stays that ended from one midnight to another, in some regions (None: in all places, and in none).

    Cells of which `of` says the same are one in the answer; nothing is kept of a cell or a number of days without stays.
    """
    before, after = (_newest(kind, instant) for instant in (start, end))
    found: dict = {}
    if after is None or after == before:
        _add(found, _counted(kind, start, end, _in(Stay, regions)), of)
        return found
    # Each day on which anything ended has its count, up to the newest: nothing lies between `before` and `start`.
    _add(found, _kept(kind, after, regions), of)
    if before is not None:
        _take_away(found, _kept(kind, before, regions), of)
    _add(found, _counted(kind, after, end, _in(Stay, regions)), of)
    return {cell: days for cell, days in found.items() if days}


def counted(kind: str, start: datetime | None, end: datetime, here: ColumnElement, *, of: Callable = tuple) -> dict:
    """The same, counted from the stays. `start` None is the beginning of all."""
    found: dict = {}
    _add(found, _counted(kind, start, end, here), of)
    return found


def _counted(kind: str, start: datetime | None, end: datetime, here: ColumnElement) -> Read:
    if start is not None and start >= end:
        return
    since = Stay.left_at >= start if start is not None else true()
    rows = db.session.execute(
        select(Stay.step, Stay.region, Stay.category, Stay.working_days, func.count())
        .where(Stay.subject_kind == kind, Stay.left_at.is_not(None), since, Stay.left_at < end, here)
        .group_by(Stay.step, Stay.region, Stay.category, Stay.working_days)
    )
    for step, region, category, days, count in rows:
        yield (step, region, category), ((days, count),)


def keep() -> int:
    """Count every finished day that has no count yet, each in its own transaction; how many days that were.

    May run twice at once: both count the same.
    """
    made = 0
    for kind in registry.kinds:
        while _is_due(kind):
            with unit_of_work():
                if not _keep_day(kind):
                    break
            made += 1
    return made


def recount() -> None:
    """Drop all counts, so that the next `keep` makes them anew."""
    db.session.execute(delete(EndedStays))


def differences() -> list[str]:
    """What the newest counts say that the stays do not, a sentence for each kind. Older ones cannot be changed."""
    found = []
    for kind in registry.kinds:
        until = _newest(kind)
        if until is None:
            continue
        kept, true_ = _cells(kind, until), counted(kind, None, until, true())
        if wrong := sum(1 for cell in kept.keys() | true_.keys() if kept.get(cell) != true_.get(cell)):
            found.append(
                _(
                    "Where files wait, %(kind)s, up to %(day)s: %(count)s sums do not agree with the stays.",
                    kind=str(registry.kinds[kind].words or kind), day=day(until), count=wrong,
                )
            )  # fmt: skip
    return found


def _newest(kind: str, by: datetime | None = None) -> datetime | None:
    query = select(func.max(EndedStays.until)).where(EndedStays.subject_kind == kind)
    return db.session.scalar(query if by is None else query.where(EndedStays.until <= by))


def _cells(kind: str, until: datetime) -> Cells:
    found: Cells = {}
    _add(found, _kept(kind, until, None), tuple)
    return found


def _kept(kind: str, until: datetime, regions: Collection[str] | None) -> Read:
    rows = db.session.execute(
        select(EndedStays.step, EndedStays.region, EndedStays.category, EndedStays.days).where(
            EndedStays.subject_kind == kind, EndedStays.until == until, _in(EndedStays, regions)
        )
    )
    for step, region, category, days in rows:
        yield (step, region or None, category or None), days


def _in(model, regions: Collection[str] | None) -> ColumnElement:
    return true() if regions is None else model.region.in_(sorted(regions))


# Some hundred cells with some fifty numbers each: no dictionary is made of them that is only read once.
def _add(found: dict, more: Read, of: Callable) -> None:
    for cell, days in more:
        there = found.setdefault(of(cell), {})
        if not there:
            there.update(days)
            continue
        for number, count in days:
            there[number] = there.get(number, 0) + count


def _take_away(found: dict, less: Read, of: Callable) -> None:
    for cell, days in less:
        there = found.setdefault(of(cell), {})
        for number, count in days:
            left = there.get(number, 0) - count
            if left:
                there[number] = left
            else:
                del there[number]


# ---------------------------------------------------------------------------------------------------------- keeping


def _is_due(kind: str) -> bool:
    """Whether there is a day to count, found out without the right to write."""
    with mode("read"):
        due = _next(kind, _newest(kind)) is not None
        db.session.rollback()
    return due


def _next(kind: str, newest: datetime | None) -> datetime | None:
    """The end of the first finished day after `newest` on which a stay ended."""
    since = Stay.left_at >= newest if newest is not None else true()
    first = db.session.scalar(
        select(func.min(Stay.left_at)).where(Stay.subject_kind == kind, Stay.left_at.is_not(None), since)
    )
    if first is None:
        return None
    until = _midnight(first) + timedelta(days=1)
    return until if until + GRACE <= clock.now() else None


def _midnight(at: datetime) -> datetime:
    return datetime.combine(at.astimezone(clock.BAMAKO).date(), time(), clock.BAMAKO)


def _keep_day(kind: str) -> bool:
    newest = _newest(kind)
    until = _next(kind, newest)
    if until is None:
        return False
    found = _cells(kind, newest) if newest is not None else {}
    _add(found, _counted(kind, newest, until, true()), tuple)
    _write(kind, until, found)
    return True


def _write(kind: str, until: datetime, found: Cells) -> None:
    rows = [
        {
            "subject_kind": kind, "until": until, "step": step, "region": region or "", "category": category or "",
            "days": sorted(days.items()),
        }
        for (step, region, category), days in found.items()
    ]  # fmt: skip
    insert_rows(EndedStays.__table__, rows, conflict=lambda statement: statement.on_conflict_do_nothing())
