"""Conditions of tranches: what they rest on, who may lift them and who never can, and what is kept back of works."""

import io
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from PIL import Image
from sqlalchemy.exc import DBAPIError

from grants import journal, lifecycle
from grants.books.queries import planning
from grants.calls.rules import default_rules
from grants.core import clock
from grants.core.database import db
from grants.core.errors import Problems, Refused
from grants.core.unit_of_work import unit_of_work
from grants.funds import operations as funds_operations
from grants.funds import queries as funds
from grants.funds.models import Fund
from grants.payments import conditions, queries
from grants.payments import operations as payments
from grants.payments.evidence import operations
from grants.payments.evidence import queries as evidence
from tests.stories import life
from tests.stories.appraisal import recommended
from tests.stories.calls import envelope, open_call
from tests.stories.committee import awarded
from tests.stories.groups import verified_group
from tests.stories.projects import submitted, upload
from tests.stories.rows import again

WHY = "Les ventes de la Tabaski n’attendent pas, la visite se fera dans la semaine."
INSERT = (
    "INSERT INTO condition_lift (tranche_id, code, role, reason, by_id, at) "
    "VALUES (:tranche, :code, 'coordinator', :reason, :by, CURRENT_TIMESTAMP)"
)


def forced(statement, **values):
    """Whether the database itself refuses a statement, or what it says."""
    try:
        with unit_of_work():
            db.session.execute(sa.text(statement), values)
    except DBAPIError as refused:
        return str(refused.orig)
    return "done"


def lift(project, code, person, number=2, reason=WHY):
    with unit_of_work():
        tranche = queries.tranche_of(again(project), number)
        return operations.lift_condition(tranche, code, reason=reason, by=again(person))


def go_on(people, project):
    with unit_of_work():
        lifecycle.perform(again(project), "open_next_tranche", by=again(people.monitor), data={})


def scan() -> bytes:
    out = io.BytesIO()
    Image.effect_noise((480, 640), 60).convert("RGB").save(out, "JPEG")
    return out.getvalue()


def test_a_condition_is_lifted_by_the_role_of_the_call_apart_from_the_payment(house, browser_of):
    people = house.people
    project = life.paid(people, house.project)
    with pytest.raises(Refused):
        go_on(people, project)
    # Neither the wrong role, nor what nobody may lift, nor what this tranche does not ask, nor without a reason.
    for code, person in (
        ("previous_justified", people.monitor), ("previous_justified", people.officer), ("account_verified", people.coordinator),
        ("contract_in_force", people.coordinator), ("not_suspended", people.coordinator), ("contribution_proven", people.coordinator),
    ):  # fmt: skip
        with pytest.raises(Refused):
            lift(project, code, person)
    with pytest.raises(Problems):
        lift(project, "visit_on_track", people.coordinator, reason="oui")
    # The pages: the coordinator is led to the form, the others are told who may, forged addresses lead nowhere.
    own = f"/projects/{project.reference}/tranches"
    coordinator, officer = browser_of(people.coordinator), browser_of(people.officer)
    form = f"{own}/2/conditions/previous_justified/lift"
    assert form in coordinator.get(own).text
    assert form not in officer.get(own).text and "peut être levée par" in officer.get(own).text
    assert officer.post(form, {"reason": WHY}).status_code == 403
    for code in ("account_verified", "contract_in_force", "not_suspended"):
        assert coordinator.post(f"{own}/2/conditions/{code}/lift", {"reason": WHY}).status_code == 404
    assert coordinator.post(form, {"reason": "oui"}).status_code == 422
    assert coordinator.post(form, {"reason": WHY}).status_code == 302
    lift(project, "visit_on_track", people.coordinator)
    assert journal.last_event(again(project)).action == "lift_condition"
    go_on(people, project)
    order = life.prepared(people, project)
    shown = officer.get(f"/payments/{order.reference}").text
    assert WHY in shown and "Levée" in shown and people.coordinator.name in shown
    assert queries.tranche_of(again(project), 2).amount == order.amount
    order = life.released(people, order)
    with pytest.raises(Refused, match=order.reference):
        lift(project, "previous_justified", people.coordinator)
    # It holds for this tranche alone.
    assert not conditions.is_lifted("visit_on_track", queries.tranche_of(again(project), 3))


