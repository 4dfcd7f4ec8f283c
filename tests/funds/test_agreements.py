"""Agreements in their own currency: envelopes never hold more than was agreed, and money of the donor is recorded once."""

# ruff: noqa: S608 (the attacks are statements put together)

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from grants.core import clock
from grants.core.database import TRIGGERS, db
from grants.core.errors import Problems, Refused
from grants.core.unit_of_work import unit_of_work
from grants.funds import operations as funds
from grants.funds import queries
from grants.funds.models import LedgerCheck
from tests.stories.rows import again


@pytest.fixture
def agreement(make_person):
    """An agreement of 100 000 euros at 655.957 francs: 65 595 700 francs; a coordinator and an officer."""
    coordinator, officer = make_person("coordinator"), make_person("finance_officer")
    with unit_of_work():
        donor = funds.open_donor("UE", "Union européenne", by=coordinator)
        fund = funds.open_fund(
            "UE-1", "Relance", agreement="Accord 7", donor=donor, opens_on=date(2026, 1, 1), closes_on=date(2029, 1, 1),
            currency="EUR", agreed_cents=10_000_000, rate=6_559_570, by=coordinator,
        )  # fmt: skip
        envelope = funds.open_envelope("UE-A", "Enveloppe A", fund=fund, by=coordinator)
    return coordinator, officer, fund, envelope


def received(fund, officer, amount, cents, reference, *, kind="receipt", key=None, day=None):
    with unit_of_work():
        return funds.record_receipt(
            again(fund), kind=kind, amount=amount, cents=cents, moved_on=day or clock.today(), bank_reference=reference,
            key=key or reference, by=again(officer),
        )  # fmt: skip


def test_envelopes_hold_no_more_than_was_agreed(agreement):
    coordinator, _officer, fund, envelope = agreement
    assert fund.agreed == 65_595_700
    with unit_of_work():
        funds.endow(again(envelope), 65_000_000, key="a", reference="L", by=coordinator)
    with pytest.raises(funds.NotEnough) as refused, unit_of_work():
        funds.endow(again(envelope), 595_701, key="b", reference="L", by=coordinator)
    assert refused.value.left == 595_700
    db.session.rollback()
    for statement in (
        "INSERT INTO transfer (key, kind, envelope_id, amount, reference, at) VALUES "
        f"('x', 'endow', {envelope.id}, 595701, 'attack', '2026-11-24 10:00:00')",
        "UPDATE fund SET endowed = agreed + 1",
        "UPDATE fund SET endowed = -1",
        "UPDATE fund SET agreed = agreed + 1",
        "UPDATE fund SET agreed_cents = 100, agreed = 655",
        "UPDATE fund SET rate = 0",
        "UPDATE fund SET currency = 'XOF'",
        "UPDATE fund SET received = -1",
    ):
        with pytest.raises(DBAPIError), unit_of_work() as session:
            session.execute(sa.text(statement))
        db.session.rollback()
    with unit_of_work():
        funds.withdraw(again(envelope), 5_000_000, key="c", reference="L", by=coordinator)
    assert again(fund).free == 5_595_700
    assert queries.check() == []


def test_an_amendment_raises_the_limit_and_never_goes_below_the_envelopes(agreement):
    coordinator, officer, fund, envelope = agreement
    with unit_of_work():
        funds.endow(again(envelope), 65_000_000, key="a", reference="L", by=coordinator)
    with pytest.raises(Problems), unit_of_work():
        funds.amend_fund(again(fund), agreed_cents=9_900_000, agreement="Avenant 1", by=coordinator)
    db.session.rollback()
    with pytest.raises(Refused), unit_of_work():
        funds.amend_fund(again(fund), agreed_cents=20_000_000, agreement="Avenant 1", by=again(officer))
    db.session.rollback()
    with unit_of_work():
        funds.amend_fund(again(fund), agreed_cents=20_000_000, agreement="Avenant 1", by=coordinator)
    assert again(fund).agreed == 131_191_400
    # The same once more changes nothing; all that is wrong of another one is said at once.
    with pytest.raises(Problems, match="change rien"), unit_of_work():
        funds.amend_fund(again(fund), agreed_cents=20_000_000, agreement=" Avenant  1 ", by=coordinator)
    db.session.rollback()
    with pytest.raises(Problems) as found, unit_of_work():
        funds.amend_fund(again(fund), agreed_cents=9_900_000, agreement="", by=coordinator)
    assert {one.field for one in found.value.problems} == {"agreed", "agreement"}
    db.session.rollback()


