"""When things happen: instants counted in days from today, and the acts of everybody played in their order."""

import itertools
import random
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from grants.core import clock
from grants.core.unit_of_work import unit_of_work

CHUNK = 120


class Timeline:
    """Acts with their instants. Those of one file keep their order; nothing is played later than now."""

    def __init__(self, today: date, now: datetime):
        self.today, self.now = today, now
        self._acts: list[tuple[datetime, int, Callable[[], object]]] = []
        self._numbers = itertools.count()

    def instant(self, days: float) -> datetime:
        """The instant so many days from today; offices are closed at the weekend and at night."""
        whole = int(days // 1)
        day = self.today + timedelta(days=whole)
        # Days from a Saturday or Sunday back to the Friday before.
        day -= timedelta(days=max(0, day.weekday() - 4))
        at = datetime.combine(day, time(8), clock.BAMAKO) + timedelta(minutes=round((days - whole) * 9 * 60))
        return min(at, self.now)

    def spread(self, count: int, start: float, end: float, chance: random.Random) -> list[datetime]:
        """So many instants from one day to another, unevenly; the first and the last stand where they were asked for."""
        if count == 1:
            return [self.instant(end)]
        step = (end - start) / (count - 1)
        moved = [start + step * number + step * chance.uniform(-0.3, 0.3) for number in range(count)]
        found = [self.instant(days) for days in (start, *moved[1:-1], end)]
        for number in range(1, count):
            # What two people do on one day they do one after the other.
            found[number] = min(max(found[number], found[number - 1] + timedelta(minutes=7)), self.now)
        return found

    def add(self, at: datetime, do: Callable[[], object]) -> None:
        """Let something happen at an instant; what was added first happens first."""
        self._acts.append((at, next(self._numbers), do))

    def add_all(self, acts: list[Callable[[], object]], start: float, end: float, chance: random.Random) -> None:
        """Let one thing after the other happen between two days."""
        if acts:
            for at, act in zip(self.spread(len(acts), start, end, chance), acts, strict=True):
                self.add(at, act)

    def play(self, progress: Callable[[int, int], object] = lambda done, of: None) -> None:
        """Play all acts in the order of their instants, a transaction for every few of them."""
        acts = sorted(self._acts, key=lambda act: act[:2])
        for start in range(0, len(acts), CHUNK):
            with unit_of_work():
                for at, _number, do in acts[start : start + CHUNK]:
                    with clock.at(at):
                        do()
            progress(min(start + CHUNK, len(acts)), len(acts))
