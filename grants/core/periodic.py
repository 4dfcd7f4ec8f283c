"""What is done again and again without anybody asking: slices register jobs, `flask tick` and `flask worker` run them."""

from collections.abc import Callable
from dataclasses import dataclass

from grants.core.database import db
from grants.core.logs import log


@dataclass(frozen=True, slots=True)
class Job:
    """A job: its place among the others, its name, and what it does. It returns how many things it did."""

    order: int
    name: str
    run: Callable[[], int]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a job: how many things were done, or the error that ended it."""

    name: str
    count: int
    error: Exception | None = None


_jobs: dict[str, Job] = {}


def job(name: str, *, order: int) -> Callable:
    """Register `f()`, which opens its own units of work, may run twice at once, and does only what is due."""

    def register(run: Callable[[], int]) -> Callable:
        _jobs[name] = Job(order, name, run)
        return run

    return register


def run_all() -> list[Outcome]:
    """Run every job once, in order. One that fails is logged and keeps none of the others."""
    found = []
    for each in sorted(_jobs.values(), key=lambda each: (each.order, each.name)):
        try:
            found.append(Outcome(each.name, each.run()))
        except Exception as error:  # noqa: BLE001  (told to whoever runs the jobs)
            db.session.rollback()
            log.exception("job %s failed", each.name)
            found.append(Outcome(each.name, 0, error))
        finally:
            # The next job, and the next round, see the database as it is then.
            db.session.remove()
    return found
