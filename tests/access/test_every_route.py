"""Every page × every role × own and other territory: open, refused (403) or as if it were not there (404)."""

import re

import pytest
from werkzeug.routing.converters import NumberConverter

from grants.access.gate import entrance
from grants.access.rights import RIGHTS, ROLES
from grants.core.database import db
from tests.access.routes import ROUTES
from tests.stories import grievances, life

# What stands for each part of an address that names a thing in the region of Mopti.
TERRITORIAL = {"groups", "projects", "appraisal", "contracts", "payments", "followup", "grievances"}


@pytest.fixture(params=["sqlite"])
def engine(request):
    """Who may enter does not depend on the engine."""
    return request.param


def test_every_page_is_in_the_table(app):
    there = {rule.endpoint: entrance(rule.endpoint) for rule in app.url_map.iter_rules() if rule.endpoint != "static"}
    there = {name: right for name, right in there.items() if not name.startswith("endings.")}
    listed = {name: right for name, right in ROUTES.items() if name != "static"}
    assert there == listed


def _fitting(rule, name: str, others: dict):
    """A value that the converter of a part of an address takes: one of its words, a number, or what is known by name."""
    converter = rule._converters[name]
    words = sorted(getattr(converter, "items", ()))
    if words:
        return others[name] if others.get(name) in words else words[0]
    return others.get(name, 1 if isinstance(converter, NumberConverter) else "none")


@pytest.fixture
def addresses(people, app):
    """The address of every page that can be asked for, on one file of Mopti that is being paid."""
    project = life.contributed(people, life.in_force(people, life.awarded_file(people)))
    order = life.prepared(people, project)
    from grants.committee.models import Session
    from grants.contracts import queries as contracts

    contract = contracts.live(project)
    session = db.session.scalar(db.select(Session))
    values = {
        "projects": project.reference, "appraisal": project.reference, "followup": project.reference,
        "groups": project.group.reference, "contracts": contract.reference, "payments": order.reference,
        "committee": session.reference, "calls": project.call.reference,
        "grievances": grievances.lodged(file_named=project.reference)[0].reference,
    }  # fmt: skip
    others = {
        "uuid": people.agent.uuid, "code": "05", "kind": "project", "action": "suspend", "office": "president",
        "section": "activity", "number": 1, "old": 1, "new": 1, "file": project.reference, "format": "csv", "verb": "endow",
        "grant_id": 1, "entry_id": 1, "seat_id": 1, "token": "none", "filename": "css/benkan.css", "name": "micro-project", "version": 2,
    }  # fmt: skip
    found = {}
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("endings."):
            continue
        room = rule.endpoint.split(".")[0]
        given = {name: _fitting(rule, name, others) for name in rule._converters}
        if "reference" in rule.arguments:
            given["reference"] = values.get(room, project.reference)
            if rule.rule.startswith("/projects/"):
                given["reference"] = project.reference
        with app.test_request_context():
            _endpoint, adapter = rule.endpoint, app.url_map.bind("localhost")
            found[rule.endpoint] = (rule, adapter.build(rule.endpoint, given))
    return found


@pytest.mark.slow
def test_each_role_enters_where_it_may_and_nowhere_else(addresses, browser_of, make_person):
    """403 for whoever lacks the right; never a 500; nothing of Mopti for people of Gao."""
    wrong = []
    for role in ROLES:
        own, other = (browser_of(make_person(role, place=place)) for place in ("05", "07"))
        for endpoint, (rule, address) in addresses.items():
            right = ROUTES[endpoint]
            if right in ("public", "signed in") or endpoint in ("static", "health.readyz"):
                continue
            method = "get" if "GET" in rule.methods else "post"
            holds = role in RIGHTS[right]
            names_a_thing = endpoint.split(".")[0] in TERRITORIAL and re.search(r"<reference>", rule.rule)
            # Whoever lacks the right lacks it everywhere; what names nothing has no territory.
            asked = (own, other) if holds and names_a_thing else (own,)
            statuses = [getattr(browser, method)(address).status_code for browser in asked]
            if not holds and statuses != [403]:
                wrong.append((role, endpoint, statuses, "refused"))
            if holds and max(statuses) >= 500:
                wrong.append((role, endpoint, statuses, "no fault"))
            if holds and names_a_thing and statuses[1] != 404:
                wrong.append((role, endpoint, statuses, "hidden from another territory"))
    assert wrong == []


def test_strangers_are_sent_to_sign_in(addresses, client):
    for endpoint, (rule, address) in addresses.items():
        if ROUTES[endpoint] == "public":
            continue
        if "GET" in rule.methods:
            answer = client.get(address)
            assert answer.status_code == 302 and "/sign-in" in answer.location, endpoint
        else:
            assert client.post(address).status_code == 401, endpoint
