"""Whole francs: read as people type them, shown the French way, written out as contracts do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grants.core.money import MOST, format_francs, francs_in_words, parse_francs, share


@pytest.mark.parametrize(
    "typed",
    [
        "1500000",
        "1 500 000",
        "1\u202f500\u202f000",
        "1\u00a0500\u00a0000 F\u202fCFA",
        "1.500.000",
        "1500000 FCFA",
        "1 500 000 francs",
        " 1'500'000 ",
    ],
)
def test_amounts_are_read_as_people_type_them(typed):
    assert parse_francs(typed) == 1_500_000


@pytest.mark.parametrize(
    "typed", ["", "1,5", "1500000,50", "12.5", "-3", "mille", "1,500,000", "1e6", "٣", "9" * 14, "0x10"]
)
def test_what_is_no_amount_of_francs_is_refused(app_words, typed):
    with pytest.raises(ValueError, match=r"\w"):
        parse_francs(typed)


@given(st.integers(0, MOST))
def test_what_is_shown_is_read_back(amount):
    assert parse_francs(format_francs(amount)) == amount


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (0, "zéro franc CFA"),
        (1, "un franc CFA"),
        (71, "soixante et onze francs CFA"),
        (80_000, "quatre-vingt mille francs CFA"),
        (200_000, "deux cent mille francs CFA"),
        (1_000_000, "un million de francs CFA"),
        (1_500_000, "un million cinq cent mille francs CFA"),
        (2_850_000, "deux millions huit cent cinquante mille francs CFA"),
        (80_000_000, "quatre-vingts millions de francs CFA"),
        (2_000_000_000, "deux milliards de francs CFA"),
        (1_000_000_001, "un milliard un francs CFA"),
    ],
)
def test_amounts_in_words(amount, words):
    assert francs_in_words(amount) == words


def test_amounts_are_grouped_with_spaces_that_do_not_break():
    assert format_francs(1_500_000) == "1\u202f500\u202f000\u00a0F\u202fCFA"


def test_a_share_is_never_more_than_its_part():
    assert share(999, 50) == 499
