"""Money cannot be overspent, moved twice or moved out of order: through the operations, and around them."""

import threading

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from grants.core.database import db
from grants.core.errors import Problems, Refused
from grants.core.unit_of_work import unit_of_work
from grants.funds import operations as ledger
from grants.funds import queries
from grants.funds.models import Envelope, Transfer
from grants.funds.operations import ledger as verbs


def move(verb, project, amount, key, by):
    with unit_of_work():
        return getattr(ledger, verb)(project, amount, key=key, reference=f"R-{key}", by=by)


def refreshed(envelope):
    db.session.rollback()
    return db.session.get(Envelope, envelope.id, populate_existing=True)


def test_an_amount_lives_from_decision_to_justification(house):
    project, by = house.project(), house.coordinator
    move("reserve", project, 3_000_000, "a", by)
    assert refreshed(house.envelope).available == 7_000_000
    move("commit", project, 3_000_000, "b", by)
    move("pay", project, 1_800_000, "c", by)
    move("justify", project, 1_500_000, "d", by)
    move("refund", project, 100_000, "e", by)
    move("uncommit", project, 1_200_000, "f", by)
    held = queries.balance(project)
    assert (held.reserved, held.committed, held.paid, held.justified, held.refunded) == (
        0, 1_800_000, 1_800_000, 1_500_000, 100_000,
    )  # fmt: skip
    assert held.unjustified == 200_000
    envelope = refreshed(house.envelope)
    assert (envelope.ceiling, envelope.reserved, envelope.committed, envelope.available) == (
        10_000_000, 0, 1_800_000, 8_200_000,
    )  # fmt: skip
    assert queries.check() == []


def test_what_is_not_there_is_refused_with_the_figure(house, app):
    project, by = house.project(), house.coordinator
    move("reserve", house.project(), 8_800_000, "first", by)
    with app.test_request_context(), pytest.raises(ledger.NotEnough) as refused:
        move("reserve", project, 1_200_001, "a", by)
    assert refused.value.left == 1_200_000
    assert "Microprojets de Mopti" in str(refused.value)
    assert "1 200 000" in str(refused.value).replace("\u202f", " ").replace("\u00a0", " ")
    assert refused.value.problems[0].field == "amount"
    move("reserve", project, 1_200_000, "b", by)
    for verb, amount in (("commit", 1_200_001), ("pay", 1), ("justify", 1), ("refund", 1), ("uncommit", 1)):
        with pytest.raises(ledger.NotEnough):
            move(verb, project, amount, f"too much {verb}", by)
    assert refreshed(house.envelope).available == 0
    assert queries.check() == []


def test_the_database_has_the_last_word_and_the_refusal_is_named_all_the_same(house, monkeypatch):
    project, by = house.project(), house.coordinator
    move("reserve", project, 9_000_000, "a", by)
    real, answers = verbs._left, iter([None])
    # As if the check had looked a moment too early.
    monkeypatch.setattr(verbs, "_left", lambda *args: next(answers, real(*args)))
    with unit_of_work(), pytest.raises(ledger.NotEnough) as refused:
        ledger.reserve(project, 1_000_001, key="b", reference="R", by=by)
    assert refused.value.left == 1_000_000
    assert next(answers, "asked") == "asked"
    assert queries.balance(project).reserved == 9_000_000
    assert queries.check() == []


@pytest.mark.parametrize("amount", [0, -5, True, 1.5, None])
def test_an_amount_is_whole_francs_above_zero(house, amount):
    with pytest.raises(Problems):
        move("reserve", house.project(), amount, "a", house.coordinator)


def test_the_same_key_moves_once(house):
    project, by = house.project(), house.coordinator
    first = move("reserve", project, 500, "once", by)
    assert move("reserve", project, 500, "once", by).id == first.id
    with pytest.raises(Problems):
        move("reserve", project, 501, "once", by)
    assert queries.balance(project).reserved == 500


def test_a_payment_is_taken_back_whole_and_once(house):
    project, by = house.project(), house.coordinator
    move("reserve", project, 900, "a", by)
    move("commit", project, 900, "b", by)
    paid = move("pay", project, 400, "c", by)
    with unit_of_work():
        ledger.reverse_pay(paid, key="d", reference="Retour de la banque", by=by)
    assert queries.balance(project).paid == 0
    with pytest.raises(Problems), unit_of_work():
        ledger.reverse_pay(paid, key="e", reference="Encore", by=by)
    paid = move("pay", project, 300, "f", by)
    justified = move("justify", project, 300, "g", by)
    with pytest.raises(ledger.NotEnough), unit_of_work():
        ledger.reverse_pay(paid, key="h", reference="Trop tard", by=by)
    with unit_of_work():
        ledger.reverse_justify(justified, key="i", reference="Pièce fausse", by=by)
    assert queries.balance(project).unjustified == 300
    with pytest.raises(Problems), unit_of_work():
        ledger.reverse_justify(paid, key="j", reference="Pas une justification", by=by)
    assert queries.check() == []


def test_only_who_manages_funds_fills_an_envelope(house):
    for person in (house.admin, house.agent):
        with pytest.raises(Refused), unit_of_work():
            ledger.endow(house.envelope, 1, key="x", reference="Faux", by=person)
    with unit_of_work():
        ledger.withdraw(house.envelope, 10_000_000, key="y", reference="Rendu au bailleur", by=house.coordinator)
    with pytest.raises(ledger.NotEnough), unit_of_work():
        ledger.withdraw(house.envelope, 1, key="z", reference="Trop", by=house.coordinator)


