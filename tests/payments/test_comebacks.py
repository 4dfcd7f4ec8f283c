"""Money that was paid and came back: two people, one evidence, the ledger and the books as they were, and no way around."""

import threading

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from grants import journal, lifecycle
from grants.books.models import Entry
from grants.core import clock
from grants.core.database import db
from grants.core.errors import Problems, Refused, Stale
from grants.core.unit_of_work import unit_of_work
from grants.documents import queries as documents
from grants.funds import operations as funds
from grants.funds import queries as ledger
from grants.funds.models import Transfer
from grants.payments import operations as payments
from grants.payments import queries as payment_queries
from grants.payments.back import queries as back
from grants.payments.comebacks import queries
from grants.payments.comebacks.models import PaymentReturn
from grants.payments.models import PaymentOrder
from grants.payments.splits import queries as splits
from grants.payments.statements import movements
from tests.payments.test_batches import act, payer, to_wallet, transmitted
from tests.payments.test_returns import HEAD, applied, described, line
from tests.payments.test_splits import limit, paid, prepared
from tests.stories import life
from tests.stories.identity import PASSWORD, confirmed
from tests.stories.rows import again


def paid_order(house, reference="AVIS-1"):
    order = life.released(house.people, life.prepared(house.people, house.project))
    return act(order, "confirm", house.people.officer, paid_on=clock.today(), bank_reference=reference)


def came_back(order, officer, reason="AC04"):
    """The row of a return by which the bank says so, as it waits for a person."""
    made = applied(HEAD + line(order, "REJETE", reason=reason), officer, name=f"{order.reference}.csv")
    (row,) = back.all_rows(made)
    assert row.finding == "contradicts"
    return row


def stated(order, row, by, action="state_return", **over):
    said = {"evidence": f"row-{row.id}", "returned_on": clock.today(), "reason": "Compte clos chez la banque", **over}
    return act(order, action, by, **said)


def typed(order, action, by, asked_of=None):
    """Take an act with the password just typed, by this person or by another one."""
    with unit_of_work():
        one, who = again(order), again(by)
        identity = confirmed(again(asked_of or by), action, one)
        lifecycle.perform(one, action, by=who, identity=identity)
    return again(order)


def brought_back(order, by):
    return typed(order, "bring_back", by)


def counters(house):
    db.session.rollback()
    held = ledger.balance(again(house.project))
    envelope = again(house.project).call.envelope
    return held.committed, held.paid, envelope.paid, envelope.fund.spent


def forced(*statements, **values):
    with pytest.raises(DBAPIError), unit_of_work():
        run(statements, values)


def run(statements, values):
    for statement in statements:
        db.session.execute(sa.text(statement), values)


def test_what_came_back_is_taken_back_by_two_people(house, make_person):
    people = house.people
    described(people)
    before = counters(house)
    order = paid_order(house)
    (form,) = documents.documents_of(order, "receipt")
    row = came_back(order, house.people.officer)

    # Everything that is wrong is said at once, and nothing without evidence.
    with pytest.raises(Problems) as wrong:
        stated(order, row, people.officer, evidence="row-0", returned_on=None, reason="x")
    assert {one.field for one in wrong.value.problems} == {"evidence", "returned_on", "reason"}
    with pytest.raises(Problems, match="retenue"):
        stated(order, row, people.officer, fee=order.amount)
    for nobody in (people.controllers[0], people.agent, people.coordinator):
        with pytest.raises(Refused):
            stated(order, row, nobody)
    with pytest.raises(Refused):
        act(order, "bring_back", people.controllers[0])
    order = stated(order, row, people.officer)
    assert order.step == "returning" and counters(house)[1] == order.amount
    assert back.row(row.id).ruling.kind == "set_aside" and back.triage_count() == 0
    # The group signs for nothing meanwhile, and it is not reported twice.
    for action, data in (("record_receipt", life.acknowledged(order)), ("state_return", {})):
        with pytest.raises((Refused, Stale)):
            act(order, action, people.officer, **data)
    with pytest.raises(Refused):
        stated(order, row, people.officer, action="state_other_return")

    # Set aside and reported again: the first report stays as it was.
    order = act(order, "dismiss_return", people.controllers[0], reason="Confusion avec un autre ordre")
    assert order.step == "confirmed" and [one.state for one in queries.returns(order)] == ["dismissed"]
    other = came_back_again(house, order)
    order = stated(order, other, people.officer)

    # Neither who released, nor who reported, nor without a password of that very person.
    both = make_person("finance_officer", "finance_controller")
    for who in (people.controllers[1], people.officer):
        with pytest.raises(Refused):
            brought_back(order, who)
    with pytest.raises(Refused):
        act(order, "bring_back", people.controllers[0])
    with pytest.raises(Refused):
        typed(order, "bring_back", people.controllers[0], asked_of=both)
    assert counters(house)[1] == order.amount

    order = brought_back(order, people.controllers[0])
    assert order.step == "failed" and order.paid_on is None and order.bank_reference is None
    assert "Compte clos" in order.failure and counters(house) == before
    assert ledger.check() == []
    back_row = db.session.scalar(sa.select(Transfer).where(Transfer.kind == "reverse_pay"))
    original = db.session.get_one(Transfer, back_row.reversal_of_id)
    assert (original.kind, original.amount, original.reference) == ("pay", order.amount, order.reference)
    # The books turn the very entries around, and name the first movement.
    first, second = (
        db.session.scalars(sa.select(Entry).where(Entry.transfer_id == one.id).order_by(Entry.line)).all()
        for one in (original, back_row)
    )
    assert [(one.debit, one.credit, one.amount) for one in second] == [
        (one.credit, one.debit, one.amount) for one in first
    ]
    # The paper that was to be signed no longer holds, in public.
    assert again(form).state == "cancelled"
    said = journal.sentence(journal.last_event(order))
    assert "contre-passé" in said or "taken back" in said


