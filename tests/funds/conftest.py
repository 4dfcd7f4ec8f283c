"""A micro-project whose call has an envelope: what the ledger needs."""

from types import SimpleNamespace

import pytest

from grants.core.unit_of_work import unit_of_work
from grants.projects import operations
from grants.projects.models import Project
from tests.stories.calls import open_call
from tests.stories.funds import envelope
from tests.stories.groups import registered_group


@pytest.fixture
def house(make_person):
    """A coordinator, an administrator, an agent; an envelope of 10 millions, a call, and micro-projects of it."""
    coordinator, admin = make_person("coordinator"), make_person("admin")
    agent = make_person("agent", place="05")
    money = envelope(coordinator, 10_000_000)
    call = open_call(admin, money)

    def project() -> Project:
        """A draft of another group each time."""
        group = registered_group(by=agent)
        with unit_of_work():
            return operations.start_draft(
                call=call, group=group, kind="livestock", title="Embouche ovine de Sofara", by=agent
            )

    return SimpleNamespace(
        coordinator=coordinator, admin=admin, agent=agent, envelope=money, call=call, project=project
    )
