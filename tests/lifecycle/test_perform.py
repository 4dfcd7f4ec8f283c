"""Performing: one way in which a step changes, whoever asks and however often."""

import re
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from grants import journal, lifecycle
from grants.core.database import db
from grants.core.errors import Problems, Refused, Stale
from grants.core.unit_of_work import unit_of_work
from grants.projects.models import Project
from tests.stories.rows import again

pytestmark = pytest.mark.stands("submitted")

WITHDRAWN = {"reason": "Le groupement renonce à son micro-projet."}


def test_nothing_else_assigns_a_step():
    """The step, the role it waits for, its due time and its count are set in one room only."""
    assigns = re.compile(r"\.(step|waits_for|due_at|step_since|state_revision)\s*=[^=]")
    for path in Path("grants").rglob("*.py"):
        # The engine is pure: it has no rows.
        if path.as_posix() == "grants/lifecycle/running.py" or "workflow" in path.parts:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            # A line of SQL compares.
            said = line.strip().lstrip("f").startswith('"')
            assert said or not assigns.search(line), f"{path}:{number}: {line.strip()}"


def test_a_refusal_gives_every_reason_and_leaves_nothing(people, project):
    before = project.state_revision
    with pytest.raises(Refused) as found, unit_of_work():
        lifecycle.perform(again(project), "declare_eligible", by=again(people.agent))
    assert len(found.value.reasons) > 1
    project = again(project)
    assert (project.step, project.state_revision) == ("eligibility", before)
    assert all(event.action != "declare_eligible" for event in journal.history(project))


def test_the_same_key_with_the_same_input_is_answered_again(people, project):
    events = []
    for _time in range(2):
        with unit_of_work():
            event = lifecycle.perform(
                again(project), "withdraw", by=again(people.agent), data=WITHDRAWN, idempotency_key="once"
            )
            events.append(event.id)
    assert events[0] == events[1] and again(project).step == "withdrawn"


def test_the_same_key_with_other_input_is_refused(people, project):
    with unit_of_work():
        lifecycle.perform(again(project), "withdraw", by=again(people.agent), data=WITHDRAWN, idempotency_key="once")
    other = {"reason": "Une autre raison, plus longue."}
    with pytest.raises(Problems), unit_of_work():
        lifecycle.perform(again(project), "withdraw", by=again(people.agent), data=other, idempotency_key="once")


def test_who_comes_second_is_told_who_was_quicker(people, project):
    seen = project.state_revision
    with unit_of_work():
        lifecycle.perform(again(project), "withdraw", by=again(people.agent), data=WITHDRAWN, expected_revision=seen)
    with pytest.raises(Stale, match=re.escape(again(people.agent).name)), unit_of_work():
        lifecycle.perform(
            again(project), "declare_ineligible", by=again(people.appraisers[0]), data=WITHDRAWN, expected_revision=seen
        )


def test_an_effect_that_fails_leaves_nothing(people, project, monkeypatch):
    from grants.lifecycle import registry

    def fails(_subject, _act):
        raise RuntimeError("the lights went out")

    monkeypatch.setitem(registry.effects, "projects.reopen", fails)
    with pytest.raises(RuntimeError), unit_of_work():
        lifecycle.perform(
            again(project),
            "return_for_completion",
            by=again(people.appraisers[0]),
            data={"reason": "Il manque le devis du hangar.", "parts": ["budget"]},
        )
    project = again(project)
    assert project.step == "eligibility" and project.unlocked is None


def test_two_at_once_one_wins_and_the_other_is_told(app, people, project):
    """Two people act on the same file at the same moment, each in a transaction of their own."""
    gate, outcomes = threading.Barrier(2), []
    ids = (project.id, people.agent.id, people.appraisers[0].id)
    db.session.rollback()

    def act(person_id, action):
        with app.app_context():
            from grants.access.models import Person

            try:
                file, person = db.session.get(Project, ids[0]), db.session.get(Person, person_id)
                seen = file.state_revision
                db.session.rollback()
                gate.wait()
                with unit_of_work():
                    lifecycle.perform(
                        file, action, by=person, data={**WITHDRAWN, "parts": ["budget"]}, expected_revision=seen
                    )
                outcomes.append("done")
            except Stale:
                outcomes.append("told")
            except Exception as error:  # noqa: BLE001  (compared below)
                outcomes.append(error)
            finally:
                db.session.remove()

    pairs = ((ids[1], "withdraw"), (ids[2], "return_for_completion"))
    threads = [threading.Thread(target=act, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, outcomes)) == ["done", "told"]
    assert again(project).step in ("withdrawn", "completion")


