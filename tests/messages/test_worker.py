"""The worker as it runs on a server: a process of its own that is stopped, killed, and followed by the next."""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from flask_babel import force_locale
from sqlalchemy import func, select, update

from grants import journal
from grants.core import clock
from grants.core.database import db, mode
from grants.core.unit_of_work import unit_of_work
from grants.documents.models import Job
from grants.followup import archive
from grants.lifecycle import timers
from grants.lifecycle.waiting import Timer
from grants.messages import operations, queries
from grants.messages.models import Notice
from tests.stories.rows import again

pytestmark = pytest.mark.stands("submitted")

ROOT = Path(__file__).parents[2]
# More than are fired in one transaction.
MANY = timers.CHUNK + 30


def due_now(project) -> None:
    """Timers that are due in the real time of another process; all of them tell those who have to act."""
    first = clock.now() - timedelta(hours=1)
    with unit_of_work() as session:
        session.execute(update(Timer).values(void_at=clock.now()))
        rows = [
            {"subject_kind": "project", "subject_id": project.id, "rule": "eligibility/0", "tries": 0,
             "due_at": first + timedelta(seconds=n)}
            for n in range(MANY)
        ]  # fmt: skip
        session.execute(db.insert(Timer), rows)


def now_there(query):
    """What another process sees too; nothing is held while we wait."""
    with mode("read"):
        db.session.rollback()
        found = db.session.scalar(query)
        db.session.rollback()
    return found


def fired() -> int:
    return now_there(select(func.count()).where(Timer.fired_at.is_not(None)))


def until(true, worker) -> None:
    """Wait for what another process does."""
    for _try in range(1200):
        if true():
            return
        if worker.poll() is not None:
            break
        time.sleep(0.05)
    raise AssertionError("the worker did not do it within a minute")


@contextmanager
def working(app):
    databases = app.databases
    environment = os.environ | {
        "BENKAN_ENV": "test", "BENKAN_SECRET_KEY": app.config["SECRET_KEY"],
        "BENKAN_DATABASE_URL": f"sqlite:///{databases.folder / databases.current}.sqlite3",
        "BENKAN_STORAGE_PATH": str(app.config["STORAGE_PATH"]),
    }  # fmt: skip
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "worker", "--every", "1"]
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("engine", ["sqlite"])
def test_killed_in_the_middle_it_loses_nothing_and_told_to_stop_it_ends_well(app, people, project):
    """Each timer is fired once and told once; a job that was asked for is done."""
    due_now(project)
    with working(app) as worker:
        # What it committed by then is there; where it was when it died, nobody knows.
        until(lambda: fired() >= timers.CHUNK, worker)
        worker.send_signal(signal.SIGKILL)
        worker.wait(10)
    done = fired()
    assert timers.CHUNK <= done <= MANY
    with unit_of_work():
        job = archive.ask(again(project), by=again(people.coordinator)).id

    def ready() -> bool:
        return fired() == MANY and now_there(select(Job.state).where(Job.id == job)) == "done"

    with working(app) as worker:
        until(ready, worker)
        worker.send_signal(signal.SIGTERM)
        said, _nothing = worker.communicate(timeout=30)
    assert worker.returncode == 0, said
    assert "SIGTERM ends it" in said and "jobs: 1" in said and "Traceback" not in said
    told = [event.action for event in journal.history(again(project), limit=1000)]
    assert told.count(timers.PASSED) == MANY
    for appraiser in people.appraisers:
        mine = select(func.count()).where(Notice.person_id == appraiser.id)
        assert db.session.scalar(mine) == queries.unread(again(appraiser)) >= MANY


def test_old_news_that_were_read_are_forgotten_and_others_are_kept(app, people, project, browser_of, count_queries):
    due_now(project)
    timers.fire_due()
    reader, other = people.appraisers
    browser = browser_of(reader)
    there = queries.unread(again(reader))
    with count_queries() as before:
        page = browser.get("/account")
    assert f'<span class="count">{there}<span class="unseen"> non lues</span></span>' in page.text
    one = db.session.scalar(
        select(Notice).where(Notice.person_id == reader.id).order_by(Notice.id.desc()).limit(1)
    ).event
    with app.test_request_context():
        for language, name in (("fr", "Système"), ("en", "System")):
            with force_locale(language):
                assert one.who == name
    db.session.rollback()
    with unit_of_work():
        operations.mark_read(by=again(reader), up_to=2**31)
    with count_queries() as after:
        assert 'class="unseen"> non lues' not in browser.get("/account").text
    assert before() == after()
    assert operations.forget_old() == 0
    with clock.at(clock.now() + timedelta(days=app.config["NEWS_DAYS"] + 1)):
        assert operations.forget_old() == there
        assert operations.forget_old() == 0
    db.session.rollback()
    assert db.session.scalar(select(func.count()).where(Notice.person_id == reader.id)) == 0
    assert queries.unread(again(other)) == there
