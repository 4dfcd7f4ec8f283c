"""People and their roles, as an administrator keeps them."""

import pytest

from grants.access import people
from grants.access.models import Person
from grants.core.database import db
from grants.core.errors import Refused
from grants.core.unit_of_work import unit_of_work


@pytest.fixture
def admin(make_person):
    return make_person("admin", name="Fatoumata Keïta")


def test_an_administrator_adds_a_person_who_then_signs_in(browser_of, admin, client):
    browser = browser_of(admin)
    browser.get("/people/new")
    answer = browser.post(
        "/people/new", {"name": "Oumar Cissé", "email": "Oumar@Example.org", "phone": "66 71 23 45", "locale": "fr"}
    )
    assert answer.status_code == 302
    page = browser.get(answer.location)
    code = page.text.split('class="code"><strong>')[1].split("<")[0]
    assert code not in browser.get(answer.location).text
    words = "trois pirogues rouges au port"
    assert client.post("/activate", {"code": code, "password": words, "again": words}).status_code == 302
    assert client.post("/sign-in", {"login": "66712345", "password": words}).status_code == 302


def test_all_problems_are_told_at_once_and_nothing_typed_is_lost(browser_of, admin):
    browser = browser_of(admin)
    browser.get("/people/new")
    answer = browser.post("/people/new", {"name": "", "email": "no address", "phone": "12", "locale": "fr"})
    assert answer.status_code == 422
    assert "no address" in answer.text and 'value="12"' in answer.text
    assert answer.text.count("error") >= 2


def test_a_role_opens_and_closes_doors(browser_of, admin, make_person):
    person = make_person("agent", place="05")
    browser = browser_of(admin)
    browser.get(f"/people/{person.uuid}/roles/new")
    given = {"role": "auditor", "place_code": "", "valid_from": "01/01/2020", "valid_until": ""}
    assert browser.post(f"/people/{person.uuid}/roles/new", given).status_code == 302
    db.session.expire_all()
    assert person.roles == {"agent", "auditor"}
    row = next(g for g in person.grants if g.role == "auditor")
    browser.post(f"/people/{person.uuid}/roles/{row.id}/revoke")
    db.session.expire_all()
    assert person.roles == {"agent"}


def test_nobody_gives_a_role_to_themselves(browser_of, admin):
    browser = browser_of(admin)
    browser.get(f"/people/{admin.uuid}/roles/new")
    given = {"role": "finance_controller", "place_code": "", "valid_from": "01/01/2020", "valid_until": ""}
    assert browser.post(f"/people/{admin.uuid}/roles/new", given).status_code == 403
    db.session.expire_all()
    assert admin.roles == {"admin"}


def test_others_do_not_administer(make_person):
    agent = make_person("agent", place="05")
    with pytest.raises(Refused), unit_of_work():
        people.add({"name": "X", "email": "x@example.org"}, by=agent)


def test_an_address_serves_one_person(admin, make_person):
    other = make_person("agent", place="05")
    with pytest.raises(people.Problems) as found, unit_of_work():
        people.add({"name": "X", "email": other.email.upper()}, by=admin)
    assert [p.field for p in found.value.problems] == ["email"]
    assert db.session.query(Person).count() == 2


def test_the_list_costs_the_same_however_long_it_is(browser_of, admin, make_person, count_queries):
    browser = browser_of(admin)
    counts = []
    for _round in range(2):
        for _person in range(4):
            make_person("agent", place="05")
        with count_queries() as count:
            assert browser.get("/people").status_code == 200
        counts.append(count())
    assert counts[0] == counts[1] <= 12
