"""My work, the team's work, and where files wait."""

import csv
import io
import re
from datetime import timedelta

import pytest
from sqlalchemy import insert

from grants import lifecycle
from grants.core import clock
from grants.core.database import db
from grants.core.unit_of_work import unit_of_work
from grants.lifecycle import timers
from grants.lifecycle.versions import newest
from grants.lifecycle.waiting import FAR, Stay, inside
from grants.lifecycle.work import mine, report, team
from grants.messages.models import Notice
from grants.projects.models import Project
from tests.stories.rows import again

pytestmark = pytest.mark.stands("submitted")

REASON = {"reason": "Il manque le devis du hangar.", "parts": ["budget"]}


def copies(project, count: int, *, place: str | None = None, days: float = 3) -> None:
    """So many files more that wait for the regional team, each due a little later than the one before."""
    project = again(project)
    row = {column.name: getattr(project, column.name) for column in Project.__table__.columns}
    now = clock.now()
    with unit_of_work() as session:
        first = 1000 + (session.scalar(db.select(db.func.max(Project.id))) or 0)
        files, stays = [], []
        for number in range(first, first + count):
            due = now + timedelta(days=days, minutes=number - first)
            at = place or project.place_code
            files.append(
                {
                    **row,
                    "id": number,
                    "uuid": f"{number:036}",
                    "reference": f"T-{number}",
                    "place_code": at,
                    "due_at": due,
                }
            )
            stays.append(
                {
                    "subject_kind": "project", "subject_id": number, "step": project.step, "waits_for": "appraiser",
                    "workflow_version_id": project.workflow_version_id, "place_code": at, "category": project.kind,
                    "entered_at": now - timedelta(days=4), "due_at": due, "order_at": due,
                }
            )  # fmt: skip
        session.execute(insert(Project.__table__), files)
        session.execute(insert(Stay.__table__), stays)


def links(text: str) -> list[str]:
    return re.findall(r'class="row-main"><a href="([^"]+)"', text)


def test_every_file_stands_on_just_one_page(people, project, browser_of):
    copies(project, 120)
    browser, address, seen = browser_of(people.appraisers[0]), "/", []
    for _page in range(9):
        text = browser.get(address).text
        seen += links(text)
        following = re.search(r'href="(/\?[^"]*after=[^"]+)"', text)
        if following is None:
            break
        address = following.group(1).replace("&amp;", "&")
    assert len(seen) == len(set(seen)) == 121


def test_the_page_costs_the_same_however_much_waits(people, project, browser_of, count_queries):
    browser, found = browser_of(people.appraisers[0]), []
    for more in (3, 9, 40):
        copies(project, more)
        with count_queries() as count:
            assert browser.get("/").status_code == 200
        found.append(count())
    assert found[0] == found[1] == found[2] <= 12


def test_late_work_says_since_when_and_why_me(people, project, browser_of):
    with clock.at(again(project).due_at + timedelta(days=30)):
        timers.fire_due()
    with unit_of_work() as session:
        session.execute(db.update(Stay).values(order_at=clock.now() - timedelta(days=3)))
    text = browser_of(people.appraisers[0]).get("/").text
    assert "signalé au niveau supérieur" in text and "Équipe régionale d’appui, Région de Mopti" in text


def test_filters_narrow_and_stay_in_the_address(people, project, browser_of):
    copies(project, 2, days=-2)
    copies(project, 60, days=20)
    browser = browser_of(people.appraisers[0])
    assert len(links(browser.get("/?when=late").text)) == 2
    assert links(browser.get("/?what=payment_order").text) == []
    text = browser.get("/?what=project").text
    assert "what=project" in re.search(r'href="(/\?[^"]*after=[^"]+)"', text).group(1)
    assert browser.get("/?after=nonsense&when=nonsense&what=nonsense").status_code == 200


def test_my_work_is_of_my_territory(app, people, project, make_person):
    copies(project, 3, place="07010101")
    elsewhere = make_person("appraiser", place="07")
    nowhere = make_person("appraiser", place="06")
    with app.test_request_context():
        assert sum(mine.work_of(again(elsewhere)).counts.values()) == 3
        assert sum(mine.work_of(again(people.appraisers[0])).counts.values()) == 1
        assert mine.work_of(again(nowhere)).empty


@pytest.mark.parametrize(("code", "rows"), [("05", ["05", "0501", "0599"]), ("0509", ["0509", "050901"])])
def test_a_place_holds_what_lies_below_it_and_nothing_else(app, project, code, rows):
    with unit_of_work() as session:
        session.execute(db.update(Stay).values(left_at=clock.now() + timedelta(days=900), working_days=0))
        for number, place in enumerate(("04", "0499", "05", "0501", "0509", "050901", "051", "0599", "06", None)):
            session.execute(
                insert(Stay).values(
                    subject_kind="x", subject_id=number, step="s", workflow_version_id=newest("project").id,
                    place_code=place, entered_at=clock.now(), order_at=FAR,
                )
            )  # fmt: skip
    found = db.session.scalars(
        db.select(Stay.place_code).where(Stay.subject_kind == "x", inside(Stay.place_code, code))
    )
    assert set(rows) <= set(found) and all(place.startswith(code) for place in rows)


