"""Where others hold what a post needs: nothing is done, what was typed goes again with one button, and no fault is noted."""

import io
import logging
import threading
import time
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from grants.access import crowded
from grants.access.models import Person
from grants.core import clock, database
from grants.core.database import db
from grants.followup.models import Contribution
from grants.journal import queries as journal
from grants.journal.models import Event
from tests.conftest import parse
from tests.stories.appraisal import _jpeg
from tests.stories.rows import again

TYPED = {
    "kind": "in_kind", "amount": "25000", "proven_on": clock.today().isoformat(),
    "note": "Pierres amenées par les membres, « estimées » & <pesées>",
}  # fmt: skip


@pytest.fixture(autouse=True)
def impatient(app, monkeypatch, caplog):
    """Nobody waits for longer than a fifth of a second, and no fault is noted in the log."""
    monkeypatch.setattr(database, "PATIENCE", 200)
    # SQLite is told how long to wait on connecting.
    db.session.remove()
    db.engine.dispose()
    yield
    monkeypatch.undo()
    db.session.remove()
    db.engine.dispose()
    assert not [one for one in caplog.records if one.levelno >= logging.ERROR]


@contextmanager
def holding(table: str, how: str = "EXCLUSIVE"):
    """Somebody else at work: on SQLite the one who writes, on PostgreSQL one who holds a table. Yields how they end."""
    # What the test itself read is no longer held.
    db.session.rollback()
    connection = db.engine.connect()
    try:
        connection.begin()
        if db.engine.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL lock_timeout = 5000")
            connection.exec_driver_sql(f"LOCK TABLE {table} IN {how} MODE")
        yield lambda *_signal, **_context: connection.rollback()
    finally:
        connection.rollback()
        connection.close()


def fields_of(page: str, path: str) -> dict[str, str]:
    """The fields of the form of a page that goes to an address."""
    (form,) = [one for one in parse(page).iter("form") if one.get("action") == path]
    return {one.get("name"): one.get("value") or "" for one in form.iter("input")}


def events() -> int:
    return db.session.scalar(sa.select(sa.func.count(Event.id)))


def given(project) -> list[Contribution]:
    return list(
        db.session.scalars(
            sa.select(Contribution).where(Contribution.project_id == again(project).id).order_by(Contribution.id)
        )
    )


def told(answer) -> str:
    """What somebody reads who was crowded out."""
    assert answer.status_code == 503 and answer.headers["Retry-After"] == "5", answer.text
    assert "Rien n’a été fait" in answer.text
    return answer.text


@pytest.mark.stands("in_force")
def test_what_was_typed_goes_again_with_one_button(people, project, browser_of, monkeypatch):
    client = browser_of(people.agent)
    path = f"/projects/{project.reference}/contributions/new"
    assert client.get(path).status_code == 200
    before = events(), len(given(project))
    with holding("project") as leave:
        # They are done while the page is made that tells it.
        monkeypatch.setattr(crowded, "set_mode", lambda mode: (leave(), database.set_mode(mode)))
        answer = client.post(path, {**TYPED, "proof": (io.BytesIO(_jpeg()), "preuve.jpg"), "password": "bien secret"})
    page = told(answer)
    assert "bien secret" not in page
    assert (events(), len(given(project))) == before
    fields = fields_of(page, path)
    assert fields.items() >= TYPED.items() and fields["proof-kept"] and fields["password"] == ""
    sent = client.post(path, fields)
    assert sent.status_code == 302, sent.text
    made = given(project)
    assert len(made) == before[1] + 1 and made[-1].note == TYPED["note"] and made[-1].file.name == "preuve.jpg"


@pytest.mark.stands("in_force")
def test_files_that_cannot_be_kept_either_are_asked_for(people, project, browser_of):
    client = browser_of(people.agent)
    path = f"/projects/{project.reference}/contributions/new"
    assert client.get(path).status_code == 200
    with holding("project, stored_file"):
        page = told(client.post(path, {**TYPED, "proof": (io.BytesIO(_jpeg()), "preuve.jpg")}))
    assert "Les fichiers n’ont pas pu être gardés" in page
    fields = fields_of(page, path)
    assert fields.items() >= TYPED.items() and not [name for name in fields if name.startswith("proof")]


