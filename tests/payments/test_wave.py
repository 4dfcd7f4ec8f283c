"""Payouts over Wave: each leaves once, whatever breaks on the way, and only Wave's last word is taken over."""

import os
import signal
import subprocess
import sys
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

import config
from grants.core import clock
from grants.core.database import db
from grants.core.errors import Refused
from grants.core.unit_of_work import unit_of_work
from grants.funds.queries import balance
from grants.groups import operations as groups
from grants.payments.out import operations as out
from grants.payments.splits import queries as splits
from grants.payments.wave import operations, worker
from grants.payments.wave.models import WavePayout
from tests.payments.fake_wave import KEY, FakeWave
from tests.payments.test_batches import payer, transmitted
from tests.payments.test_splits import beside, limit, prepared, tranche_of
from tests.stories import life
from tests.stories.groups import account_values
from tests.stories.identity import confirmed
from tests.stories.rows import again


@pytest.fixture
def wave(app):
    fake = FakeWave()
    app.config.update(WAVE_KEY=KEY, WAVE_URL=fake.url, WAVE_ACCOUNT="WAVE-17", WAVE_SECONDS=0.4)
    yield fake
    app.config.update(WAVE_KEY="", WAVE_ACCOUNT="", WAVE_SECONDS=30.0)
    fake.stop()


def wave_group(house):
    """The group is paid on a Wave wallet, from the programme's own."""
    with unit_of_work():
        group, agent = again(house.project).group, again(house.people.agent)
        values = account_values(holder=group.name, kind="wallet", institution="Wave", number="70 12 34 56")
        account = groups.add_account(group, values, by=agent, identity=confirmed(agent, "add_account", group))
        groups.verify_account(account, how="Appel de Wave", by=again(house.people.appraisers[0]))
    limit(house, wallet_cap=50_000_000, wallet_month_cap=50_000_000)
    payer(house.people, "wallet", "Wave", "WAVE-17")


def queued(house):
    wave_group(house)
    order = life.released(house.people, life.prepared(house.people, house.project))
    (batch,), left = transmitted(house.people, order)
    assert left == [] and {file.kind for file in batch.files} == {"list"}
    return again(order), batch


def row():
    db.session.expire_all()
    return db.session.scalar(sa.select(WavePayout))


def due():
    """Time passes: what was put off is due."""
    with unit_of_work():
        for one in db.session.scalars(sa.select(WavePayout)):
            one.try_at, one.claimed_until = clock.now() - timedelta(seconds=1), None


def rounds(wave, number=1):
    for _round in range(number):
        due()
        worker.send_due()
    return row()


def test_a_payout_leaves_once_and_a_person_takes_wave_s_word_over(house, wave, browser_of):
    order, batch = queued(house)
    page = browser_of(house.people.officer)
    assert order.reference in page.get("/payments/out/wave/").text
    with unit_of_work(), pytest.raises(Refused):
        out.make_file(again(batch), "csv", by=again(house.people.officer))
    assert rounds(wave).state == "succeeded" and row().fee == 1500
    (paid,) = wave.payouts.values()
    assert (paid["receive_amount"], paid["mobile"], paid["currency"]) == (str(order.amount), "+22370123456", "XOF")
    assert paid["client_reference"] == order.reference
    # Nothing more is sent or asked, however often the worker comes by.
    calls = len(wave.calls)
    rounds(wave, 0), worker.send_due()
    assert len(wave.calls) == calls
    assert again(order).step == "sent"
    assert "1" in page.get("/payments/out/wave/").text
    assert page.post("/payments/out/wave/balance", {}).status_code == 302
    assert browser_of(house.people.controllers[0]).post("/payments/out/wave/", {}).status_code == 403
    assert page.post("/payments/out/wave/", {}).status_code == 302
    order = again(order)
    assert order.step == "confirmed" and order.bank_reference == "PT-00001"
    assert balance(again(house.project)).paid == order.amount
    with unit_of_work():
        assert operations.take_over(by=again(house.people.officer)) == []
    for statement in (
        "UPDATE wave_payout SET state = 'queued'",
        "DELETE FROM wave_payout",
        "INSERT INTO transmission_file (transmission_id, kind, file_id, sha256, profile_version_id, made_by_id, made_at) "
        "SELECT transmission_id, 'csv', file_id, sha256, 1, made_by_id, made_at FROM transmission_file",
    ):
        with pytest.raises(DBAPIError), unit_of_work():
            db.session.execute(sa.text(statement))


