"""The demonstration: loaded by the real operations, at every step, adding up, the same twice, never over real data."""

import pytest
from sqlalchemy import select

from grants.access.models import Person
from grants.access.operations import sign_in
from grants.access.rights import ROLES
from grants.core.database import db
from grants.core.errors import Refused
from grants.demo import loading
from grants.demo.cast import PASSWORD, sign_ins
from grants.demo.plan import ROWS, rows
from grants.funds.queries import check, totals
from grants.groups.models import Group
from grants.journal.queries import check_all
from grants.lifecycle.versions import definition_of
from grants.payments.models import PaymentOrder
from grants.projects.models import Project
from tests.demo.walking import refusals

SMALL = 12


def _content() -> list[tuple]:
    """What must be the same each time: references, titles, groups, steps, amounts."""
    files = select(Project.reference, Project.title, Group.name, Project.step, Project.requested, Project.granted)
    return [
        tuple(row) for row in db.session.execute(files.join(Group, Group.id == Project.group_id).order_by(Project.id))
    ]


def test_a_small_load_adds_up_and_stands_alone(app, engine, request):
    if engine == "postgresql":
        # The documents are the same on both engines; setting them takes longer than all the rest.
        request.getfixturevalue("blank_documents")
    found = loading.load(SMALL)
    assert sum(found.steps.values()) == SMALL
    assert len(found.steps) >= 6, found.steps
    assert check() == []
    events, breaks = check_all()
    assert breaks == []
    assert events == found.events
    before = _content()
    with pytest.raises(Refused, match="not empty"):
        loading.load(SMALL)
    db.session.rollback()
    assert _content() == before


@pytest.mark.usefixtures("blank_documents")
def test_somebody_signs_in_for_every_role(app):
    loading.load(1)
    found = sign_ins()
    assert {role for role, _name, _login in found} == set(ROLES)
    for role, name, login in found:
        with app.test_request_context():
            person = sign_in(login, PASSWORD, address="203.0.113.7", device="").person
            assert (person.name, role in person.roles) == (name, True)
            db.session.rollback()


@pytest.mark.usefixtures("blank_documents")
@pytest.mark.parametrize("engine", ["sqlite"])
def test_the_same_is_loaded_each_time(applications, engine):
    app, seen = applications(engine), []
    for _ in range(2):
        name = app.databases.copy()
        with app.app_context():
            loading.load(SMALL)
            seen.append(_content())
            db.session.remove()
        app.databases.drop(name)
    assert seen[0] == seen[1]


def test_a_house_with_people_is_left_alone(app, make_person):
    make_person("agent")
    result = app.test_cli_runner().invoke(args=["demo", "load", "--size", "1"])
    assert result.exit_code == 1
    assert "not empty" in result.output
    assert db.session.scalars(select(Project)).all() == []


def test_sign_ins_name_the_address_alone_where_nothing_was_loaded(app):
    result = app.test_cli_runner().invoke(args=["demo", "sign-ins"])
    assert (result.exit_code, result.output.split()) == (0, [app.config["PUBLIC_URL"]])


def test_production_is_left_alone(app, monkeypatch):
    monkeypatch.setitem(app.config, "ENVIRONMENT", "production")
    result = app.test_cli_runner().invoke(args=["demo", "load", "--size", "1"])
    assert result.exit_code == 1
    assert "production" in result.output
    assert db.session.scalars(select(Person)).all() == []


def test_rows_are_chosen_evenly_and_repeated():
    assert rows(len(ROWS)) == list(ROWS)
    assert len(rows(7)) == 7
    assert rows(2 * len(ROWS)) == [*ROWS, *ROWS]


@pytest.mark.slow
@pytest.mark.usefixtures("blank_documents")
@pytest.mark.parametrize("engine", ["sqlite"])
def test_files_stand_at_every_step_and_no_link_leads_to_a_refusal(app, engine, browser_of):
    found = loading.load()
    definition = definition_of(db.session.scalars(select(Project).limit(1)).one())
    assert set(found.steps) == {*definition.steps, *definition.ends}
    assert {kind for (kind,) in db.session.execute(select(Project.kind).distinct())} >= {
        "livestock",
        "moto_taxi",
        "commerce",
    }
    orders = set(db.session.scalars(select(PaymentOrder.step)))
    assert orders >= {"prepared", "verified", "sent", "failed", "confirmed", "returning", "received"}
    assert check() == []
    money = totals()
    assert money["available"] >= 0
    assert 0 < money["justified"] < money["paid"] < money["committed"]
    for role in ("coordinator", "agent", "finance_officer", "secretary", "admin"):
        login = next(login for known, _name, login in sign_ins() if known == role)
        person = db.session.scalars(select(Person).where(Person.email == login)).one()
        assert refusals(browser_of(person)) == [], role
