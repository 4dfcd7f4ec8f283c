"""How long ten thousand timers take that are due at once: python benchmarks/timers.py [NUMBER] [--postgresql].

A file of the demonstration gets so many timers of the step where it stands; one worker fires them, everybody concerned is
told, and everything is in the journal.
"""

import argparse
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.measuring import application


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("number", type=int, nargs="?", default=10_000)
    parser.add_argument("--postgresql", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        app = application(Path(folder), postgresql=options.postgresql)
        with app.app_context():
            fire(options.number)


def fire(number: int) -> None:
    """Set the timers, fire them, and print how long it took."""
    from grants.core import clock
    from grants.core.unit_of_work import unit_of_work
    from grants.lifecycle import timers
    from grants.lifecycle.versions import definition_of
    from grants.lifecycle.waiting import Timer
    from grants.projects.models import Project

    with unit_of_work() as session:
        waiting = session.scalars(sa.select(Project).where(Project.due_at.is_not(None)).order_by(Project.id))
        project = next(file for file in waiting if definition_of(file).steps[file.step].late)
        first = clock.now() - timedelta(seconds=number)
        session.execute(sa.update(Timer).where(Timer.fired_at.is_(None), Timer.void_at.is_(None)).values(void_at=first))
        session.execute(
            sa.insert(Timer),
            [
                {"subject_kind": "project", "subject_id": project.id, "rule": f"{project.step}/0", "tries": 0,
                 "due_at": first + timedelta(seconds=n)}
                for n in range(number)
            ],
        )  # fmt: skip
    began, busy = time.perf_counter(), time.process_time()
    fired = timers.fire_due()
    took, worked = time.perf_counter() - began, time.process_time() - busy
    print(f"{fired} timers fired in {took:.1f} s ({worked:.1f} s of processor): {fired / took:,.0f} a second")


if __name__ == "__main__":
    main()
