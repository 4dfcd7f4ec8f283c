"""What a group has to give back: claimed with its calculation, paid by instalments, written off by a committee alone."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from grants import journal, lifecycle
from grants.committee import minutes
from grants.committee.models import Session
from grants.core import clock
from grants.core.database import db
from grants.core.errors import Problems, Refused
from grants.core.unit_of_work import unit_of_work
from grants.documents import queries as documents
from grants.followup import operations as followup
from grants.followup.recovery import operations, queries
from grants.followup.recovery.models import Recovery, Reminder
from grants.funds import operations as ledger
from grants.funds import queries as funds
from tests.stories import life
from tests.stories.projects import upload
from tests.stories.rows import again

pytestmark = pytest.mark.stands("paid")

WHY = "Les factures de l’aliment manquent et ne viendront plus."


def forced(*statements, **values):
    """What the database itself answers to statements of one transaction."""
    try:
        with unit_of_work():
            for statement in statements:
                db.session.execute(sa.text(statement), values)
    except DBAPIError as refused:
        return str(refused.orig)
    return "done"


@pytest.fixture
def suspended(people, project):
    """A file whose first tranche was paid, of which a voucher was refused in part, and that is suspended."""
    with unit_of_work():
        file = again(project)
        expense = followup.enter_expense(
            file,
            {
                "tranche_id": life.followup_queries.paid_tranches(file)[-1].id, "label": "Béliers",
                "budget_position": life.granted_lines(file)[0]["position"], "supplier": "Marché",
                "spent_on": clock.today(), "amount": 100_000, "voucher": [upload("recu.pdf")],
            },
            by=again(people.agent),
        )  # fmt: skip
        followup.judge_expense(expense, accepted=60_000, reason="Prix gonflés", by=again(people.monitor))
        lifecycle.perform(file, "suspend", by=again(people.coordinator), data={"reason": WHY})
    return again(project)


def claimed(people, project, unspent=10_000) -> Recovery:
    with unit_of_work():
        made = operations.claim(again(project), {"unspent": unspent, "reason": WHY}, by=again(people.coordinator))
    return again(made)


def act(recovery, action, by, **data):
    with unit_of_work():
        lifecycle.perform(again(recovery), action, by=again(by), data=data)
    return again(recovery)


def back(recovery, people, amount, reference):
    return act(
        recovery, "pay_back", people.officer, amount=amount, refunded_on=clock.today(), bank_reference=reference,
        slip=[upload("bordereau.pdf")],
    )  # fmt: skip


def in_thirds(recovery) -> list[dict]:
    third = recovery.left // 3
    days = [clock.today() + timedelta(days=30 * number) for number in (1, 2, 3)]
    return [
        {"due_on": day, "amount": amount}
        for day, amount in zip(days, (third, third, recovery.left - 2 * third), strict=True)
    ]


def test_a_balance_is_claimed_with_its_calculation_in_sight_and_then_stands_still(people, suspended, browser_of):
    held = funds.balance(suspended)
    with pytest.raises(Refused), unit_of_work():
        operations.claim(again(suspended), {"reason": WHY}, by=again(people.monitor))
    with pytest.raises(Problems) as found:
        claimed(people, suspended, unspent=held.unjustified)
    assert found.value.problems[0].field == "unspent"
    # By the page, with the calculation in sight.
    coordinator = browser_of(people.coordinator)
    page = f"/projects/{suspended.reference}/recovery/new"
    assert coordinator.get(page).status_code == 200
    assert coordinator.post(page, {"reason": "court"}).status_code == 422
    # All that is wrong is said at once.
    answer = coordinator.post(page, {"unspent": str(held.unjustified), "reason": "court"})
    assert answer.status_code == 422 and 'id="unspent-error' in answer.text and 'id="reason-error' in answer.text
    answer = coordinator.post(page, {"unspent": "10 000", "reason": WHY})
    assert answer.status_code == 302
    recovery = again(queries.under_way(again(suspended)))
    assert (recovery.paid, recovery.settled, recovery.amount) == (held.paid, 60_000, held.paid - 60_000)
    assert (recovery.ineligible, recovery.unspent) == (40_000, 10_000)
    assert recovery.unproven == recovery.amount - 50_000 and recovery.document.kind == "recovery_letter"
    # What it was calculated from does not move meanwhile, and there is one claim at a time.
    for attempt in (
        lambda: claimed(people, suspended),
        lambda: followup.enter_expense(again(suspended), {}, by=again(people.agent)),
        lambda: followup.record_refund(again(suspended), {}, by=again(people.officer)),
    ):
        with pytest.raises(Refused, match=recovery.reference), unit_of_work():
            attempt()


def test_a_claim_is_paid_in_parts_reminded_of_and_settled_by_itself(people, suspended, browser_of, monkeypatch):
    recovery = claimed(people, suspended)
    # Instalments add up to the franc, in the order of their days.
    rows = in_thirds(recovery)
    for wrong in (
        [],
        [rows[0]],
        [*rows[:2], {**rows[2], "amount": rows[2]["amount"] + 1}],
        [rows[1], rows[0], rows[2]],
        [{"due_on": rows[0]["due_on"]}],
    ):
        with pytest.raises(Problems):
            act(recovery, "agree_instalments", people.monitor, instalments=wrong)
    recovery = act(recovery, "agree_instalments", people.monitor, instalments=rows)
    assert recovery.step == "running" and recovery.due_at.astimezone(clock.BAMAKO).date() == rows[0]["due_on"]
    # A part of the first instalment, then more than it: the oldest is settled first, the next one sets the day.
    recovery = back(recovery, people, rows[0]["amount"] - 1, "BNDA 1")
    assert [line.left for line in queries.lines(recovery)][:2] == [1, rows[1]["amount"]]
    recovery = back(recovery, people, 2, "BNDA 2")
    assert [line.left for line in queries.lines(recovery)][:2] == [0, rows[1]["amount"] - 1]
    assert recovery.due_at.astimezone(clock.BAMAKO).date() == rows[1]["due_on"]
    with pytest.raises(Problems):
        back(recovery, people, recovery.left + 1, "BNDA 3")
    with pytest.raises(Problems):
        back(recovery, people, 1, "BNDA 2")
    assert [one.kind for one in documents.documents_of(again(suspended), "refund_receipt")] == ["refund_receipt"] * 2
    # Late: in the lists, on its page, in the work of finance; letters are written once.
    late = rows[1]["due_on"] + timedelta(days=2)
    today = clock.today()
    monkeypatch.setattr(clock, "today", lambda: late)
    officer = browser_of(people.officer)
    listed = officer.get("/recoveries?state=overdue").text
    assert recovery.reference in listed and "En retard" in listed
    assert queries.overdue(again(recovery)) == rows[1]["amount"] - 1 == queries.totals(again(people.officer))["overdue"]
    assert [operations.remind_all(), operations.remind_all()] == [1, 0]
    assert [one.kind for one in db.session.scalars(sa.select(Reminder))] == ["after"]
    assert journal.last_event(again(recovery)).action == "remind"
    monkeypatch.setattr(clock, "today", lambda: today)
    shown = officer.get(f"/recoveries/{recovery.reference}").text
    assert "BNDA 2" in shown and "Quittance" in shown
    recovery = back(recovery, people, recovery.left, "BNDA 9")
    assert (recovery.step, recovery.left, recovery.waits_for) == ("settled", 0, None)
    assert funds.balance(suspended).unjustified == 0 and funds.check() == []
    assert recovery.reference in browser_of(people.monitor).get(f"/projects/{suspended.reference}?part=accounts").text


def sitting(under_way: bool) -> None:
    """The session that awarded goes on, or it has come to its minutes."""
    with unit_of_work() as session:
        step = "in_session" if under_way else "minutes"
        session.execute(sa.text("UPDATE committee_session SET step = :step"), {"step": step})


def test_ending_a_contract_says_what_is_to_be_given_back_and_leads_to_the_claim(people, suspended, browser_of):
    coordinator, left = browser_of(again(people.coordinator)), funds.balance(suspended).unjustified
    claim = f"/projects/{suspended.reference}/recovery/new"
    shown = coordinator.get(f"/act/project/{suspended.reference}/terminate").text
    assert f"{left:,}".replace(",", "\u202f") in shown.replace("\xa0", "\u202f") and 'name="reason"' in shown
    assert claim not in coordinator.get("/").text
    assert coordinator.post(f"/act/project/{suspended.reference}/terminate", {"reason": WHY}).status_code == 302
    assert again(suspended).step == "terminated"
    assert claim in coordinator.get("/").text
    assert claim not in browser_of(again(people.monitor)).get("/").text
    claimed(people, suspended)
    assert claim not in coordinator.get("/").text


def voted(members, *choices):
    return [{"person_id": str(one.id), "choice": choice} for one, choice in zip(members, choices, strict=False)]


def test_only_a_committee_in_session_writes_a_debt_off(people, suspended, browser_of):
    recovery = act(claimed(people, suspended), "propose_write_off", people.coordinator, reason=WHY)
    members = [people.chair, *people.members][:4]
    decision = {"votes": voted(members, "for", "for", "for", "against"), "reason": WHY}
    sitting(False)
    # No session under way: neither the chair, nor anybody else, nor a movement or a row written straight into the database.
    for person in (people.chair, people.coordinator, people.controllers[0], people.admin):
        with pytest.raises(Refused):
            act(recovery, "write_off", person, session="1", **decision)
    with pytest.raises(DBAPIError), unit_of_work():
        ledger.write_off(again(suspended), 5, key="write_off:1", reference="faux", by=again(people.coordinator))
    columns = (
        "INSERT INTO write_off (recovery_id, project_id, session_id, amount, votes_for, votes_against, abstentions, reason, "
        "proposed_by_id, by_id, at) SELECT :recovery, project_id, :session, :amount, :yes, 1, 0, :why, proposed_by_id, :by, "
        "CURRENT_TIMESTAMP FROM recovery WHERE id = :recovery"
    )
    values = {
        "recovery": recovery.id, "amount": recovery.left, "yes": 3, "why": WHY, "by": people.chair.id,
        "session": db.session.scalar(sa.select(sa.func.min(Session.id))),
    }  # fmt: skip
    ballot = (
        "INSERT INTO write_off_vote (recovery_id, session_id, person_id, choice, at) "
        "VALUES (:recovery, :session, {who}, '{choice}', CURRENT_TIMESTAMP)"
    )
    votes = [ballot.format(who=row["person_id"], choice=row["choice"]) for row in decision["votes"]]
    assert forced(columns, **values) != "done"
    assert "only a member" in forced(votes[0], **values)
    sitting(True)
    sitting_id = values["session"]
    for over in (
        {"by": people.coordinator.id},
        {"amount": recovery.left - 1},
        {"yes": 9},
        {"yes": 1},
        {"why": "court"},
    ):
        said = forced(*votes, columns, **{**values, **over})
        assert "only a member" not in said and said != "done", over
    for over in (
        {"votes": []},
        {"votes": voted(members, "for", "against", "against")},
        {"votes": voted(members, "for")},
        {"votes": voted([people.coordinator, *members], "for", "for", "for", "for")},
        {"votes": voted(members, "for", "for", "for", "perhaps")},
        {"reason": ""},
    ):
        with pytest.raises(Problems):
            act(recovery, "write_off", people.chair, session=str(sitting_id), **{**decision, **over})
    # Counts without the votes that make them, and votes of whoever has none, are refused by the database.
    assert "counts the votes" in forced(columns, **values)
    assert "only a member" in forced(ballot.format(who=people.coordinator.id, choice="for"), **values)
    # Whoever sits in the committee finds the debt on the page of the session.
    for person in (people.chair, people.members[0], people.secretary):
        shown = browser_of(again(person)).get(
            f"/committee/sessions/{again(db.session.get_one(Session, sitting_id)).reference}"
        )
        assert f"/recoveries/{recovery.reference}" in shown.text
    recovery = act(recovery, "write_off", people.chair, session=str(sitting_id), **decision)
    assert "only a member" in forced(votes[0], **values)
    assert forced("UPDATE write_off_vote SET choice = 'abstain'") != "done" != forced("DELETE FROM write_off_vote")
    assert queries.votes(recovery.decision) == {
        "for": sorted(one.name for one in members[:3]), "against": [members[3].name],
    }  # fmt: skip
    held = funds.balance(suspended)
    assert (recovery.step, recovery.left, held.unjustified) == ("written_off", 0, 0)
    assert held.written_off == recovery.written_off == recovery.amount
    assert funds.check() == []
    for statement in (
        "DELETE FROM write_off", "UPDATE write_off SET amount = 1", "UPDATE recovery SET amount = amount + 1, paid = paid + 1",
        "UPDATE award_balance SET written_off = written_off + 1", "UPDATE recovery SET written_off = written_off + 1",
    ):  # fmt: skip
        assert forced(statement) != "done", statement
    booked = db.session.execute(sa.text("SELECT debit, credit, amount FROM book_entry WHERE debit = '836'")).all()
    assert booked == [("836", "47111", recovery.amount)]
    # The minutes of the session tell it.
    [said] = minutes.also_decided(again(db.session.get_one(Session, sitting_id)))
    assert recovery.reference in said and WHY in said and members[3].name in said
    # Nothing stands in the way of the end of the file any more.
    with unit_of_work():
        lifecycle.perform(again(suspended), "resume", by=again(people.coordinator), data={"reason": WHY})


def test_a_schedule_that_does_not_add_up_never_holds(people, suspended):
    """The database itself: instalments, refunds and claims written straight into it."""
    recovery = claimed(people, suspended)
    schedule = (
        "INSERT INTO recovery_schedule (recovery_id, number, total, by_id, at) "
        "VALUES (:id, 1, :total, :by, CURRENT_TIMESTAMP)"
    )
    assert forced(schedule, id=recovery.id, total=recovery.left, by=people.monitor.id) == "done"
    part = (
        "INSERT INTO instalment (schedule_id, number, due_on, amount) "
        "SELECT id, :number, '2027-01-05', :amount FROM recovery_schedule"
    )
    holds = "UPDATE recovery SET schedule = 1 WHERE id = :id"
    assert forced(part, number=1, amount=recovery.left - 1) == "done"
    assert "add up" in forced(holds, id=recovery.id)
    assert forced(part, number=2, amount=1) == "done"
    assert forced(holds, id=recovery.id) == "done"
    assert "never changed" in forced(part, number=3, amount=1)
    assert "append-only" in forced("DELETE FROM instalment")
    twin = "INSERT INTO recovery SELECT * FROM recovery"
    assert forced(twin) != "done"
    assert forced("UPDATE recovery SET refunded = amount + 1") != "done"
    assert forced("UPDATE recovery SET unspent = unspent + 1, unproven = unproven - 1") != "done"
