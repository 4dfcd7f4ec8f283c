"""Processes that act at once, and processes that are killed in the middle: what was acknowledged is there, and no more."""

import multiprocessing
import os
import random
import signal
import time
import warnings

import pytest
import sqlalchemy as sa

from grants import journal, lifecycle
from grants.access.models import Person
from grants.core.database import db
from grants.core.errors import Stale
from grants.core.unit_of_work import unit_of_work
from grants.journal.verifying import check
from grants.lifecycle import registry
from grants.lifecycle.models import IdempotencyKey
from grants.projects.models import Project
from tests.stories.rows import again

pytestmark = pytest.mark.stands("submitted")

RETURN = {"reason": "Il manque le devis du hangar.", "parts": ["budget"]}
KILLS = 20


def started(target, *args):
    """A process of its own, forked: it has the registries of the test and opens connections of its own."""
    db.session.remove()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        process = multiprocessing.get_context("fork").Process(target=target, args=args)
        process.start()
    return process


def _act_at_once(project_id, person_id, key, gate, results):
    db.session.remove()
    try:
        file, person = db.session.get(Project, project_id), db.session.get(Person, person_id)
        seen = file.state_revision
        db.session.rollback()
        gate.wait(30)
        with unit_of_work():
            event = lifecycle.perform(
                file, "return_for_completion", by=person, data=RETURN, expected_revision=seen, idempotency_key=key
            )
            done = event.id
        results.put(("done", done))
    except Stale as stale:
        results.put(("told", str(stale)))
    except Exception as error:  # noqa: BLE001  (compared by the test)
        results.put(("failed", repr(error)[:300]))


def at_once(project, actors, keys):
    context = multiprocessing.get_context("fork")
    gate, results = context.Barrier(2), context.Queue()
    ids = [person.id for person in actors]
    project_id = project.id
    racers = [started(_act_at_once, project_id, one, key, gate, results) for one, key in zip(ids, keys, strict=True)]
    found = sorted(results.get(timeout=60) for _racer in racers)
    for racer in racers:
        racer.join(20)
    return found


def test_two_processes_take_the_same_action_one_wins_the_other_is_told_by_whom(app, people, project):
    names = {person.name for person in people.appraisers}
    (first, _event), (second, words) = at_once(project, people.appraisers, [None, None])
    assert (first, second) == ("done", "told")
    assert any(name in words for name in names) and "Renvoyée pour complément" in words
    done = [event for event in journal.history(again(project)) if event.action == "return_for_completion"]
    assert len(done) == 1 and done[0].actor_name in words


def test_the_same_key_at_once_is_one_act_answered_twice(app, people, project):
    appraiser = people.appraisers[0]
    found = at_once(project, [appraiser, appraiser], ["once", "once"])
    assert [kind for kind, _event in found] == ["done", "done"] and found[0][1] == found[1][1]
    assert len([e for e in journal.history(again(project)) if e.action == "return_for_completion"]) == 1


def _die(*_anything):
    os.kill(os.getpid(), signal.SIGKILL)


def _act_and_die(project_id, person_id, when):
    db.session.remove()
    if when == "before":
        registry.listeners.append(_die)
    else:
        sa.event.listen(db.session.registry().__class__, "after_commit", _die)
    with unit_of_work():
        file, person = db.session.get(Project, project_id), db.session.get(Person, person_id)
        lifecycle.perform(file, "return_for_completion", by=person, data=RETURN, idempotency_key="once")


@pytest.mark.parametrize(("when", "step"), [("before", "eligibility"), ("after", "completion")])
def test_killed_before_the_commit_nothing_is_there_after_it_everything(app, people, project, when, step):
    before = project.state_revision
    ids = (project.id, people.appraisers[0].id)
    process = started(_act_and_die, *ids, when)
    process.join(30)
    assert process.exitcode == -signal.SIGKILL
    project = again(project)
    done = [event for event in journal.history(project) if event.action == "return_for_completion"]
    assert (project.step, project.state_revision - before, len(done)) == (step, len(done), 1 if when == "after" else 0)
    assert check().breaks == []
    # Whoever asked sends it again with the same key: it happens once, whichever moment it was.
    with unit_of_work():
        lifecycle.perform(
            again(project), "return_for_completion", by=again(people.appraisers[0]), data=RETURN, idempotency_key="once"
        )
    assert len([e for e in journal.history(again(project)) if e.action == "return_for_completion"]) == 1


def _back_and_forth(project_id, appraiser_id, agent_id, life_number, acknowledged):
    """Act without end; say what was committed. Conditions and effects are left out: it is the act that is under attack."""
    db.session.remove()
    registry.guards.update(dict.fromkeys(registry.guards, lambda _subject, _by: ()))
    registry.effects.update(dict.fromkeys(registry.effects, lambda _subject, _act: None))
    number = 0
    while True:
        number += 1
        with unit_of_work():
            file = db.session.get(Project, project_id)
            action, who = (
                ("resubmit", agent_id) if file.step == "completion" else ("return_for_completion", appraiser_id)
            )
            event = lifecycle.perform(
                file, action, by=db.session.get(Person, who), data=RETURN, idempotency_key=f"{life_number}-{number}"
            )
            done = event.id
        os.write(acknowledged, f"{done}\n".encode())


@pytest.mark.slow
def test_twenty_kills_under_load_lose_nothing_that_was_acknowledged(app, people, project):
    draw = random.Random(20)  # noqa: S311  (not for secrets)
    begun, before = time.monotonic(), project.state_revision
    ids = (project.id, people.appraisers[0].id, people.agent.id)
    reader, writer = os.pipe()
    for number in range(KILLS):
        victim = started(_back_and_forth, *ids, number, writer)
        time.sleep(draw.uniform(0.15, 0.5))
        os.kill(victim.pid, signal.SIGKILL)
        victim.join(20)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        acknowledged = {int(line) for line in pipe.read().split()}
    project = again(project)
    acts = [e for e in journal.history(project, limit=100_000) if e.action in ("resubmit", "return_for_completion")]
    assert len(acknowledged) >= KILLS and acknowledged <= {event.id for event in acts}
    # At most one act a kill was committed and not told any more.
    assert len(acts) - len(acknowledged) <= KILLS
    assert project.state_revision == before + len(acts) and project.step == acts[0].to_step
    assert check().breaks == []
    assert db.session.scalar(sa.select(sa.func.count()).select_from(IdempotencyKey)) >= len(acts)
    assert time.monotonic() - begun < 60
