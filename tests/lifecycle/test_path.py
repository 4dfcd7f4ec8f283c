"""The way a file went: on the drawing and in words, for those who see the file."""

import pytest

from grants.core.unit_of_work import unit_of_work
from grants.lifecycle import perform
from tests.stories.rows import again

pytestmark = pytest.mark.stands("submitted")


def address(project, kind: str = "project") -> str:
    return f"/workflows/{kind}/{project.reference}/path"


def test_the_acts_are_lit_and_listed(browser_of, people, project):
    page = browser_of(people.appraisers[0]).get(address(project))
    assert page.status_code == 200
    # One act that led from step to step, and the step where the file stands now.
    assert page.text.count('class="wf-lit"') == 1
    assert page.text.count("wf-now") == 1
    assert people.agent.name in page.text
    assert "Contrôle de recevabilité" in page.text
    assert project.title in page.text


def test_it_grows_with_the_file_and_costs_the_same(browser_of, people, project, count_queries):
    browser = browser_of(people.appraisers[0])
    with count_queries() as before:
        assert browser.get(address(project)).status_code == 200
    with unit_of_work():
        perform(
            again(project),
            "return_for_completion",
            by=again(people.appraisers[0]),
            data={"reason": "Il manque le devis du hangar.", "parts": ["budget"]},
        )
    with count_queries() as after:
        page = browser.get(address(project))
    assert page.text.count('class="wf-lit"') == 2
    assert "Il manque le devis du hangar." in page.text
    assert after() <= before() <= 12


def test_whoever_does_not_see_the_file_finds_nothing(browser_of, make_person, people, project):
    stranger = browser_of(make_person("agent", place="07"))
    assert stranger.get(address(project)).status_code == 404
    mine = browser_of(people.agent)
    assert mine.get(address(project)).status_code == 200
    assert mine.get(address(project, "fund")).status_code == 404
    assert mine.get("/workflows/project/nothing-like-it/path").status_code == 404
