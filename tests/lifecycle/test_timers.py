"""Timers: set when a subject enters a step, void when it leaves, fired once whatever happens."""

import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from grants import journal, lifecycle
from grants.access.models import RoleGrant
from grants.core import clock
from grants.core.database import db
from grants.core.unit_of_work import unit_of_work
from grants.lifecycle import stays, timers
from grants.lifecycle.waiting import Stay, Timer
from grants.messages.models import Notice
from tests.stories.rows import again

pytestmark = pytest.mark.stands("submitted")

REASON = {"reason": "Il manque le devis du hangar.", "parts": ["budget"]}


def rows(subject, *conditions):
    db.session.rollback()
    return list(
        db.session.scalars(
            select(Timer)
            .where(Timer.subject_kind == subject.__subject__, Timer.subject_id == subject.id, *conditions)
            .order_by(Timer.id)
        )
    )


def pending(subject):
    return rows(subject, Timer.fired_at.is_(None), Timer.void_at.is_(None))


def told(person) -> list[str]:
    db.session.rollback()
    query = select(Notice).where(Notice.person_id == person.id).order_by(Notice.id)
    return [notice.event.action for notice in db.session.scalars(query)]


def after(subject, days: float):
    return clock.at(again(subject).due_at + timedelta(days=days))


def test_entering_a_step_sets_its_timers_and_leaving_it_voids_them(people, project):
    due = [timer.due_at for timer in pending(project)]
    assert len(due) == 2 and due[0] == again(project).due_at < due[1]
    with unit_of_work():
        lifecycle.perform(again(project), "return_for_completion", by=again(people.appraisers[0]), data=REASON)
    assert [timer.rule.split("/")[0] for timer in pending(project)] == ["completion", "completion"]
    with unit_of_work():
        lifecycle.perform(again(project), "withdraw", by=again(people.agent), data=REASON)
    assert pending(project) == [] and stays.of(again(project)) is None


def test_a_stay_is_kept_for_each_step_with_its_working_days(people, project):
    with clock.at(clock.now() + timedelta(days=14)), unit_of_work():
        lifecycle.perform(again(project), "return_for_completion", by=again(people.appraisers[0]), data=REASON)
    db.session.rollback()
    kept = list(db.session.scalars(select(Stay).where(Stay.subject_kind == "project").order_by(Stay.id)))
    assert [stay.step for stay in kept] == ["draft", "eligibility", "completion"]
    assert 8 <= kept[1].working_days <= 10 and kept[1].category == "livestock"
    assert kept[2].left_at is None and kept[2].place_code == again(project).place_code


def test_owners_are_told_first_and_then_the_next_level_once(people, project):
    with after(project, 0.1):
        assert timers.fire_due() == 1
        assert timers.fire_due() == 0
    assert told(people.appraisers[0]).count(timers.PASSED) == 1
    assert timers.ESCALATED not in told(people.coordinator)
    with after(project, 30):
        assert timers.fire_due() == 1
        assert timers.fire_due() == 0
    assert told(people.coordinator).count(timers.ESCALATED) == 1
    assert stays.of(again(project)).escalated_at is not None
    events = [event for event in journal.history(again(project)) if event.action.startswith("deadline")]
    assert {(event.actor_id, event.actor_name) for event in events} == {(None, "Système")}


def test_the_one_who_acts_is_not_told_and_nobody_of_another_territory(people, project, make_person):
    stranger, next_door = make_person("appraiser", place="07"), make_person("appraiser", place="0502")
    with unit_of_work():
        lifecycle.perform(again(project), "return_for_completion", by=again(people.appraisers[0]), data=REASON)
    assert told(people.agent)[-1] == "return_for_completion"
    with clock.at(again(project).due_at + timedelta(days=40)):
        timers.fire_due()
    place = again(project).place_code
    assert told(stranger) == []
    assert bool(told(next_door)) == place.startswith("0502")


def test_who_lost_the_role_or_the_account_is_no_longer_told(people, project):
    first, second = people.appraisers
    with unit_of_work():
        again(first).active = False
        db.session.execute(
            update(RoleGrant)
            .where(RoleGrant.person_id == second.id)
            .values(revoked_at=clock.now(), revoked_by_id=people.admin.id)
        )
    db.session.expire_all()
    before = (told(first), told(second))
    with after(project, 0.1):
        assert timers.fire_due() == 1
    assert (told(first), told(second)) == before


