"""Each movement gives its entries, they agree with the ledger, and a closed month takes none: whatever asks."""

# ruff: noqa: S608 (the attacks are statements put together)

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from grants.books import operations as books
from grants.books.models import Account, Calendar, Entry, Period
from grants.books.queries import checking, reading, rules
from grants.books.queries.reading import Span
from grants.core import clock
from grants.core.database import db
from grants.core.errors import Problems, Refused, Stale
from grants.core.unit_of_work import unit_of_work
from grants.funds import operations as funds
from grants.funds import queries as ledger
from grants.funds.models import Fund, Transfer
from tests.stories.rows import again


def balances() -> dict[str, int]:
    """What stands on each account: above zero on the debit side."""
    db.session.rollback()
    return {line.account.number: line.closing for line in reading.trial_balance(Span()) if line.closing}


def justified(house, amount, key="j"):
    with unit_of_work():
        return funds.justify(again(house.project), amount, key=key, reference="Facture 1", by=again(house.officer))


def later(days: int):
    """The clock so many days on."""
    return clock.at(clock.now() + timedelta(days=days))


def test_an_advance_is_owed_until_it_is_justified(house):
    held = ledger.balance(again(house.project))
    endowed = again(house.envelope()).ceiling
    assert balances() == {
        "47111": held.paid,
        "521": 60_000_000 - held.paid,
        "462": endowed - 60_000_000,
        "165": -endowed,
    }
    one = justified(house, 100_000)
    assert balances()["47111"] == held.paid - 100_000
    assert balances()["652"] == 100_000
    assert balances()["792"] == -100_000
    assert balances()["165"] == 100_000 - endowed
    with unit_of_work():
        funds.reverse_justify(again(one), key="back", reference="Pièce fausse", by=again(house.officer))
    assert balances()["47111"] == held.paid
    assert "652" not in balances()
    with unit_of_work():
        funds.refund(again(house.project), 50_000, key="refund:R1", reference="R1", by=again(house.officer))
    assert balances()["47111"] == held.paid - 50_000
    assert balances()["521"] == 60_000_000 - held.paid + 50_000
    assert sum(balances().values()) == 0
    assert checking.differences() == []


def test_promises_are_counted_and_not_booked(house):
    kinds = set(db.session.scalars(sa.select(Transfer.kind).join(Entry, Entry.transfer_id == Transfer.id)))
    assert kinds == {"endow", "pay"}


def test_what_takes_a_movement_back_turns_its_very_entries_around(house):
    paid = db.session.scalar(sa.select(Transfer).where(Transfer.kind == "pay"))
    with unit_of_work():
        books.set_rule("pay", "bank", [("4711", "571")], reason="Décision du comptable", by=again(house.controller))
        books.set_rule("pay", "wallet", [("4711", "571")], reason="Décision du comptable", by=again(house.controller))
    with unit_of_work() as session:
        # Who may take a payment back, and when, is tried elsewhere.
        on = " ON transfer" if db.engine.dialect.name == "postgresql" else ""
        session.execute(sa.text(f"DROP TRIGGER transfer_pay_back_by_two{on}"))
    with unit_of_work():
        funds.reverse_pay(again(paid), key="back", reference="Retour de la banque", by=again(house.officer))
    assert "47111" not in balances()
    assert "4711" not in balances()
    assert balances()["521"] == 60_000_000


def test_history_is_caught_up_once_by_the_rule_of_its_time(house, app):
    before = balances()
    with unit_of_work() as session:
        for name in ("book_entry_no_delete", "book_entry_no_update"):
            on = " ON book_entry" if db.engine.dialect.name == "postgresql" else ""
            session.execute(sa.text(f"DROP TRIGGER {name}{on}"))
        session.execute(sa.text("DELETE FROM book_entry"))
    assert len(checking.differences()) == 1
    with unit_of_work():
        books.set_rule("justify", "any", [("652", "47111")], reason="Plus simple ainsi", by=again(house.controller))
    runner = app.test_cli_runner()
    first = runner.invoke(args=["books", "catch-up"])
    assert first.exit_code == 0, first.output
    assert balances() == before
    assert runner.invoke(args=["books", "catch-up"]).output.startswith("0 movements")
    assert balances() == before
    assert checking.differences() == []


