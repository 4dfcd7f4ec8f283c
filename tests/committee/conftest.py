"""A committee of Mopti with its people, and files that wait for it."""

from types import SimpleNamespace

import pytest

from tests.stories import calls, groups
from tests.stories.appraisal import recommended
from tests.stories.committee import committee
from tests.stories.funds import envelope
from tests.stories.projects import submitted


@pytest.fixture
def house(make_person):
    """Everybody who has a part, an envelope of 5 millions and the regional committee of Mopti (quorum 3 of 4)."""
    people = SimpleNamespace(
        coordinator=make_person("coordinator"),
        admin=make_person("admin", name="Salif Koné"),
        agent=make_person("agent", place="05", name="Seydou Kampo"),
        appraisers=[
            make_person("appraiser", place="05", name="Fanta Diarra"),
            make_person("appraiser", place="05", name="Oumar Cissé"),
        ],
        chair=make_person("chair", place="05", name="Fatoumata Maïga"),
        vice=make_person("chair", place="05", name="Adama Sangaré"),
        members=[
            make_person("member", place="05", name="Ousmane Tembely"),
            make_person("member", place="05", name="Aminata Diallo"),
        ],
        secretary=make_person("secretary", place="05", name="Oumar Guindo"),
    )
    people.envelope = envelope(people.coordinator, 5_000_000)
    people.call = calls.open_call(people.admin, people.envelope)
    people.committee = committee(people.admin, [people.chair, people.vice], people.members, people.secretary)
    return people


@pytest.fixture
def waiting_file(house):
    """`waiting_file()`: a file that was recommended and waits for the committee."""

    def make(each: int = 4, **group):
        made = submitted(house.agent, groups.registered_group(house.agent, **group), house.call)
        return recommended(made, house.appraisers, each)

    return make