def test_money_of_the_donor_is_recorded_once_with_its_own_rate(agreement):
    _coordinator, officer, fund, _envelope = agreement
    received(fund, officer, 32_000_000, 4_900_000, "SWIFT 1", key="once")
    received(fund, officer, 32_000_000, 4_900_000, "SWIFT 1", key="once")
    assert again(fund).received == 32_000_000
    with pytest.raises(Problems) as found:
        received(fund, officer, 1, 1, "swift  1", key="other")
    assert found.value.problems[0].field == "bank_reference"
    db.session.rollback()
    with pytest.raises(Problems) as found:
        received(fund, officer, 0, None, "", key="n", day=clock.today() + timedelta(days=1))
    assert {problem.field for problem in found.value.problems} == {"amount", "cents", "moved_on", "bank_reference"}
    db.session.rollback()
    with pytest.raises(Problems):
        received(fund, officer, 32_000_001, 1, "R 1", kind="return")
    db.session.rollback()
    received(fund, officer, 2_000_000, 304_898, "R 2", kind="return")
    assert again(fund).received == 30_000_000
    for statement in (
        "UPDATE fund_receipt SET amount = 1",
        "DELETE FROM fund_receipt",
        "INSERT INTO fund_receipt (key, kind, fund_id, amount, cents, moved_on, bank_reference, by_id, at) VALUES "
        f"('z', 'return', {fund.id}, 30000001, 1, '2026-01-01', 'Z', {officer.id}, '2026-01-01 10:00:00')",
    ):
        with pytest.raises(DBAPIError), unit_of_work() as session:
            session.execute(sa.text(statement))
        db.session.rollback()
    assert queries.check() == []


def test_all_that_is_wrong_with_an_agreement_is_told_at_once(agreement):
    coordinator, *_rest = agreement
    with pytest.raises(Problems) as found, unit_of_work():
        funds.open_fund(
            "é", "", agreement="", donor=None, opens_on=date(2026, 2, 1), closes_on=date(2026, 1, 1), currency="XXX",
            agreed_cents=0, rate=0, signed_on=clock.today() + timedelta(days=1), by=coordinator,
        )  # fmt: skip
    assert {problem.field for problem in found.value.problems} == {
        "code", "name", "agreement", "donor", "closes_on", "signed_on", "currency", "agreed",
    }  # fmt: skip


def test_the_check_keeps_its_result_and_finds_what_a_hand_changed(agreement, app, browser_of, make_person):
    _coordinator, officer, fund, _envelope = agreement
    received(fund, officer, 1_000_000, 152_449, "SWIFT 1")
    runner = app.test_cli_runner()
    assert runner.invoke(args=["funds", "check"]).exit_code == 0
    auditor, controller = make_person("auditor"), make_person("finance_controller")
    with unit_of_work() as session:
        session.execute(sa.text("UPDATE fund SET received = 999999"))
    assert browser_of(officer).post("/funds/check").status_code == 403
    assert browser_of(controller).post("/funds/check").status_code == 302
    page = browser_of(auditor).get("/funds/check")
    assert "fund UE-1: received stands at 999999" in page.text
    result = runner.invoke(args=["funds", "check"])
    assert result.exit_code == 1
    assert [len(one.differences) for one in db.session.scalars(sa.select(LedgerCheck).order_by(LedgerCheck.id))] == [
        0,
        1,
        1,
    ]


def test_the_check_is_made_once_a_day_without_anybody_asking(agreement):
    from grants.funds.registration import check_of_the_day

    assert [check_of_the_day(), check_of_the_day()] == [1, 0]
    with clock.at(clock.now() + timedelta(days=1)):
        assert check_of_the_day() == 1


def test_the_pages_of_an_agreement(agreement, browser_of):
    coordinator, officer, fund, _envelope = agreement
    browser = browser_of(officer)
    values = {
        "kind": "receipt",
        "amount": "32 797 850",
        "cents": "50 000",
        "moved_on": "02/11/2026",
        "bank_reference": "S 9",
        "once": "o",
    }
    assert browser.post("/funds/agreements/UE-1/receipt", {**values, "cents": ""}).status_code == 422
    for _twice in range(2):
        assert browser.post("/funds/agreements/UE-1/receipt", values).status_code == 302
    page = browser.get("/funds/agreements/UE-1").text.replace("\u202f", " ").replace("\u00a0", " ")
    assert "32 797 850" in page
    assert "655,957" in page
    assert browser.post("/funds/agreements/UE-1/amend", {"agreed": "200000", "agreement": "Avenant"}).status_code == 403
    own = browser_of(coordinator)
    assert own.post("/funds/agreements/UE-1/amend", {"agreed": "200000", "agreement": "Avenant"}).status_code == 302
    assert own.get("/funds/agreements/NO").status_code == 404
    assert again(fund).agreed == 131_191_400


def test_the_statements_of_the_triggers_are_those_of_the_models(app):
    """A migration that says something else than the models would keep another rule than the one that is read."""
    mine = ("transfer", "reallocation", "fund_receipt", "book_entry", "books_period", "books_calendar", "booking_rule")
    for (table, name), made in TRIGGERS.items():
        wanted = made[db.engine.dialect.name]
        if table not in mine or not wanted or name.endswith("_no_truncate"):
            continue
        if db.engine.dialect.name == "sqlite":
            query = sa.text("SELECT sql FROM sqlite_master WHERE name = :name AND type = 'trigger'")
            assert db.session.scalar(query, {"name": name}) == wanted[0]
        else:
            query = sa.text("SELECT prosrc FROM pg_proc WHERE proname = :name")
            body = wanted[0].split("$$")[1]
            assert db.session.scalar(query, {"name": name}) == body