def test_what_was_taken_back_is_paid_again_by_the_same_order(house):
    people = house.people
    described(people)
    order = paid_order(house)
    row = came_back(order, people.officer)
    order = brought_back(stated(order, row, people.officer), people.controllers[0])
    # The same news again is nothing new.
    assert [
        one.finding for one in back.all_rows(applied(HEAD + line(order, "REJETE", reason="MS03"), people.officer))
    ] == ["known"]
    # The tranche is not paid twice: the same order goes on to the three people, or a new one takes its place.
    with pytest.raises(Refused):
        life.prepared(people, house.project)
    order = act(order, "retry", people.officer)
    order = act(order, "verify", people.controllers[0])
    with pytest.raises(Refused):
        typed(order, "release", people.controllers[0])
    order = typed(order, "release", people.controllers[1])
    with pytest.raises(Problems):
        act(order, "confirm", people.officer, paid_on=clock.today(), bank_reference="AVIS-1")
    order = act(order, "confirm", people.officer, paid_on=clock.today(), bank_reference="AVIS-2")
    assert order.step == "confirmed" and counters(house)[1] == order.amount and ledger.check() == []
    order = act(order, "record_receipt", people.officer, **life.acknowledged(again(order)))
    assert order.step == "received" and again(house.project).step == "followup"
    # What the group signed for does not come back from the bank any more.
    with pytest.raises((Refused, Stale)):
        stated(order, row, people.officer)


def came_back_again(house, order):
    made = applied(HEAD + line(order, "REJETE", reason="AC06"), house.people.officer, name="encore.csv")
    return back.all_rows(made)[0]


@pytest.mark.parametrize("engine", ["sqlite"])
def test_cancelled_after_it_came_back_a_new_order_pays_and_an_ended_file_gives_the_money_back(house):
    people = house.people
    described(people)
    order = paid_order(house)
    order = brought_back(stated(order, came_back(order, house.people.officer), people.officer), people.controllers[0])
    order = act(order, "cancel", people.officer, reason="Nouveau compte demandé au groupement")
    assert order.live is None
    another = life.released(people, life.prepared(people, house.project))
    assert another.id != order.id
    another = act(another, "confirm", people.officer, paid_on=clock.today(), bank_reference="AVIS-2")
    row = came_back(another, house.people.officer)
    for action in ("suspend", "terminate"):
        act(house.project, action, people.coordinator, reason="Le groupement s’est dissous.")
    held = ledger.balance(again(house.project))
    assert held.committed == held.paid == another.amount
    another = brought_back(stated(another, row, people.officer), people.controllers[0])
    held = ledger.balance(again(house.project))
    assert held.committed == held.paid == 0 and again(another).tranche.cancelled_at is not None
    assert ledger.check() == []


@pytest.mark.parametrize("engine", ["sqlite"])
def test_what_was_justified_or_is_claimed_is_not_taken_back(house):
    people = house.people
    described(people)
    order = paid_order(house)
    row = came_back(order, house.people.officer)
    with unit_of_work():
        funds.justify(again(house.project), 1_000, key="j", reference="PJ-1", by=again(people.monitor))
    with pytest.raises(Refused, match="justifi"):
        stated(order, row, people.officer)
    # Nor where it was justified between the report and its confirmation.
    with unit_of_work():
        justified = db.session.scalar(sa.select(Transfer).where(Transfer.kind == "justify"))
        funds.reverse_justify(justified, key="-j", reference="PJ-1", by=again(people.monitor))
    order = stated(order, row, people.officer)
    with unit_of_work():
        funds.justify(again(house.project), 1_000, key="k", reference="PJ-1", by=again(people.monitor))
    with pytest.raises(Refused, match="justifi"):
        brought_back(order, people.controllers[0])


