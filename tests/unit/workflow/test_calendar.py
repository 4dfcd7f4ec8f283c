"""Deadlines: working days of Mali, calendar days, hours."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grants.workflow import FEASTS, Duration, WorkingDays, due, late_moments, load, malian_holidays
from grants.workflow.calendar import MOVABLE_HOLIDAYS, easter, read_holidays


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize("text", ["10 wd", "30 d", "48 h", "0 wd", "5d"])
def test_durations_are_read(text):
    duration = Duration.parse(text)
    assert str(duration).replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize("text", ["", "10", "wd", "-1 d", "1.5 d", "10 weeks", "10 wd 3 h", "99999 d"])
def test_what_is_no_duration_is_refused(text):
    with pytest.raises(ValueError, match="not a duration"):
        Duration.parse(text)


def test_durations_in_words():
    assert Duration(1, "wd").words == {"fr": "1 jour ouvrable", "en": "1 working day"}
    assert Duration(10, "wd").words == {"fr": "10 jours ouvrables", "en": "10 working days"}
    assert Duration(0, "d").words == {"fr": "0 jour", "en": "0 days"}
    assert Duration(48, "h").words == {"fr": "48 heures", "en": "48 hours"}


FRIDAY = at(2026, 3, 20, 16, 30)


@pytest.mark.parametrize(
    ("duration", "expected"),
    [
        ("48 h", at(2026, 3, 22, 16, 30)),
        ("3 d", at(2026, 3, 23, 16, 30)),
        ("0 wd", FRIDAY),
        ("1 wd", at(2026, 3, 23, 16, 30)),
        ("3 wd", at(2026, 3, 25, 16, 30)),
        ("4 wd", at(2026, 3, 27, 16, 30)),  # Thursday 26 March is a public holiday
    ],
)
def test_due(duration, expected):
    assert due(FRIDAY, Duration.parse(duration), WorkingDays(malian_holidays(2026))) == expected


def test_a_deadline_that_starts_on_a_day_off_starts_counting_on_the_next_working_day():
    assert due(at(2026, 3, 21, 9), Duration(1, "wd"), WorkingDays()) == at(2026, 3, 23, 9)


def test_a_time_without_zone_is_refused():
    with pytest.raises(ValueError, match="zone"):
        due(datetime(2026, 3, 20), Duration(1, "d"), WorkingDays())  # noqa: DTZ001 (what is refused)


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.integers(0, 60),
)
def test_a_deadline_in_working_days_leaves_that_many_working_days(since, amount):
    calendar = WorkingDays(malian_holidays(since.year))
    moment = due(since, Duration(amount, "wd"), calendar)
    assert calendar.between(since.date(), moment.date()) == amount
    assert calendar.between(moment.date(), since.date()) == -amount
    assert moment.time() == since.time()
    assert amount == 0 or calendar.is_working(moment.date())


def test_easter():
    known = [date(1961, 4, 2), date(2000, 4, 23), date(2008, 3, 23), date(2024, 3, 31), date(2025, 4, 20),
             date(2026, 4, 5), date(2027, 3, 28), date(2038, 4, 25), date(2285, 3, 22)]  # fmt: skip
    assert [easter(day.year) for day in known] == known
    assert all(easter(year).weekday() == 6 for year in range(1900, 2300))


def test_public_holidays_of_mali():
    days = malian_holidays(2025)
    fixed = {(1, 1), (1, 14), (1, 20), (3, 26), (4, 21), (5, 1), (5, 25), (9, 22), (12, 25)}
    assert fixed <= {(day.month, day.day) for day in days}
    assert days[date(2025, 6, 7)]["fr"] == "Tabaski"
    assert all(day.year == 2025 and words["fr"] and words["en"] for day, words in days.items())
    assert list(days) == sorted(days)
    assert date(2022, 1, 14) not in malian_holidays(2022)


def test_days_that_follow_the_moon_can_be_brought_along():
    day = date(2031, 1, 25)
    days = malian_holidays(2031, movable={day: {"fr": "Fête du Ramadan", "en": "Eid al-Fitr"}})
    assert days[day]["en"] == "Eid al-Fitr"
    assert day + timedelta(days=365) not in days


def test_the_file_of_moving_days_has_dates_and_both_names():
    days = read_holidays(MOVABLE_HOLIDAYS)
    assert days
    assert all(type(day) is date and set(words) == {"fr", "en"} for day, words in days.items())


def test_a_year_says_which_feasts_have_no_date_yet():
    assert malian_holidays(2025).unknown == ()
    assert malian_holidays(2031).unknown == FEASTS
    declared = {
        date(2031, 1, 25): {"fr": "fête du ramadan ", "en": "Eid"},
        date(2031, 9, 23): {"fr": "Pont", "en": "Bridge"},
    }
    days = malian_holidays(2031, declared=declared)
    assert [feast["fr"] for feast in days.unknown] == ["Tabaski", "Mawloud", "Baptême du Prophète"]
    assert days[date(2031, 9, 23)]["fr"] == "Pont"


def test_declared_days_are_added_to_the_file_and_move_deadlines():
    monday, tuesday = date(2025, 3, 31), date(2025, 4, 1)
    days = malian_holidays(2025, declared={monday: {"fr": "Lendemain de fête", "en": "Day after the feast"}})
    assert {date(2025, 3, 30), monday} <= days.keys()
    friday = at(2025, 3, 28, 9)
    assert due(friday, Duration(1, "wd"), WorkingDays(malian_holidays(2025))).date() == monday
    assert due(friday, Duration(1, "wd"), WorkingDays(days)).date() == tuesday


def test_when_each_rule_of_lateness_takes_effect(leave):
    step = leave.definition().steps["asked"]
    moments = late_moments(step, FRIDAY, WorkingDays(malian_holidays(2026)))
    assert [(moment.at, moment.rule.tell) for moment in moments] == [
        (FRIDAY, ("owner",)),
        (FRIDAY + timedelta(days=2), ("director",)),
    ]


def test_rules_of_lateness_come_by_time_whatever_their_units(leave):
    step = leave.definition().steps["asked"]
    late = tuple(reversed(step.late))
    moments = late_moments(replace(step, late=late), FRIDAY, WorkingDays())
    assert [moment.rule for moment in moments] == list(step.late)


def test_nobody_is_late_where_nothing_is_due(leave):
    definition = leave.definition()
    assert late_moments(definition.steps["incomplete"], None, WorkingDays()) == []
    assert late_moments(definition.ends["done"], FRIDAY, WorkingDays()) == []


def test_a_step_that_pauses_reminds_the_other_side_within_its_own_time(leave):
    rules = 'pauses = true\nwithin = "1 d"\nlate = [{ after = "1 d", tell = ["owner"], takes = "resend" }]'
    step = load(leave.with_change("pauses = true", rules)).steps["incomplete"]
    (moment,) = late_moments(step, FRIDAY, WorkingDays())
    assert (moment.at, moment.rule.takes) == (FRIDAY + timedelta(days=1), "resend")
