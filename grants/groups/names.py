"""Names of groups as they are compared."""

from grants.places.spelling import fold

# Words that say what kind of thing it is, in many spellings; what is left tells groups apart.
_KIND_WORDS = frozenset(
    "cooperative coop scoops scop coopca ca societe simplifiee association asso groupement gie groupe "
    "de des du la le les d l et a".split()
)


def search_name(name: str) -> str:
    """A group's name without accents, case and the words for its kind: « Coopérative Benkadi des femmes » → `benkadi femmes`."""
    folded = fold(name)
    kept = [word for word in folded.split() if word not in _KIND_WORDS]
    return " ".join(kept) or folded


def registration_key(number: str, place_code: str) -> str:
    """What makes two receipts the same: the signs of the number, in the same region, where numbers are given."""
    return f"{place_code[:2]}|{fold(number).replace(' ', '').lstrip('0')}"
