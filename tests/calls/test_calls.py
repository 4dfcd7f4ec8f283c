"""Calls: drafted, published, frozen; what an application must be to be submitted under one."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from grants.calls import guards, operations, queries
from grants.calls.rules import default_rules
from grants.core import clock
from grants.core.database import db
from grants.core.errors import NotFound, Problems, Refused
from grants.core.unit_of_work import unit_of_work
from tests.stories.calls import draft_call, open_call
from tests.stories.funds import envelope


@pytest.fixture
def admin(make_person):
    return make_person("admin")


@pytest.fixture
def money(make_person):
    return envelope(make_person("coordinator"))


def test_a_draft_is_changed_and_a_published_call_is_not(admin, money):
    call = draft_call(admin, money)
    values = {name: getattr(call, name) for name in ("summary", "opens_on", "closes_on", "places", "kinds")}
    values |= {"least_grant": 1, "most_grant": 9, "own_contribution_percent": 5, "rules": default_rules()}
    with unit_of_work():
        operations.change_call(call, envelope=money, title="Autre titre", by=admin, **values)
    assert call.title == "Autre titre"
    with unit_of_work():
        operations.publish_call(call, by=admin)
    assert call.is_open
    for act in (
        lambda: operations.change_call(call, envelope=money, title="Trop tard", by=admin, **values),
        lambda: operations.publish_call(call, by=admin),
    ):
        with pytest.raises(Refused), unit_of_work():
            act()
    assert call.title == "Autre titre"


def test_the_database_refuses_to_change_or_remove_a_published_call(admin, money):
    draft, call = draft_call(admin, money), open_call(admin, money)
    id_, draft_id = call.id, draft.id
    attacks = [
        "UPDATE call SET most_grant = 99000000 WHERE id = :id",
        "UPDATE call SET rules = '{}' WHERE id = :id",
        "UPDATE call SET published_at = NULL, published_by_id = NULL WHERE id = :id",
        "UPDATE call SET closes_on = '2040-01-01' WHERE id = :id",
        "DELETE FROM call WHERE id = :id",
    ]
    for statement in attacks:
        with pytest.raises(DBAPIError), unit_of_work() as session:
            session.execute(sa.text(statement), {"id": id_})
        db.session.rollback()
    for statement in (attacks[0], attacks[4]):
        with unit_of_work() as session:
            session.execute(sa.text(statement), {"id": draft_id})


def test_all_that_is_wrong_in_a_call_is_told_at_once(admin, money):
    rules = default_rules() | {"quota_women": 300}
    over = {
        "title": " ", "closes_on": clock.today() - timedelta(days=1), "kinds": ["rocket"], "places": ["05", "999"],
        "least_grant": 0, "most_grant": -1, "own_contribution_percent": 101, "rules": rules,
    }  # fmt: skip
    with pytest.raises(Problems) as found:
        draft_call(admin, None, **over)
    assert {problem.field for problem in found.value.problems} == {
        "title", "envelope", "closes_on", "kinds", "places", "least_grant", "most_grant", "own_contribution_percent",
        "quota_women",
    }  # fmt: skip


def test_nothing_is_promised_that_the_envelope_cannot_pay(admin, make_person):
    empty = envelope(make_person("coordinator"), 0)
    call = draft_call(admin, empty, closes_on=clock.today().replace(year=2039))
    with pytest.raises(Problems) as found, unit_of_work():
        operations.publish_call(call, by=admin)
    assert {problem.field for problem in found.value.problems} == {"envelope", "closes_on"}
    assert call.published_at is None


@pytest.mark.parametrize("role", ["coordinator", "agent", "chair", "auditor", "finance_officer"])
def test_only_an_administrator_makes_calls(money, make_person, admin, role):
    person = make_person(role)
    with pytest.raises(Refused):
        draft_call(person, money)
    call = draft_call(admin, money)
    with pytest.raises(Refused), unit_of_work():
        operations.publish_call(call, by=person)
    with pytest.raises(NotFound):
        queries.call(call.reference, person=person)


def an_application(call, **over):
    """What the guard reads of an application, sound unless `over` says otherwise."""
    given = {
        "call": call, "place_code": "05010203", "kind": "livestock", "requested": 1_800_000, "own_cash": 150_000,
        "own_kind": 50_000, **over,
    }  # fmt: skip
    return SimpleNamespace(**given, total=given["requested"] + given["own_cash"] + given["own_kind"])


def reasons(app, project, on=None) -> str:
    with app.test_request_context(), clock.at(on or clock.now()):
        found = list(guards.open_for_submission(project, None))
        return " | ".join(str(one) for one in found).replace("\u202f", " ").replace("\u00a0", " ")


def test_an_application_that_fits_is_let_through(app, admin, money):
    assert reasons(app, an_application(open_call(admin, money))) == ""


@pytest.mark.parametrize(
    ("over", "words"),
    [
        ({"place_code": "0601"}, "hors de la zone de l’appel : Région de Mopti"),
        ({"kind": "crafts"}, "ne prend pas ce type de micro-projet"),
        ({"requested": 199_999}, "est de 199 999 F CFA ; l’appel accorde au moins 200 000 F CFA"),
        ({"requested": 5_000_001, "own_cash": 900_000}, "l’appel accorde au plus 5 000 000 F CFA"),
        ({"own_cash": 149_999}, "apporte 199 999 F CFA ; l’appel demande 10 % du coût total, soit 200 000 F CFA"),
        ({"requested": 0, "own_cash": 0, "own_kind": 0}, "est de 0 F CFA"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_figure(app, admin, money, over, words):
    found = reasons(app, an_application(open_call(admin, money), **over))
    assert words in found
    assert "|" not in found


def test_a_call_is_open_on_its_days_only(app, admin, money):
    today = clock.now()
    call = open_call(
        admin, money, opens_on=clock.today() + timedelta(days=1), closes_on=clock.today() + timedelta(days=3)
    )
    project = an_application(call)
    assert "L’appel ouvre le" in reasons(app, project)
    for day in (1, 3):
        assert reasons(app, project, today + timedelta(days=day)) == ""
    assert "L’appel a fermé le" in reasons(app, project, today + timedelta(days=4))
    assert "n’est pas publié" in reasons(app, an_application(draft_call(admin, money)))


def test_the_whole_country_needs_no_zone(app, admin, money):
    call = open_call(admin, money, places=[])
    assert reasons(app, an_application(call, place_code="0901")) == ""
    with app.test_request_context():
        assert guards.zone_words(call) == "tout le pays"