def test_the_page_of_an_action_takes_it_once(browser_of, people, project):
    browser = browser_of(people.agent)
    address = f"/act/project/{project.reference}/withdraw"
    page = browser.get(address)
    form = {name: _hidden(page.text, name) for name in ("state_revision", "once")}
    assert browser.post(address, {**form, "reason": "court"}).status_code == 422
    assert browser.post(address, {**form, **WITHDRAWN}).status_code == 302
    assert browser.post(address, {**form, **WITHDRAWN}).status_code == 302
    project = again(project)
    assert project.step == "withdrawn"
    assert [event.action for event in journal.history(project)].count("withdraw") == 1


@pytest.mark.parametrize("action", ["declare_eligible", "award", "close", "confirm_receipt", "no_such_action"])
def test_forged_posts_take_no_step(browser_of, people, project, action):
    browser = browser_of(people.agent)
    answer = browser.post(f"/act/project/{project.reference}/{action}", {"state_revision": project.state_revision})
    assert answer.status_code in (302, 403, 409, 422)
    assert again(project).step == "eligibility"


def test_other_territories_see_nothing(browser_of, make_person, project):
    browser = browser_of(make_person("agent", place="07"))
    for address in (f"/projects/{project.reference}", f"/act/project/{project.reference}/withdraw"):
        assert browser.get(address).status_code == 404
    assert browser.post(f"/act/project/{project.reference}/withdraw", WITHDRAWN).status_code == 404


def _hidden(text: str, name: str) -> str:
    from tests.conftest import parse

    return parse(text).find(f".//input[@name='{name}']").get("value")


def test_the_system_acts_as_itself_and_only_where_a_definition_lets_it(people, project, monkeypatch):
    with pytest.raises(Refused), unit_of_work():
        lifecycle.perform(again(project), "withdraw", by=lifecycle.SYSTEM, data=WITHDRAWN)
    from grants.lifecycle import running

    definition = running.definition_of(again(project))
    step = definition.steps["eligibility"]
    lets = replace(step.actions["withdraw"], by=("agent", "system"))
    opened = replace(definition, steps={**definition.steps, "eligibility": replace(step, actions={"withdraw": lets})})
    monkeypatch.setattr(running, "definition_of", lambda _subject: opened)
    events = []
    for _time in range(2):
        with unit_of_work():
            events.append(
                lifecycle.perform(
                    again(project), "withdraw", by=lifecycle.SYSTEM, data=WITHDRAWN, idempotency_key="timer 1"
                ).id
            )
    assert events[0] == events[1]
    event = journal.last_event(again(project))
    assert (event.actor_id, event.actor_name, event.to_step) == (None, "Système", "withdrawn")


def test_a_listener_is_told_of_an_act(people, project, monkeypatch):
    from grants.lifecycle import registry

    told = []
    monkeypatch.setattr(registry, "listeners", [lambda *what: told.append(what)])
    with unit_of_work():
        lifecycle.perform(again(project), "withdraw", by=again(people.agent), data=WITHDRAWN)
    ((subject, event, definition, action),) = told
    assert (subject.id, event.action, definition.subject, action.code) == (
        project.id,
        "withdraw",
        "project",
        "withdraw",
    )


def test_a_listener_that_fails_undoes_the_act(people, project, monkeypatch):
    from grants.lifecycle import registry

    def fails(*_what):
        raise RuntimeError("no paper in the printer")

    monkeypatch.setattr(registry, "listeners", [fails])
    with pytest.raises(RuntimeError), unit_of_work():
        lifecycle.perform(again(project), "withdraw", by=again(people.agent), data=WITHDRAWN)
    assert again(project).step == "eligibility"