def test_whatever_is_lost_on_the_way_the_money_leaves_once(app, house, wave):
    order, _batch = queued(house)
    # A key that Wave does not know, and a wallet of the programme that holds too little: nothing was sent.
    app.config["WAVE_KEY"] = KEY + "x"
    found = rounds(wave)
    assert (found.state, found.sends, found.error_code) == ("queued", 0, "no-matching-api-key")
    app.config["WAVE_KEY"], wave.holds = KEY, order.amount - 1
    found = rounds(wave)
    assert (found.state, found.sends, found.error_code) == ("queued", 0, "low-balance")
    wave.holds = 50_000_000
    # Wave is down, then asks to wait: it has no trace, so the same key is sent again.
    wave.next("down", "busy")
    assert rounds(wave).state == "unknown"
    found = rounds(wave)
    assert (found.state, found.error_code, wave.count("POST")) == ("unknown", "too-many-requests", 2)
    # It did it, and the answer was lost: from now on it is only asked.
    wave.next("lost")
    assert rounds(wave).state == "unknown" and len(wave.payouts) == 1
    assert again(order).step == "sent"
    assert rounds(wave).state == "succeeded"
    assert wave.count("POST") == 3 and len(wave.payouts) == 1
    assert set(wave.first) == {found.key}
    # A day later without a trace nothing is sent again: a person has to look.
    assert row().sends == 3


@pytest.mark.parametrize("engine", ["sqlite"])
def test_a_day_later_nothing_is_sent_again(house, wave):
    queued(house)
    wave.next("down")
    rounds(wave)
    with unit_of_work():
        for one in db.session.scalars(sa.select(WavePayout)):
            one.first_sent_at = clock.now() - timedelta(hours=25)
    found = rounds(wave, 2)
    assert (found.state, found.error_code, wave.count("POST")) == ("unknown", "no-trace", 1)


@pytest.mark.parametrize("engine", ["sqlite"])
def test_a_worker_killed_between_sending_and_saving_is_resumed(app, house, wave):
    queued(house)
    wave.next("hang")
    database = f"sqlite:///{app.databases.folder / app.databases.current}.sqlite3"
    code = (
        "from wsgi import app\nfrom grants.payments.wave import worker\n"
        "with app.app_context():\n    app.config['WAVE_SECONDS'] = 30\n    worker.send_due()"
    )
    db.session.remove()
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=config.ROOT,
        env=os.environ
        | {"BENKAN_ENV": "test", "BENKAN_SECRET_KEY": "k" * 40, "BENKAN_DATABASE_URL": database}
        | {"BENKAN_WAVE_KEY": KEY, "BENKAN_WAVE_ACCOUNT": "WAVE-17", "BENKAN_WAVE_URL": wave.url},
    )
    try:
        assert wave.reached.wait(40)
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    # Wave has done it, the worker died before it could write so; its claim lapses and another one asks.
    assert (row().state, len(wave.payouts)) == ("sending", 1)
    worker.send_due()
    assert row().state == "sending"
    assert rounds(wave).state == "succeeded"
    assert wave.count("POST") == 1 and len(wave.payouts) == 1


@pytest.mark.parametrize("engine", ["sqlite"])
def test_of_an_order_in_parts_each_part_has_wave_s_word(house, wave):
    wave_group(house)
    amount = tranche_of(house).amount
    beside(house, kind="wallet", institution="Wave", number="70 65 43 21")
    limit(house, wallet_cap=amount // 2 + 1)
    order = life.released(house.people, prepared(house, "shared"))
    (batch,), _left = transmitted(house.people, order)
    assert batch.count == 2
    wave.next("recipient-account-blocked")
    worker.send_due()
    with unit_of_work():
        taken = operations.take_over(by=again(house.people.officer))
        assert [one.reasons for one in taken] == [(), ()]
    order = again(order)
    assert order.step == "failed" and "1" in order.failure
    assert [splits.state(one) for one in splits.parts(order)] == ["failed", "paid"]
    assert len(wave.payouts) == 1
