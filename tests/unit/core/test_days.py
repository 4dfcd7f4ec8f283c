"""Days as people write them."""

from datetime import UTC, date, datetime

import pytest

from grants.core import clock, formatting
from grants.core.days import read_day

pytestmark = pytest.mark.usefixtures("app_words")


@pytest.mark.parametrize(
    "typed",
    ["27/03/2026", "27-3-2026", "27.03.26", "27 3 26", "2026-03-27", "27 mars 2026", "27 MARS 2026"],
)
def test_a_day_is_read_however_it_is_written(typed):
    assert read_day(typed) == date(2026, 3, 27)


def test_the_first_of_a_month_with_accents():
    assert read_day("1er août 2025") == date(2025, 8, 1)


@pytest.mark.parametrize(
    "typed", ["31/02/2026", "13/13/2026", "mars 2026", "32/1/26", "tomorrow", "1/1/0001", "27/03/12345"]
)
def test_what_is_no_day_is_refused(typed):
    with pytest.raises(ValueError, match=r"\w"):
        read_day(typed)


def test_two_digits_of_a_year_are_near_today():
    with clock.at(datetime(2026, 11, 24, tzinfo=UTC)):
        assert read_day("01/01/36").year == 2036
        assert read_day("01/01/37").year == 1937


def test_the_first_of_a_month_is_an_ordinal_in_french_only(monkeypatch):
    first = datetime(2026, 12, 1, 9, 5, tzinfo=UTC)
    monkeypatch.setattr(formatting, "language", lambda: "fr")
    assert formatting.day(first.date()) == "1er décembre 2026"
    assert formatting.day(date(2026, 12, 11)) == "11 décembre 2026"
    assert formatting.moment(first).startswith("1er déc. 2026")
    assert formatting.day_short(date(2019, 3, 1)) == "1er mars 2019"
    monkeypatch.setattr(formatting, "language", lambda: "en")
    assert formatting.day(first.date()) == "1 December 2026"
