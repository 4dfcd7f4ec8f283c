"""Attempts and receipts are rows that stay: nothing is sent twice, paid without proof, or rewritten afterwards."""

import threading

import pytest

from grants.core import clock
from grants.core.database import db
from grants.core.errors import Problems, Refused, Stale
from grants.core.unit_of_work import unit_of_work
from grants.documents import queries as documents
from grants.funds import queries as funds
from grants.payments import batch
from tests.payments.test_orders import act, forced
from tests.stories import life
from tests.stories.identity import confirmed
from tests.stories.rows import again


def test_an_unknown_outcome_is_neither_paid_nor_sent_again(house):
    people = house.people
    order = act(life.released(people, life.prepared(people, house.project)), "report_unknown", people.officer,
                reason="La banque ne répond pas.")  # fmt: skip
    assert order.step == "unknown" and funds.balance(house.project).paid == 0
    for action in ("retry", "cancel", "release"):
        with pytest.raises((Refused, Stale)):
            act(order, action, people.officer, reason="Essayons encore une fois.")
    twice = (
        "INSERT INTO payment_attempt (order_id, number, reference, key, amount, account_id, account_number, prepared_by_id, "
        "verified_by_id, released_by_id, sent_at) SELECT order_id, 2, 'OP-2', 'k-2', amount, account_id, account_number, "
        "prepared_by_id, verified_by_id, released_by_id, sent_at FROM payment_attempt"
    )
    assert forced(twice) == "refused"
    order = act(order, "confirm", people.officer, paid_on=clock.today(), bank_reference="AVIS 9")
    assert [one.state for one in order.sendings[0].outcomes] == ["unknown", "paid"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE payment_attempt SET amount = 1",
        "DELETE FROM payment_attempt",
        "UPDATE attempt_outcome SET state = 'failed', bank_reference = NULL",
        "DELETE FROM attempt_outcome",
        "INSERT INTO attempt_outcome (attempt_id, state, at) SELECT id, 'failed', sent_at FROM payment_attempt",
        "UPDATE payment_order SET amount = amount + 1",
        "UPDATE payment_order SET bank_reference = 'AUTRE'",
        "UPDATE payment_order SET bank_reference = NULL",
        "UPDATE payment_order SET live = NULL",
        "UPDATE payment_order SET released_by_id = prepared_by_id",
        "UPDATE payment_receipt SET thumbprints = 0",
        "DELETE FROM receipt_signature",
    ],
)
def test_what_was_paid_and_received_is_not_rewritten(house, statement):
    life.received(house.people, life.released(house.people, life.prepared(house.people, house.project)))
    assert forced(statement) == "refused"


def test_nothing_is_paid_or_received_without_its_proof(house):
    order = life.released(house.people, life.prepared(house.people, house.project))
    paid = "UPDATE payment_order SET paid_on = '2026-01-01', bank_reference = 'X' WHERE id = :id"
    assert forced(paid, id=order.id) == "refused"
    order = act(order, "confirm", house.people.officer, paid_on=clock.today(), bank_reference="AVIS 3")
    received = "UPDATE payment_order SET received_on = '2026-01-01', receipt_id = (SELECT max(id) FROM stored_file)"
    assert forced(received) == "refused"


def test_a_thumbprint_needs_two_witnesses_with_their_papers(house):
    people = house.people
    order = life.released(people, life.prepared(people, house.project))
    order = act(order, "confirm", people.officer, paid_on=clock.today(), bank_reference="AVIS 4")

    def refused(**over):
        with pytest.raises(Problems) as found:
            act(order, "record_receipt", people.agent, **{**life.acknowledged(again(order)), **over})
        return {problem.field for problem in found.value.problems}

    one = [{"name": "Moussa Kéita", "paper": "NINA 1"}]
    president, treasurer = again(order).project.group.officers[:2]
    assert refused(witnesses=one) == {"witnesses"}
    assert refused(witnesses=one * 2) == {"witnesses"}
    assert refused(witnesses=[*one, {"name": "Ami Diallo", "paper": ""}]) == {"witnesses"}
    assert refused(witnesses=[*one, {"name": treasurer.name, "paper": "NINA 2"}]) == {"witnesses"}
    alone = [{"officer_id": str(president.id), "manner": "thumbprint", "finger": "left_thumb"}]
    assert refused(signatures=alone) == {"signatures"}
    no_finger = [{**alone[0], "finger": ""}, {"officer_id": str(treasurer.id), "manner": "signature", "finger": ""}]
    assert refused(signatures=no_finger) == {"signatures"}
    stranger = [*no_finger[1:], {"officer_id": "999999", "manner": "signature", "finger": ""}]
    assert refused(signatures=stranger) == {"signatures"}
    everything = refused(received_on=None, place="", language="", reader="", signatures=[], witnesses=[], receipt=[])
    assert everything == {"received_on", "place", "language", "reader", "signatures", "receipt"}
    assert again(order).step == "confirmed"
    assert again(act(order, "record_receipt", people.agent, **life.acknowledged(again(order)))).step == "received"


def test_two_controllers_release_the_same_batch_at_once_and_it_leaves_once(app, house, make_person):
    people, third = house.people, make_person("finance_controller")
    order = act(life.prepared(people, house.project), "verify", people.controllers[0])
    reference, seen, start, results = order.reference, order.state_revision, threading.Barrier(2), []
    kind = type(third)
    with unit_of_work():
        releasers = [again(one) for one in (people.controllers[1], third)]
        typed = {one.id: confirmed(one, "release", again(order)) for one in releasers}
    db.session.rollback()

    def release(person_id):
        with app.app_context():
            start.wait()
            with unit_of_work():
                (found,) = batch.take(
                    "release", {reference: seen}, by=db.session.get(kind, person_id), identity=typed[person_id]
                )
                results.append(found.done)
            db.session.remove()

    threads = [threading.Thread(target=release, args=(one,)) for one in typed]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(results) == [False, True]
    assert (again(order).attempts, len(again(order).sendings)) == (1, 1)
    assert len(documents.documents_of(again(order), "payment_order")) == 1
