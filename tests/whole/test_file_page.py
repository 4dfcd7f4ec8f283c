"""The page of a file through its whole life: every part opens for everybody, at no more than its budget of queries."""

from urllib.parse import parse_qs, urlsplit

import pytest
from lxml import html as markup

from tests.stories import life
from tests.stories.rows import again

# What a page asks does not depend on what its papers say.
pytestmark = pytest.mark.usefixtures("blank_documents")

MOST = 12


@pytest.fixture
def looked_at(browser_of, count_queries):
    """Open a file's page, each of its parts, for everybody: the parts that each person was shown."""

    def look(people, project) -> dict[str, list[str]]:
        seen = {}
        watchers = {
            "agent": people.agent,
            "appraiser": people.appraisers[0],
            "coordinator": people.coordinator,
            "finance_officer": people.officer,
            "monitor": people.monitor,
        }
        for role, person in watchers.items():
            browser, address = browser_of(person), f"/projects/{project.reference}"
            tabs = markup.fromstring(browser.get(address).text).xpath("//nav[@class='tabs']//a")
            parts = [parse_qs(urlsplit(tab.get("href")).query)["part"][0] for tab in tabs]
            for url in (address, *(f"{address}?part={part}" for part in parts)):
                with count_queries() as count:
                    answer = browser.get(url)
                assert answer.status_code == 200
                assert count() <= MOST, (role, project.step, url)
            seen[role] = parts
        return seen

    return look


@pytest.mark.stands("submitted")
def test_each_part_is_shown_as_far_as_the_file_has_come(people, project, looked_at, browser_of):
    assert looked_at(people, project)["coordinator"] == []
    project = life.awarded(life.recommended(project, people.appraisers))
    parts = ["application", "appraisal", "decision", "contract"]
    assert looked_at(people, project)["coordinator"] == parts
    project = life.in_force(people, project)
    looked_at(people, project)
    project = life.contributed(people, project)
    assert looked_at(people, project)["monitor"] == [*parts, "money"]
    project = life.paid(people, project)
    looked_at(people, project)
    project = life.justified(people, life.visited(people, project))
    assert looked_at(people, project)["coordinator"] == [*parts, "money", "accounts", "followup"]
    for _number in range(2):
        with life.unit_of_work():
            life.lifecycle.perform(again(project), "open_next_tranche", by=again(people.monitor), data={})
        project = life.justified(people, life.visited(people, life.paid(people, again(project))))
    project = life.closed(people, project)
    assert looked_at(people, project)["coordinator"] == [*parts, "money", "accounts", "followup", "closing"]


@pytest.mark.stands("in_force")
def test_the_page_opens_where_the_file_stands(people, project, browser_of):
    def opened(address: str) -> str:
        page = markup.fromstring(browser_of(people.coordinator).get(address).text)
        return page.xpath("//nav[@class='tabs']//a[@aria-current='page']/@href")[0].rpartition("=")[2]

    address = f"/projects/{again(project).reference}"
    assert opened(address) == "contract"
    assert opened(f"{address}?part=decision") == "decision"
    # A part that the file has not come to, or that nobody knows, leads to the present one.
    assert opened(f"{address}?part=followup") == opened(f"{address}?part=x") == "contract"
