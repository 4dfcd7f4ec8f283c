"""A sealed complaint is a number for everybody but those who handle it, and each reading of it is kept."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from grants import journal
from grants.core import clock
from grants.core.database import db
from grants.grievances.models import Grievance, Reading
from grants.lifecycle import timers
from tests.stories import grievances as story
from tests.stories.rows import again

PURPOSE = {"purpose": "Préparer l’entretien avec la personne"}


@pytest.fixture
def officer(make_person):
    return make_person("grievance_officer", place="05")


def looks() -> list:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Reading.purpose).order_by(Reading.id)))


def test_it_opens_to_who_handles_it_for_a_reason_that_is_kept(app, officer, browser_of):
    grievance, _code = story.lodged(category="sea_sh", words=story.SECRET, name="Awa Diarra", village="Sofara")
    page, browser = f"/grievances/{grievance.reference}", browser_of(officer)
    shut = browser.get(page)
    assert shut.status_code == 200
    for words in (story.SECRET, "Awa", "Sofara", "Abus"):
        assert words not in shut.text
    assert browser.post(f"{page}/open", {"purpose": "oui"}).status_code == 422
    assert looks() == []
    assert browser.post(f"{page}/open", PURPOSE).status_code == 302
    shown = browser.get(page)
    assert story.SECRET in shown.text and "Awa Diarra" in shown.text
    browser.get(f"{page}/classify")
    # Opened with its purpose, then each look.
    assert looks() == [PURPOSE["purpose"], None, None]
    assert journal.last_event(again(grievance)).action == "open_sealed"
    assert PURPOSE["purpose"] not in journal.last_event(again(grievance)).data


def test_it_shuts_again_and_is_open_to_one_person_only(app, officer, make_person, browser_of):
    grievance, _code = story.lodged(category="gbv", words=story.SECRET)
    page, browser = f"/grievances/{grievance.reference}", browser_of(officer)
    browser.post(f"{page}/open", PURPOSE)
    colleague = browser_of(make_person("grievance_officer", place="05"))
    assert story.SECRET not in colleague.get(page).text
    with clock.at(clock.now() + timedelta(minutes=31)):
        assert story.SECRET not in browser.get(page).text
    assert browser.get(f"{page}/classify").status_code == 200


@pytest.mark.parametrize("role", ["coordinator", "auditor", "admin", "agent", "monitor", "finance_controller"])
@pytest.mark.stands("submitted")
def test_for_others_it_is_a_number_at_most(people, project, app, officer, make_person, browser_of, role):
    grievance, _code = story.lodged(
        category="sea_sh", words=story.SECRET, file_named=project.reference, name="Awa Diarra"
    )
    plain, _code = story.lodged(file_named=project.reference)
    browser = browser_of(make_person(role))
    base = f"/grievances/{grievance.reference}"
    handled = role in ("coordinator", "auditor")
    assert browser.get(base).status_code == (404 if handled else 403)
    assert browser.post(f"{base}/open", PURPOSE).status_code == 403
    assert browser.get("/grievances/sealed").status_code == 403
    assert browser.post(f"{base}/notes", {"note": "Une note."}).status_code == 403
    for action in ("acknowledge", "withdraw", "answer"):
        asked = browser.post(f"/act/grievance/{grievance.reference}/{action}", {"why": "Une raison assez longue."})
        assert asked.status_code == 404
    assert browser.get(f"/workflows/grievance/{grievance.reference}/path").status_code == 404
    for address in (
        "/grievances", f"/grievances?q={grievance.reference}", f"/projects/{project.reference}",
        "/grievances?category=sea_sh", f"/search?q={grievance.reference}", "/team", "/journal", "/", "/news",
        "/waiting",
    ):  # fmt: skip
        answer = browser.get(address)
        assert answer.status_code in (200, 302, 403), (address, answer.status_code)
        assert story.SECRET not in answer.text and "Awa" not in answer.text, address
        assert f"/grievances/{grievance.reference}" not in answer.text, address
    assert again(grievance).step == "received"
    if handled:
        listed = browser.get("/grievances").text
        assert plain.reference in listed and grievance.reference not in listed
        assert "confidentielle" in listed
        assert plain.reference in browser.get(f"/projects/{project.reference}").text


@pytest.mark.stands("submitted")
def test_its_file_shows_it_to_nobody_in_the_list_of_the_file(people, project, app, officer, browser_of):
    grievance, _code = story.lodged(category="sea_sh", words=story.SECRET, file_named=project.reference)
    assert grievance.reference not in browser_of(officer).get(f"/projects/{project.reference}").text


def test_what_an_officer_seals_stays_sealed(app, officer):
    grievance, _code = story.lodged()
    grievance = story.classified(officer, grievance, sealed=True)
    grievance = story.classified(officer, grievance, category="money", sealed=False)
    assert grievance.sealed
    assert db.session.scalar(sa.select(Grievance.sealed))


def test_a_late_one_is_told_by_its_reference_alone(app, officer, make_person, browser_of):
    coordinator = make_person("coordinator")
    grievance, _code = story.lodged(category="sea_sh", words=story.SECRET)
    with clock.at(clock.now() + timedelta(days=12)):
        timers.fire_due()
        browser = browser_of(coordinator)
        for address in ("/news", "/team"):
            shown = browser.get(address).text
            assert grievance.reference in shown
            assert f"/grievances/{grievance.reference}" not in shown and "Abus" not in shown
    assert browser_of(officer).get("/news").status_code == 200
