"""The same group twice in one file: same receipt, nearly the same name in the same village, or the same telephone."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from flask_babel import lazy_gettext as _l
from rapidfuzz import fuzz

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
    by_cercle: dict[str | None, list[GroupRow]] = defaultdict(list)
    for reader in readers:
        group = reader.group
        receipt = receipt_key(group)
        twin_receipt = receipts.get(receipt) if receipt else None
        twin_name = next(_named_alike(group, by_cercle[group.cercle_code]), None)
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
            by_cercle[group.cercle_code].append(group)
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


def _named_alike(group: GroupRow, earlier: list[GroupRow]) -> Iterator[GroupRow]:
    if not group.name or not group.village:
        return
    name, village = name_key(group.name, group.village), key(group.village)
    for other in earlier:
        if not other.name or not other.village:
            continue
        if other.commune_code and group.commune_code and other.commune_code != group.commune_code:
            continue
        if fuzz.ratio(village, key(other.village)) < VILLAGES_ALIKE:
            continue
        if fuzz.token_sort_ratio(name, name_key(other.name, other.village)) >= NAMES_ALIKE:
            yield other


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
