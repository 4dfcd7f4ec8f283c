"""The same group twice in one file: same receipt, nearly the same name in the same village, or the same telephone."""

from collections import defaultdict
from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from rapidfuzz import fuzz, process

from grants.groups.names import registration_key
from grants.groups.spreadsheet.model import Candidate, GroupRow, RowReader
from grants.groups.spreadsheet.vocabulary import COMMON_IN_NAMES
from grants.places.spelling import fold, key

LEAVE_OUT, KEEP = "leave_out", "keep"
# Of 100: "Benkadi" and "Benkady" are at 86, "Benkadi" and "Benso" at 50.
NAMES_ALIKE = 84
VILLAGES_ALIKE = 84


def find_twins(readers: list[RowReader]) -> None:
    """Ask about every row that repeats an earlier one; an answer of `leave_out` sets `left_out`.

    A telephone alone is a warning: the same person often speaks for two groups.
    """
    receipts: dict[str, GroupRow] = {}
    phones: dict[str, GroupRow] = {}
    by_cercle: dict[str | None, Named] = defaultdict(Named)
    for reader in readers:
        group = reader.group
        receipt = receipt_key(group)
        twin_receipt = receipts.get(receipt) if receipt else None
        twin_name = by_cercle[group.cercle_code].alike(group)
        twin_phone = phones.get(group.president_phone) if group.president_phone else None
        if twin_receipt or twin_name:
            _ask(reader, twin_receipt, twin_name)
        elif twin_phone:
            reader.warn(
                "president_phone",
                _l(
                    "This telephone is also that of “%(name)s”, row %(row)s.",
                    name=twin_phone.name or "…",
                    row=twin_phone.row,
                ),
            )
        if not group.left_out:
            by_cercle[group.cercle_code].add(group)
            if receipt:
                receipts.setdefault(receipt, group)
            if group.president_phone:
                phones.setdefault(group.president_phone, group)


def receipt_key(group: GroupRow) -> str | None:
    """What makes two receipts the same: the signs of the number, in the same region (numbers begin anew in each office)."""
    if not group.registration_number:
        return None
    return registration_key(group.registration_number, group.region_code or "")


def name_key(name: str, village: str = "") -> str:
    """The words of a name that belong to this group alone: "Association des femmes Benkadi de Konna" → "benkadi"."""
    words = fold(name).split()
    shared = COMMON_IN_NAMES | set(fold(village).split())
    own = [word for word in words if word not in shared]
    return " ".join(own or words)


class Named:
    """The groups of a cercle seen so far, their names ready to be compared: a file may hold two thousand of them."""

    def __init__(self):
        self._names: list[str] = []
        self._seen: list[tuple[GroupRow, str]] = []  # with the key of the village

    def add(self, group: GroupRow) -> None:
        """Take a group into account for the ones after it; one without name or village cannot be compared."""
        if group.name and group.village:
            self._names.append(_in_order(group))
            self._seen.append((group, key(group.village)))

    def alike(self, group: GroupRow) -> GroupRow | None:
        """The first group with nearly the same name in nearly the same village, unless the communes differ."""
        if not group.name or not group.village:
            return None
        village = key(group.village)
        near = process.extract(
            _in_order(group), self._names, scorer=fuzz.ratio, score_cutoff=NAMES_ALIKE, limit=None, processor=None
        )
        for _name, _score, position in sorted(near, key=lambda found: found[2]):
            other, other_village = self._seen[position]
            same_commune = not (other.commune_code and group.commune_code) or other.commune_code == group.commune_code
            if same_commune and fuzz.ratio(village, other_village) >= VILLAGES_ALIKE:
                return other
        return None


def _in_order(group: GroupRow) -> str:
    """The name's own words in alphabetical order: "Jam e Kawral" and "Kawral e Jam" are one name."""
    return " ".join(sorted(name_key(group.name, group.village).split()))


def _ask(reader: RowReader, by_receipt: GroupRow | None, by_name: GroupRow | None) -> None:
    twin = by_receipt or by_name
    words: Mapping = {"name": twin.name or "…", "row": twin.row}
    if by_receipt and by_receipt is by_name:
        message = _l("Same receipt, village and nearly the same name as “%(name)s”, row %(row)s.", **words)
    elif by_receipt:
        message = _l("Same receipt as “%(name)s”, row %(row)s.", **words)
    else:
        message = _l("Same village and nearly the same name as “%(name)s”, row %(row)s.", **words)
    candidates = [
        Candidate(LEAVE_OUT, _l("It is the same group: leave this row out")),
        Candidate(KEEP, _l("They are two groups: keep both")),
    ]
    group = reader.group
    field = "registration" if by_receipt else "name"
    answer = reader.choose(field, message, f"twin|{fold(group.sheet)}|{group.row}|{twin.row}", candidates)
    group.left_out = answer == LEAVE_OUT
