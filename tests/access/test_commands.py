"""The first administrator, made from the terminal."""

import re

import pytest

from grants.access.models import Person
from grants.core.database import db
from grants.journal.queries import check_all


@pytest.fixture
def run(app):
    """`run("people", …)`: a command's exit code and what it prints."""

    def command(*line: str):
        done = app.test_cli_runner().invoke(args=list(line))
        db.session.rollback()
        return done.exit_code, done.output

    return command


def test_the_first_administrator_chooses_a_password_and_appoints_others(run, client):
    code, told = run("people", "add-admin", "--name", "Fatoumata Keïta", "--email", "F.Keita@Example.org")
    assert code == 0 and "/activate" in told
    words = "trois pirogues rouges au port"
    once = re.search(r"\w{4}-\w{4}-\w{4}", told).group()
    assert client.post("/activate", {"code": once, "password": words, "again": words}).status_code == 302
    assert client.post("/sign-in", {"login": "f.keita@example.org", "password": words}).status_code == 302
    assert client.get("/people").status_code == 200
    assert check_all()[1] == []


def test_there_is_only_one_first_administrator(run, make_person):
    holder = make_person("admin")
    code, told = run("people", "add-admin", "--name", "Oumar Cissé", "--email", "o.cisse@example.org")
    assert code == 1 and holder.name in told
    assert db.session.scalar(db.select(Person).where(Person.email == "o.cisse@example.org")) is None


def test_a_closed_account_does_not_lock_the_house(run, make_person):
    holder = make_person("admin")
    holder.active = False
    db.session.commit()
    assert run("people", "add-admin", "--name", "Oumar Cissé", "--email", "o.cisse@example.org")[0] == 0


def test_what_is_wrong_is_told(run):
    code, told = run("people", "add-admin", "--name", " ", "--email", "no address")
    assert code == 1 and len(told.strip().splitlines()) == 2
    assert db.session.scalar(db.select(db.func.count()).select_from(Person)) == 0
