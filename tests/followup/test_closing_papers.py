"""Acceptance minutes and the closing report: issued from what is recorded, one of each that holds."""

import pytest

from grants.core.database import db
from grants.core.errors import Problems, Refused
from grants.core.unit_of_work import unit_of_work
from grants.documents import queries as documents
from grants.followup import closing_papers
from tests.stories import life
from tests.stories.rows import again


@pytest.mark.stands("contributed")
def test_papers_of_the_end_say_what_was_recorded(people, project, browser_of):
    with pytest.raises(Refused), unit_of_work():
        closing_papers.print_acceptance(again(project), by=again(people.monitor))
    answer = browser_of(again(people.agent)).post(f"/projects/{again(project).reference}/closing/acceptance")
    assert answer.status_code == 403
    project = again(project)
    while project.step != "followup" or len([t for t in life.payment_queries.tranches(again(project)) if not t.orders]):
        project = again(project)
        if project.step == "followup":
            project = life.justified(people, life.visited(people, project))
            with life.unit_of_work():
                life.lifecycle.perform(again(project), "open_next_tranche", by=again(people.monitor), data={})
        project = life.paid(people, again(project))
    project = life.closed(people, life.justified(people, life.visited(people, project)))
    reference, grant = project.reference, project.granted
    monitor = browser_of(again(people.monitor))
    for paper in ("acceptance", "report", "report"):
        assert monitor.post(f"/projects/{reference}/closing/{paper}").status_code == 302
    project = again(project)
    (minutes,) = documents.documents_of(project, "acceptance")
    report, old = documents.documents_of(project, "closing_report")
    assert (minutes.state, report.state, old.state) == ("valid", "valid", "cancelled")
    said = report.parameters
    assert (said["grant"], said["paid"], said["justified"]) == (grant, grant, grant)
    assert sum(line["accepted"] for line in said["spending"]) == grant
    assert said["payments"] and said["visits"] and said["assets"]
    page = monitor.get(f"/projects/{reference}?part=closing").get_data(as_text=True)
    assert report.code in page and minutes.code in page


@pytest.mark.stands("awarded")
def test_report_needs_the_acceptance(people, project, monkeypatch):
    monkeypatch.setattr(closing_papers, "_may", lambda project, by: None)
    with pytest.raises(Problems), unit_of_work():
        closing_papers.issue_report(again(project), by=again(people.monitor))
    db.session.rollback()
    assert documents.documents_of(again(project), "closing_report") == []
