"""People, a group and a call around which the tests of applications turn."""

import pytest

from tests.stories import calls, groups
from tests.stories.funds import envelope


@pytest.fixture
def agent(make_person):
    return make_person("agent", place="05", name="Seydou Kampo")


@pytest.fixture
def far_agent(make_person):
    return make_person("agent", place="07", name="Ali Maïga")


@pytest.fixture
def appraiser(make_person):
    return make_person("appraiser", place="05", name="Fanta Diarra")


@pytest.fixture
def auditor(make_person):
    return make_person("auditor", name="Hawa Sow")


@pytest.fixture
def call(make_person):
    admin, coordinator = make_person("admin"), make_person("coordinator")
    return calls.open_call(admin, envelope(coordinator))


@pytest.fixture
def group(agent):
    return groups.registered_group(agent, name="Coopérative Benkadi des femmes de Sofara")
