"""Holidays: entered by administrators, counted from then on, kept with who entered them."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from grants import journal
from grants.core import clock
from grants.core.database import db
from grants.core.errors import Problems, Refused
from grants.core.unit_of_work import unit_of_work
from grants.lifecycle import holidays
from grants.lifecycle.holidays import Holiday, calendar
from tests.stories.rows import again


@pytest.fixture
def admin(make_person):
    return make_person("admin")


def workday() -> date:
    """The next working day after this week."""
    day, days = clock.today() + timedelta(days=7), calendar()
    while not days.is_working(day):
        day += timedelta(days=1)
    return day


def test_a_day_counts_from_the_moment_it_is_saved_and_until_it_is_taken_out(admin):
    day = workday()
    with unit_of_work():
        row = holidays.add({"day": day, "feast": "1"}, by=again(admin))
        number = row.id
    assert not calendar().is_working(day)
    with unit_of_work():
        holidays.remove(number, by=again(admin))
    assert calendar().is_working(day)
    row = db.session.get_one(Holiday, number)
    assert row.removed_at is not None
    assert [event.action for event in journal.history(row)] == ["remove_holiday", "add_holiday"]
    with unit_of_work():
        assert holidays.add({"day": day, "feast": "other", "fr": "Pont", "en": "Bridge"}, by=again(admin)).id != number


def test_all_that_is_wrong_is_told_at_once(admin):
    with pytest.raises(Problems) as found, unit_of_work():
        holidays.add({"day": None, "feast": "other", "fr": " ", "en": ""}, by=again(admin))
    assert {problem.field for problem in found.value.problems} == {"day", "fr", "en"}
    year = clock.today().year
    for day in (date(year, 12, 25), date(year + 9, 3, 3)):
        with pytest.raises(Problems), unit_of_work():
            holidays.add({"day": day, "feast": "0"}, by=again(admin))
    with pytest.raises(Problems), unit_of_work():
        holidays.add({"day": workday(), "feast": "17"}, by=again(admin))


def test_only_administrators(make_person):
    with pytest.raises(Refused), unit_of_work():
        holidays.add({"day": workday(), "feast": "0"}, by=again(make_person("coordinator")))


@pytest.mark.stands("submitted")
def test_due_times_that_are_set_stay_as_they_are(people, project, admin):
    due = again(project).due_at
    with unit_of_work():
        holidays.add({"day": workday(), "feast": "1"}, by=again(admin))
    assert again(project).due_at == due


def test_the_page_adds_takes_out_and_tells_what_is_missing(admin, browser_of):
    browser, day = browser_of(admin), workday()
    page = browser.get("/holidays")
    assert "fêtes sans date" in page.text and "Noël" in page.text
    typed = {"day": f"{day:%d/%m/%Y}", "feast": "other", "fr": "Pont de l’Indépendance", "en": ""}
    refused = browser.post("/holidays", typed)
    assert refused.status_code == 422 and "Pont de l’Indépendance" in refused.text
    assert browser.post("/holidays", {**typed, "en": "Independence bridge"}).status_code == 302
    assert "Pont de l’Indépendance" in browser.get(f"/holidays?year={day.year}").text
    number = db.session.scalar(select(Holiday.id))
    assert browser.post(f"/holidays/{number}/remove").status_code == 302
    assert browser.post(f"/holidays/{number}/remove").status_code == 404
    assert browser.get("/holidays?year=9999999").status_code == 200


def test_what_is_missing_goes_once_it_is_entered(admin):
    year = clock.today().year
    before = holidays.missing(year + 1)
    assert len(before) == 4
    day = before[0].about
    while not calendar().is_working(day):
        day += timedelta(days=1)
    with unit_of_work():
        holidays.add({"day": day, "feast": before[0].code}, by=again(admin))
    assert [one.code for one in holidays.missing(year + 1)] == [one.code for one in before[1:]]


@pytest.mark.parametrize(
    ("year", "feast", "announced"),
    # Announced in Mali or generally kept; the moon may be a day or two off the table.
    [(2024, 0, date(2024, 4, 10)), (2024, 1, date(2024, 6, 16)), (2025, 0, date(2025, 3, 30)), (2025, 1, date(2025, 6, 7)),
     (2025, 2, date(2025, 9, 4)), (2023, 1, date(2023, 6, 28))],
)  # fmt: skip
def test_feasts_are_expected_within_two_days(year, feast, announced):
    assert min(abs(day - announced) for day in holidays.expected(year)[feast]) <= timedelta(days=2)


def test_a_year_may_have_a_feast_twice():
    assert len(holidays.expected(2033)[0]) == 2
