"""One programme and one micro-project whose first tranche may be paid."""

from types import SimpleNamespace

import pytest


@pytest.fixture
def house(standing, make_person):
    """The people, a second officer, and a file at the step in which a tranche is paid."""
    told = standing("contributed")
    return SimpleNamespace(people=told.people, project=told.project, other_officer=make_person("finance_officer"))
