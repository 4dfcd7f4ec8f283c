"""A submitted file, the people who judge it, and those who must not."""

import pytest

from tests.stories import calls, groups
from tests.stories.funds import envelope
from tests.stories.projects import submitted


@pytest.fixture
def agent(make_person):
    return make_person("agent", place="05", name="Seydou Kampo")


@pytest.fixture
def first(make_person):
    return make_person("appraiser", place="05", name="Fanta Diarra")


@pytest.fixture
def second(make_person):
    return make_person("appraiser", place="05", name="Oumar Cissé")


@pytest.fixture
def third(make_person):
    return make_person("appraiser", place="05", name="Aminata Touré")


@pytest.fixture
def far_appraiser(make_person):
    return make_person("appraiser", place="07", name="Ali Maïga")


@pytest.fixture
def call(make_person):
    admin, coordinator = make_person("admin"), make_person("coordinator")
    return calls.open_call(admin, envelope(coordinator))


@pytest.fixture
def project(agent, call):
    group = groups.registered_group(agent, name="Coopérative Benkadi des femmes de Sofara")
    return submitted(agent, group, call)