def test_a_movement_that_came_round_the_operations_is_found_and_booked(house):
    with unit_of_work() as session:
        session.execute(
            sa.text(
                "INSERT INTO transfer (key, kind, envelope_id, project_id, amount, reference, at) VALUES "
                f"('raw', 'justify', {house.envelope_id}, {house.project.id}, 7, 'R', '2026-11-20 10:00:00')"
            )
        )
    assert len(checking.differences()) == 1
    with unit_of_work():
        assert books.catch_up() == 1
    assert checking.differences() == []


def test_the_ledger_of_an_account_runs_and_pages(house):
    for number in range(7):
        justified(house, 1000 + number, key=f"j{number}")
    page, opening = reading.account_lines("47111", Span(), size=3)
    assert opening == 0
    balance = 0
    seen = []
    after = None
    while True:
        page, opening = reading.account_lines("47111", Span(), after=after, size=3)
        assert opening == balance
        seen += page.items
        balance = page.items[-1].balance
        after = page.next
        if after is None:
            break
    assert balance == balances()["47111"]
    assert len({line.entry.id for line in seen}) == len(seen) == 8


def test_a_month_is_closed_once_over_and_takes_nothing_more(house):
    first, last = books.next_month()
    month = f"{first:%Y-%m}"
    with pytest.raises(Refused), unit_of_work():
        books.close_month(month, by=again(house.controller))
    db.session.rollback()
    with later(40):
        with pytest.raises(Refused), unit_of_work():
            books.close_month(month, by=again(house.officer))
        db.session.rollback()
        with pytest.raises(Stale), unit_of_work():
            books.close_month("2026-01" if month != "2026-01" else "2026-02", by=again(house.controller))
        db.session.rollback()
        with unit_of_work():
            period = books.close_month(month, by=again(house.controller))
        count = db.session.scalar(sa.select(sa.func.count()).select_from(Entry).where(Entry.day.between(first, last)))
        assert (period.entries, db.session.scalar(sa.select(Calendar.closed_through))) == (count, last)
        with pytest.raises(Refused), unit_of_work():
            books.close_month(month, by=again(house.controller))
        db.session.rollback()
        # Money of the donor that is recorded late keeps its day, and is booked in the open month.
        with unit_of_work() as session:
            funds.record_receipt(
                session.get_one(Fund, house.fund_id), kind="receipt", amount=5, cents=None, moved_on=last,
                bank_reference="LATE", key="late", by=again(house.officer),
            )  # fmt: skip
        entry = db.session.scalars(sa.select(Entry).order_by(Entry.id.desc())).first()
        assert (entry.fact_on, entry.day) == (last, clock.today())
        assert checking.differences() == []


def test_nothing_is_closed_while_something_does_not_add_up(house):
    first, _last = books.next_month()
    with unit_of_work() as session:
        session.execute(sa.text("UPDATE envelope SET ceiling = ceiling + 1"))
    with later(40), pytest.raises(Refused) as refused, unit_of_work():
        books.close_month(f"{first:%Y-%m}", by=again(house.controller))
    assert "ceiling" in str(refused.value)