def test_a_clock_set_back_fires_nothing_twice(people, project):
    with after(project, 1):
        assert timers.fire_due() == 1
    with after(project, -100):
        assert timers.fire_due() == 0
    with after(project, 1):
        assert timers.fire_due() == 0
    with clock.at(again(project).step_since - timedelta(minutes=1)), unit_of_work():
        lifecycle.perform(again(project), "return_for_completion", by=again(people.appraisers[0]), data=REASON)
    assert again(project).step == "completion"


def test_left_and_entered_again_at_one_instant(people, project):
    """The due times are the same then; what was fired stays fired and nothing collides."""
    with clock.at(clock.now()):
        for _time in range(2):
            with unit_of_work():
                lifecycle.perform(again(project), "return_for_completion", by=again(people.appraisers[0]), data=REASON)
            life_goes_on(people, project)
    assert again(project).step == "eligibility" and len(pending(project)) == 2


def life_goes_on(people, project):
    with unit_of_work():
        lifecycle.perform(again(project), "resubmit", by=again(people.agent))


def test_one_timer_that_fails_keeps_none_of_the_others(people, project, monkeypatch):
    heard = []

    def listener(subject, event, roles):
        heard.append(event.action)
        if len(heard) == 1:
            raise RuntimeError("the lights went out")

    monkeypatch.setattr(timers, "_listeners", [listener])
    with after(project, 60):
        assert timers.fire_due() == 1
    failed = rows(project, Timer.tries > 0)
    assert len(failed) == 1 and failed[0].fired_at is None and failed[0].retry_at is not None
    with after(project, 61):
        assert timers.fire_due() == 1
    assert pending(project) == []


def test_two_workers_at_once_fire_each_timer_once(app, people, project):
    at = again(project).due_at + timedelta(days=60)
    db.session.rollback()
    gate, counts = threading.Barrier(2), []

    def work():
        with app.app_context(), clock.at(at):
            gate.wait()
            try:
                counts.append(timers.fire_due())
            finally:
                db.session.remove()

    threads = [threading.Thread(target=work) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with clock.at(at):
        counts.append(timers.fire_due())
    assert sum(counts) == 2
    assert told(people.coordinator).count(timers.ESCALATED) == 1


def test_somebody_who_acts_meanwhile_and_a_worker_do_not_hurt_each_other(app, people, project):
    at = again(project).due_at + timedelta(days=60)
    ids = (project.id, people.appraisers[0].id)
    db.session.rollback()
    gate, outcome = threading.Barrier(2), []

    def act():
        from grants.access.models import Person
        from grants.projects.models import Project

        with app.app_context(), clock.at(at):
            gate.wait()
            try:
                with unit_of_work() as session:
                    file, person = session.get(Project, ids[0]), session.get(Person, ids[1])
                    lifecycle.perform(file, "return_for_completion", by=person, data=REASON)
                outcome.append("done")
            except Exception as error:  # noqa: BLE001  (compared below)
                outcome.append(error)
            finally:
                db.session.remove()

    def work():
        with app.app_context(), clock.at(at):
            gate.wait()
            try:
                outcome.append(timers.fire_due() >= 0)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=target) for target in (act, work)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, outcome)) == ["True", "done"]
    assert again(project).step == "completion"
    assert {timer.rule.split("/")[0] for timer in pending(project)} == {"completion"}


KILLED = """
import os, sys, time
from datetime import datetime
import config
from grants import create_app
from grants.core import clock
from grants.lifecycle import timers

app = create_app(config.read())
if sys.argv[2] == "dies":
    def die(subject, event, roles):
        print("firing", flush=True)
        time.sleep(60)
    timers._listeners.append(die)
with app.app_context(), clock.at(datetime.fromisoformat(sys.argv[1])):
    print(timers.fire_due(), flush=True)
"""


