"""The report of a visit: issued once from what was recorded, read by whoever sees the file, verified by anyone."""

import pytest

from grants.core.errors import Refused
from grants.core.unit_of_work import unit_of_work
from grants.documents import queries as documents
from grants.followup import queries, visit_papers
from tests.stories import life
from tests.stories.rows import again


@pytest.mark.stands("contributed")
def test_a_visit_becomes_a_paper_once(people, project, make_person, browser_of, client):
    project = life.visited(people, life.paid(people, project), "concerns")
    visit = queries.visits(again(project))[0]
    reference, uuid = again(project).reference, visit.uuid
    page, address = f"/projects/{reference}/visits/{uuid}", f"/projects/{reference}/visits/{uuid}/report"
    with pytest.raises(Refused), unit_of_work():
        visit_papers.issue_report(again(project), queries.visit(again(project), uuid), by=again(people.coordinator))
    assert browser_of(again(people.coordinator)).post(address).status_code == 403
    assert browser_of(make_person("monitor", place="07")).post(address).status_code == 404
    monitor = browser_of(again(people.monitor))
    assert monitor.post(f"/projects/{reference}/visits/{uuid[:-1]}x/report").status_code == 404
    assert "/report" in monitor.get(page).text
    for _again in range(2):
        assert monitor.post(address).status_code == 302
    (report,) = documents.documents_of(again(project), visit_papers.KIND)
    said = report.parameters
    assert (said["verdict"], said["actions"], len(said["photos"])) == (
        "concerns", ["Vacciner les agneaux avant la fin du mois, par l’agent."], 1,
    )  # fmt: skip
    assert said["photos"][0]["picture"].startswith("data:image/jpeg;base64,") and "paper" not in str(said["officer"])
    shown = monitor.get(page).text
    assert report.code in shown and "/report" not in shown
    assert report.code in monitor.get(f"/projects/{reference}?part=followup").text
    assert monitor.get(f"/documents/{report.code}.pdf").data[:5] == b"%PDF-"
    assert client.get(f"/v/{report.code}").status_code == 200