def test_sql_cannot_date_an_entry_in_a_closed_month_nor_open_it(house, engine):
    first, last = books.next_month()
    with later(40), unit_of_work():
        books.close_month(f"{first:%Y-%m}", by=again(house.controller))
    entry = db.session.scalars(sa.select(Entry)).first()
    insert = (
        "INSERT INTO book_entry (transfer_id, line, day, fact_on, debit, credit, amount, label, reason, fund_id, at) "
        "VALUES ({transfer}, {line}, '{day}', '{fact}', '{debit}', '{credit}', {amount}, 'attack', '', {fund}, "
        "'2026-11-24 10:00:00')"
    )
    right = {
        "transfer": entry.transfer_id, "line": 2, "day": last + timedelta(days=1), "fact": last, "debit": "521",
        "credit": "462", "amount": entry.amount, "fund": entry.fund_id,
    }  # fmt: skip
    following = last + timedelta(days=1)
    end = (following + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    period = (
        "INSERT INTO books_period (month, starts_on, ends_on, entries, amount, sha256, closed_by_id, closed_on, closed_at) "
        "VALUES ('{month}', '{first}', '{last}', 0, 0, 'x', {by}, '{on}', '2026-11-24 10:00:00')"
    )
    by = house.controller.id
    attacks = [
        insert.format(**{**right, "day": last}),
        insert.format(**{**right, "day": first - timedelta(days=400)}),
        insert.format(**{**right, "amount": entry.amount + 1}),
        insert.format(**{**right, "amount": -entry.amount}),
        insert.format(**{**right, "credit": "521"}),
        insert.format(**{**right, "credit": "999"}),
        insert.format(**{**right, "line": entry.line}),
        insert.format(**{**right, "line": 3}),
        insert.format(**{**right, "transfer": "NULL"}),
        insert.format(**{**right, "fact": last + timedelta(days=9)}),
        "UPDATE book_entry SET amount = 1",
        f"UPDATE book_entry SET day = '{following}'",
        "DELETE FROM book_entry",
        "UPDATE booking_rule SET debit = '571'",
        "DELETE FROM booking_rule",
        "DELETE FROM books_period",
        "UPDATE books_period SET ends_on = '2026-01-01'",
        "UPDATE books_calendar SET closed_through = NULL",
        f"UPDATE books_calendar SET closed_through = '{first - timedelta(days=1)}'",
        f"UPDATE books_calendar SET closed_through = '{end}'",
        "DELETE FROM books_calendar",
        "INSERT INTO books_calendar (id, closed_through) VALUES (2, NULL)",
        period.format(month="x", first=end, last=end, by=by, on=end + timedelta(days=9)),
        period.format(month="x", first=following, last=end, by=by, on=end),
        f"DELETE FROM book_account WHERE number = '{entry.debit}'",
    ]
    if engine == "postgresql":
        attacks += ["TRUNCATE book_entry CASCADE", "TRUNCATE books_period"]
    for statement in attacks:
        with pytest.raises(DBAPIError), unit_of_work() as session:
            session.execute(sa.text(statement))
        db.session.rollback()
    assert sum(balances().values()) == 0
    assert db.session.scalar(sa.select(Calendar.closed_through)) == last
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Period)) == 1