def test_a_worker_killed_while_it_fires_leaves_the_timer_to_the_next(app, people, project):
    at = (again(project).due_at + timedelta(hours=1)).isoformat()
    db.session.rollback()
    databases = app.databases
    if databases.engine == "sqlite":
        url = f"sqlite:///{databases.folder / databases.current}.sqlite3"
    else:
        url = databases.server.replace("/postgres?", f"/{databases.prefix}{databases.current}?")
    environment = {
        **os.environ, "BENKAN_ENV": "test", "BENKAN_SECRET_KEY": "only for tests " * 3, "BENKAN_DATABASE_URL": url,
    }  # fmt: skip
    dying = subprocess.Popen(
        [sys.executable, "-c", KILLED, at, "dies"], env=environment, stdout=subprocess.PIPE, text=True
    )
    assert dying.stdout.readline() == "firing\n"
    dying.send_signal(signal.SIGKILL)
    dying.wait()
    dying.stdout.close()
    assert told(people.appraisers[0]).count(timers.PASSED) == 0
    db.session.rollback()
    # PostgreSQL notices within a moment that the client is gone.
    for _try in range(20):
        done = subprocess.run(
            [sys.executable, "-c", KILLED, at, "lives"], env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        if done.stdout == "1\n":
            break
        time.sleep(0.5)
    assert told(people.appraisers[0]).count(timers.PASSED) == 1


def test_a_definition_may_let_the_system_act(people, project, monkeypatch):
    """`takes`: the system takes the action under its own name, and the file's other timers are void."""
    real = lifecycle.definition_of(again(project))
    step = real.steps["eligibility"]
    withdraw = replace(step.actions["withdraw"], by=(*step.actions["withdraw"].by, "system"), asks=None)
    late = (replace(step.late[0], takes="withdraw"), *step.late[1:])
    changed = replace(step, late=late, actions={**step.actions, "withdraw": withdraw})
    definition = replace(real, steps={**real.steps, "eligibility": changed})
    for room in ("grants.lifecycle.timers", "grants.lifecycle.running"):
        monkeypatch.setattr(f"{room}.definition_of", lambda _subject: definition)
    with after(project, 0.1):
        assert timers.fire_due() == 1
    assert again(project).step == "withdrawn" and pending(project) == []
    event = next(event for event in journal.history(again(project)) if event.action == "withdraw")
    assert (event.actor_id, event.actor_name) == (None, "Système")
    assert told(people.appraisers[0])[-2:] == [timers.PASSED, "withdraw"]


def test_the_system_is_refused_what_no_definition_gives_it(people, project):
    with unit_of_work():
        timers._act(again(project), "declare_eligible")
    assert again(project).step == "eligibility"
    assert journal.last_event(again(project)).action == timers.NOT_TAKEN


def test_setup_sets_the_timers_of_files_that_stood_before(app, project):
    with unit_of_work() as session:
        session.execute(db.delete(Timer))
    assert app.test_cli_runner().invoke(args=["setup"]).exit_code == 0
    assert len(pending(project)) == 2
    assert app.test_cli_runner().invoke(args=["setup"]).exit_code == 0
    assert len(pending(project)) == 2


@pytest.mark.slow
def test_hundreds_at_once_and_two_workers(app, people, project, monkeypatch):
    """All fire, in chunks, each once, whichever worker comes to it. (`benchmarks/timers.py` fires ten thousand.)"""
    monkeypatch.setattr(timers, "_listeners", [])
    first = again(project).due_at + timedelta(hours=1)
    with unit_of_work() as session:
        session.execute(update(Timer).values(void_at=clock.now()))
        session.execute(
            db.insert(Timer),
            [
                {
                    "subject_kind": "project", "subject_id": project.id, "rule": "eligibility/0", "tries": 0,
                    "due_at": first + timedelta(seconds=n),
                }
                for n in range(400)
            ],
        )  # fmt: skip
    chunks, counts, real, at = [], [], timers.fire, first + timedelta(days=1)
    monkeypatch.setattr(timers, "fire", lambda ids: chunks.append(len(ids)) or real(ids))

    def work():
        with app.app_context(), clock.at(at):
            counts.append(timers.fire_due())
            db.session.remove()

    workers = [threading.Thread(target=work) for _number in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    with clock.at(at):
        # What one worker found held by the other is left for the next pass.
        counts.append(timers.fire_due())
    assert sum(counts) == 400 and max(chunks) == timers.CHUNK
    db.session.rollback()
    assert db.session.scalar(select(func.count()).where(Timer.fired_at.is_not(None))) == 400
    assert [event.action for event in journal.history(again(project), limit=1000)].count(timers.PASSED) == 400
