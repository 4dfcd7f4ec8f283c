"""Many rows of a return at once: what they leave is what one after the other would have left, in no more questions."""

from dataclasses import replace
from datetime import date, datetime

import pytest
import sqlalchemy as sa

from grants import journal, lifecycle
from grants.books import operations as books
from grants.core import clock
from grants.core.database import Base, db
from grants.core.errors import Problems, Refused
from grants.core.unit_of_work import unit_of_work
from grants.funds import operations as funds
from grants.journal import queries as journals
from grants.lifecycle import registry, running
from grants.payments.back import operations
from grants.payments.models import PaymentOrder
from tests.access.test_interims import lend
from tests.payments.test_returns import HEAD, described, profile
from tests.stories import life
from tests.stories.rows import again
from tests.stories.sent import FIRST, sent_copies


class Undone(Exception):
    """Ends a rehearsal."""


@pytest.fixture
def sent(house):
    """The people, one payment that left, and the description of the bank's files."""
    house.order = life.released(house.people, life.prepared(house.people, house.project))
    described(house.people)
    return house


def copies(order, count, **more):
    with unit_of_work():
        return sent_copies(again(order), count, **more)


def text(references, order, failed=()):
    day = clock.today().strftime("%d/%m/%Y")
    said = {True: "REJETE;AC04;", False: "PAYE;;"}
    return HEAD + "".join(
        f"{one};;{order.amount};{day};{said[one in failed]}{'' if one in failed else f'T-{one}'}\n"
        for one in references
    )


def dump():
    """Every row of every table, those with a number in its order; what is drawn by lot left out."""
    tables = {}
    for table in Base.metadata.sorted_tables:
        order = [*table.primary_key.columns]
        rows = db.session.execute(sa.select(table).order_by(*order)).mappings()
        tables[table.name] = [{name: value for name, value in row.items() if name != "uuid"} for row in rows]
    return tables


def told(before, after):
    """What came to the tables or changed in them, without the numbers of new rows; who names one names its place."""
    places = {
        table: {
            row["id"]: f"new {row.get('key', place)}"
            for place, row in enumerate(new(before[table], rows))
            if "id" in row
        }
        for table, rows in after.items()
    }
    aimed = {
        (table.name, key.parent.name): key.column.table.name for table in Base.metadata.tables.values() for key in table.foreign_keys
    }  # fmt: skip

    def named(table, row):
        about = dict(row)
        for column, value in row.items():
            other = table if column == "id" else aimed.get((table, column))
            if other is None and column == "subject_id":
                other = row["subject_kind"]
            if other is not None:
                about[column] = places.get(other, {}).get(value, value)
        # An event about something new bears its number in its hash.
        if str(about.get("subject_id", "")).startswith("new"):
            about |= dict.fromkeys(set(about) & {"hash", "prev_hash"})
        if about.get("id") != row.get("id"):
            about["id"] = "new"
        return about

    # Acts keep their order, what else came need not.
    ordered = {table: (lambda _row: 0) if table == "journal_event" else str for table in after}
    return {
        table: sorted((named(table, row) for row in new(before[table], rows)), key=ordered[table])
        for table, rows in after.items()
    }


def new(before, after):
    there = {str(sorted(row.items(), key=str)) for row in before}
    return [row for row in after if str(sorted(row.items(), key=str)) not in there]


def one_by_one(_model, asked, *, by):
    refusals = {}
    for place, one in enumerate(asked):
        try:
            lifecycle.perform(db.session.get_one(PaymentOrder, one.subject_id), one.action, by=by, data=one.data)
        except (Refused, Problems) as refusal:
            refusals[place] = refusal
    if refusals:
        raise lifecycle.NotAll(refusals)
    return []


def applied(said, person):
    return operations.apply(said.encode(), profile(), name="retour.csv", by=again(person))


def rehearsed(said, person, before, instant):
    """What applying a return would leave."""
    found = {}

    def look():
        applied(said, person)
        db.session.flush()
        found.update(told(before, dump()))
        raise Undone

    with pytest.raises(Undone), clock.at(instant), unit_of_work():
        look()
    return found


