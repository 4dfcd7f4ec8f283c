"""Durations and working days: when something that starts now is due, and when its lateness is told.

Three units: ``wd`` working days, ``d`` calendar days, ``h`` hours. Pure functions; a caller
brings the holidays that count for it. A clock belongs to one stay in one step: it starts when the
file arrives and is gone when it leaves. So nobody's time runs while the other side must act, which
is a step of its own (``pauses``): its limit, if it has one, is the other side's.
"""

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from grants.workflow.definition import End, Late, Step

MOVABLE_HOLIDAYS = Path(__file__).with_name("movable_holidays.toml")

_DURATION = re.compile(r"(\d{1,4})\s*(wd|d|h)")
_UNIT_WORDS = {
    "wd": {"fr": ("jour ouvrable", "jours ouvrables"), "en": ("working day", "working days")},
    "d": {"fr": ("jour", "jours"), "en": ("day", "days")},
    "h": {"fr": ("heure", "heures"), "en": ("hour", "hours")},
}


class Calendar(Protocol):
    """What `due` asks of a calendar."""

    def is_working(self, day: date) -> bool:
        """Tell whether people are at work on this day."""


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time as definitions write it: ``10 wd``, ``30 d``, ``48 h``."""

    amount: int
    unit: str

    @classmethod
    def parse(cls, text: str) -> "Duration":
        """Read ``"10 wd"``; raises ValueError for anything that is not a number and a unit."""
        match = _DURATION.fullmatch(text.strip())
        if match is None:
            raise ValueError(f"not a duration: {text!r}")
        return cls(int(match[1]), match[2])

    def __str__(self) -> str:
        return f"{self.amount} {self.unit}"

    @property
    def words(self) -> dict[str, str]:
        """The duration as people read it, in each language."""
        # French keeps the singular up to (not including) two: "0 jour"; English only for one.
        plural = {"fr": self.amount > 1, "en": self.amount != 1}
        return {locale: f"{self.amount} {forms[plural[locale]]}" for locale, forms in _UNIT_WORDS[self.unit].items()}


@dataclass(frozen=True)
class WorkingDays:
    """Monday to Friday without the given holidays."""

    holidays: Collection[date] = frozenset()

    def is_working(self, day: date) -> bool:
        return day.weekday() < 5 and day not in self.holidays

    def between(self, first: date, last: date) -> int:
        """Working days after ``first`` up to and including ``last``; negative when ``last`` is earlier."""
        if last < first:
            return -self.between(last, first)
        days = (first + timedelta(days=n) for n in range(1, (last - first).days + 1))
        return sum(1 for day in days if self.is_working(day))


def due(since: datetime, duration: Duration, calendar: Calendar) -> datetime:
    """The moment at which ``duration`` has passed after ``since``.

    Working days keep the hour of ``since`` and start counting on the day after it. Raises
    ValueError for a time without zone: a deadline that moves with the server is worth nothing.
    """
    if since.tzinfo is None:
        raise ValueError("a time with its zone is needed")
    if duration.unit == "h":
        return since + timedelta(hours=duration.amount)
    if duration.unit == "d":
        return since + timedelta(days=duration.amount)
    moment, left = since, duration.amount
    while left:
        moment += timedelta(days=1)
        if calendar.is_working(moment.date()):
            left -= 1
    return moment


@dataclass(frozen=True, slots=True)
class LateMoment:
    """When a rule of lateness takes effect, unless the file has moved on before."""

    at: datetime
    rule: "Late"


def late_moments(step: "Step | End", due_at: datetime | None, calendar: Calendar) -> list[LateMoment]:
    """When each ``late`` rule of ``step`` takes effect for a file that is due there at ``due_at``; soonest first.

    Empty where nothing is due: at an end, or in a step without time limit (only one that pauses may
    have none). In a step that pauses, the rules remind the other side, whose time runs there.
    Raises ValueError for a time without zone.
    """
    if due_at is None:
        return []
    moments = [LateMoment(due(due_at, rule.after, calendar), rule) for rule in getattr(step, "late", ())]
    return sorted(moments, key=lambda moment: moment.at)


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (algorithm of Oudin, 1940)."""
    century = year // 100
    golden = year % 19
    correction = century - century // 4 - (8 * century + 13) // 25 + 19 * golden + 15
    epact = correction % 30
    epact -= (epact // 28) * (1 - (epact // 28) * (29 // (epact + 1)) * ((21 - golden) // 11))
    weekday = (year + year // 4 + epact + 2 - century + century // 4) % 7
    offset = epact - weekday
    month = 3 + (offset + 40) // 44
    return date(year, month, offset + 28 - 31 * (month // 4))


# The feasts that follow the moon, which law 05-040 makes holidays every year.
FEASTS: tuple[Mapping[str, str], ...] = (
    {"fr": "Fête du Ramadan", "en": "Eid al-Fitr"},
    {"fr": "Tabaski", "en": "Eid al-Adha"},
    {"fr": "Mawloud", "en": "Mawlid"},
    {"fr": "Baptême du Prophète", "en": "Baptism of the Prophet"},
)


class Holidays(dict[date, dict[str, str]]):
    """The holidays of one year in their order, each with its names.

    ``unknown`` are the feasts (their names) that the year has and no date was given for: until
    somebody gives it, that day counts as a working day and a deadline falls one day early.
    """

    unknown: tuple[Mapping[str, str], ...] = ()


def malian_holidays(
    year: int,
    movable: Mapping[date, Mapping[str, str]] | None = None,
    declared: Mapping[date, Mapping[str, str]] | None = None,
) -> Holidays:
    """Public holidays of Mali in ``year`` with their names.

    Fixed days and Easter Monday are those of law 05-040 of 22 July 2005. Days that follow the
    moon are announced a few days before and cannot be computed: they come from ``movable``, by
    default the dates of `MOVABLE_HOLIDAYS`, and from ``declared``: the days that the host adds,
    feasts and bridges alike. A feast is known again by its French name (`FEASTS`).
    """
    days = _fixed_holidays(year)
    for more in (read_holidays(MOVABLE_HOLIDAYS) if movable is None else movable, declared or {}):
        days.update({day: dict(words) for day, words in more.items() if day.year == year})
    holidays = Holidays(sorted(days.items()))
    named = {words["fr"].strip().casefold() for words in holidays.values()}
    holidays.unknown = tuple(feast for feast in FEASTS if feast["fr"].casefold() not in named)
    return holidays


def _fixed_holidays(year: int) -> dict[date, dict[str, str]]:
    days = {
        date(year, 1, 1): {"fr": "Jour de l’An", "en": "New Year’s Day"},
        date(year, 1, 20): {"fr": "Journée de l’Armée", "en": "Armed Forces Day"},
        date(year, 3, 26): {"fr": "Journée du 26 mars", "en": "Martyrs’ Day"},
        easter(year) + timedelta(days=1): {"fr": "Lundi de Pâques", "en": "Easter Monday"},
        date(year, 5, 1): {"fr": "Fête du Travail", "en": "Labour Day"},
        date(year, 5, 25): {"fr": "Journée de l’Afrique", "en": "Africa Day"},
        date(year, 9, 22): {"fr": "Fête nationale", "en": "Independence Day"},
        date(year, 12, 25): {"fr": "Noël", "en": "Christmas Day"},
    }
    if year >= 2023:  # decree adopted by the council of ministers on 6 January 2023
        days[date(year, 1, 14)] = {
            "fr": "Journée nationale de la souveraineté retrouvée",
            "en": "Regained Sovereignty Day",
        }
    return days


def read_holidays(path: Path) -> dict[date, dict[str, str]]:
    """Dates and names from a TOML file of ``[[holidays]]`` with ``day``, ``fr`` and ``en``."""
    rows = tomllib.loads(path.read_text(encoding="utf-8")).get("holidays", [])
    return {row["day"]: {"fr": row["fr"], "en": row["en"]} for row in rows}
