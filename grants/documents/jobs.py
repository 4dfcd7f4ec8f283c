"""Work in the background: rows that a worker takes up, in small pieces, and that another takes up again if it dies.

A kind of job is a function that does its work piece by piece and yields `(done, total)` between them; each piece opens
its own unit of work and does only what is not done yet. So a job may be stopped between two pieces, and a worker killed
in the middle of one, and nothing is done twice.
"""

import os
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from flask import current_app
from sqlalchemy import and_, func, or_, select, update

from grants.core import clock, periodic
from grants.core.database import db
from grants.core.errors import NotFound, Problems, Refused
from grants.core.logs import log
from grants.core.references import new_uuid
from grants.core.unit_of_work import unit_of_work
from grants.documents.models import Job, JobLine
from grants.documents.storage import digest_of_file

# A worker that has given no sign for this long is taken for dead. The longest piece is far shorter.
SILENCE = timedelta(minutes=3)
RESULTS_KEPT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of work: its name in the reader's language, what does it, and who may have what came of it."""

    name: object
    run: Callable[[Job], Iterator[tuple[int, int]]]
    may: Callable[[object, Job], bool]
    link: Callable[[JobLine], str] | None = None


kinds: dict[str, Kind] = {}


def runs(
    code: str, name: object, *, may: Callable[[object, Job], bool], link: Callable[[JobLine], str] | None = None
) -> Callable:
    """Register a generator `f(job)`; what it returns at the end is the path of its result in `results()`, or None.

    `may(person, job)` says whether a person still has the right to the job and to its result; `link(line)` is the address of
    what a line of the job is about.
    """

    def register(run: Callable) -> Callable:
        kinds[code] = Kind(name, run, may, link)
        return run

    return register


def ask(kind: str, subject, *, by, parameters: dict | None = None) -> Job:
    """Ask for a job about a subject. One that waits or runs already is given back: a double click asks once."""
    same = select(Job).where(
        Job.kind == kind,
        Job.subject_kind == subject.__subject__,
        Job.subject_id == subject.id,
        Job.made_by_id == by.id,
        Job.state.in_(("waiting", "running", "stopped")),
    )
    there = db.session.scalar(same.limit(1))
    if there is not None:
        if there.state == "stopped":
            resume(there, by=by)
        return there
    job = Job(
        uuid=new_uuid(), kind=kind, subject_kind=subject.__subject__, subject_id=subject.id,
        parameters=parameters or {}, made_by_id=by.id,
    )  # fmt: skip
    db.session.add(job)
    db.session.flush()
    return job


def visible(uuid: str, person) -> Job:
    """The job of a uuid for the person who asked for it, as long as they have the right; raises NotFound."""
    job = db.session.scalar(select(Job).where(Job.uuid == uuid))
    if job is None or job.made_by_id != person.id or job.kind not in kinds or not kinds[job.kind].may(person, job):
        raise NotFound()
    return job


def outcomes(job: Job) -> dict[str, int]:
    """How many lines of a job ended in which way."""
    counted = select(JobLine.outcome, func.count()).where(JobLine.job_id == job.id).group_by(JobLine.outcome)
    return dict(db.session.execute(counted).all())


def lines(job: Job, outcome: str, *, most: int) -> list[JobLine]:
    """The lines of a job that ended in one way, the oldest first."""
    wanted = select(JobLine).where(JobLine.job_id == job.id, JobLine.outcome == outcome)
    return list(db.session.scalars(wanted.order_by(JobLine.label).limit(most)))


def stop(job: Job, *, by) -> None:
    """Let a job rest after the piece that is being done. Raises Refused where it has ended."""
    _move(job, by, ("waiting", "running"), state="stopped", worker=None)


def resume(job: Job, *, by) -> None:
    """Let a stopped job go on where it was. Raises Refused where it does not rest."""
    _move(job, by, ("stopped",), state="waiting", worker=None)


def _move(job, by, among, **values):
    if job.made_by_id != by.id:
        raise NotFound()
    moved = db.session.execute(update(Job).where(Job.id == job.id, Job.state.in_(among)).values(**values))
    if not moved.rowcount:
        raise Refused("this work has ended or was changed already")
    db.session.refresh(job)


def results() -> Path:
    """The folder of what came of jobs: outside the web root, and emptied after some days."""
    folder = Path(current_app.config["STORAGE_PATH"]) / "results"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def claim(worker: str) -> int | None:
    """Take the next job that waits, or that a dead worker has left; the id, or None where there is none."""
    with unit_of_work():
        free = or_(Job.state == "waiting", and_(Job.state == "running", Job.beat_at < clock.now() - SILENCE))
        wanted = select(Job).where(free, Job.kind.in_(kinds)).order_by(Job.id).limit(1)
        job = db.session.scalar(wanted.with_for_update(skip_locked=True))
        if job is None:
            return None
        job.state, job.worker, job.beat_at = "running", worker, clock.now()
        return job.id


def work(*, most: int | None = None) -> int:
    """Do the jobs that wait, one after the other, `most` at the most; return how many were taken up."""
    worker = f"{socket.gethostname()[:50]}:{os.getpid()}"
    count = 0
    while (most is None or count < most) and (job_id := claim(worker)) is not None:
        count += 1
        _run(job_id, worker)
    return count


def _run(job_id, worker):
    try:
        result = _pieces(job_id, worker)
    except _Lost:
        log.info("job %s was stopped or taken over", job_id)
    except Exception as error:  # noqa: BLE001  (a job that fails must not end the worker; it is shown to who asked)
        log.exception("job %s failed", job_id)
        words = str(error) if isinstance(error, Problems | Refused) else type(error).__name__
        _end(job_id, worker, state="failed", problem=words[:2000])
    else:
        values = (
            {"result": result.name, "size": result.stat().st_size, "sha256": digest_of_file(result)} if result else {}
        )
        _end(job_id, worker, state="done", **values)
    finally:
        db.session.remove()


class _Lost(Exception):
    """Somebody stopped the job, or another worker has it."""


def _pieces(job_id, worker):
    job = db.session.get_one(Job, job_id)
    db.session.expunge(job)
    db.session.rollback()
    pieces = kinds[job.kind].run(job)
    try:
        while True:
            done, total = next(pieces)
            # What a piece has loaded is let go: a long job takes no more memory than a short one.
            db.session.remove()
            _beat(job_id, worker, done, total)
    except StopIteration as end:
        return end.value
    finally:
        pieces.close()


def _beat(job_id, worker, done, total):
    with unit_of_work():
        mine = update(Job).where(Job.id == job_id, Job.state == "running", Job.worker == worker)
        if not db.session.execute(mine.values(beat_at=clock.now(), done=done, total=total)).rowcount:
            raise _Lost()


def _end(job_id, worker, **values):
    db.session.rollback()
    with unit_of_work():
        mine = update(Job).where(Job.id == job_id, Job.state == "running", Job.worker == worker)
        db.session.execute(mine.values(worker=None, ended_at=clock.now(), **values))


@periodic.job("jobs", order=80)
def take_up() -> int:
    """One job a round: mails and timers must not wait behind many."""
    return work(most=1)


@periodic.job("results", order=90)
def forget_results() -> int:
    """Remove results that are some days old; the job itself stays, and can be asked for again."""
    with unit_of_work():
        old = select(Job).where(Job.result.is_not(None), Job.ended_at < clock.now() - RESULTS_KEPT)
        names = []
        for job in db.session.scalars(old):
            names.append(job.result)
            job.result = None
    for name in names:
        (results() / name).unlink(missing_ok=True)
    return len(names)
