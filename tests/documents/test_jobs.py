"""Work in the background: done once, stopped, resumed, and taken up again when a worker was killed."""

import os
import threading
from datetime import timedelta

import pytest
from sqlalchemy import update

from grants.core import clock
from grants.core.database import db
from grants.core.errors import NotFound, Refused
from grants.core.unit_of_work import unit_of_work
from grants.documents import jobs
from grants.documents.models import Job


@pytest.fixture
def done(monkeypatch):
    """A kind of job that writes down each of its five pieces, and may be told what to do at one of them."""
    pieces, at = [], {}

    def run(job):
        for number in range(len(pieces) + 1, 6):
            pieces.append(number)
            if number in at:
                at.pop(number)(job)
            yield number, 5
        path = jobs.results() / f"{job.uuid}.zip"
        path.write_bytes(b"PK")
        return path

    monkeypatch.setitem(jobs.kinds, "count", jobs.Kind("Count", run, lambda person, job: True))
    run.pieces, run.at = pieces, at
    return run


@pytest.fixture
def asked(app, make_person, done):
    with unit_of_work():
        person = make_person("auditor")
        return jobs.ask("count", person, by=person).id


def job_of(asked):
    db.session.rollback()
    return db.session.get_one(Job, asked, populate_existing=True)


def test_job_is_done_once_and_its_result_is_taken_by_who_asked(app, asked, done, make_person, browser_of):
    assert jobs.work() == 1
    assert jobs.work() == 0
    job = job_of(asked)
    assert (job.state, job.done, job.total, job.worker) == ("done", 5, 5, None)
    assert job.size == 2
    uuid = job.uuid
    mine = browser_of(job.made_by)
    assert mine.get(f"/jobs/{uuid}").status_code == 200
    with mine.get(f"/jobs/{uuid}/result") as answer:
        assert answer.data == b"PK"
    other = browser_of(make_person("admin"))
    assert other.get(f"/jobs/{uuid}").status_code == 404
    assert other.get(f"/jobs/{uuid}/result").status_code == 404


def test_asking_twice_asks_once(app, asked, done):
    with unit_of_work():
        person = job_of(asked).made_by
        assert jobs.ask("count", person, by=person).id == asked


def test_stopped_job_rests_after_its_piece_and_goes_on_where_it_was(app, asked, done):
    def stop(job):
        with unit_of_work():
            there = db.session.get_one(Job, asked)
            jobs.stop(there, by=there.made_by)

    done.at[2] = stop
    jobs.work()
    assert job_of(asked).state == "stopped"
    assert done.pieces == [1, 2]
    assert jobs.work() == 0
    with unit_of_work():
        there = db.session.get_one(Job, asked)
        jobs.resume(there, by=there.made_by)
    jobs.work()
    assert job_of(asked).state == "done"
    assert done.pieces == [1, 2, 3, 4, 5]


def test_what_failed_says_so_and_the_next_job_is_done(app, asked, done, make_person):
    def fail(job):
        raise ValueError("secret of the house")

    done.at[1] = fail
    with unit_of_work():
        person = make_person("auditor")
        second = jobs.ask("count", person, by=person).id
    assert jobs.work() == 2
    assert (job_of(asked).state, job_of(asked).problem) == ("failed", "ValueError")
    assert job_of(second).state == "done"
    with pytest.raises(Refused), unit_of_work():
        jobs.resume(job_of(asked), by=job_of(asked).made_by)


def test_only_who_asked_may_stop_it(app, asked, done, make_person):
    with pytest.raises(NotFound), unit_of_work():
        jobs.stop(job_of(asked), by=make_person("admin"))


def test_two_workers_claim_different_jobs_and_never_the_same(app, asked, done):
    person_id = job_of(asked).made_by_id
    with unit_of_work():
        for _number in range(7):
            db.session.add(Job(uuid=os.urandom(8).hex(), kind="count", subject_kind="person", subject_id=1,
                               parameters={}, made_by_id=person_id))  # fmt: skip
    claimed, gate = [], threading.Barrier(4)

    def worker(name):
        with app.app_context():
            gate.wait()
            while (job_id := jobs.claim(name)) is not None:
                claimed.append(job_id)
            db.session.remove()

    threads = [threading.Thread(target=worker, args=(f"w{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(claimed) == len(set(claimed)) == 8


def test_job_of_a_dead_worker_is_taken_up_and_the_dead_one_can_no_longer_end_it(app, asked, done):
    assert jobs.claim("dead") == asked
    assert jobs.claim("living") is None
    with unit_of_work():
        db.session.execute(update(Job).values(beat_at=clock.now() - jobs.SILENCE - timedelta(seconds=1)))
    assert jobs.claim("living") == asked
    jobs._end(asked, "dead", state="done")
    with pytest.raises(jobs._Lost):
        jobs._beat(asked, "dead", 1, 5)
    assert (job_of(asked).state, job_of(asked).worker) == ("running", "living")


def test_results_are_forgotten_after_a_week_and_the_page_says_it(app, asked, done, browser_of):
    jobs.work()
    path = jobs.results() / job_of(asked).result
    assert jobs.forget_results() == 0
    with unit_of_work():
        db.session.execute(update(Job).values(ended_at=clock.now() - timedelta(days=8)))
    assert jobs.forget_results() == 1
    assert not path.exists()
    assert browser_of(job_of(asked).made_by).get(f"/jobs/{job_of(asked).uuid}/result").status_code == 404
