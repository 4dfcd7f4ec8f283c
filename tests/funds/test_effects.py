"""What the ledger does when a workflow takes a step, called as the lifecycle calls it."""

from types import SimpleNamespace

import pytest

from grants.core import clock
from grants.core.database import db
from grants.core.errors import Problems
from grants.core.unit_of_work import unit_of_work
from grants.funds import effects, queries
from grants.funds.models import AwardBalance, Transfer
from grants.lifecycle import Act


def played(house, effect, subject, **data):
    """The facts that an effect leaves in the journal; each call is an act of its own."""
    act = Act("act", house.coordinator, clock.now(), data, {})
    with unit_of_work():
        effect(subject, act)
    return act.noted


@pytest.fixture
def file(house):
    """What effects read of a micro-project; `state_revision` counts its acts."""
    project = house.project()
    return SimpleNamespace(id=project.id, reference=project.reference, call=house.call, state_revision=1)


def held(file) -> tuple[int, int, int]:
    row = db.session.get(AwardBalance, file.id, populate_existing=True)
    return row.reserved, row.committed, row.paid


def test_award_signature_payment_and_termination(house, file):
    assert played(house, effects.reserve, file, amount=1_000_000) == {"reserved": 1_000_000}
    assert held(file) == (1_000_000, 0, 0)
    file.state_revision = 2
    assert played(house, effects.commit, file) == {"committed": 1_000_000}
    order = SimpleNamespace(reference="OP-2026-0001-K", attempts=1, amount=600_000, project=file)
    assert played(house, effects.pay, order) == {"paid": 600_000}
    assert held(file) == (0, 1_000_000, 600_000)
    file.state_revision = 5
    assert played(house, effects.release, file) == {"uncommitted": 400_000}
    assert held(file) == (0, 600_000, 600_000)
    assert queries.check() == []


def test_a_cancelled_award_gives_everything_back(house, file):
    played(house, effects.reserve, file, amount=700_000)
    file.state_revision = 3
    assert played(house, effects.release, file) == {"released": 700_000}
    assert held(file) == (0, 0, 0)


def test_an_order_is_paid_once_for_an_attempt(house, file):
    played(house, effects.reserve, file, amount=1_000_000)
    played(house, effects.commit, file)
    order = SimpleNamespace(reference="OP-2026-0001-K", attempts=1, amount=400_000, project=file)
    for _twice in range(2):
        played(house, effects.pay, order)
    assert held(file) == (0, 1_000_000, 400_000)
    assert db.session.scalar(db.select(db.func.count()).where(Transfer.kind == "pay")) == 1


def test_a_contract_without_a_reservation_commits_nothing(house, file):
    with pytest.raises(Problems):
        played(house, effects.commit, file)
