"""Money leaves by three people, once, on its conditions; the database says so even where no code of ours asks."""

import threading

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from grants import journal, lifecycle
from grants.core import clock
from grants.core.database import db
from grants.core.errors import Problems, Refused, Stale
from grants.core.unit_of_work import unit_of_work
from grants.documents import queries as documents
from grants.funds import queries as funds
from grants.groups import operations as groups
from grants.payments import operations, queries
from grants.payments.models import PaymentOrder
from tests.stories import life
from tests.stories.groups import account_values
from tests.stories.identity import confirmed
from tests.stories.rows import again


def act(order, action, person, **data):
    with unit_of_work():
        row, who = again(order), again(person)
        identity = confirmed(who, action, row) if action == "release" else None
        lifecycle.perform(row, action, by=who, data=data, identity=identity)
    return again(order)


def reasons(refused) -> str:
    return " · ".join(str(reason) for reason in refused.value.reasons)


def end(house):
    """The coordinator ends a suspended file."""
    with unit_of_work():
        reason = {"reason": "Détournement constaté."}
        lifecycle.perform(again(house.project), "terminate", by=again(house.people.coordinator), data=reason)


def forced(statement, **values):
    """Whether the database itself refuses a statement."""
    try:
        with unit_of_work():
            db.session.execute(sa.text(statement), values)
    except DBAPIError:
        return "refused"
    return "done"


def replaced(group, house):
    """The group gets another account, in a transaction under way."""
    agent = again(house.people.agent)
    values = account_values(holder=group.name)
    return groups.add_account(group, values, by=agent, identity=confirmed(agent, "add_account", group))


def new_account(house):
    """The group gets another account, verified by a second person."""
    with unit_of_work():
        group = again(house.project).group
        account = replaced(group, house)
        groups.verify_account(account, how="RIB de la banque vu", by=again(house.people.appraisers[0]))


def test_an_order_goes_through_three_people_and_its_papers_are_printed(house):
    people = house.people
    order = life.prepared(people, house.project)
    assert (order.amount, order.account_number) == (order.tranche.amount, order.project.group.account.number)
    order = life.released(people, order)
    assert order.step == "sent" and order.attempts == 1 and order.document.kind == "payment_order"
    assert len({order.prepared_by_id, order.verified_by_id, order.released_by_id}) == 3
    order = life.received(people, order)
    assert order.step == "received" and again(house.project).step == "followup"
    assert [one.kind for one in documents.documents_of(order)] == ["receipt", "payment_order"]
    assert funds.balance(house.project).paid == order.amount
    assert funds.check() == []


def test_who_prepared_does_not_verify_and_who_verified_does_not_release(house, make_person):
    everything = make_person("finance_officer", "finance_controller")
    with unit_of_work():
        order = operations.prepare(queries.tranches(again(house.project))[0], by=again(everything))
    with pytest.raises(Refused):
        act(order, "verify", everything)
    verified = act(order, "verify", house.people.controllers[0])
    with pytest.raises(Refused):
        act(verified, "release", house.people.controllers[0])
    with pytest.raises(Refused):
        act(verified, "release", everything)
    assert again(order).step == "verified"


def test_the_database_itself_keeps_the_three_people_apart(house):
    order = life.prepared(house.people, house.project)
    by = {"id": order.id, "officer": order.prepared_by_id, "controller": house.people.controllers[0].id}
    own = "UPDATE payment_order SET verified_by_id = :officer WHERE id = :id"
    assert forced(own, **by) == "refused"
    act(order, "verify", house.people.controllers[0])
    both = "UPDATE payment_order SET released_by_id = :controller, sent_at = CURRENT_TIMESTAMP WHERE id = :id"
    assert forced(both, **by) == "refused"
    assert forced(both.replace(":controller", ":officer"), **by) == "refused"


def test_a_tranche_has_one_live_order(house):
    order = life.prepared(house.people, house.project)
    with pytest.raises(Refused, match=order.reference):
        life.prepared(house.people, house.project)
    columns = ", ".join(c.name for c in PaymentOrder.__table__.columns if c.name not in ("id", "reference"))
    twin = f"INSERT INTO payment_order (reference, {columns}) SELECT 'OP-X', {columns} FROM payment_order"  # noqa: S608
    assert forced(twin) == "refused"


