"""Numbers of things: « 1 engin », « 40 têtes », « 2 sacs de 100 kg », in the number that the count asks for.

Units come from definitions and from what people type, in the singular or in the plural. Signs of measures (kg, m², F CFA)
and words that are known not to change stay as they are.
"""

import re
from decimal import Decimal

from grants.core.money import format_number
from grants.core.texts import language

# Short words that are words; any other of up to three letters is the sign of a measure.
_SHORT = frozenset(
    {"an", "ans", "lot", "sac", "bac", "bol", "fût", "kit", "lit", "pot", "bag", "box", "day", "set", "cow"}
)
_SAME = frozenset({"mois", "fois", "bras", "colis", "corps", "puits", "relais", "tapis", "repas", "head", "people"})
# Where the words that agree with the number end.
_REST = re.compile(r"\s+(?=(?:de|du|des|à|au|aux|en|par|pour|sur|avec|sans|of|for|per|with|in)\s|d[’'])", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


def counted(number: int | Decimal, unit: str | None, lang: str | None = None) -> str:
    """A number with its unit: « 1 engin », « 1,5 jour », « 2 jours »; English where `lang` (or the page) is English."""
    shown = format_number(number)
    return f"{shown}\u00a0{agreed(number, unit, lang)}" if unit else shown


def agreed(number: int | Decimal, unit: str, lang: str | None = None) -> str:
    """The unit alone, in the number that the count asks for: in French the plural begins at two, in English it is not one."""
    french = (lang or language()) == "fr"
    plural = abs(number) >= 2 if french else number != 1
    head, gap, rest = _parts(unit)
    return _WORD.sub(lambda word: _agreed(word[0], plural, french), head) + gap + rest


def _parts(unit: str) -> tuple[str, str, str]:
    found = _REST.search(unit)
    return (unit[: found.start()], found[0], unit[found.end() :]) if found else (unit, "", "")


def _agreed(word: str, plural: bool, french: bool) -> str:
    low = word.lower()
    if low in _SAME or (low != word and word != word.capitalize()) or (len(word) < 4 and low not in _SHORT):
        return word
    if plural:
        if low[-1] in "sxz":
            return word
        if french and low.endswith("al"):
            return word[:-1] + "ux"
        return word + ("x" if french and low.endswith(("eau", "eu", "yau")) else "s")
    if french and low.endswith("aux"):
        return word[:-1] if low.endswith(("eaux", "yaux")) else word[:-2] + "l"
    if french and low.endswith("eux"):
        return word[:-1]
    return word[:-1] if low.endswith("s") and not low.endswith("ss") else word