def test_direct_sql_takes_no_payment_back(house):
    people = house.people
    described(people)
    order = paid_order(house)
    row = came_back(order, house.people.officer)
    pay = queries.payment(order)
    ids = {
        "order": order.id, "attempt": order.sendings[-1].id, "pay": pay.id, "row": row.id, "amount": order.amount,
        "officer": people.officer.id, "releaser": people.controllers[1].id, "verifier": people.controllers[0].id,
        "envelope": pay.envelope_id, "project": pay.project_id, "now": clock.now().isoformat(),
        "day": clock.today().isoformat(),
    }  # fmt: skip
    returned = (
        "INSERT INTO payment_return (order_id, attempt_id, pay_id, amount, fee, returned_on, row_id, reason, stated_by_id, "
        "stated_at) VALUES (:order, :attempt, :pay, {amount}, {fee}, :day, {row}, 'Compte clos', :officer, :now)"
    )
    row_of = {"amount": ":amount", "fee": "0", "row": ":row"}
    taken = (
        "INSERT INTO transfer (key, kind, envelope_id, project_id, amount, reference, reversal_of_id, by_id, at) VALUES "
        "('x', 'reverse_pay', :envelope, :project, :amount, 'x', :pay, :verifier, :now)"
    )
    forced("UPDATE payment_order SET paid_on = NULL, bank_reference = NULL WHERE id = :order", **ids)
    forced("UPDATE payment_order SET live = NULL WHERE id = :order", **ids)
    forced(taken, **ids)
    for wrong in ({"amount": "1000"}, {"row": "NULL"}, {"fee": ":amount"}, {"fee": "-1"}):
        forced(returned.format(**row_of | wrong), **ids)
    stated(order, row, people.officer)
    forced(taken, **ids)
    forced(returned.format(**row_of), **ids)
    ending = "UPDATE payment_return SET confirmed_by_id = {who}, confirmed_at = :now WHERE order_id = :order"
    forced(ending.format(who=":officer"), **ids)
    forced(ending.format(who=":releaser"), **ids)
    forced("DELETE FROM payment_return", **ids)
    forced("UPDATE payment_return SET amount = 1", **ids)
    # Confirmed, but the ledger has not taken it back: the order stays paid.
    forced(
        ending.format(who=":verifier"),
        "UPDATE payment_order SET paid_on = NULL, bank_reference = NULL WHERE id = :order", **ids,
    )  # fmt: skip
    brought_back(order, people.controllers[0])
    forced("UPDATE payment_return SET confirmed_at = NULL, confirmed_by_id = NULL", **ids)
    # The old return is no key to a later payment of the same order.
    order = act(order, "retry", people.officer)
    order = act(life.released(people, order), "confirm", people.officer, paid_on=clock.today(), bank_reference="AVIS-9")
    ids["pay"] = queries.payment(again(order)).id
    forced("UPDATE payment_order SET paid_on = NULL, bank_reference = NULL WHERE id = :order", **ids)
    forced(taken, **ids)


def test_of_two_who_confirm_at_once_one_takes_the_payment_back(app, house, make_person):
    people, third = house.people, make_person("finance_controller")
    described(people)
    order = paid_order(house)
    order = stated(order, came_back(order, house.people.officer), people.officer)
    order_id, start, results = order.id, threading.Barrier(2), []
    with unit_of_work():
        who = [again(one) for one in (people.controllers[0], third)]
        typed = {one.id: confirmed(one, "bring_back", again(order)) for one in who}
    db.session.rollback()

    def confirm(person_id):
        with app.app_context():
            start.wait()
            try:
                with unit_of_work():
                    row = db.session.get(PaymentOrder, order_id)
                    by = db.session.get(type(third), person_id)
                    lifecycle.perform(row, "bring_back", by=by, identity=typed[person_id])
                results.append("taken back")
            except (Refused, Stale):
                results.append("refused")
            finally:
                db.session.remove()

    threads = [threading.Thread(target=confirm, args=(one,)) for one in typed]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(results) == ["refused", "taken back"]
    assert counters(house)[1] == 0 and ledger.check() == []
    assert db.session.scalar(sa.select(sa.func.count(Transfer.id)).where(Transfer.kind == "reverse_pay")) == 1