def test_a_cancelled_order_gives_way_to_another(house):
    order = life.prepared(house.people, house.project)
    order = act(order, "cancel", house.people.officer, reason="Montant à revoir avec le groupement.")
    assert order.live is None and order.step == "cancelled"
    assert life.prepared(house.people, house.project).reference != order.reference


def test_another_account_sends_an_order_back_and_the_same_order_goes_on_with_it(house):
    people = house.people
    order = act(life.prepared(people, house.project), "verify", people.controllers[0])
    before = order.account_number
    new_account(house)
    order = again(order)
    assert (order.step, order.verified_by_id, order.waits_for) == ("account_changed", None, "finance_officer")
    event = journal.last_event(order)
    assert (event.action, event.actor_id, event.values["account_ends_in"]) == ("send_back", None, before[-4:])
    # Who verified the first account does not prepare for the second.
    with pytest.raises(Refused):
        act(order, "take_account", people.controllers[0])
    order = act(order, "take_account", house.other_officer)
    assert order.step == "prepared" and order.account_number == order.project.group.account.number != before
    assert order.prepared_by_id == house.other_officer.id
    life.received(people, life.released(people, order))
    assert funds.balance(house.project).paid == order.amount


def test_an_order_waits_for_the_new_account_to_be_verified(house):
    people = house.people
    order = life.prepared(people, house.project)
    with unit_of_work():
        group = again(house.project).group
        account = replaced(group, house)
    with pytest.raises(Refused, match=account.number[-4:]):
        act(order, "take_account", people.officer)
    assert again(order).step == "account_changed"


def test_what_has_left_does_not_come_back_with_a_new_account(house):
    order = life.released(house.people, life.prepared(house.people, house.project))
    new_account(house)
    assert again(order).step == "sent"
    order = act(order, "report_failure", house.people.officer, reason="Compte clos selon la banque")
    # It is not sent again to the old account.
    with pytest.raises(Refused):
        act(order, "retry", house.people.officer)
    order = act(order, "send_back", house.people.officer)
    assert act(order, "take_account", house.people.officer).account_number == again(house.project).group.account.number


def test_an_order_is_not_sent_back_while_its_account_is_the_same(house):
    order = life.prepared(house.people, house.project)
    with pytest.raises(Refused):
        act(order, "send_back", house.people.officer)


def test_a_held_order_is_verified_anew(house):
    people = house.people
    order = act(life.prepared(people, house.project), "verify", people.controllers[0])
    with pytest.raises(Refused):
        act(order, "hold", people.officer, reason="Le groupement est en conflit.")
    order = act(order, "hold", people.coordinator, reason="Le groupement est en conflit.")
    assert (order.step, order.verified_by_id) == ("held", None)
    for action in ("release", "verify"):
        with pytest.raises(Refused):
            act(order, action, people.controllers[1])
    order = act(order, "lift", people.controllers[0], reason="Conflit réglé devant le maire.")
    assert order.step == "prepared"
    assert life.released(people, order).step == "sent"


def test_an_account_that_nobody_verified_is_not_paid(house):
    with unit_of_work():
        group = again(house.project).group
        replaced(group, house)
    with pytest.raises(Refused):
        life.prepared(house.people, house.project)


def test_nothing_is_paid_before_the_contribution_or_while_suspended(house, make_person):
    life.prepared(house.people, house.project)
    with unit_of_work():
        reason = {"reason": "Insécurité autour du village."}
        lifecycle.perform(again(house.project), "suspend", by=again(house.people.coordinator), data=reason)
    order = queries.current_order(again(house.project))
    with pytest.raises(Refused):
        act(order, "verify", house.people.controllers[0])


def test_only_the_next_tranche_is_prepared(house):
    with unit_of_work(), pytest.raises(Refused):
        operations.prepare(queries.tranches(again(house.project))[1], by=again(house.people.officer))


@pytest.mark.stands("in_force")
def test_before_the_contribution_there_is_no_order(people, project):
    with pytest.raises(Refused):
        life.prepared(people, project)


def test_a_failed_payment_is_verified_and_released_anew_by_the_right_people(house):
    people = house.people
    order = act(life.released(people, life.prepared(people, house.project)), "report_failure", people.officer,
                reason="Compte clos selon la banque")  # fmt: skip
    assert order.step == "failed" and order.failure
    order = act(order, "retry", house.other_officer)
    assert (order.verified_by_id, order.released_by_id, order.sent_at) == (None, None, None)
    # The one who released the first attempt does not verify the second.
    with pytest.raises(Refused):
        act(order, "verify", people.controllers[1])
    first_print = order.document
    order = life.released(people, order)
    assert order.attempts == 2
    assert again(first_print).state == "cancelled" and order.document.state == "valid"
    life.received(people, order)
    assert funds.balance(house.project).paid == order.amount


