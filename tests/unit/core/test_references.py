"""References that people copy by hand."""

import itertools
import uuid

from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup, escape

from grants.core.formatting import whole
from grants.core.references import LETTERS, check_letter, is_reference, new_code, new_uuid

numbers = st.integers(1, 9999).map(lambda n: f"MP-2026-{n:04d}")


@given(numbers, st.integers(3, 11), st.sampled_from("0123456789"))
def test_one_wrong_digit_shows(stem, place, digit):
    if stem[place].isdigit() and stem[place] != digit:
        assert check_letter(stem[:place] + digit + stem[place + 1 :]) != check_letter(stem)


@given(numbers)
def test_two_digits_swapped_show(stem):
    digits = [i for i, sign in enumerate(stem) if sign.isdigit()]
    for a, b in itertools.pairwise(digits):
        if stem[a] != stem[b]:
            signs = list(stem)
            signs[a], signs[b] = signs[b], signs[a]
            assert check_letter("".join(signs)) != check_letter(stem)


@given(numbers)
def test_a_reference_is_known_by_its_letter(stem):
    right = check_letter(stem)
    assert is_reference(f"{stem}-{right}", "MP")
    assert not is_reference(f"{stem}-{LETTERS[(LETTERS.index(right) + 1) % len(LETTERS)]}", "MP")


def test_codes_have_no_letters_that_look_alike():
    signs = set("".join(new_code() for _ in range(200)))
    assert not signs & set("01OILBSU") - set("BS") and len({new_code() for _ in range(500)}) == 500


def test_uuids_are_of_version_7_and_grow():
    first, second = (uuid.UUID(new_uuid()) for _ in range(2))
    assert first.version == 7 and first.variant == uuid.RFC_4122
    assert first.int >> 80 <= second.int >> 80


@given(st.text(), st.text())
def test_a_reference_in_a_text_stays_in_one_piece_and_the_text_what_it_is(before, after):
    said = f"{before} OP-2026-0022-T-2 {after}"
    shown = whole(said)
    assert '<span class="ref">OP-2026-0022-T-2</span>' in shown
    # Spaces before a sign may have become such as do not break; nothing else is changed.
    kept = shown.replace('<span class="ref">', "").replace("</span>", "")
    assert kept.replace("\u00a0", " ") == escape(said).replace("\u00a0", " ")


def test_markup_with_tags_is_left_alone():
    link = Markup('<a href="/payments/OP-2026-0022-T">OP-2026-0022-T</a>')
    assert whole(link) == link
