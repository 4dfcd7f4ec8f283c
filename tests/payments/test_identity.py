"""An act that asks for a password is taken by whoever typed theirs for it just now, and in no other way."""

from datetime import timedelta

import pytest

from grants import journal, lifecycle
from grants.access import identity
from grants.access.forms import IdentityForm
from grants.core import clock
from grants.core.database import db
from grants.core.errors import Problems, Refused
from grants.core.unit_of_work import unit_of_work
from grants.groups import operations as groups
from grants.lifecycle import registry
from grants.payments import batch
from grants.payments.forms import FailureForm
from tests.stories import life
from tests.stories.groups import account_values
from tests.stories.identity import PASSWORD, confirmed
from tests.stories.rows import again


@pytest.fixture(params=["sqlite"])
def engine(request):
    """Who is asked for a password does not depend on the engine."""
    return request.param


def verified(house):
    order = life.prepared(house.people, house.project)
    with unit_of_work():
        lifecycle.perform(again(order), "verify", by=again(house.people.controllers[0]))
    return again(order)


def moved(order) -> tuple:
    row = again(order)
    return row.step, row.state_revision, row.account_number, again(row.project.group).account.number


def test_a_confirmation_holds_for_one_person_one_act_one_subject_and_a_few_minutes(house):
    order, people = verified(house), house.people
    before, group = moved(order), again(house.project).group
    with unit_of_work():
        releaser, other = again(people.controllers[1]), again(people.controllers[0])
        mine = confirmed(releaser, "release", again(order))
        wrong = {
            "none": None,
            "true": True,
            "of another person": confirmed(other, "release", again(order)),
            "for another act": confirmed(releaser, "verify", again(order)),
            "for another subject": confirmed(releaser, "release", again(house.project)),
            "for nothing": confirmed(releaser, "release"),
        }
    for name, confirmation in wrong.items():
        with pytest.raises(Refused, match=r"mot de passe|password"), unit_of_work():
            lifecycle.perform(again(order), "release", by=again(releaser), identity=confirmation)
        assert moved(order) == before, name
    for instant in (clock.now() + identity.HOLDS + timedelta(seconds=1), clock.now() - timedelta(hours=1)):
        with clock.at(instant), pytest.raises(Refused), unit_of_work():
            lifecycle.perform(again(order), "release", by=again(releaser), identity=mine)
    # Orders that run on an earlier version of their workflow, which says nothing of passwords, are no way round.
    bare = registry.Act("release", again(releaser), clock.now(), {}, {})
    with pytest.raises(Refused), unit_of_work():
        registry.effects["payments.mark_released"](again(order), bare)
    # The system has no password, and nobody makes a confirmation by hand.
    with pytest.raises(Refused), unit_of_work():
        lifecycle.perform(again(order), "release", by=lifecycle.SYSTEM, identity=mine)
    with pytest.raises(Refused):
        identity.require(mine, lifecycle.SYSTEM, "release", again(order))
    with pytest.raises(TypeError):
        identity.Confirmation(releaser.id, "release", mine.subjects, clock.now(), object())
    # Not in a batch either: each row says why.
    seen = {order.reference: again(order).state_revision}
    for confirmation in (None, wrong["for another subject"]):
        with unit_of_work():
            (answer,) = batch.take("release", seen, by=again(releaser), identity=confirmation)
            assert not answer.done and len(answer.reasons) == 1
    # Another account sends the money elsewhere.
    for confirmation in (None, mine):
        with pytest.raises(Refused), unit_of_work():
            groups.add_account(again(group), account_values(), by=again(people.agent), identity=confirmation)
    assert moved(order) == before
    with pytest.raises(Problems), unit_of_work():
        identity.confirm(again(releaser), PASSWORD[:-1], action="release", subjects=[again(order)], address="")

    with unit_of_work():
        event = lifecycle.perform(again(order), "release", by=again(releaser), identity=mine)
        assert event.values["identity_confirmed"] is True
    assert again(order).step == "sent"
    kept = [e.values for e in journal.history(again(releaser)) if e.action == "confirm_identity"]
    assert {"action": "release", "subjects": [f"payment_order:{order.id}"]} in kept


def test_the_pages_ask_for_the_password_and_say_so_before(app, house, browser_of):
    people, order = house.people, verified(house)
    with unit_of_work():
        group = again(house.project).group
        for person in (people.controllers[1], people.agent):
            confirmed(again(person), "sign_in")
    releaser, before = browser_of(again(people.controllers[1])), moved(order)
    assert "Votre mot de passe est demandé." in releaser.get(f"/payments/{order.reference}").text
    for forged in ({}, {"password": ""}, {"confirmation": "1", "identity": "1"}, {"password": PASSWORD.upper()}):
        assert releaser.post(f"/act/payment_order/{order.reference}/release", forged).status_code == 422
    assert moved(order) == before
    assert releaser.post(f"/act/payment_order/{order.reference}/release", {"password": PASSWORD}).status_code == 302
    assert again(order).step == "sent"

    agent, path = browser_of(again(people.agent)), f"/groups/{again(group).reference}/account"
    wallet = {"kind": "wallet", "operator": "Wave", "wallet": "76 12 34 56", "holder": "Benkadi"}
    number = again(group).account.number
    for forged in ({}, {"password": "pas le bon du tout"}):
        answer = agent.post(path, {**wallet, **forged})
        assert answer.status_code == 422 and 'id="password-error' in answer.text and "76 12 34 56" in answer.text
        assert "pas le bon" not in answer.text
    assert again(group).account.number == number
    assert agent.post(path, {**wallet, "password": PASSWORD}).status_code == 302
    assert again(group).account.number == "+22376123456"

    # Whatever else an act asks, the password comes last and goes no further.
    with app.test_request_context(method="POST", data={"reason": "Compte clos", "password": "x"}):
        form = IdentityForm.added_to(FailureForm)()
        assert form.shown == ["reason", "password"] and form.values() == {"reason": "Compte clos"}
    assert IdentityForm.added_to(FailureForm) is IdentityForm.added_to(FailureForm)
    db.session.rollback()