def test_who_takes_part_in_the_payment_lifts_nothing_and_the_other_way_round(house, make_person):
    people = house.people
    both = make_person("coordinator", "finance_officer", "finance_controller")
    project = life.paid(people, house.project)
    lift(project, "visit_on_track", people.coordinator)
    lift(project, "previous_justified", both)
    go_on(people, project)
    with unit_of_work(), pytest.raises(Refused, match="levé"):
        payments.prepare(queries.tranche_of(again(project), 2), by=again(both))
    order = life.prepared(people, project)
    with pytest.raises(Refused, match="levé"), unit_of_work():
        lifecycle.perform(again(order), "verify", by=again(both), data={})
    values = {"id": order.id, "both": both.id, "tranche": order.tranche_id, "officer": order.prepared_by_id}
    verify = "UPDATE payment_order SET verified_by_id = :both WHERE id = :id"
    assert "none of the people" in forced(verify, id=values["id"], both=values["both"])
    # The database itself: what cannot be lifted, what the tranche does not have, by whom, and never taken back.
    says = {
        "account_verified": "condition_lift_code", "contract_in_force": "condition_lift_code",
        "contribution_proven": "does not have", "training_held": "does not have",
    }  # fmt: skip
    for code, words in says.items():
        answer = forced(INSERT, tranche=values["tranche"], code=code, reason=WHY, by=people.monitor.id)
        assert words in answer or "CHECK" in answer, (code, answer)
    for statement in ("DELETE FROM condition_lift", "UPDATE condition_lift SET reason = 'autre chose encore'"):
        assert "append-only" in forced(statement)
    third = queries.tranche_of(again(project), 3)
    assert "none of the people" in forced(
        INSERT.replace(":tranche", "(SELECT tranche_id FROM payment_order WHERE id = :order)"),
        order=order.id, code="visit_on_track", reason=WHY, by=values["officer"],
    )  # fmt: skip
    assert forced(INSERT, tranche=third.id, code="visit_on_track", reason="court", by=people.monitor.id) != "done"


def test_no_money_leaves_without_signature_and_account_whatever_asks(house):
    """A forged attempt at a payment, written straight into the database."""
    people = house.people
    order = life.prepared(people, house.project)
    attempt = (
        "INSERT INTO payment_attempt (order_id, number, reference, key, amount, account_id, account_number, prepared_by_id, "
        "verified_by_id, released_by_id, sent_at) VALUES (:id, 1, 'X-1', 'k', :amount, :account, :number, :a, :b, :c, CURRENT_TIMESTAMP)"
    )
    values = {
        "id": order.id, "amount": order.amount, "account": order.account_id, "number": order.account_number, "a": people.officer.id, "b": people.controllers[0].id,
        "c": people.controllers[1].id,
    }  # fmt: skip
    with unit_of_work():
        db.session.execute(
            sa.text("UPDATE contract SET cancelled_at = CURRENT_TIMESTAMP WHERE id = :id"),
            {"id": order.tranche.contract_id},
        )
    assert "contract in force" in forced(attempt, **values)


def works(people):
    """A file of a call in which livestock counts as works, at the step in which its tranche is paid."""
    group = verified_group(people.agent, people.appraisers[0])
    rules = default_rules() | {"works_kinds": ["livestock"], "works_percents": [60, 40]}
    rules["tranche_conditions"] = [[*rules["tranche_conditions"][0], "training_held"], rules["tranche_conditions"][1]]
    call = open_call(people.admin, envelope(people.coordinator), rules=rules)
    file = submitted(people.agent, group, call, "livestock")
    return life.contributed(people, life.in_force(people, awarded(recommended(file, people.appraisers))))


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_part_of_works_is_kept_back_until_they_are_accepted(people, browser_of, monkeypatch):
    project = works(people)
    first, second, kept = queries.tranches(again(project))
    assert kept.retention and kept.amount == first.held + second.held
    assert first.amount + second.amount + kept.amount == funds.balance(project).committed
    contract = life.contract_queries.live(again(project))
    assert [line["amount"] for line in contract.content["tranches"]] == [first.amount, second.amount, kept.amount]
    assert "retenue de garantie" in " ".join(contract.content["tranches"][0]["conditions"])
    assert "retenue de garantie" in contract.content["schedule"][-4]["what"]
    # The training is a paper, filed on its page by the agent.
    with pytest.raises(Refused, match="formation"):
        life.prepared(people, project)
    agent = browser_of(people.agent)
    page = f"/projects/{project.reference}/proofs/training_held"
    assert agent.post(page, {"proven_on": "", "note": ""}).status_code == 422
    given = {"proven_on": clock.today().strftime("%d/%m/%Y"), "note": "Tenue des cahiers, 20 présents"}
    assert agent.post(page, {**given, "proof": (io.BytesIO(scan()), "liste.jpg")}).status_code == 302
    assert agent.post(page.replace("training_held", "account_verified"), given).status_code == 404
    project = life.justified(people, life.paid(people, project))
    go_on(people, life.visited(people, project))
    project = life.visited(people, life.justified(people, life.paid(people, project)))
    # What was kept back is neither opened nor paid before the acceptance and the guarantee, and stands there in the plan.
    with pytest.raises(Refused, match="réception"):
        go_on(people, project)
    values = {"proven_on": clock.today(), "note": "Réception provisoire avec la mairie", "proof": [upload("pv.pdf")]}
    with pytest.raises(Refused), unit_of_work():
        operations.file_proof(again(project), "works_accepted", values, by=again(people.agent))
    with unit_of_work():
        operations.file_proof(again(project), "works_accepted", values, by=again(people.monitor))
    until = evidence.guaranteed_until(again(project), evidence.proof(again(project), "works_accepted"))
    assert until > clock.today() + timedelta(days=175)
    with pytest.raises(Refused, match="garantie"):
        go_on(people, project)
    [coming] = planning.coming(again(people.coordinator), planning.Filters())
    assert (coming.amount, coming.why) == (kept.amount, "plan") and abs((coming.day - until).days) < 4
    monkeypatch.setattr(clock, "today", lambda: until + timedelta(days=1))
    go_on(people, project)
    monkeypatch.undo()
    assert again(project).step == "disbursement"
    with pytest.raises(Refused, match="garantie"):
        life.prepared(people, project)
    assert "sum of what was kept back" in forced(
        "INSERT INTO tranche (project_id, contract_id, number, percent, amount, held, retention, conditions) "
        "SELECT project_id, contract_id, 9, 5, amount + 1, 0, retention, conditions FROM tranche WHERE id = :id",
        id=kept.id,
    )


