"""Whole West African francs (XOF): read, shown and written out. There are no cents anywhere."""

import re
from decimal import Decimal

from babel.numbers import format_decimal
from flask_babel import gettext as _
from num2words import num2words

# More than any programme grants: a slip of the finger becomes a message and not a number.
MOST = 999_999_999_999

_SPACES = re.compile(r"[\s\u00a0\u202f\u2009']+")
_UNIT = re.compile(r"(f\s*c\s*f\s*a|fcfa|xof|francs?|f)\.?$", re.IGNORECASE)


def parse_francs(text: str) -> int:
    """Read an amount as people type it: `1500000`, `1 500 000 F CFA`, `1.500.000`.

    Raises ValueError, in the person's language, for fractions, negative and unreadable amounts.
    """
    bare = _SPACES.sub("", _UNIT.sub("", (text or "").strip()).strip())
    if re.fullmatch(r"\d{1,3}(\.\d{3})+", bare):
        bare = bare.replace(".", "")
    if re.fullmatch(r"\d+[.,]\d+", bare):
        raise ValueError(_("The franc has no cents: write a whole number, such as 1 500 000."))
    if bare.startswith("-") and bare[1:].isdecimal():
        raise ValueError(_("An amount cannot be below zero."))
    if not re.fullmatch(r"[0-9]+", bare):
        raise ValueError(_("This is not an amount: write digits only, such as 1 500 000."))
    amount = int(bare)
    if amount > MOST:
        raise ValueError(_("This amount is too large: check the number of zeros."))
    return amount


def format_number(number: int | Decimal) -> str:
    """Grouped the French way, whatever the language of the page: `1 500 000`."""
    return format_decimal(number, locale="fr_ML")


def format_francs(amount: int) -> str:
    """`1 500 000 F CFA`, the French way in both languages, with spaces that do not break."""
    return f"{format_number(amount)}\u00a0F\u202fCFA"


def francs_in_words(amount: int) -> str:
    """An amount in French words, as contracts write it: « un million de francs CFA ».

    Raises ValueError below zero. Source of the rules: « de » follows a round million or milliard only.
    """
    if amount < 0:
        raise ValueError("an amount in words is never below zero")
    words = num2words(amount, lang="fr")
    if amount < 2:
        return f"{words} franc CFA"
    return f"{words} de francs CFA" if amount % 1_000_000 == 0 else f"{words} francs CFA"


def share(amount: int, percent: int) -> int:
    """`percent` % of an amount, rounded down to the franc."""
    return amount * percent // 100
