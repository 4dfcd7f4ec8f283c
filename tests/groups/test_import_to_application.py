"""Groups taken over from an agents' list go on to apply: what the list did not say is asked, the rest is there."""

from collections import Counter

import pytest
import sqlalchemy as sa

from grants import lifecycle
from grants.core import clock
from grants.core.database import db
from grants.core.errors import Refused
from grants.core.unit_of_work import unit_of_work
from grants.groups import guards, importing, operations
from grants.groups.models import Group
from grants.projects import queries as projects
from grants.projects.models import Project
from tests.groups.test_import import LIST
from tests.stories.calls import envelope, open_call
from tests.stories.groups import iban
from tests.stories.projects import complete_draft
from tests.stories.rows import again

CONSENT = {"consent_text": "2026-1", "consent_language": "bamanankan", "consent_witness": "Le chef de village"}


@pytest.fixture
def listed_groups(make_person):
    chief = make_person("appraiser", name="Fanta Diarra")
    first = importing.rehearse(LIST.read_bytes(), by=chief)
    answers = {problem.key: problem.candidates[0].value for problem, _ in first.questions()}
    with unit_of_work():
        importing.carry_out(LIST.read_bytes(), by=again(chief), answers=answers, file_name="liste.xlsx")
    return db.session.scalars(sa.select(Group).order_by(Group.id)).all()


def test_groups_of_the_list_are_offered_and_apply(listed_groups, make_person, browser_of):
    agent = make_person("agent", place="05")
    call = open_call(make_person("admin", place=None), envelope(make_person("coordinator", place=None)), places=[])
    offered = projects.groups_for(again(agent), again(call), size=300).items
    there = {group.id for group in listed_groups if group.place_code.startswith("05")}
    assert there and {group.id for group in offered} == there
    page = browser_of(agent).get(f"/projects/new?call={call.reference}").text
    assert offered[0].name in page

    sent = []
    for kind, group in zip(("livestock", "moto_taxi", "commerce"), offered, strict=False):
        project = complete_draft(agent, group, call, kind)
        with pytest.raises(Refused) as refusal, unit_of_work():
            lifecycle.perform(project, "submit", by=again(agent))
        # What no list of agents holds: that the group agreed.
        assert any("consent" in str(reason) or "accord" in str(reason) for reason in refusal.value.reasons)
        with unit_of_work():
            found = again(group)
            operations.correct(found, {"consent_on": clock.today(), **CONSENT}, by=again(agent))
            if found.account is None:
                operations.add_account(
                    found,
                    {"kind": "bank", "institution": "BNDA", "holder": found.name, "number": iban(700 + len(sent))},
                    by=again(agent),
                )
            assert list(guards.missing_to_apply(found)) == []
        with unit_of_work():
            lifecycle.perform(again(project), "submit", by=again(agent))
        sent.append(again(project))
    assert [project.step for project in sent] == ["eligibility"] * 3
    assert Counter(p.kind for p in db.session.scalars(sa.select(Project))) == Counter(
        livestock=1, moto_taxi=1, commerce=1
    )
