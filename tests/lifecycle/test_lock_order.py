"""Two acts on different things of one file at once: whoever comes second waits, and nobody waits in a circle."""

import threading
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from grants import lifecycle
from grants.core.database import db
from grants.core.errors import Problems, Refused
from grants.core.unit_of_work import unit_of_work
from grants.groups import operations as groups
from grants.payments import batch
from tests.payments.test_batches import another_file
from tests.stories import life
from tests.stories.groups import account_values
from tests.stories.identity import confirmed
from tests.stories.rows import again

pytestmark = pytest.mark.stands("contributed")

HOLDS = ("FOR UPDATE", "FOR NO KEY UPDATE")


@pytest.fixture
def engine():
    """SQLite lets one transaction write at a time: there is nothing to wait for in a circle."""
    return "postgresql"


@contextmanager
def pauses():
    """Each thread stops once it holds its first row, until the other holds one too or surely waits for it."""
    barrier, held = threading.Barrier(2), threading.local()

    def pause(_connection, _cursor, statement, *_rest):
        first = statement.startswith("UPDATE payment_account") or any(words in statement for words in HOLDS)
        if threading.current_thread().name.startswith("act ") and first and not getattr(held, "one", False):
            held.one = True
            try:
                barrier.wait(0.4)
            except threading.BrokenBarrierError:
                pass

    sa.event.listen(db.engine, "after_cursor_execute", pause)
    try:
        yield
    finally:
        sa.event.remove(db.engine, "after_cursor_execute", pause)


def at_once(app, *acts) -> list[str]:
    """Run each act in a transaction and a thread of its own; how each ended: `done`, `refused` or the fault."""
    ends = [""] * len(acts)
    db.session.remove()

    def run(number, one):
        with app.app_context():
            try:
                with unit_of_work():
                    one()
                ends[number] = "done"
            except (Refused, Problems) as refusal:
                ends[number] = f"refused: {refusal}"
            except Exception as fault:  # noqa: BLE001  (whatever it was, the test fails with it)
                ends[number] = repr(fault)[:200]
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=pair, name=f"act {pair[0]}") for pair in enumerate(acts)]
    with pauses():
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
    return [end.partition(":")[0] if end.startswith("refused") else end for end in ends]


def act(subject, action, by, **data):
    return lambda: lifecycle.perform(again(subject), action, by=again(by), data=data)


def test_a_new_account_and_a_signature_on_an_order_do_not_wait_in_a_circle(app, people, project):
    order = life.prepared(people, project)

    def new_account():
        agent, group = again(people.agent), again(project).group
        identity = confirmed(agent, "add_account", group)
        values = account_values(holder=group.name, kind="wallet", institution="Orange Money", number="76 12 34 56")
        groups.add_account(group, values, by=agent, identity=identity)

    ends = at_once(app, new_account, act(order, "verify", people.controllers[0]))
    assert ends[0] == "done" and ends[1] in ("done", "refused")
    # Whatever came first: the order goes to the old account no more.
    assert again(order).step == "account_changed"


def test_two_batches_in_opposite_order_do_not_wait_in_a_circle(app, people, project):
    orders = [life.prepared(people, one) for one in (project, another_file(people))]
    chosen = {one.reference: one.state_revision for one in orders}
    found = []

    def verify(references):
        return lambda: found.extend(
            batch.take("verify", {one: chosen[one] for one in references}, by=again(people.controllers[0]))
        )

    ends = at_once(app, verify(list(chosen)), verify(list(chosen)[::-1]))
    assert ends == ["done", "done"]
    assert sorted(bool(one.reasons) for one in found) == [False, False, True, True]
    assert {again(one).step for one in orders} == {"verified"}


def test_the_end_of_a_file_and_a_change_of_its_contract_do_not_wait_in_a_circle(app, people, project):
    from tests.contracts.test_amendments import ISSUE, propose

    change = propose(project, people.monitor, 0, months=24)
    with unit_of_work():
        act(project, "suspend", people.coordinator, reason="Le groupement est en litige.")()
    ends = at_once(
        app,
        act(project, "terminate", people.coordinator, reason="Le litige ne se règle pas."),
        act(change, "accept", people.coordinator, **ISSUE),
    )
    assert ends[0] == "done" and ends[1] in ("done", "refused")
    assert again(project).step == "terminated" and again(change).step == "withdrawn"