def test_many_at_once_leave_what_one_after_the_other_does(sent, make_person, monkeypatch):
    people, order = sent.people, sent.order
    # A copy lies where an officer of one region acts for the one of the whole programme.
    references = copies(order, 5, places=(order.place_code, "0504010101", "0709"))
    interim = make_person("finance_officer", place="05")
    lend(people.officer, interim, "finance_officer")
    said = text(references, order, failed=references[3:4])
    before, instant = dump(), clock.now()
    db.session.rollback()
    with monkeypatch.context() as patched:
        patched.setattr(lifecycle, "perform_each", one_by_one)
        alone = rehearsed(said, interim, before, instant)
    together = rehearsed(said, interim, before, instant)
    assert together == alone
    # It is no empty comparison: each row confirmed or failed, told, booked, waiting anew, some in another's name.
    counted = {table: len(rows) for table, rows in together.items() if rows}
    assert (counted["attempt_outcome"], counted["transfer"], counted["book_entry"]) == (5, 4, 4)
    assert (
        counted["journal_event"] == 6
        and counted["step_stay"] == 10
        and counted["timer"] >= 10
        and counted["notice"] >= 5
    )
    assert {row["on_behalf_of_id"] for row in together["journal_event"]} == {None, people.officer.id}
    assert isinstance(together["payment_order"][0]["paid_on"], date) and counted["job"] == 1
    # For good: the ledger and the journal hold.
    with unit_of_work():
        applied(said, interim)
        # The envelope of the copies was filled behind the back of the books.
        assert books.catch_up() == 1
        assert funds.check_ledger(by=None).differences == []
    events, breaks = journals.check_all()
    assert events > 15 and breaks == []
    last = journal.last_event(db.session.get(PaymentOrder, FIRST))
    assert (last.action, last.seq, last.actor_id) == ("confirm", 4, interim.id)
    assert isinstance(last.at, datetime)


def test_what_refuses_one_of_many_leaves_nothing_of_any(sent, monkeypatch):
    people, order = sent.people, sent.order
    references = copies(order, 40)
    said = text(references, order)
    before = dump()
    db.session.rollback()

    def nothing_came_of(error, *words):
        with pytest.raises(error) as refusal, unit_of_work():
            applied(said, people.officer)
        assert all(word in str(refusal.value) for word in words)
        assert told(before, dump()) == {table: [] for table in before}
        db.session.rollback()

    pay = registry.effects["funds.pay"]

    def stops(late, act):
        if late.id in (FIRST + 38, FIRST + 39):
            raise Refused(f"not {late.reference}")
        return pay(late, act)

    with monkeypatch.context() as patched:
        patched.setitem(registry.effects, "funds.pay", stops)
        nothing_came_of(Problems, "39", f"not OP-{FIRST + 38}", "40", f"not OP-{FIRST + 39}")
        # Nor does what is loaded go on showing what was refused.
        late = db.session.get_one(PaymentOrder, FIRST + 39)
        data = {"paid_on": clock.today(), "bank_reference": "Z", "receipt_later": True}
        with pytest.raises(Refused):
            lifecycle.perform(late, "confirm", by=again(people.officer), data=data)
        assert (late.paid_on, late.bank_reference, late.step) == (None, None, "sent")
        db.session.rollback()
    with monkeypatch.context() as patched:
        patched.setattr(registry, "listeners", [*registry.listeners, lambda *_what: 1 / 0])
        nothing_came_of(ZeroDivisionError)
    # Its row is gone from the step between the look at the file and the act.
    with monkeypatch.context() as patched:
        allowed = running._allowed
        patched.setattr(running, "_allowed", lambda subjects, *rest: moved(subjects) or allowed(subjects, *rest))

        def moved(subjects):
            db.session.execute(sa.update(PaymentOrder).where(PaymentOrder.id == subjects[-2].id).values(step="failed"))

        nothing_came_of(Problems, "39")

    def refused(error, *asked, by=people.officer):
        with pytest.raises(error) as refusal, unit_of_work():
            lifecycle.perform_each(PaymentOrder, asked, by=again(by))
        return refusal.value

    failed = lifecycle.Asked(FIRST, "report_failure", {"reason": "Compte bloqué"})
    refused(ValueError, failed, failed)
    for wrong in (replace(failed, subject_id=FIRST - 1), replace(failed, subject_id=FIRST + 1, expected_revision=2)):
        found = refused(lifecycle.NotAll, failed, wrong)
        assert list(found.refusals) == [1] and str(found)
    # Who released does not confirm, however many at once.
    said = {"paid_on": clock.today(), "bank_reference": "A"}
    both = [lifecycle.Asked(FIRST + n, "confirm", said) for n in range(2)]
    assert list(refused(lifecycle.NotAll, *both, by=people.controllers[1]).refusals) == [0, 1]
    # Two payments under one reference of the bank: the second is told.
    assert list(refused(lifecycle.NotAll, *both).refusals) == [1]
    assert told(before, dump()) == {table: [] for table in before}


@pytest.mark.parametrize("engine", ["sqlite"])
def test_three_times_the_payments_cost_the_same_questions(sent, count_queries):
    people, order = sent.people, sent.order

    def cost(first, count):
        said = text(copies(order, count, first=first), order)
        with unit_of_work():
            by = again(people.officer)
            with count_queries() as counted:
                operations.apply(said.encode(), profile(), name="r.csv", by=by)
            return counted()

    few, many = cost(FIRST, 10), cost(FIRST + 100, 30)
    assert many == few < 70