def test_no_more_is_paid_than_came_from_the_donor(people, browser_of):
    """The refusal stands where it is still of use, on the order and in the batch; the database has the last word."""
    money = envelope(people.coordinator, prefinanced=False)
    call = open_call(people.admin, money)
    group = verified_group(people.agent, people.appraisers[0])
    file = awarded(recommended(submitted(people.agent, group, call, "livestock"), people.appraisers))
    project = life.contributed(people, life.in_force(people, file))
    with pytest.raises(Refused, match="préfinancé"):
        life.prepared(people, project)
    tranche = queries.tranches(again(project))[0]
    batch = browser_of(people.officer).post("/payments/prepare", {"tranche": str(tranche.id)})
    assert (
        "préfinancé" in batch.text
        and "Fonds du bailleur disponibles"
        in browser_of(people.officer).get(f"/projects/{project.reference}/tranches").text
    )
    fund_id = money.fund_id

    def receive(amount, kind="receipt"):
        with unit_of_work() as session:
            funds_operations.record_receipt(
                session.get_one(Fund, fund_id), kind=kind, amount=amount, cents=None, moved_on=clock.today(),
                bank_reference=f"{kind} {amount}", key=f"{kind} {amount}", by=again(people.officer),
            )  # fmt: skip

    receive(tranche.amount - 1)
    with pytest.raises(Refused, match="disponibles"):
        life.prepared(people, project)
    receive(1)
    order = life.prepared(people, project)
    receive(1, "return")
    # It went back meanwhile: neither verified nor, by any way, paid.
    with pytest.raises(Refused, match="disponibles"):
        life.released(people, order)
    with pytest.raises(funds_operations.NotEnough), unit_of_work():
        funds_operations.pay(again(project), order.amount, key="pay:x", reference="x", by=again(people.officer))
    forged = (
        "INSERT INTO transfer (key, kind, envelope_id, project_id, amount, reference, at) "
        "SELECT 'forged', 'pay', envelope_id, project_id, :amount, 'x', CURRENT_TIMESTAMP FROM award_balance"
    )
    assert "spent" in forced(forged, amount=order.amount) or "CHECK" in forced(forged, amount=order.amount)
    assert forced("UPDATE fund SET received = 0, spent = 1") != "done"
    receive(2)
    life.received(people, life.released(people, order))
    fund = again(money).fund
    assert (fund.spent, fund.in_hand) == (order.amount, 1)
    with pytest.raises(Problems):
        receive(2, "return")
    assert funds.check() == []


def test_months_of_guarantee_end_on_a_day_there_is():
    class _Project:
        class call:  # noqa: N801
            rules = default_rules() | {"retention_months": 6}

    class _Proof:
        proven_on = date(2026, 8, 31)

    assert evidence.guaranteed_until(_Project, _Proof) == date(2027, 2, 28)