def test_a_bank_reference_is_entered_once(house):
    people = house.people
    life.paid(people, house.project)
    with unit_of_work():
        first = queries.current_order(again(house.project)).bank_reference
    project = life.justified(people, life.visited(people, house.project))
    with unit_of_work():
        lifecycle.perform(again(project), "open_next_tranche", by=again(people.monitor), data={})
    order = life.released(people, life.prepared(people, project))
    with pytest.raises(Problems) as found:
        act(order, "confirm", people.officer, paid_on=clock.today(), bank_reference=f" {first.lower()} ")
    assert [problem.field for problem in found.value.problems] == ["bank_reference"]
    assert funds.balance(project).paid == queries.tranches(again(project))[0].amount


def test_what_has_left_is_not_cancelled(house):
    people = house.people
    order = life.released(people, life.prepared(people, house.project))
    with pytest.raises((Refused, Stale)):
        act(order, "cancel", people.officer, reason="Trop tard, mais essayons.")
    with unit_of_work():
        lifecycle.perform(
            again(house.project), "suspend", by=again(people.coordinator), data={"reason": "Visite urgente."}
        )
    with pytest.raises(Refused, match=order.reference):
        end(house)


def test_ending_a_contract_cancels_what_was_not_paid_and_gives_the_money_back(house):
    people = house.people
    order = act(life.prepared(people, house.project), "verify", people.controllers[0])
    for action in ("suspend", "terminate"):
        with unit_of_work():
            reason = {"reason": "Le groupement renonce au micro-projet."}
            lifecycle.perform(again(house.project), action, by=again(people.coordinator), data=reason)
    assert again(order).step == "cancelled"
    assert all(tranche.cancelled_at for tranche in queries.tranches(again(house.project)))
    held = funds.balance(house.project)
    assert (held.committed, held.paid) == (0, 0)


def test_a_receipt_of_a_suspended_file_is_kept_and_moves_nothing(house):
    people = house.people
    order = life.released(people, life.prepared(people, house.project))
    with unit_of_work():
        lifecycle.perform(
            again(house.project), "suspend", by=again(people.coordinator), data={"reason": "Visite urgente."}
        )
    life.received(people, order)
    assert again(order).received_on and again(house.project).step == "suspended"


def test_an_agent_brings_the_receipt(house):
    people = house.people
    order = life.released(people, life.prepared(people, house.project))
    act(order, "confirm", people.officer, paid_on=clock.today(), bank_reference="AVIS-1")
    act(order, "record_receipt", people.agent, **life.acknowledged(again(order)))
    assert again(house.project).step == "followup"


def test_of_two_controllers_at_once_one_releases(app, house, make_person):
    people, third = house.people, make_person("finance_controller")
    order = act(life.prepared(people, house.project), "verify", people.controllers[0])
    order_id, start, results = order.id, threading.Barrier(2), []

    def release(person_id):
        with app.app_context():
            start.wait()
            try:
                with unit_of_work():
                    row = db.session.get(PaymentOrder, order_id)
                    who = db.session.get(type(third), person_id)
                    lifecycle.perform(row, "release", by=who, identity=typed[person_id])
                results.append("released")
            except (Refused, Stale):
                results.append("refused")
            finally:
                db.session.remove()

    db.session.rollback()
    with unit_of_work():
        releasers = [again(one) for one in (people.controllers[1], third)]
        typed = {one.id: confirmed(one, "release", again(order)) for one in releasers}
    threads = [threading.Thread(target=release, args=(one,)) for one in typed]
    db.session.rollback()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(results) == ["refused", "released"]
    assert again(order).attempts == 1
    assert len(documents.documents_of(order, "payment_order")) == 1


def test_the_same_click_twice_pays_once(house):
    people = house.people
    order = life.released(people, life.prepared(people, house.project))
    data = {"paid_on": clock.today(), "bank_reference": "AVIS-7"}
    events = []
    for _ in range(2):
        with unit_of_work():
            events.append(
                lifecycle.perform(
                    again(order), "confirm", by=again(people.officer), data=data, idempotency_key="k-1"
                ).id
            )
    assert events[0] == events[1]
    assert funds.balance(house.project).paid == order.amount
