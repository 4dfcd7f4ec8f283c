"""Numbers of things, in French and in English."""

from decimal import Decimal

import pytest

from grants.core.quantities import counted


@pytest.mark.parametrize(
    ("number", "unit", "said"),
    [
        (1, "engins", "1 engin"),
        (0, "engins", "0 engin"),
        (2, "engin", "2 engins"),
        (40, "tête", "40 têtes"),
        (60, "sac de 100 kg", "60 sacs de 100 kg"),
        (1, "sacs de 50 kg", "1 sac de 50 kg"),
        (1, "personnes handicapées", "1 personne handicapée"),
        (3, "jour ouvrable", "3 jours ouvrables"),
        (1, "points d’eau", "1 point d’eau"),
        (2, "seau", "2 seaux"),
        (1, "tuyaux", "1 tuyau"),
        (5, "animal", "5 animaux"),
        (1, "animaux", "1 animal"),
        (Decimal("1.5"), "jours", "1,5 jour"),
        (1, "mois", "1 mois"),
        (12, "mois", "12 mois"),
        (1, "ans", "1 an"),
        (2, "an", "2 ans"),
        (3, "puits", "3 puits"),
        (1, "têtes", "1 tête"),
        # Signs of measures are no words.
        (120, "m²", "120 m²"),
        (60, "kg", "60 kg"),
        (125, "cm³", "125 cm³"),
        (4, "ha", "4 ha"),
        (500, "F CFA", "500 F CFA"),
        (5, "kWh", "5 kWh"),
        (2, "%", "2 %"),
    ],
)
def test_french_agrees_from_two_on(number, unit, said):
    assert counted(number, unit, "fr").replace("\u00a0", " ") == said


@pytest.mark.parametrize(
    ("number", "unit", "said"),
    [(1, "vehicles", "1 vehicle"), (0, "days", "0 days"), (2, "bag", "2 bags"), (9, "head", "9 head")],
)
def test_english_agrees_beside_one(number, unit, said):
    assert counted(number, unit, "en").replace("\u00a0", " ") == said


def test_a_number_without_a_unit_is_grouped():
    assert counted(12500, None) == counted(12500, "") == "12\u202f500"
