"""The account of a group: a bank account as RIB or IBAN, or a mobile wallet with its operator."""

import re

from flask_babel import lazy_gettext as _l

from grants.groups.spreadsheet.model import Account, Candidate, RowReader
from grants.groups.spreadsheet.phones import to_e164
from grants.groups.spreadsheet.vocabulary import OPERATORS, says_nothing
from grants.places.spelling import fold

OPERATOR_LABELS = {
    "orange": "Orange Money",
    "moov": "Moov Money",
    "wave": "Wave",
    "sama": "Sama Money",
    "telecel": "Telecel Money",
}
_RIB = re.compile(r"[A-Z][A-Z0-9]\d{3}\d{17}\d{2}")
# A, J → 1; B, K, S → 2; … I, R, Z → 9, as in French RIBs.
_LETTERS = {letter: str(i % 9 + 1) for i, letter in enumerate("ABCDEFGHIJKLMNOPQR")} | {
    letter: str(i + 2) for i, letter in enumerate("STUVWXYZ")
}


def read_account(row: RowReader) -> Account | None:
    """The account of a row, None when the cell is empty. A number that fails its own check is an error."""
    if row.unreadable("account"):
        return None
    text = row.text("account")
    if says_nothing(text):
        return None
    if isinstance(row.cell("account").value, float) and row.cell("account").value >= 1e15:
        row.error("account", _l("The spreadsheet has rounded this number: write it again as text."))
        return None
    bare = re.sub(r"[^A-Z0-9+]", "", re.sub(r"\b(?:RIB|IBAN|N[°ºO]|COMPTE)\b", " ", text.upper()))
    digits = sum(sign.isdigit() for sign in bare)
    if digits >= 17:
        return _bank(row, text, bare)
    return _wallet(row, text)


def rib_key(first22: str) -> str:
    """The two control digits of a UEMOA RIB from its bank (5), branch (5) and account (12) signs."""
    number = "".join(_LETTERS.get(sign, sign) for sign in first22) + "00"
    return f"{97 - int(number) % 97:02d}"


def iban_of(rib: str) -> str:
    """The Malian IBAN of a RIB of 24 signs (ISO 13616: check digits by mod 97)."""
    number = "".join(str(int(sign, 36)) for sign in rib + "ML00")
    return f"ML{98 - int(number) % 97:02d}{rib}"


def _bank(row: RowReader, text: str, bare: str) -> Account | None:
    rib = bare[4:] if len(bare) == 28 else bare
    if not _RIB.fullmatch(rib):
        row.error("account", _l("“%(text)s”: a RIB has 24 signs, an IBAN 28, beginning with ML.", text=text))
        return None
    if rib_key(rib[:22]) != rib[22:] or (len(bare) == 28 and bare != iban_of(rib)):
        row.error("account", _l("“%(text)s” holds a slip: its control digits do not fit.", text=text))
        return None
    return Account("bank", iban_of(rib))


def _wallet(row: RowReader, text: str) -> Account | None:
    words = fold(re.sub(r"[+\d]", " ", text))
    operator = _operator(words) or _operator(fold(row.text("account_operator")))
    number = to_e164(re.sub(r"[^\d+]", "", text))
    if number is None:
        row.error("account", _l("“%(text)s” is neither a bank account nor a mobile money number.", text=text))
        return None
    if operator is None:
        candidates = [Candidate(code, label) for code, label in OPERATOR_LABELS.items()]
        message = _l("Which operator holds the mobile money account %(number)s?", number=number)
        operator = row.choose("account", message, f"operator|{number}", candidates)
    return Account("wallet", number, operator) if operator else None


def _operator(words: str) -> str | None:
    if words in OPERATORS:
        return OPERATORS[words]
    found = {code for name, code in OPERATORS.items() if len(name) > 2 and re.search(rf"\b{name}\b", words)}
    return found.pop() if len(found) == 1 else None