def test_the_team_sees_its_territory_only(people, project, browser_of, make_person):
    copies(project, 4, days=-2)
    copies(project, 7, place="07010101", days=-2)
    desk = next(desk for desk in team.desks(again(people.coordinator)) if desk.role == "appraiser")
    assert (desk.waiting, desk.late) == (12, 11)
    desk = next(desk for desk in team.desks(again(people.appraisers[0])) if desk.role == "appraiser")
    assert (desk.waiting, desk.late) == (5, 4) and people.appraisers[1].name in desk.people
    text = browser_of(people.appraisers[0]).get("/team?place=07&role=appraiser&step=project/eligibility").text
    assert len(links(text)) == 4
    assert browser_of(people.agent).get("/team").status_code == 403


def test_the_team_s_page_costs_the_same_however_much_waits(people, project, browser_of, count_queries):
    browser, found = browser_of(people.coordinator), []
    for more in (3, 9, 30):
        copies(project, more, days=-1)
        with count_queries() as count:
            assert browser.get("/team").status_code == 200
        found.append(count())
    assert found[0] == found[1] == found[2] <= 12


@pytest.mark.parametrize(
    ("days", "median", "ninetieth"),
    [({}, None, None), ({3: 1}, 3, 3), ({1: 5, 9: 5}, 1, 9), ({1: 9, 50: 1}, 1, 1), ({1: 8, 50: 2}, 1, 50)],
)
def test_median_and_ninetieth(days, median, ninetieth):
    from collections import Counter

    assert report.percentile(Counter(days), 50) == median
    assert report.percentile(Counter(days), 90) == ninetieth


def test_the_report_counts_what_ended_in_the_period_and_stands_now(people, project, browser_of):
    with clock.at(clock.now() + timedelta(days=14)), unit_of_work():
        lifecycle.perform(again(project), "return_for_completion", by=again(people.appraisers[0]), data=REASON)
    today = clock.today()
    reader = again(people.coordinator)
    after = report.Period(today, today + timedelta(days=20))
    rows = {row.step: row for row in report.rows(reader, after, kind="project")}
    assert rows["eligibility"].passed == 1 and 8 <= rows["eligibility"].median <= 10
    assert (rows["completion"].standing, rows["completion"].passed) == (1, 0)
    before = {row.step: row.passed for row in report.rows(reader, report.Period(today, today), kind="project")}
    assert before.get("eligibility", 0) == 0
    for by, group in (("region", "05"), ("kind", "livestock")):
        found = report.rows(reader, after, kind="project", by=by)
        assert {row.group for row in found} == {group}


def test_the_report_is_drawn_and_taken_away(people, project, browser_of, make_person):
    browser = browser_of(people.coordinator)
    for query in ("", "?by=region", "?by=kind&kind=payment_order", "?since=32/13/2026&by=nonsense&kind=nonsense"):
        page = browser.get(f"/waiting{query}")
        assert page.status_code == 200 and "Où les dossiers attendent" in page.text
    assert '<svg class="chart"' in browser.get("/waiting").text
    lines = list(csv.reader(io.StringIO(browser.get("/waiting.csv?by=region").data.decode("utf-8-sig")), delimiter=";"))
    assert lines[0][:2] == ["Étape", "Région"] and any(line[1] == "Région de Mopti" for line in lines[1:])
    assert browser.get("/waiting.xlsx").data.startswith(b"PK")
    assert browser_of(people.agent).get("/waiting").status_code == 403
    elsewhere = browser_of(make_person("monitor", place="07"))
    assert "Aucun dossier n’a attendu" in elsewhere.get("/waiting").text


def test_news_are_read_up_to_what_was_seen(people, project, browser_of):
    with unit_of_work():
        lifecycle.perform(again(project), "return_for_completion", by=again(people.appraisers[0]), data=REASON)
    browser = browser_of(people.agent)
    text = browser.get("/news").text
    assert again(project).reference in text and "nouveau" in text
    seen = re.search(r'name="up_to" value="(\d+)"', text).group(1)
    with unit_of_work():
        lifecycle.perform(again(project), "resubmit", by=again(people.agent))
        lifecycle.perform(again(project), "return_for_completion", by=again(people.appraisers[1]), data=REASON)
    assert browser.post("/news/read", {"up_to": seen}).status_code == 302
    db.session.rollback()
    mine_now = list(
        db.session.scalars(db.select(Notice).where(Notice.person_id == people.agent.id).order_by(Notice.id))
    )
    assert [bool(notice.read_at) for notice in mine_now] == [True, False]
    # Somebody else's news stay theirs, whatever is posted.
    assert browser_of(people.coordinator).post("/news/read", {"up_to": 10**9}).status_code == 302
    db.session.expire_all()
    assert mine_now[1].read_at is None


def test_news_of_a_territory_that_was_lost_keep_their_names_to_themselves(people, project, browser_of):
    from grants.access.models import RoleGrant

    with unit_of_work():
        lifecycle.perform(again(project), "return_for_completion", by=again(people.appraisers[0]), data=REASON)
        db.session.execute(db.update(RoleGrant).where(RoleGrant.person_id == people.agent.id).values(place_code="07"))
    text = browser_of(people.agent).get("/news").text
    assert again(project).title not in text and "n’est plus de votre ressort" in text


def test_the_news_cost_the_same_however_many_there_are(people, project, browser_of, count_queries):
    browser, found = browser_of(people.agent), []
    for _round in range(3):
        with unit_of_work():
            lifecycle.perform(again(project), "return_for_completion", by=again(people.appraisers[0]), data=REASON)
        with unit_of_work():
            lifecycle.perform(again(project), "resubmit", by=again(people.agent))
        with count_queries() as count:
            assert browser.get("/news").status_code == 200
        found.append(count())
    assert found[1] == found[2] <= 12
