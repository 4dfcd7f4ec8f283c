"""Interims: rights for some days, signed by both, never one person out of two."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from grants import journal, lifecycle
from grants.access import delegation, policy
from grants.access.models import Delegation, RoleGrant
from grants.core import clock
from grants.core.database import db
from grants.core.errors import NotFound, Problems, Refused
from grants.core.unit_of_work import unit_of_work
from tests.stories.rows import again


class Place:
    """Something that lies somewhere."""

    id = None

    def __init__(self, code):
        self.place_code = code


def values(receiver, *roles, place=None, days=5, **more):
    today = clock.today()
    return {
        "receiver": receiver.uuid, "roles": list(roles), "place_code": place, "valid_from": today,
        "valid_until": today + timedelta(days=days), "reason": "Congé annuel", **more,
    }  # fmt: skip


def lend(giver, receiver, *roles, signed=True, **more):
    with unit_of_work():
        row = delegation.give(again(giver), values(receiver, *roles, **more), by=again(giver))
        if signed:
            delegation.sign(row, by=again(receiver))
    return row


@pytest.fixture
def giver(make_person):
    return make_person("appraiser", "monitor", place="05")


@pytest.fixture
def receiver(make_person):
    return make_person("agent", place="07")


def test_it_counts_once_both_have_signed(giver, receiver):
    row = lend(giver, receiver, "appraiser", signed=False)
    assert "appraiser" not in policy.roles_on(again(receiver), Place("0503"))
    with unit_of_work():
        delegation.sign(again(row), by=again(receiver))
    receiver = again(receiver)
    assert policy.roles_on(receiver, Place("0503")) == {"appraiser"} and policy.roles_on(receiver, Place("07")) == {
        "agent"
    }
    assert policy.stands_for(receiver, "appraisal.score", Place("0503")) == again(giver)
    assert "monitor" not in receiver.roles, "only what was lent"
    assert [event.action for event in journal.history(again(row))] == ["sign", "sign", "give"]


def test_no_longer_once_it_is_ended_over_or_the_giver_has_lost_the_role(giver, receiver, make_person, monkeypatch):
    admin = make_person("admin")
    ended = lend(giver, receiver, "appraiser")
    with unit_of_work():
        delegation.end(again(ended), by=again(giver))
    assert "appraiser" not in again(receiver).roles
    lend(giver, receiver, "appraiser", "monitor")
    assert {"appraiser", "monitor"} <= again(receiver).roles
    with unit_of_work() as session:
        grant = session.scalar(sa.select(RoleGrant).where(RoleGrant.person_id == giver.id, RoleGrant.role == "monitor"))
        from grants.access import people

        people.revoke(again(giver), grant.id, by=again(admin))
    assert "monitor" not in again(receiver).roles and "appraiser" in again(receiver).roles
    with unit_of_work():
        people.set_active(again(giver), False, by=again(admin))
    assert "appraiser" not in again(receiver).roles
    with unit_of_work():
        people.set_active(again(giver), True, by=again(admin))
    later = clock.now() + timedelta(days=6)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert "appraiser" not in again(receiver).roles


def test_a_lent_role_is_not_lent_on(giver, receiver, make_person):
    lend(giver, receiver, "appraiser")
    third = make_person("agent", place="05")
    with pytest.raises(Problems), unit_of_work():
        delegation.give(again(receiver), values(third, "appraiser"), by=again(receiver))
    assert delegation.lendable(again(receiver)) == ["agent"]


@pytest.mark.parametrize("role", ["admin", "auditor", "system"])
def test_administering_and_auditing_are_never_lent(make_person, receiver, role):
    boss = make_person("admin", "auditor", "coordinator")
    with pytest.raises(Problems), unit_of_work():
        delegation.give(again(boss), values(receiver, role), by=again(boss))
    row = lend(boss, receiver, "coordinator", signed=False)
    with pytest.raises(sa.exc.DBAPIError), unit_of_work() as session:
        session.execute(sa.text("INSERT INTO delegation_role VALUES (:id, :role)"), {"id": row.id, "role": role})


def test_all_that_is_wrong_at_once(giver):
    wrong = {"receiver": giver.uuid, "roles": ["chair"], "valid_from": clock.today() - timedelta(days=1), "reason": ""}
    with pytest.raises(Problems) as found, unit_of_work():
        delegation.give(again(giver), wrong, by=again(giver))
    assert [problem.field for problem in found.value.problems] == [
        "receiver",
        "roles",
        "valid_from",
        "valid_until",
        "reason",
    ]


def test_only_within_the_giver_s_territory(giver, receiver):
    with pytest.raises(Problems) as found, unit_of_work():
        delegation.give(again(giver), values(receiver, "appraiser", place="07"), by=again(giver))
    assert [problem.field for problem in found.value.problems] == ["place_code"]
    lend(giver, receiver, "appraiser", place="0503")
    assert "appraiser" in policy.roles_on(again(receiver), Place("050301"))
    assert "appraiser" not in policy.roles_on(again(receiver), Place("0504"))


def test_the_database_keeps_what_was_signed(giver, receiver):
    row = lend(giver, receiver, "appraiser")
    for change in (
        "UPDATE delegation SET valid_until = '2099-01-01'",
        "UPDATE delegation SET receiver_signed_at = NULL",
        "INSERT INTO delegation_role SELECT id, 'chair' FROM delegation",
        "UPDATE delegation_role SET role = 'chair'",
        "DELETE FROM delegation_role",
        "DELETE FROM delegation",
        "UPDATE delegation SET receiver_id = giver_id",
    ):
        with pytest.raises(sa.exc.DBAPIError), unit_of_work() as session:
            session.execute(sa.text(change))
    assert again(row).roles == {"appraiser"}


def test_nobody_signs_or_ends_for_others(giver, receiver, make_person):
    row, stranger = lend(giver, receiver, "appraiser", signed=False), make_person("agent", place="05")
    with pytest.raises(NotFound):
        delegation.get(row.uuid, again(stranger))
    for person in (stranger, giver):
        with pytest.raises(Refused), unit_of_work():
            delegation.sign(again(row), by=again(person))
    with pytest.raises(Refused), unit_of_work():
        delegation.end(again(row), by=again(stranger))
    with pytest.raises(Refused), unit_of_work():
        delegation.give(again(giver), values(receiver, "monitor"), by=again(stranger))


@pytest.mark.stands("submitted")
def test_an_act_under_it_is_the_giver_s_too(people, project, make_person):
    """The regional officer lends their role to somebody who then declares a file eligible: both are bound by it."""
    stand_in = make_person("finance_officer", place="05")
    lend(people.appraisers[0], stand_in, "appraiser")
    with unit_of_work():
        event = lifecycle.perform(
            again(project), "return_for_completion", by=again(stand_in),
            data={"reason": "Il manque le devis du hangar.", "parts": ["budget"]},
        )  # fmt: skip
        assert (event.actor_id, event.on_behalf_of_id) == (stand_in.id, people.appraisers[0].id)
    done = journal.who_did(again(project), "return_for_completion")["return_for_completion"]
    assert set(done) == {stand_in.id, people.appraisers[0].id}


@pytest.mark.stands("submitted")
def test_two_people_stay_two(people, project, make_person):
    """The agent who submitted also appraises: neither they nor who stands in for them may judge this file."""
    with unit_of_work() as session:
        session.add(RoleGrant(person_id=people.agent.id, role="appraiser", place_code="05", valid_from=clock.today()))
    stand_in = make_person("finance_officer", place="05")
    lend(people.agent, stand_in, "appraiser")
    offer = next(o for o in lifecycle.offers(again(project), again(stand_in)) if o.action.code == "declare_eligible")
    apart = [reason for reason in offer.reasons if reason.code == "apart"]
    assert not offer.allowed and offer.concerns_me
    assert re.search(re.escape(again(people.agent).name), apart[0].words["fr"])
    with pytest.raises(Refused, match="au nom de"), unit_of_work():
        lifecycle.perform(again(project), "declare_eligible", by=again(stand_in))


def test_a_payment_takes_three_people_also_for_the_database(make_person):
    """Whoever writes past the engine is stopped by the journal itself, interims included."""
    order = type("Order", (), {"__subject__": "payment_order", "id": 4711})()
    one, two, three = (make_person("finance_officer") for _ in range(3))
    with unit_of_work():
        journal.record(order, "prepare", by=again(one))
    for how in ({"by": one}, {"by": two, "on_behalf": one}):
        with pytest.raises(sa.exc.DBAPIError, match="three people"), unit_of_work():
            journal.record(order, "release", **{key: again(person) for key, person in how.items()})
    with unit_of_work():
        journal.record(order, "verify", by=again(two), on_behalf=again(three))
    with pytest.raises(sa.exc.DBAPIError, match="three people"), unit_of_work():
        journal.record(order, "release", by=again(three))
    with unit_of_work():
        journal.record(order, "retry", by=again(one))


def test_the_pages(browser_of, giver, receiver, make_person):
    page = browser_of(giver)
    assert "Aucun intérim" in page.get("/interims").text
    form = page.get("/interims/new").text
    assert "Équipe régionale d" in form and "Administrateur" not in form
    refused = page.post(
        "/interims/new", {"receiver": receiver.uuid, "reason": "Congé", "valid_from": "", "valid_until": ""}
    )
    assert refused.status_code in (200, 422) and "Congé" in refused.text
    today = clock.today()
    given = page.post(
        "/interims/new",
        {"receiver": receiver.uuid, "roles": "appraiser", "place_code": "", "reason": "Congé annuel",
         "valid_from": f"{today:%d/%m/%Y}", "valid_until": f"{today + timedelta(days=3):%d/%m/%Y}"},
    )  # fmt: skip
    assert given.status_code == 302, given.text
    row = db.session.scalar(sa.select(Delegation))
    assert row.giver_signed_at and not row.receiver_signed_at
    assert browser_of(make_person("agent", place="05")).post(f"/interims/{row.uuid}/sign").status_code == 404
    other = browser_of(receiver)
    assert "à signer" in other.get("/interims").text
    assert other.post(f"/interims/{row.uuid}/sign").status_code == 302
    assert "en cours" in page.get("/interims").text
    admin = browser_of(make_person("admin"))
    assert receiver.name in admin.get("/people/interims").text
    assert admin.get(f"/people/{giver.uuid}/interims/new").status_code == 200
    assert admin.post(f"/interims/{row.uuid}/end").status_code == 302
    assert again(row).state == "ended"


def test_the_second_person_is_not_one_who_stands_for_the_first(make_person):
    """Whoever entered an account lends the right to verify it: the account is still verified by somebody else."""
    first, other = make_person("appraiser", place="05"), make_person("agent", place="05")
    lend(first, other, "appraiser")
    here = Place("0503")
    assert policy.are_one(again(other), {first.id}, "groups.verify_account", here)
    assert policy.are_one(again(other), {other.id}, "groups.verify_account", here)
    # As an agent, which they are by themselves, they act for nobody.
    assert not policy.are_one(again(other), {first.id}, "groups.register", here)
    assert not policy.are_one(again(first), {other.id}, "groups.verify_account", here)
