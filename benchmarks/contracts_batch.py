"""How long the contracts of a call take beside bare WeasyPrint: `python -m benchmarks.contracts_batch [--size 200]`.

The database is made in a temporary folder: a small demonstration, one of whose granted files is copied so many times. The
batch is the real one: each file is looked at, drawn up, set in a press, filed in both copies, and takes its step with its
journal. WeasyPrint alone sets the same contract (one PDF, no checks, no limits, this process). The batch should take no more
than 1.3 × (bare wall × size ÷ cores), and its memory should not grow with its size. Others on the machine count too: the
processor seconds beside them hardly change.
"""

import argparse
import os
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import documents as alone
from benchmarks.measuring import application

FIRST = 1_000_000


def copies(size: int):
    """`size` files of one call that wait for their contract; returns the call and the coordinator who asks."""
    import sqlalchemy as sa

    from grants import lifecycle
    from grants.access.models import Person, RoleGrant
    from grants.appraisal.models import Screening
    from grants.committee.models import AgendaItem
    from grants.core.database import db
    from grants.core.unit_of_work import unit_of_work
    from grants.projects.models import Project, Revision

    with unit_of_work() as session:
        coordinator = session.scalars(sa.select(Person).join(RoleGrant, RoleGrant.person_id == Person.id)
                                      .where(RoleGrant.role == "coordinator")).first()  # fmt: skip
        granted = (
            sa.select(Project).join(AgendaItem).where(AgendaItem.decision == "award", Project.granted.is_not(None))
        )
        for project in session.scalars(granted.order_by(Project.id)):
            rows = {
                model: [dict(row) for row in session.execute(sa.select(model.__table__).where(key == project.id)).mappings()]
                for model, key in ((Project, Project.id), (Revision, Revision.project_id), (Screening, Screening.project_id),
                                   (AgendaItem, AgendaItem.project_id))
            }  # fmt: skip
            number = _copied(session, rows, 0)
            first = session.get_one(Project, number)
            offer = next(one for one in lifecycle.offers(first, coordinator) if one.action.code == "issue_contract")
            if offer.allowed:
                break
            session.execute(
                sa.update(Project).where(Project.id == number).values(step="withdrawn", waits_for=None, due_at=None)
            )
        else:
            sys.exit("no file of the demonstration could be given a contract")
        for copy in range(FIRST, FIRST + size - 1):
            _copied(session, rows, copy)
        call = project.call
    db.session.expire_all()
    return call.id, coordinator.id


def _copied(session, rows, number) -> int:
    from grants.projects.models import Project

    for model, found in rows.items():
        for place, row in enumerate(found):
            values = {name: value for name, value in row.items() if name != "id"}
            if model is Project:
                code = number or FIRST - 1 - row["id"]
                values |= {"id": code, "uuid": f"{code:036}", "reference": f"B-{code}", "step": "contract",
                           "waits_for": "coordinator", "due_at": None}  # fmt: skip
                project_id = code
            else:
                values |= {"project_id": project_id, "id": project_id * 10 + place}
            session.execute(model.__table__.insert().values(**values))
    return project_id


def watch(stop: threading.Event, seen: list[int]) -> None:
    """Note each second the memory of this process and of its presses, in megabytes."""
    while not stop.wait(1):
        mine = os.getpid()
        pids = [mine]
        for task in Path(f"/proc/{mine}/task").glob("*/children"):
            pids += map(int, task.read_text().split())
        try:
            seen.append(alone.resident(pids))
        except OSError:
            continue


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--size", type=int, default=200, help="contracts in the batch (1000 for the full measure)")
    size = options.parse_args().size
    with tempfile.TemporaryDirectory() as folder:
        app = application(Path(folder), postgresql=False)
        with app.app_context():
            measure(Path(folder), *copies(size), size)


def measure(folder: Path, call_id: int, coordinator_id: int, size: int) -> None:
    """The batch, then WeasyPrint alone on one of its contracts."""
    from grants.access.models import Person
    from grants.calls.models import Call
    from grants.contracts import many
    from grants.core.database import db
    from grants.core.unit_of_work import unit_of_work
    from grants.documents import fonts, jobs, plain, setting
    from grants.documents.batch import cores
    from grants.documents.models import Document, Job

    # What the demonstration left to be done is no part of it.
    jobs.work()
    with unit_of_work():
        by = db.session.get_one(Person, coordinator_id)
        many.ask(db.session.get_one(Call, call_id), months=12, start="", represented_by=by.name, by=by)
    stop, seen = threading.Event(), []
    watcher = threading.Thread(target=watch, args=(stop, seen), daemon=True)
    watcher.start()
    started, used = time.perf_counter(), sum(os.times()[:4])
    jobs.work()
    wall, cpu = time.perf_counter() - started, sum(os.times()[:4]) - used
    stop.set()
    watcher.join()
    db.session.rollback()
    job = db.session.scalar(db.select(Job).where(Job.kind == "contracts"))
    print(f"{job.state}, {jobs.outcomes(job)}, of {job.total}")
    whole = db.session.scalar(
        db.select(Document).where(Document.kind == "contract").order_by(Document.id.desc())
    ).parameters
    path = folder / "fonts.conf"
    path.write_text(fonts.fontconfig(folder / "cache"), encoding="utf-8")
    os.environ["FONTCONFIG_FILE"] = str(path)
    html = setting.text("contract.html", plain.loads(plain.dumps(whole)))
    bare = alone.bare(html, setting.css(fonts.needed(fonts.signs(html))), 5)
    print("                                     wall   processor")
    print(f"bare WeasyPrint, one PDF          {bare[0]:6.3f} s  {bare[1]:6.3f} s")
    print(f"the batch, each of {size:<6}         {wall / size:6.3f} s  {cpu / size:6.3f} s")
    fair, cost = bare[0] * size / cores(), cpu / size / bare[1]
    print(f"  {wall / fair:.2f} × (bare wall × size ÷ {cores()} cores), {cost:.2f} × bare in processor time")
    steps = max(len(seen) // 10, 1)
    print(f"  memory, a tenth each: {' '.join(f'{one}' for one in seen[::steps][:11])} MB")


if __name__ == "__main__":
    main()
