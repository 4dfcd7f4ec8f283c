"""A programme with money from a donor, and a file whose first tranche was paid."""

from types import SimpleNamespace

import pytest

from grants.core import clock
from grants.core.unit_of_work import unit_of_work
from grants.funds import operations as funds
from grants.funds.models import Envelope, Fund
from tests.stories.rows import again


@pytest.fixture
def house(standing):
    """The people, a fund of which 60 millions came, and a file whose first tranche was paid today."""
    told = standing("paid")
    people, project = told.people, told.project
    envelope = project.call.envelope
    with unit_of_work() as session:
        funds.record_receipt(
            session.get_one(Fund, envelope.fund_id), kind="receipt", amount=60_000_000, cents=None,
            moved_on=clock.today(), bank_reference="SWIFT 1", key="receipt:1", by=again(people.officer),
        )  # fmt: skip
    return SimpleNamespace(
        people=people, project=again(project), envelope_id=envelope.id, fund_id=envelope.fund_id,
        officer=people.officer, controller=people.controllers[0], envelope=lambda: again(envelope),
        Envelope=Envelope,
    )  # fmt: skip
