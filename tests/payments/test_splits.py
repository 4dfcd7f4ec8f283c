"""A payment beyond the limits of one wallet: in several days, shared among wallets, or to the bank account of the group."""

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from grants.core import clock
from grants.core.database import db
from grants.core.errors import Problems, Refused
from grants.core.unit_of_work import unit_of_work
from grants.funds.queries import balance
from grants.groups import further_accounts
from grants.groups import operations as groups
from grants.payments import operations as payments
from grants.payments import queries as payment_queries
from grants.payments import settings
from grants.payments.back import printing
from grants.payments.out import queries as out
from grants.payments.splits import operations, queries, routes
from grants.payments.splits.models import WalletMonth
from tests.payments.test_batches import act, payer, to_wallet, transmitted
from tests.payments.test_returns import HEAD, applied, described, line
from tests.stories import life
from tests.stories.groups import account_values
from tests.stories.identity import confirmed
from tests.stories.rows import again


def tranche_of(house):
    return payment_queries.next_unpaid(payment_queries.tranches(again(house.project)))


def limit(house, **figures):
    with unit_of_work():
        for code, value in figures.items():
            settings.put(code, value, from_day=clock.today(), reason="essai", by=again(house.people.coordinator))


def beside(house, verified=True, **over):
    """Another account of the group, verified by a second person unless told otherwise."""
    with unit_of_work():
        group = again(house.project).group
        values = account_values(holder="Fanta Coulibaly", **over)
        if values["kind"] == "wallet":
            values["officer_id"] = next(one.id for one in group.officers if one.office == "treasurer")
        agent = again(house.people.agent)
        who = confirmed(agent, "add_further_account", group)
        account = further_accounts.add(group, values, by=agent, identity=who)
        if verified:
            groups.verify_account(account, how="Appel de l’opérateur", by=again(house.people.appraisers[0]))
    return again(account)


def ways(house):
    tranche = tranche_of(house)
    return {one.code: one for one in routes.routes(tranche.project.group, tranche.amount)}


def prepared(house, code):
    with unit_of_work():
        tranche = tranche_of(house)
        seen = routes.route(code, tranche.project.group, tranche.amount).digest
        order = payments.prepare(tranche, by=again(house.people.officer), route=code, seen=seen)
    return again(order)


def said(house, order, number, state, **over):
    with unit_of_work():
        part = queries.part(again(order), number)
        operations.settle(part, state, by=again(house.people.officer), **over)
    return again(order)


def paid(house, order, number, reference):
    part = queries.part(again(order), number)
    return said(house, order, number, "paid", paid_on=part.leaves_on, reference=reference)


def refused(statement, **values):
    with pytest.raises(DBAPIError), unit_of_work():
        db.session.execute(sa.text(statement), values)


def refused_after(first, second):
    """Two statements of one transaction, of which the second breaks a rule."""
    db.session.execute(sa.text(first))
    db.session.execute(sa.text(second))