# ------------------------------------------------------------------------------------ around the operations, in SQL

INSERT = sa.text(
    "INSERT INTO transfer (key, kind, envelope_id, project_id, amount, reference, reversal_of_id, at) "
    "VALUES (:key, :kind, :envelope, :project, :amount, 'attack', :reversal, '2026-11-24 10:00:00')"
)


def inserted(house, project, kind, amount, *, key="attack", reversal=None, envelope=None):
    with unit_of_work() as session:
        values = {"key": key, "kind": kind, "amount": amount, "reversal": reversal}
        values |= {"envelope": envelope or house.envelope.id, "project": project.id if project else None}
        session.execute(INSERT, values)


def test_sql_cannot_move_what_is_not_there(house):
    project, by = house.project(), house.coordinator
    move("reserve", project, 1000, "a", by)
    move("commit", project, 800, "b", by)
    move("pay", project, 500, "c", by)
    attacks = [
        (project, "reserve", 9_999_001),  # beyond the ceiling
        (project, "commit", 201),  # beyond what is reserved
        (project, "release", 201),
        (project, "uncommit", 301),  # below what is paid
        (project, "pay", 301),  # beyond the commitment
        (project, "justify", 501),  # beyond what is paid
        (project, "refund", 501),
        (None, "withdraw", 9_999_001),  # below what is promised
        (house.project(), "reserve", 1),  # no balance to move
        (None, "reserve", 1),  # for nobody
        (project, "endow", 1),
        (project, "pay", 0),
        (project, "pay", -100),
        (project, "gift", 1),
        (project, "reverse_pay", 500),  # of nothing
    ]
    for victim, kind, amount in attacks:
        with pytest.raises(DBAPIError):
            inserted(house, victim, kind, amount)
        db.session.rollback()
    assert queries.check() == []
    held = queries.balance(project)
    assert (held.reserved, held.committed, held.paid) == (200, 800, 500)


def test_sql_cannot_reverse_something_else(house):
    project, other, by = house.project(), house.project(), house.coordinator
    for one in (project, other):
        move("reserve", one, 1000, f"a{one.id}", by)
        move("commit", one, 1000, f"b{one.id}", by)
    paid = move("pay", project, 500, "c", by)
    move("pay", project, 300, "d", by)
    move("pay", other, 500, "e", by)
    for victim, kind, amount in (
        (project, "reverse_pay", 300),
        (other, "reverse_pay", 500),
        (project, "reverse_justify", 500),
    ):
        with pytest.raises(DBAPIError):
            inserted(house, victim, kind, amount, reversal=paid.id)
        db.session.rollback()
    inserted(house, project, "reverse_pay", 500, reversal=paid.id)
    with pytest.raises(DBAPIError):
        inserted(house, project, "reverse_pay", 500, key="twice", reversal=paid.id)
    db.session.rollback()
    assert queries.balance(project).paid == 300


def test_sql_cannot_rewrite_a_movement(house, engine):
    move("reserve", house.project(), 1000, "a", house.coordinator)
    attacks = ["UPDATE transfer SET amount = 1", "DELETE FROM transfer", "UPDATE envelope SET ceiling = reserved - 1"]
    if engine == "postgresql":
        attacks += ["TRUNCATE transfer", "TRUNCATE transfer CASCADE"]
    for statement in attacks:
        with pytest.raises(DBAPIError), unit_of_work() as session:
            session.execute(sa.text(statement))
        db.session.rollback()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Transfer)) == 2


def test_a_counter_set_by_hand_is_found(house, app):
    project = house.project()
    move("reserve", project, 1000, "a", house.coordinator)
    with unit_of_work() as session:
        session.execute(sa.text("UPDATE envelope SET reserved = 900"))
        session.execute(sa.text("UPDATE award_balance SET paid = 0, reserved = 1100"))
    found = {(d.where, d.counter): (d.stands, d.should) for d in queries.check()}
    assert found == {
        ("envelope PCS-MOPTI-2026", "reserved"): (900, 1000),
        (f"project {project.id}", "reserved"): (1100, 1000),
    }
    result = app.test_cli_runner().invoke(args=["funds", "check"])
    assert result.exit_code == 1
    assert "reserved stands at 900" in result.output


def test_one_key_from_two_threads_moves_once(house, app):
    project, by = house.project(), house.coordinator
    db.session.rollback()
    start, ids, errors = threading.Barrier(2), [], []
    project_id, by_id = project.id, by.id
    db.session.rollback()

    def one():
        from grants.access.models import Person
        from grants.projects.models import Project

        with app.app_context():
            try:
                start.wait(5)
                with unit_of_work() as session:
                    mine = session.get(Project, project_id)
                    acting = session.get(Person, by_id)
                    ids.append(ledger.reserve(mine, 700, key="both", reference="R", by=acting).id)
            except Exception as error:  # noqa: BLE001  (whatever it was, the test fails with it)
                errors.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert errors == []
    assert len(ids) == 2
    assert len(set(ids)) == 1
    assert queries.balance(project).reserved == 700
