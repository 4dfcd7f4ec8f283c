"""The account of a group: a bank account as RIB or IBAN, or a mobile wallet with its operator."""

import re

from flask_babel import lazy_gettext as _l

from grants.groups.accounts import read_bank, read_wallet
from grants.groups.labels import WALLET_OPERATORS
from grants.groups.spreadsheet.model import Account, Candidate, RowReader
from grants.groups.spreadsheet.phones import to_e164
from grants.groups.spreadsheet.vocabulary import OPERATORS, says_nothing
from grants.places.spelling import fold


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
        return _bank(row, text)
    return _wallet(row, text)


def _bank(row: RowReader, text: str) -> Account | None:
    try:
        return Account("bank", read_bank(text), row.text("account_operator") or None)
    except ValueError as refusal:
        row.error("account", str(refusal))
        return None


def _wallet(row: RowReader, text: str) -> Account | None:
    words = fold(re.sub(r"[+\d]", " ", text))
    operator = _operator(words) or _operator(fold(row.text("account_operator")))
    try:
        number = read_wallet(to_e164(re.sub(r"[^\d+]", "", text)) or "")
    except ValueError:
        row.error("account", _l("“%(text)s” is neither a bank account nor a mobile money number.", text=text))
        return None
    if operator is None:
        candidates = [Candidate(code, label) for code, label in WALLET_OPERATORS.items()]
        message = _l("Which operator holds the mobile money account %(number)s?", number=number)
        operator = row.choose("account", message, f"operator|{number}", candidates)
    return Account("wallet", number, operator) if operator else None


def _operator(words: str) -> str | None:
    if words in OPERATORS:
        return OPERATORS[words]
    found = {code for name, code in OPERATORS.items() if len(name) > 2 and re.search(rf"\b{name}\b", words)}
    return found.pop() if len(found) == 1 else None