def test_of_an_order_in_parts_only_the_part_that_came_back_leaves_again(house):
    people = house.people
    described(people)
    to_wallet(house)
    amount = payment_queries.next_unpaid(payment_queries.tranches(again(house.project))).amount
    limit(house, wallet_cap=amount // 2 + 1)
    order = life.released(people, prepared(house, "days"))
    payer(people, "wallet", "Orange Money", "M-1")
    transmitted(people, order)
    day = max(one.leaves_on for one in splits.parts(order))
    with clock.at(clock.now().replace(year=day.year, month=day.month, day=day.day)):
        order = paid(house, paid(house, order, 1, "OM-1"), 2, "OM-2")
        assert order.step == "confirmed"
        gone = splits.part(order, 2).attempts[-1]
        text = f"{gone.reference};;{gone.amount};{clock.today():%d/%m/%Y};REJETE;AC04;\n"
        (row,) = back.all_rows(applied(HEAD + text, people.officer))
        with pytest.raises(Problems) as wrong:
            stated(order, row, people.officer)
        assert [one.field for one in wrong.value.problems] == ["sending"]
        order = stated(order, row, people.officer, sending=str(gone.id))
        order = brought_back(order, people.controllers[0])
        assert [splits.state(one) for one in splits.parts(order)] == ["paid", "failed"]
        assert order.step == "failed" and counters(house)[1] == 0
        # Nothing of it is cancelled while a part is with the group.
        with pytest.raises(Refused):
            act(order, "cancel", people.officer, reason="Un autre ordre suffira")
        order = life.released(people, act(order, "retry", people.officer))
        assert [one.amount for one in order.sendings[2:]] == [gone.amount]
        order = paid(house, order, 2, "OM-3")
        assert order.step == "confirmed" and counters(house)[1] == amount and ledger.check() == []


def test_the_pages_lead_from_the_row_and_from_the_line_to_the_act(house, browser_of, count_queries):
    people = house.people
    described(people)
    house.payer = payer(people)
    order = life.released(people, life.prepared(people, house.project))
    transmitted(people, order)
    order = act(order, "confirm", people.officer, paid_on=clock.today(), bank_reference="AVIS-1")
    row = came_back(order, house.people.officer)
    officer = browser_of(again(people.officer))
    path = f"/act/payment_order/{order.reference}/state_return"
    text = officer.get(f"/payments/back/rows/{row.id}").text
    assert f"{path}?evidence=row-{row.id}" in text
    controller = browser_of(again(people.controllers[0]))
    assert path not in controller.get(f"/payments/back/rows/{row.id}").text
    shown = officer.get(f"{path}?evidence=row-{row.id}").text
    assert f'value="row-{row.id}"' in shown and "checked" in shown
    missing = officer.post(path, {"evidence": f"row-{row.id}", "returned_on": "", "fee": "abc", "reason": ""})
    assert missing.status_code == 422 and 'id="fee-error' in missing.text and 'id="reason-error' in missing.text
    for nobody in (people.agent, people.controllers[0], people.coordinator):
        assert browser_of(again(nobody)).post(path, {"evidence": f"row-{row.id}"}).status_code in (403, 404, 409, 422)
    assert again(order).step == "confirmed"
    said = {
        "evidence": f"row-{row.id}",
        "returned_on": clock.today().strftime("%d/%m/%Y"),
        "fee": "2 500",
        "reason": "Compte clos",
    }
    controller.get(f"/payments/{order.reference}")
    with count_queries() as before:
        controller.get(f"/payments/{order.reference}")
    assert officer.post(path, said).status_code == 302
    with unit_of_work():
        confirmed(again(people.controllers[0]), "sign_in")
    path = f"/act/payment_order/{order.reference}/bring_back"
    with count_queries() as after:
        page = controller.get(f"/payments/{order.reference}")
    # What is asked for the acts of the step, and nothing for what was reported.
    assert after() <= before() + 3
    assert path in page.text and "2 500" in page.text.replace("\u202f", " ").replace("\xa0", " ")
    for forged in ({}, {"password": "autre chose"}):
        assert controller.post(path, forged).status_code == 422
    assert controller.post(path, {"password": PASSWORD}).status_code == 302
    assert again(order).step == "failed"
    # On the statement of the account it is one movement of ours, less what the bank kept.
    (one,) = [move for move in movements.of_account(again(house.payer)) if move.kind == "transfer"]
    assert one.amount == order.amount - 2_500 and one.order == order.reference
    assert db.session.scalar(sa.select(PaymentReturn.fee)) == 2_500
    assert payments.NOT_SENT[-1] == "failed"