@pytest.mark.stands("submitted")
def test_an_act_that_is_sent_again_is_done_once(people, project, browser_of):
    client = browser_of(people.appraisers[0])
    path = f"/act/project/{project.reference}/return_for_completion"
    asked = {name: one.get("value") for one in parse(client.get(path).text).iter("input") if (name := one.get("name"))}
    typed = {
        "state_revision": asked["state_revision"],
        "once": asked["once"],
        "reason": "Il manque le devis du « hangar ».",
        "parts": "budget",
    }
    before, step = events(), again(project).step
    with holding("project"):
        page = told(client.post(path, typed))
    assert events() == before and again(project).step == step
    held = fields_of(page, path)
    assert held.items() >= typed.items()
    assert client.post(path, held).status_code == 302
    after = events()
    assert after > before and again(project).step == "completion"
    # A press too many, or the outcome of the first that was not seen.
    assert client.post(path, held).status_code == 302 and events() == after
    db.session.rollback()
    assert journal.check_all()[1] == []


@pytest.mark.stands("in_force")
def test_the_one_that_a_deadlock_gives_up_is_told(people, project, browser_of, engine, monkeypatch):
    if engine != "postgresql":
        pytest.skip("on SQLite one writes at a time")
    monkeypatch.setattr(database, "PATIENCE", 8000)
    client = browser_of(people.agent)
    path = f"/projects/{project.reference}/contributions/new"
    assert client.get(path).status_code == 200
    before, file = len(given(project)), {"id": project.id}
    # Theirs is looked at later than ours, so ours is the one given up; ours holds the file and waits for the journal.
    db.session.rollback()
    with db.engine.connect() as other:
        other.exec_driver_sql("SET LOCAL lock_timeout = 8000")
        other.exec_driver_sql("SET LOCAL deadlock_timeout = 7000")
        other.exec_driver_sql("LOCK TABLE journal_head IN EXCLUSIVE MODE")

        def cross():
            waits, until = sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted"), time.monotonic() + 5
            while not other.scalar(waits) and time.monotonic() < until:
                time.sleep(0.02)
            other.execute(sa.text("SELECT id FROM project WHERE id = :id FOR UPDATE"), file)

        thread = threading.Thread(target=cross)
        thread.start()
        try:
            page = told(client.post(path, {**TYPED, "proof": (io.BytesIO(_jpeg()), "preuve.jpg")}))
        finally:
            thread.join(15)
            other.rollback()
    assert not thread.is_alive() and len(given(project)) == before
    assert client.post(path, fields_of(page, path)).status_code == 302
    assert len(given(project)) == before + 1
    db.session.rollback()
    assert journal.check_all()[1] == []


def test_a_sign_in_that_is_crowded_out_gives_no_password_back(app, client, make_person):
    login = make_person("agent", place="05").email
    client.get("/sign-in")
    with holding("sign_in_failure", "ACCESS EXCLUSIVE"):
        page = told(client.post("/sign-in", {"login": login, "password": "le bon mot de passe"}))
    fields = fields_of(page, "/sign-in")
    assert fields["login"] == login and fields["password"] == "" and "le bon mot" not in page


def test_what_only_follows_an_answer_does_not_spoil_it(app, client, engine, make_person):
    if engine != "postgresql":
        pytest.skip("on SQLite the request itself would have waited")
    login = make_person("agent", place="05").email
    client.get("/sign-in")
    with holding("sign_in_failure"):
        answer = client.post("/sign-in", {"login": login, "password": "un mauvais mot de passe"})
    assert answer.status_code == 422 and "Retry-After" not in answer.headers


def test_a_page_that_could_not_be_read_is_asked_for_again(app, engine, make_person, browser_of):
    if engine != "postgresql":
        pytest.skip("on SQLite readers wait for nobody")
    client = browser_of(make_person("auditor"))
    with holding("project", "ACCESS EXCLUSIVE"):
        answer = client.get("/projects?q=coop")
    assert (
        answer.status_code == 503
        and 'href="/projects?q=coop"' in answer.text
        and "Rien n’a été fait" not in answer.text
    )
    # Not even who asks can be read: a page that needs nothing.
    with holding(Person.__tablename__, "ACCESS EXCLUSIVE"):
        answer = client.get("/projects")
    assert answer.status_code == 503 and "Réessayez" in answer.text
    assert client.get("/projects?q=coop").status_code == 200
