"""One programme and one micro-project whose first tranche may be paid."""

from types import SimpleNamespace

import pytest

from tests.stories import life


@pytest.fixture
def house(make_person):
    """The people, a second officer, and a file at the step in which a tranche is paid."""
    people = life.team(make_person)
    project = life.contributed(people, life.in_force(people, life.awarded_file(people)))
    return SimpleNamespace(people=people, project=project, other_officer=make_person("finance_officer"))