def test_an_entry_and_a_closing_at_once_leave_no_entry_behind(house, app):
    first, last = books.next_month()
    at = clock.now() + timedelta(days=40)
    start, errors = threading.Barrier(2), []
    ids = (house.controller.id, house.officer.id, house.project.id)
    db.session.rollback()

    def run(act):
        with app.app_context(), clock.at(at):
            try:
                start.wait(10)
                act()
            except Exception as error:  # noqa: BLE001 (whatever it was, the test fails with it)
                errors.append(repr(error))
            finally:
                db.session.remove()

    def close():
        from grants.access.models import Person

        with unit_of_work() as session:
            books.close_month(f"{first:%Y-%m}", by=session.get_one(Person, ids[0]))

    def receive():
        from grants.access.models import Person

        for number in range(5):
            with unit_of_work() as session:
                funds.record_receipt(
                    session.get_one(Fund, house.fund_id), kind="receipt", amount=5, cents=None, moved_on=last,
                    bank_reference=f"RACE {number}", key=f"race{number}", by=session.get_one(Person, ids[1]),
                )  # fmt: skip

    threads = [threading.Thread(target=run, args=(act,)) for act in (close, receive)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert errors == []
    period = db.session.scalar(sa.select(Period))
    inside = sa.select(sa.func.count(), sa.func.sum(Entry.amount)).where(Entry.day <= last)
    assert tuple(db.session.execute(inside).one()) == (period.entries, period.amount)
    assert checking.differences() == []


def test_one_side_is_corrected_in_the_open_month_and_once(house):
    entry = db.session.scalars(sa.select(Entry).where(Entry.credit == "521")).first()
    by = house.controller
    with pytest.raises(Problems) as found, unit_of_work():
        books.correct(again(entry), side="credit", account="521", reason="x", by=again(by))
    assert {problem.field for problem in found.value.problems} == {"account", "reason"}
    db.session.rollback()
    with unit_of_work():
        made = books.correct(again(entry), side="credit", account="552", reason="Payé par téléphone", by=again(by))
    assert (made.debit, made.credit, made.amount) == ("521", "552", entry.amount)
    with pytest.raises(Stale), unit_of_work():
        books.correct(again(entry), side="credit", account="571", reason="Encore une fois", by=again(by))
    db.session.rollback()
    with unit_of_work():
        books.correct(again(made), side="credit", account="571", reason="Payé à la caisse", by=again(by))
    assert balances()["571"] == -entry.amount
    assert "552" not in balances()


def test_what_is_wrong_with_a_rule_is_told_at_once(house):
    by = again(house.controller)
    with pytest.raises(Problems) as found, unit_of_work():
        books.set_rule("pay", "bank", [("999", "999"), ("521", None)], reason="", by=by)
    assert {problem.field for problem in found.value.problems} == {"debit", "credit", "also_credit", "reason"}
    db.session.rollback()
    with pytest.raises(Problems), unit_of_work():
        books.set_rule("pay", "bank", [], reason="Ne plus comptabiliser", by=again(house.controller))
    db.session.rollback()
    with unit_of_work():
        rule = books.set_rule(
            "commit", "any", [("4711", "4712")], reason="Suivre les engagements", by=again(house.controller)
        )
    assert rule.version == 2
    # What happened before it follows the rule of its time: nothing is missing.
    assert checking.differences() == []
    assert len([one for one in rules.versions() if one.movement == "commit"]) == 2


def test_the_chart_is_installed_once_and_kept_as_it_was_changed(house):
    with unit_of_work():
        account = db.session.get_one(Account, "521")
        books.rename_account(account, {"fr": "BNDA", "en": "BNDA"}, by=again(house.controller))
        assert books.install_chart() == 0
    assert db.session.get_one(Account, "521").name["fr"] == "BNDA"
    with pytest.raises(Problems) as found, unit_of_work():
        books.open_account("521", {"fr": "", "en": ""}, by=again(house.controller))
    assert {problem.field for problem in found.value.problems} == {"number", "name_fr", "name_en"}


def test_the_plan_lays_the_tranches_over_the_contract(house):
    from grants.books.queries import planning

    person = again(house.officer)
    found = planning.coming(person, planning.Filters())
    left = again(house.project).granted - ledger.balance(again(house.project)).paid
    assert sum(one.amount for one in found) == left
    assert all(one.day >= clock.today() for one in found)
    weeks = planning.weeks(found)
    assert sum(week.amount for week in weeks) == left
    assert weeks[0].monday == planning.monday(clock.today())
    assert [week.monday - weeks[0].monday for week in weeks[:3]] == [timedelta(weeks=n) for n in range(3)]
    assert planning.coming(person, planning.Filters(place="07")) == []
    with later(800):
        assert {one.why for one in planning.coming(again(house.officer), planning.Filters())} == {"overdue"}


def test_age_counts_from_the_payment_and_the_oldest_is_settled_first(house):
    from grants.books.queries import ageing

    person, paid = again(house.officer), ledger.balance(again(house.project)).paid
    for days, bucket in ((0, "30"), (30, "30"), (31, "60"), (60, "60"), (61, "90"), (90, "90"), (91, "over")):
        with later(days):
            found = ageing.buckets(again(house.officer), ageing.Filters())
            assert {code for code, one in found.items() if one.amount} == {bucket}
            assert found[bucket].amount == paid
            assert len(ageing.lines(again(house.officer), ageing.Filters(bucket=bucket)).items) == 1
    justified(house, paid - 10)
    assert [line.left for line in ageing.lines(person, ageing.Filters()).items] == [10]
    assert ageing.by_region(person, ageing.Filters()) == [("05", 1, 10)]
    justified(house, 10, key="rest")
    assert ageing.lines(person, ageing.Filters()).items == []
