"""The working days of Mali: what the law fixes, what follows the moon, and what administrators add."""

import functools
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import ForeignKey, Index, String, event, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column, object_session, relationship

from grants import journal
from grants.access import policy
from grants.access.models import Person
from grants.core import clock
from grants.core.database import Model, UtcDateTime, db
from grants.core.errors import NotFound, Problem, collect
from grants.core.formatting import day as day_words
from grants.core.texts import pick
from grants.workflow import FEASTS, WorkingDays, malian_holidays

OTHER = "other"
# By the month and day of the Islamic year on which each feast of `FEASTS` falls.
_MOON = ((10, 1), (12, 10), (3, 12), (3, 19))
_HELD = text("removed_at IS NULL")
# Under which the session keeps the calendar until its transaction ends.
_KEPT = "working days"


class Holiday(Model):
    """A day on which offices are closed, as an administrator entered it. A day taken out again stays, with who did it."""

    __tablename__ = "holiday"
    __subject__ = "holiday"
    __table_args__ = (
        Index("uq_holiday_day", "day", unique=True, sqlite_where=_HELD, postgresql_where=_HELD),
        db.CheckConstraint("(removed_at IS NULL) = (removed_by_id IS NULL)", name="removed"),
        db.CheckConstraint("length(fr) > 0 AND length(en) > 0", name="words"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date]
    fr: Mapped[str] = mapped_column(String(80))
    en: Mapped[str] = mapped_column(String(80))
    added_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    removed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    added_by: Mapped[Person] = relationship(foreign_keys=[added_by_id])

    @property
    def words(self) -> dict[str, str]:
        """Its name in each language."""
        return {"fr": self.fr, "en": self.en}


# ------------------------------------------------------------------------------------------------------------- reading


def calendar() -> WorkingDays:
    """The working days around today. What administrators entered is read anew in each transaction, from a table of a few
    rows: every process then counts with the same days from the moment they are saved."""
    year = clock.today().year
    kept = db.session.info.get(_KEPT)
    if kept is None or kept[0] != year:
        kept = db.session.info[_KEPT] = (year, _calendar(year, _declared(year)))
    return kept[1]


def _declared(year: int) -> frozenset[date]:
    rows = db.session.execute(
        select(Holiday.day).where(
            Holiday.removed_at.is_(None), Holiday.day.between(date(year - 1, 1, 1), date(year + 2, 12, 31))
        )
    ).scalars()
    return frozenset(rows)


@event.listens_for(Session, "after_commit")
@event.listens_for(Session, "after_soft_rollback")
def _forget(session, *_savepoint) -> None:
    session.info.pop(_KEPT, None)


@event.listens_for(Holiday, "after_insert")
@event.listens_for(Holiday, "after_update")
def _changed(_mapper, _connection, holiday) -> None:
    object_session(holiday).info.pop(_KEPT, None)


@functools.lru_cache(maxsize=32)
def _calendar(year: int, declared: frozenset[date]) -> WorkingDays:
    return WorkingDays(declared.union(*(malian_holidays(y) for y in range(year - 1, year + 3))))


@dataclass(frozen=True, slots=True)
class Line:
    """A holiday in a list: its day, its name, and the row by which it was entered (None: by law, or shipped)."""

    day: date
    words: Mapping[str, str]
    row: Holiday | None


@dataclass(frozen=True, slots=True)
class Missing:
    """A feast that a year has and no day was entered for, with the day around which it is expected."""

    words: Mapping[str, str]
    year: int
    about: date
    code: str


def listed(year: int) -> list[Line]:
    """The holidays of a year, in their order."""
    rows = {row.day: row for row in _rows(year)}
    found = malian_holidays(year, declared={day: row.words for day, row in rows.items()})
    return [Line(day, words, rows.get(day)) for day, words in found.items()]


def missing(year: int) -> list[Missing]:
    """The feasts of a year that have no day yet."""
    declared = {row.day: row.words for row in _rows(year)}
    unknown = malian_holidays(year, declared=declared).unknown
    codes = {feast["fr"]: str(number) for number, feast in enumerate(FEASTS)}
    return [
        Missing(feast, year, about, codes[feast["fr"]])
        for feast in unknown
        for about in expected(year)[int(codes[feast["fr"]])]
    ]


def expected(year: int) -> list[list[date]]:
    """For each feast of `FEASTS`, the days on which the tabular Islamic calendar puts it in a year of ours.

    The moon is seen, not computed: the government's announcement may differ by a day or two. A year of ours has a
    feast once, or now and then twice, because the Islamic year is eleven days shorter.
    """
    around = round((year - 622) * 33 / 32)
    found = []
    for month, day in _MOON:
        days = (_from_islamic(islamic, month, day) for islamic in range(around - 1, around + 3))
        found.append([day for day in days if day.year == year])
    return found


def _from_islamic(year: int, month: int, day: int) -> date:
    """A day of the tabular Islamic calendar (leap years 2, 5, 7, 10, 13, 16, 18, 21, 24, 26, 29 of thirty)."""
    days = day + (59 * (month - 1) + 1) // 2 + (year - 1) * 354 + (3 + 11 * year) // 30
    # 1 Muharram 1 is 19 July 622 of the Gregorian calendar.
    return date(622, 7, 19) + timedelta(days=days - 1)


def _rows(year: int) -> list[Holiday]:
    between = Holiday.day.between(date(year, 1, 1), date(year, 12, 31))
    return list(db.session.scalars(select(Holiday).where(Holiday.removed_at.is_(None), between).order_by(Holiday.day)))


# ------------------------------------------------------------------------------------------------------------ changing


def add(values: dict, *, by: Person) -> Holiday:
    """Enter a day. `values`: day, feast (a number of `FEASTS`, or `OTHER`), fr and en (the name of another day).

    Due times that are set stay as they are: what starts from now on counts with the new day.
    """
    policy.require(by, "holidays.manage")
    day, feast = values.get("day"), values.get("feast") or ""
    known = feast.isdecimal() and int(feast) < len(FEASTS)
    names = FEASTS[int(feast)] if known else {"fr": _name(values, "fr"), "en": _name(values, "en")}
    there = day and next((line for line in listed(day.year) if line.day == day), None)
    collect(
        None if day else Problem(_("The day is needed."), "day"),
        None if known or feast == OTHER else Problem(_("Choose what day it is."), "feast"),
        Problem(_("Give its name in French."), "fr") if feast == OTHER and not names["fr"] else None,
        Problem(_("Give its name in English."), "en") if feast == OTHER and not names["en"] else None,
        Problem(_("This day is a holiday already: %(name)s.", name=pick(there.words)), "day") if there else None,
        Problem(_("A day so far from now changes no deadline: check the year."), "day")
        if day and abs(day.year - clock.today().year) > 2
        else None,
    )
    row = Holiday(day=day, fr=names["fr"], en=names["en"], added_by_id=by.id)
    db.session.add(row)
    db.session.flush()
    journal.record(row, "add_holiday", by=by, data={"day": day, "fr": row.fr, "en": row.en})
    return row


def remove(holiday_id: int, *, by: Person) -> Holiday:
    """Take a day out again. Raises NotFound where it is not entered, or no longer."""
    policy.require(by, "holidays.manage")
    row = db.session.scalar(
        select(Holiday).where(Holiday.id == holiday_id, Holiday.removed_at.is_(None)).with_for_update()
    )
    if row is None:
        raise NotFound(holiday_id)
    row.removed_at, row.removed_by_id = clock.now(), by.id
    journal.record(row, "remove_holiday", by=by, data={"day": row.day, "fr": row.fr, "en": row.en})
    return row


def _name(values: dict, locale: str) -> str:
    return (values.get(locale) or "").strip()


def title(row: Holiday) -> str:
    """A holiday in words: « Tabaski, 27 mai 2026 »."""
    return f"{pick(row.words)}, {day_words(row.day)}"


def by_year(years) -> dict[int, list[Missing]]:
    """What is missing in each of the years, those with nothing missing left out."""
    found = defaultdict(list)
    for year in years:
        found[year] += missing(year)
    return {year: lines for year, lines in found.items() if lines}
