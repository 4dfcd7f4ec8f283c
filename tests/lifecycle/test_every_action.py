"""Every role posts every action of the definition at a file, also those of other steps: only what the definition allows is taken.

What is expected is read off the definition here, by hand; refused posts run one after the other on the same file, as
they must leave nothing that the next could see.
"""

import pytest
from sqlalchemy import func, select

from grants.access.rights import ROLES
from grants.core.database import db
from grants.journal.models import Event
from grants.lifecycle import definition_of, offers, registry
from tests.stories import life
from tests.stories.rows import again

RETURNED = {"reason": "Il manque le devis du hangar.", "parts": ["budget"]}


@pytest.fixture(params=["sqlite"])
def engine(request):
    """Who may act does not depend on the engine."""
    return request.param


@pytest.fixture
def people(make_person):
    return life.team(make_person)


FILES = {"eligibility": life.submitted_file, "contract": life.awarded_file}


def may(project, person, action: str) -> bool:
    """Whether the definition lets this person, who holds each role for the whole programme, take the action now."""
    act = definition_of(project).steps[project.step].actions.get(action)
    if act is None or not {grant.role for grant in person.valid_grants} & set(act.by):
        return False
    apart = select(Event.id).where(
        Event.subject_kind == "project",
        Event.subject_id == project.id,
        Event.action.in_(act.apart_from),
        Event.actor_id == person.id,
    )
    if db.session.scalar(apart.limit(1)):
        return False
    return not any(list(registry.guards[name](project, person)) for name in act.needs)


def trace(project) -> tuple:
    """All that an act would change: where the file stands, how often it moved, and how much the journal holds."""
    project = again(project)
    return (
        project.step,
        project.waits_for,
        project.due_at,
        project.state_revision,
        db.session.scalar(select(func.count(Event.id))),
    )


@pytest.mark.parametrize("step", list(FILES))
def test_every_role_and_every_action(browser_of, make_person, people, step):
    project = FILES[step](people)
    assert again(project).step == step
    # Those who already acted on the file, and somebody new for every other role.
    acted = {"agent": people.agent, "appraiser": people.appraisers[0]}
    actors = [acted.get(role) or make_person(role) for role in ROLES]
    codes = sorted({action.code for _step, action in definition_of(again(project)).acts()} | {"no_such_action"})
    allowed = 0
    for person in actors:
        browser = browser_of(person)
        offered = {offer.action.code: offer.allowed for offer in offers(again(project), again(person))}
        for code in codes:
            expected = may(again(project), again(person), code)
            assert offered.get(code, False) == expected, (person.name, code)
            if expected:
                allowed += 1
                continue
            before = trace(project)
            answer = browser.post(
                f"/act/project/{project.reference}/{code}",
                {
                    "state_revision": before[3],
                    "once": f"{person.id}-{code}",
                    "reason": "Un motif assez long pour passer.",
                },
            )
            assert answer.status_code in (302, 403, 404, 409, 422), (person.name, code)
            assert trace(project) == before, (person.name, code)
    # Somebody can always do something, or the refusals above would prove nothing.
    assert allowed


def test_what_is_allowed_is_taken_by_a_post(browser_of, people):
    project = life.submitted_file(people)
    appraiser = people.appraisers[0]
    assert may(again(project), again(appraiser), "return_for_completion")
    before = trace(project)
    answer = browser_of(appraiser).post(
        f"/act/project/{project.reference}/return_for_completion",
        {"state_revision": before[3], "once": "x", **RETURNED},
    )
    after = trace(project)
    assert answer.status_code == 302
    assert (after[0], after[3]) == ("completion", before[3] + 1)
    assert after[4] > before[4]
