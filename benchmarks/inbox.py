"""How long My work, the view of a team and the report of waiting take, from 1 000 to 100 000 files, on either engine.

    .venv/bin/python benchmarks/inbox.py [--postgresql | --both] [--sizes 1000,10000,100000] [--explain]

The database is made in a temporary folder: a small demonstration, whose files are then copied with other places, steps
and dates; each file stands in one step and has left six. Prints the median and the 95th percentile of each question in
milliseconds, how they grow, and the same of processor time at the largest size (with PostgreSQL also of the process that
serves us, though not of those that help it), which
hardly changes when others use the machine. Each question is measured in five rounds, of which the best is told. The promise
is 50 ms (95th percentile) at 100 000 files. Nothing is kept between two questions, so whoever asks first waits no longer;
each time the report is asked for another period, which begins in the middle of a month.
"""

import argparse
import functools
import itertools
import os
import random
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.measuring import LIMIT, application, middle_and_end, server_processor

# (step, the role it waits for, how many in a hundred files stand there)
STEPS = (
    ("draft", "agent", 14), ("completion", "agent", 6), ("eligibility", "appraiser", 12), ("appraisal", "appraiser", 16),
    ("committee", "secretary", 10), ("contract", "coordinator", 3), ("contribution", "agent", 8),
    ("disbursement", "finance_officer", 6), ("followup", "monitor", 21), ("closing", "monitor", 4),
)  # fmt: skip
PAST = ("draft", "eligibility", "appraisal", "committee", "contract", "signature")
# The regions by weight, with so many communes in each of their cercles.
REGIONS = ("05", "05", "05", "04", "04", "19", "19", "06", "07", "18")
KINDS = ("livestock", "moto_taxi", "commerce", "food_processing", "crafts", "water_point")
ROUNDS = 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--postgresql", action="store_true", help="on PostgreSQL instead of SQLite")
    parser.add_argument("--both", action="store_true", help="on one engine after the other")
    parser.add_argument("--sizes", default="1000,10000,100000")
    parser.add_argument("--explain", action="store_true", help="print how the engine finds the rows of each question")
    options = parser.parse_args()
    sizes = [int(size) for size in options.sizes.split(",")]
    if options.both:
        for more in ([], ["--postgresql"]):
            given = ["--sizes", options.sizes, *(["--explain"] if options.explain else [])]
            # One process an engine: an application belongs to one database.
            subprocess.run([sys.executable, __file__, *more, *given], check=True)  # noqa: S603 (itself)
        return
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        app = application(Path(folder), postgresql=options.postgresql)
        with app.app_context():
            found = _measure_all(sizes, explain=options.explain)
        _report(found, sizes, "PostgreSQL" if options.postgresql else "SQLite")


def _measure_all(sizes: list[int], *, explain: bool) -> dict[str, list[list[float]]]:
    from grants.lifecycle import sums

    found: dict[str, list[list[float]]] = {}
    there = 0
    for size in sizes:
        began = time.perf_counter()
        _grow(there, size)
        there = size
        made = time.perf_counter()
        days = sums.keep()
        print(
            f"{size:>7} files after {made - began:.0f} s; {days} days of ended stays counted in "
            f"{time.perf_counter() - made:.1f} s",
            flush=True,
        )
        for name, question, times in _questions():
            found.setdefault(name, []).append(_timed(question, times))
            if explain and size == sizes[-1]:
                _explain(name, question)
    return found


# ------------------------------------------------------------------------------------------------------- invented files


def _grow(start: int, end: int) -> None:
    """Copies of a file of the demonstration with other places, steps and dates, and their stays."""
    import sqlalchemy as sa

    from grants.core import clock
    from grants.core.database import db
    from grants.core.unit_of_work import unit_of_work
    from grants.lifecycle.waiting import FAR, Stay
    from grants.projects.models import Project

    chance, now = random.Random(start), clock.now()  # noqa: S311 (invented files, no secret)
    with unit_of_work() as session:
        template = dict(session.execute(sa.select(Project.__table__).limit(1)).mappings().one())
        version = template["workflow_version_id"]
    for first in range(start, end, 5000):
        projects, stays = [], []
        for number in range(first, min(first + 5000, end)):
            step, role, _share = chance.choices(STEPS, [share for *_rest, share in STEPS])[0]
            place = (
                f"{chance.choice(REGIONS)}{chance.randint(1, 8):02}{chance.randint(1, 4):02}{chance.randint(1, 8):02}"
            )
            kind, since = chance.choice(KINDS), now - timedelta(hours=chance.expovariate(1 / 400))
            due = None if step == "draft" else since + timedelta(days=chance.choice((5, 10, 20)))
            key = 1_000_000 + number
            projects.append(
                {**template, "id": key, "uuid": f"{key:036}", "reference": f"B-{key}", "place_code": place, "kind": kind,
                 "step": step, "waits_for": role, "due_at": due, "step_since": since}
            )  # fmt: skip
            base = {"subject_kind": "project", "subject_id": key, "workflow_version_id": version, "place_code": place,
                    "category": kind}  # fmt: skip
            escalated = now if due and due < now - timedelta(days=10) else None
            stays.append(
                {**base, "step": step, "waits_for": role, "entered_at": since, "due_at": due, "order_at": due or FAR,
                 "escalated_at": escalated, "left_at": None, "working_days": None}
            )  # fmt: skip
            left = since
            for past in reversed(PAST):
                days = int(chance.expovariate(1 / 9))
                entered = left - timedelta(days=days * 7 / 5)
                stays.append(
                    {**base, "step": past, "waits_for": None, "entered_at": entered, "due_at": None, "order_at": FAR,
                     "escalated_at": None, "left_at": left, "working_days": days}
                )  # fmt: skip
                left = entered
        with unit_of_work() as session:
            session.execute(sa.insert(Project.__table__), projects)
            session.execute(sa.insert(Stay.__table__), stays)
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # What grew by the day was tidied up long ago: PostgreSQL finds whole pages that need no look at their rows.
        connection.exec_driver_sql("VACUUM (ANALYZE)" if db.engine.dialect.name == "postgresql" else "ANALYZE")


