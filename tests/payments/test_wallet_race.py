"""Two payments of one group to one wallet, released by two processes at the same moment: the month takes one of them."""

import multiprocessing
import warnings

import sqlalchemy as sa

from grants import lifecycle
from grants.access.models import Person
from grants.calls.models import Call
from grants.core.database import db
from grants.core.errors import Refused
from grants.core.unit_of_work import unit_of_work
from grants.payments.models import PaymentOrder
from grants.payments.splits.models import WalletMonth
from tests.payments.test_batches import act, to_wallet
from tests.payments.test_splits import limit
from tests.stories import life
from tests.stories.appraisal import recommended
from tests.stories.committee import awarded
from tests.stories.identity import confirmed
from tests.stories.projects import submitted
from tests.stories.rows import again


def _release(app, order_id: int, person_id: int, start, results) -> None:
    """What one process does: release one order, the password just typed."""
    db.session.remove()
    with unit_of_work() as session:
        typed = confirmed(session.get(Person, person_id), "release", session.get(PaymentOrder, order_id))
    db.session.remove()
    start.wait(60)
    try:
        with unit_of_work() as session:
            order, by = session.get(PaymentOrder, order_id), session.get(Person, person_id)
            lifecycle.perform(order, "release", by=by, identity=typed)
        results.put(("released", ""))
    except Refused as refused:
        results.put(("refused", " ".join(map(str, refused.reasons))))
    except Exception as error:  # noqa: BLE001  (whatever it was, the test fails with it)
        results.put(("error", repr(error)[:300]))


def test_of_two_releases_to_one_wallet_at_once_the_month_takes_one(app, house, make_person):
    people, third = house.people, make_person("finance_controller")
    to_wallet(house)
    call, group = db.session.scalar(sa.select(Call)), again(house.project).group
    file = submitted(people.agent, group, again(call), "moto_taxi")
    other = life.contributed(people, life.in_force(people, awarded(recommended(file, people.appraisers))))
    orders = [life.prepared(people, one) for one in (house.project, other)]
    amounts = [one.amount for one in orders]
    # Either of them fits into the month, both do not.
    limit(house, wallet_cap=max(amounts), wallet_month_cap=sum(amounts) - 1)
    assert {one.account_number for one in orders} == {group.account.number} and orders[0].id != orders[1].id
    ids = [act(one, "verify", people.controllers[0]).id for one in orders]
    number, releasers = orders[0].account_number, [people.controllers[1].id, third.id]
    db.session.remove()
    with warnings.catch_warnings():
        # Newer Pythons warn of a fork beside threads; the children open connections of their own.
        warnings.simplefilter("ignore")
        context = multiprocessing.get_context("fork")
        start, results = context.Barrier(2), context.Queue()
        racers = [
            context.Process(target=_release, args=(app, *pair, start, results))
            for pair in zip(ids, releasers, strict=True)
        ]
        for racer in racers:
            racer.start()
        found = sorted(results.get(timeout=120) for _ in racers)
        for racer in racers:
            racer.join(20)
    assert [kind for kind, _text in found] == ["refused", "released"]
    # The loser is told which wallet, how much it may receive and what was sent to it.
    assert number[-4:] in found[0][1] and "mois" in found[0][1]
    month = db.session.scalar(sa.select(WalletMonth).where(WalletMonth.number == number))
    assert month.sent in amounts and month.cap == sum(amounts) - 1
    steps = sorted(db.session.scalars(sa.select(PaymentOrder.step).where(PaymentOrder.id.in_(ids))))
    assert steps == ["sent", "verified"]
    assert len([one for order in ids for one in db.session.get(PaymentOrder, order).sendings]) == 1
