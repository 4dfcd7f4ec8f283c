"""When two spellings are the same place, when they are only alike, and when they are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grants.places import official
from grants.places.gazetteer import Gazetteer, Known
from grants.places.spelling import fold, key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ségou", "SEGOU"), ("N'Tillit", "N’Tillit"), ("N'Tillit", "Ntillit"), ("Tin-Aouker", "tin aouker"),
        ("Konna", "Commune de Konna"),
        ("Konna", "Commune rurale de Konna"), ("Konna", "C.R. de Konna"), ("Ansongo", "Cercle d'Ansongo"),
        ("Mopti", "région de Mopti"),
        ("Bamako", "District de Bamako"), ("Bɛnkan", "Benkan"), ("Toguéré-Coumbé", "TOGUERE COUMBE"), ("Dɔgɔ", "Dogo"),
    ],
)  # fmt: skip
def test_the_same_place(one, other):
    assert key(one) == key(other)


@pytest.mark.parametrize(
    ("one", "other"), [("Bara", "Baye"), ("Koro", "Kori"), ("Dougouténé I", "Dougouténé II"), ("Bla", "Ber")]
)
def test_not_the_same_place(one, other):
    assert key(one) != key(other)


def test_no_two_cercles_have_the_same_key():
    cercles = [entry for entry in official.base_listing().entries if entry.kind == "cercle"]
    assert len({key(entry.name) for entry in cercles}) == 159


@given(st.text(max_size=60))
def test_folding_is_stable_and_plain(text):
    folded = fold(text)
    assert fold(folded) == folded
    assert set(folded) <= set("abcdefghijklmnopqrstuvwxyz0123456789 ")
    assert key(key(text)) in (key(text), key(key(text)))


@pytest.fixture(scope="module")
def gazetteer():
    return Gazetteer(Known(e.code, e.kind, e.name, e.aliases, e.former_region) for e in official.base_listing().entries)


def test_every_place_is_found_by_its_own_name_whatever_case(gazetteer):
    for entry in official.base_listing().entries:
        for text in (entry.name, entry.name.upper(), fold(entry.name)):
            found = gazetteer.find(text, entry.kind, under=entry.code)
            assert found.place is not None, text
            assert found.place.code == entry.code


def test_a_slip_gives_candidates_and_no_match(gazetteer):
    found = gazetteer.find("Bandiagra", "cercle")
    assert found.place is None
    assert found.candidates[0].name == "Bandiagara"


def test_nothing_like_it_gives_nothing(gazetteer):
    assert gazetteer.find("Xyloparc", "cercle").candidates == ()
    assert gazetteer.find("").candidates == ()
    assert gazetteer.find("!!!").candidates == ()


def test_homonyms_are_all_candidates():
    twins = Gazetteer([Known("07050101", "commune", "Bamba"), Known("19020201", "commune", "Bamba")])
    assert [place.code for place in twins.find("bamba").candidates] == ["07050101", "19020201"]
    assert twins.find("bamba", under="19").place.code == "19020201"