def test_an_amount_beyond_a_wallet_is_shared_each_part_settles_and_the_order_is_paid_with_the_last(house):
    people = house.people
    to_wallet(house)
    amount = tranche_of(house).amount
    cap = amount // 2 + 1
    limit(house, wallet_cap=cap)
    # One wallet, no bank: only several days are possible, and the plain way names what stands in the way.
    with pytest.raises(Refused):
        life.prepared(people, house.project)
    found = ways(house)
    assert [code for code, way in found.items() if way.possible] == ["days"]
    assert [one.amount for one in found["days"].transfers] == [cap, amount - cap]
    beside(house, kind="wallet", institution="Moov Money", number="66 11 22 33", verified=False)
    assert not ways(house)["shared"].possible
    with unit_of_work():
        account = again(house.project).group.other_accounts[0]
        with pytest.raises(Refused):
            groups.verify_account(account, how="Appel de l’opérateur", by=again(people.agent))
        groups.verify_account(account, how="Appel de l’opérateur", by=again(people.appraisers[0]))
    # A screen that is out of date, a route that does not exist and one that is not possible choose nothing.
    for code, seen in (("shared", "0" * 16), ("whole", None), ("bank", None), ("moon", None)):
        with pytest.raises(Refused), unit_of_work():
            payments.prepare(tranche_of(house), by=again(people.officer), route=code, seen=seen)
    order = prepared(house, "shared")
    parts = queries.parts(order)
    assert [one.amount for one in parts] == [cap, amount - cap]
    assert {one.account_number[-4:] for one in parts} == {"3456", "2233"}
    order = life.released(people, order)
    payer(people, "wallet", "Orange Money", "M-1")
    payer(people, "wallet", "Moov Money", "M-2")
    made, left = transmitted(people, order)
    assert sorted(batch.total for batch in made) == sorted([cap, amount - cap]) and left == []
    # The whole is confirmed by its parts only, and the same reference twice is refused.
    with pytest.raises(Refused):
        act(order, "confirm", people.officer, paid_on=clock.today(), bank_reference="OM-1")
    order = paid(house, order, 1, "om-1")
    assert order.step == "sent" and balance(again(house.project)).paid == 0
    for wrong in ({"paid_on": clock.today(), "reference": "OM-1"}, {"paid_on": None, "reference": ""}):
        with pytest.raises(Problems):
            said(house, order, 2, "paid", **wrong)
    with pytest.raises(Refused):
        paid(house, order, 1, "OM-9")
    order = said(house, order, 2, "unknown", detail="L’opérateur ne répond pas")
    order = paid(house, order, 2, "MOOV-2")
    assert order.step == "confirmed" and order.bank_reference == "MOOV-2"
    assert balance(again(house.project)).paid == amount


