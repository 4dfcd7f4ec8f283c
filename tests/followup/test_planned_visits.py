"""Visits are planned after each payment, made by a report, and followed until their points are settled."""

from datetime import timedelta

import pytest

from grants import lifecycle
from grants.core import clock
from grants.core.database import db
from grants.core.errors import Problems, Refused
from grants.core.unit_of_work import unit_of_work
from grants.followup import planning
from grants.followup.models import PlannedVisit
from tests.stories import life
from tests.stories.rows import again

pytestmark = pytest.mark.stands("paid")


@pytest.fixture
def paid(project):
    return project


def plans() -> list[PlannedVisit]:
    return list(db.session.scalars(db.select(PlannedVisit).order_by(PlannedVisit.id)))


def test_a_payment_plans_a_visit_and_its_report_closes_it(people, paid):
    (plan,) = plans()
    assert (plan.step, plan.waits_for, plan.purpose) == ("planned", "monitor", "after_payment")
    assert plan.planned_for == clock.today() + timedelta(days=30)
    assert plan.due_at.astimezone(clock.BAMAKO).date() == plan.planned_for
    life.visited(people, paid)
    plan = again(plan)
    assert plan.step == "done" and plan.visit.verdict == "on_track" and plan.waits_for is None


def test_points_wait_until_somebody_finds_them_settled(people, paid):
    life.visited(people, paid, verdict="concerns")
    (plan,) = plans()
    assert (plan.step, plan.waits_for) == ("points", "monitor")
    with pytest.raises(Refused), unit_of_work():
        lifecycle.perform(again(plan), "settle", by=again(people.agent), data={"reason": "Fait"})
    with unit_of_work():
        lifecycle.perform(again(plan), "settle", by=again(people.monitor), data={"reason": "Le cahier est à jour."})
    assert again(plan).step == "done"


def test_a_visit_is_not_made_by_a_click(people, paid, browser_of):
    (plan,) = plans()
    monitor = browser_of(people.monitor)
    for action in ("find_on_track", "find_points", "lapse", "settle"):
        assert monitor.post(f"/act/visit/{plan.reference}/{action}", {}).status_code in (403, 409)
    assert again(plan).step == "planned"


def test_a_visit_is_planned_put_off_and_cancelled_on_screen(people, paid, browser_of):
    monitor = browser_of(people.monitor)
    form = f"/projects/{paid.reference}/visits/plan"
    refused = monitor.post(form, {"planned_for": (clock.today() - timedelta(days=2)).isoformat(), "note": "Cahier"})
    assert refused.status_code == 422 and "Cahier" in refused.text
    day = clock.today() + timedelta(days=9)
    answer = monitor.post(form, {"planned_for": f"{day:%d/%m/%Y}", "note": "Regarder le cahier"})
    assert answer.status_code == 302
    plan = plans()[-1]
    assert (plan.purpose, plan.planned_for) == ("asked", day)
    assert "Regarder le cahier" in monitor.get(f"/projects/{paid.reference}?part=followup").text
    assert plan.reference in monitor.get("/").text or paid.title in monitor.get("/").text
    later = day + timedelta(days=5)
    put_off = {"planned_for": f"{later:%d/%m/%Y}", "reason": "La piste est coupée"}
    assert monitor.post(f"/act/visit/{plan.reference}/postpone", put_off).status_code == 302
    plan = again(plan)
    assert plan.planned_for == later and plan.due_at.astimezone(clock.BAMAKO).date() == later
    assert monitor.post(f"/act/visit/{plan.reference}/cancel", {"reason": "Sans objet"}).status_code == 302
    page = monitor.get(f"/visits/{plan.reference}").text
    assert "Annulée" in page and "Sans objet" in page


def test_others_neither_plan_nor_see_visits_elsewhere(people, paid, browser_of, make_person):
    (plan,) = plans()
    assert browser_of(make_person("monitor", place="07")).get(f"/visits/{plan.reference}").status_code == 404
    assert browser_of(people.agent).get(f"/projects/{paid.reference}/visits/plan").status_code == 403
    with pytest.raises(Problems), unit_of_work():
        planning.plan(
            again(paid), {"planned_for": clock.today() + timedelta(days=400), "note": ""}, by=again(people.monitor)
        )


def test_a_file_that_ends_takes_its_visits_along(people, paid):
    life.visited(people, paid, verdict="concerns")
    with unit_of_work():
        planning.plan(again(paid), {"planned_for": clock.today(), "note": "Revoir"}, by=again(people.monitor))
    with unit_of_work():
        lifecycle.perform(
            again(paid), "suspend", by=again(people.coordinator), data={"reason": "Le cahier manque encore."}
        )
    with unit_of_work():
        lifecycle.perform(
            again(paid), "terminate", by=again(people.coordinator), data={"reason": "Rien n’a été retrouvé."}
        )
    assert {(plan.step, plan.waits_for) for plan in plans()} == {("done", None), ("cancelled", None)}


@pytest.mark.stands("in_force")
def test_a_visit_nobody_planned_is_written_down_as_such(people, project):
    life.visited(people, project)
    (plan,) = plans()
    assert (plan.purpose, plan.step) == ("unplanned", "done")