# ------------------------------------------------------------------------------------------------------------- questions


def _questions():
    """(name, what is asked, how often)."""
    from grants.core import clock
    from grants.core.database import db
    from grants.lifecycle.work import report, team
    from grants.lifecycle.work.mine import Filters, work_of

    today, numbers = clock.today(), itertools.count()

    def period(days):
        """So many days, each time other ones: none of them was asked before."""
        last = today - timedelta(days=next(numbers) % 20)
        return report.Period(last - timedelta(days=days), last)

    year = report.Period(today - timedelta(days=365), today)
    agent, region, programme = _person("agent", "050101"), _person("appraiser", "05"), _person("coordinator", None)
    officer, auditor, monitor = _person("finance_officer", None), _person("auditor", None), _person("monitor", "05")

    @functools.cache
    def first_end():
        return work_of(region).next

    yield "My work, agent of a commune", lambda: work_of(agent), 40
    yield "My work, team of a region", lambda: work_of(region), 40
    yield "My work, team of a region, page 2", lambda: work_of(region, after=first_end()), 40
    yield "My work, team of a region, late", lambda: work_of(region, Filters(when="late")), 40
    yield "My work, coordination", lambda: work_of(programme), 40
    yield "My work, accountant", lambda: work_of(officer), 40
    yield "Team, region: counts", lambda: team.desks(region), 40
    yield "Team, programme: counts", lambda: team.desks(programme), 40
    yield "Team, programme: late files", lambda: team.late_stays(programme), 40

    def asked(person, days, by, place=""):
        return lambda: report.rows(person, period(days), kind="project", by=by, place=place)

    for by in report.BY:
        yield f"Report by {by}, a year until now", lambda by=by: report.rows(auditor, year, kind="project", by=by), 20
        yield f"Report by {by}, 365 days", asked(auditor, 365, by), 20
        yield f"Report by {by}, 45 days", asked(auditor, 45, by), 20
    yield "Report by kind in a region, 45 days", asked(monitor, 45, "kind"), 20
    yield "Report by kind in a cercle, 45 days", asked(monitor, 45, "kind", "0502"), 20
    db.session.rollback()


def _person(role: str, place: str | None):
    """Somebody who holds one role in one territory; not in the database, which is asked all the same."""
    from grants.access.models import Person, RoleGrant

    person = Person(name="Measured", locale="fr", active=True)
    person.grants = [RoleGrant(role=role, place_code=place, valid_from=date(2020, 1, 1))]
    return person


def _timed(question, times: int) -> list[float]:
    """The best of the rounds: median and 95th percentile in milliseconds by the clock, then of processor time."""
    rounds = [_round(question, times) for _number in range(ROUNDS)]
    return [min(figures) for figures in zip(*rounds, strict=True)]


def _round(question, times: int) -> tuple[float, float, float, float]:
    """Ask so many times, each with an empty session, like a request."""
    from flask import current_app

    from grants.core.database import db, mode

    taken, used = [], []
    for _time in range(times + 1):
        with mode("read"), current_app.test_request_context():
            theirs = server_processor()
            began, busy = time.perf_counter(), time.thread_time()
            question()
            taken.append((time.perf_counter() - began) * 1000)
            used.append((time.thread_time() - busy) * 1000)
            if theirs is not None:
                used[-1] += server_processor() - theirs
            db.session.rollback()
            db.session.expunge_all()
    # The first warms the caches of statements and pages.
    return *middle_and_end(taken[1:]), *middle_and_end(used[1:])


def _explain(name: str, question) -> None:
    """Print how the engine answers the statements of a question."""
    import sqlalchemy as sa
    from flask import current_app

    from grants.core.database import db, mode

    asked = []

    def note(_connection, _cursor, statement, parameters, _context, _many):
        if "step_stay" in statement:
            asked.append((statement, parameters))

    with mode("read"), current_app.test_request_context():
        sa.event.listen(db.engine, "before_cursor_execute", note)
        question()
        sa.event.remove(db.engine, "before_cursor_execute", note)
        explain = "EXPLAIN QUERY PLAN " if db.engine.dialect.name == "sqlite" else "EXPLAIN "
        print(f"\n{name}")
        for statement, parameters in asked:
            for row in db.session.connection().exec_driver_sql(explain + statement, parameters):
                print("   ", row[-1])
        db.session.rollback()


def _report(found: dict, sizes: list[int], engine: str) -> None:
    busy = f"{os.getloadavg()[0]:.1f} at work on {os.cpu_count()} processors"
    print(f"\n{engine}; median / 95th percentile in ms, the best of {ROUNDS} rounds; {busy}")
    heads = "".join(f"{size:>16}" for size in sizes)
    print(f"{'':<38}{heads}{'growth':>9}{'processor':>16}{'growth':>9}")
    for name, figures in found.items():
        cells = "".join(f"{f'{median:.1f} / {high:.1f}':>16}" for median, high, *_used in figures)
        first, last = figures[0], figures[-1]
        processor = f"{last[2]:.1f} / {last[3]:.1f}"
        beyond = "" if last[3] <= LIMIT else "  beyond 50 ms"
        print(f"{name:<38}{cells}{last[0] / first[0]:>8.1f}×{processor:>16}{last[2] / first[2]:>8.1f}×{beyond}")


if __name__ == "__main__":
    main()