def test_what_failed_leaves_again_alone_and_an_order_paid_in_part_is_not_cancelled(house):
    people = house.people
    to_wallet(house)
    beside(house, kind="wallet", institution="Moov Money", number="66 11 22 33")
    amount = tranche_of(house).amount
    limit(house, wallet_cap=amount // 2 + 1)
    order = life.released(people, prepared(house, "shared"))
    order = said(house, order, 1, "failed", detail="Compte bloqué chez l’opérateur")
    assert order.step == "sent"
    order = paid(house, order, 2, "MOOV-2")
    assert order.step == "failed"
    with pytest.raises(Refused):
        act(order, "cancel", people.coordinator, reason="On renonce à ce paiement.")
    refused("UPDATE payment_order SET live = NULL")
    # The failed wallet counts nothing in its month any more; the paid one keeps its sum.
    assert sorted(db.session.scalars(sa.select(WalletMonth.sent))) == [0, amount - amount // 2 - 1]
    # The group changes its account: only what was not paid goes to the new one.
    with unit_of_work():
        group = again(house.project).group
        values = account_values(holder=group.name)
        groups.verify_account(
            _changed(group, values, people), how="Relevé de la banque vu", by=again(people.appraisers[0])
        )
    order = again(order)
    assert order.step == "account_changed"
    order = act(order, "take_account", people.officer)
    parts = queries.parts(order)
    assert [(one.number, one.amount, one.account.kind) for one in parts] == [
        (2, amount - amount // 2 - 1, "wallet"),
        (3, amount // 2 + 1, "bank"),
    ]
    order = life.released(people, order)
    assert [one.amount for one in order.sendings] == [amount // 2 + 1, amount - amount // 2 - 1, amount // 2 + 1]
    order = paid(house, order, 3, "BNDA-3")
    assert order.step == "confirmed" and balance(again(house.project)).paid == amount


def _changed(group, values, people):
    agent = again(people.agent)
    return groups.add_account(group, values, by=agent, identity=confirmed(agent, "add_account", group))


def test_several_days_leave_on_their_day_and_not_to_an_account_that_was_closed(house, browser_of):
    people = house.people
    to_wallet(house)
    payer(people, "wallet", "Orange Money", "M-1")
    amount = tranche_of(house).amount
    limit(house, wallet_cap=amount // 2 + 1, wallet_month_cap=amount // 2 + 1)
    days = ways(house)["days"].transfers
    # The month is full after the first part: the second one waits for the next month.
    assert days[1].leaves_on.day <= 3 and days[1].leaves_on > days[0].leaves_on
    order = life.released(people, prepared(house, "days"))
    officer = again(people.officer)
    assert [one.amount for one in out.waiting(officer)] == [days[0].amount]
    assert [one.amount for one in out.later(officer)] == [days[1].amount]
    browser = browser_of(people.officer)
    shown = browser.get("/payments/out/").text
    assert order.sendings[1].reference in shown
    assert browser.get(f"/payments/{order.reference}").status_code == 200
    (batch,), _left = transmitted(people, order)
    assert batch.total == days[0].amount
    # Before its day it was not paid.
    with pytest.raises(Problems):
        said(house, order, 2, "paid", paid_on=days[0].leaves_on, reference="OM-2")
    # More to the same wallet this month is refused in words: the month is full.
    assert routes.over_the_limits(order.account, 1, clock.today())


def test_a_group_is_paid_on_its_bank_account_beside_the_wallet(house, browser_of):
    people = house.people
    to_wallet(house)
    limit(house, wallet_cap=1000)
    bank = beside(house)
    page = browser_of(people.officer)
    reference, number = house.project.reference, tranche_of(house).number
    assert f"/tranches/{number}/ways" in page.get(f"/projects/{reference}/tranches").text
    shown = page.get(f"/projects/{reference}/tranches/{number}/ways")
    way = ways(house)["bank"]
    assert way.digest in shown.text
    answer = page.post(f"/projects/{reference}/tranches/{number}/ways", {"route": "bank", "seen": way.digest})
    assert answer.status_code == 302
    order = tranche_of(house).orders[0]
    assert order.account_id == bank.id and queries.parts(order) == []
    # Another wallet as main account does not touch it; the bank account closed sends it back at the next signature.
    with unit_of_work():
        group = again(house.project).group
        values = account_values(holder=group.name, kind="wallet", institution="Wave", number="70 12 34 56")
        groups.verify_account(_changed(group, values, people), how="Appel de Wave", by=again(people.appraisers[0]))
    assert again(order).step == "prepared"
    with unit_of_work():
        further_accounts.close(again(bank), by=again(people.agent))
    with pytest.raises(Refused):
        act(order, "verify", people.controllers[0])
    assert act(order, "send_back", people.controllers[0]).step == "account_changed"


def test_direct_sql_breaks_no_rule_of_parts_and_wallets(house):
    people = house.people
    to_wallet(house)
    beside(house, kind="wallet", institution="Moov Money", number="66 11 22 33")
    amount = tranche_of(house).amount
    limit(house, wallet_cap=amount // 2 + 1)
    order = prepared(house, "shared")
    more = (
        "INSERT INTO payment_part (order_id, number, account_id, account_number, amount, leaves_on, chosen_by_id, chosen_at) "
        "SELECT order_id, number + 10, account_id, account_number, amount, leaves_on, chosen_by_id, chosen_at "
        "FROM payment_part WHERE number = 1"
    )
    # Parts that do not add up are not verified.
    with pytest.raises(DBAPIError), unit_of_work():
        refused_after(more, f"UPDATE payment_order SET verified_by_id = {people.controllers[0].id}")  # noqa: S608
    refused("UPDATE payment_part SET amount = amount - 1")
    refused("DELETE FROM payment_part")
    order = life.released(people, order)
    refused(more)
    refused("UPDATE payment_part SET withdrawn_at = chosen_at")
    refused("UPDATE wallet_month SET sent = cap + 1")
    copied = (
        "INSERT INTO payment_attempt (order_id, number, reference, key, amount, account_id, account_number, prepared_by_id, "
        "verified_by_id, released_by_id, sent_at, part_id, leaves_on) SELECT order_id, 9, 'X', 'X', {amount}, account_id, "
        "account_number, prepared_by_id, verified_by_id, released_by_id, sent_at, {part}, leaves_on FROM payment_attempt "
        "WHERE number = 1"
    )
    # Neither a second time the same part, nor the whole beside its parts, nor another sum.
    for values in (
        {"amount": "amount", "part": "part_id"},
        {"amount": amount, "part": "NULL"},
        {"amount": 1, "part": "part_id"},
    ):
        refused(copied.format(**values))
    order = said(house, order, 1, "failed", detail="Compte bloqué chez l’opérateur")
    # The failed part may leave again, but not beyond what a wallet takes at once.
    refused("UPDATE payment_order SET paid_on = '2026-01-01', bank_reference = 'X'")
    with pytest.raises(DBAPIError), unit_of_work():
        refused_after("UPDATE wallet_month SET cap_each = 1", copied.format(amount="amount", part="part_id"))


def test_an_officers_wallet_serves_no_longer_than_the_office_and_belongs_to_one_group(house, browser_of, make_person):
    people = house.people
    to_wallet(house)
    account = beside(house, kind="wallet", institution="Moov Money", number="66 11 22 33")
    limit(house, wallet_cap=tranche_of(house).amount // 2 + 1)
    order = prepared(house, "shared")
    with unit_of_work():
        group = again(house.project).group
        for values in (
            account_values(holder="X", kind="wallet", institution="Wave", number="70 12 34 56"),
            account_values(holder="X", kind="wallet", institution="Moov Money", number="66 11 22 33"),
            {"kind": "boat"},
        ):
            # Each is told what is wrong before the password is looked at.
            with pytest.raises(Problems):
                further_accounts.add(group, values, by=again(people.agent))
        values = account_values(holder="X", kind="wallet", institution="Moov Money", number="66 11 22 33")
        with pytest.raises(Problems):
            groups.add_account(group, values, by=again(people.agent))
        values = account_values(holder="X")
        with pytest.raises(Refused):
            further_accounts.add(group, values, by=again(people.agent))
        treasurer = next(one for one in group.officers if one.office == "treasurer")
        treasurer.mandate_until = treasurer.mandate_from
    assert not further_accounts.serves(again(account))
    with pytest.raises(Refused):
        act(order, "verify", people.controllers[0])
    url = f"/groups/{again(house.project).group.reference}/accounts"
    stranger = browser_of(make_person("agent", place="01"))
    assert stranger.get(f"{url}/new").status_code == 404
    assert stranger.post(f"{url}/{account.id}/close", {}).status_code == 404
    agent = browser_of(people.agent)
    assert agent.get(f"{url}/new").status_code == 200
    assert agent.post(f"{url}/new", {"kind": "wallet"}).status_code == 422
    assert browser_of(people.appraisers[0]).get(f"{url}/{account.id}/verify").status_code == 200
    assert agent.post(f"{url}/{account.id}/close", {}).status_code == 302
    assert agent.post(f"{url}/{account.id}/close", {}).status_code == 404


def test_a_return_says_of_each_part_what_became_of_it(house):
    people = house.people
    to_wallet(house)
    beside(house, kind="wallet", institution="Moov Money", number="66 11 22 33")
    amount = tranche_of(house).amount
    limit(house, wallet_cap=amount // 2 + 1)
    described(people)
    order = life.released(people, prepared(house, "shared"))
    first, second = order.sendings
    rows = [
        line(order, reference=one.reference, amount=one.amount, transaction=f"tx {one.number}")
        for one in (first, second)
    ]
    made = applied(HEAD + rows[0], people.officer, "un.csv")
    # Nothing is receipted before the whole is paid.
    assert again(order).step == "sent" and printing.unprinted(made.id) == []
    made = applied(HEAD + rows[0] + rows[1], people.officer, "deux.csv")
    assert printing.unprinted(made.id) == [order.id]
    order = again(order)
    assert (order.step, order.bank_reference) == ("confirmed", "TX 2") and balance(again(house.project)).paid == amount
