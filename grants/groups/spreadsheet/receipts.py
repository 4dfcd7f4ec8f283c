"""The receipt (récépissé) of a group: number, day and authority, or that it is in progress."""

import re
from datetime import date, datetime

from flask_babel import lazy_gettext as _l

from grants.groups.spreadsheet.cells import read_name
from grants.groups.spreadsheet.dates import read_date, read_text
from grants.groups.spreadsheet.model import RowReader
from grants.groups.spreadsheet.vocabulary import says_nothing, says_pending

LONGEST = 60
_LABEL = re.compile(
    r"^(?:(?:r[eé]c[eé]piss[eé]|r[eé]c[eé]p\.?|agr[eé]ment|immatriculation|rccm)\s*)?(?:(?:n\s*[°ºo]|num[eé]ro|n)\s*[.:]*\s*)?[:\s]*",
    re.IGNORECASE,
)
_DATED = re.compile(r"^(?P<number>.+?)[\s,;]+(?:du|en date du|dat[eé] du)\s+(?P<day>.+)$", re.IGNORECASE)


def read_receipt(row: RowReader, *, epoch: datetime, month_first: bool) -> None:
    """Fill the four values of registration; an informal group needs none, any other a number or "en cours"."""
    group = row.group
    text = row.text("registration")
    group.registration_pending = says_pending(text) or says_pending(row.text("registration_date"))
    group.registration_authority = read_name(row, "registration_authority")
    group.registration_date = read_date(row, "registration_date", epoch=epoch, month_first=month_first)
    group.registration_number = None if group.registration_pending else _number(row, text, month_first=month_first)
    if row.cell("registration").formula or row.cell("registration").broken:
        return
    if group.registration_number is None and not group.registration_pending:
        if group.kind not in (None, "informal") and says_nothing(text):
            row.error("registration", _l("The receipt number is missing: write it, or “en cours” if it was asked for."))
    elif group.registration_number and group.registration_date is None and not _has_problem(row, "registration_date"):
        row.error("registration_date", _l("The day of the receipt is missing."))


def _number(row: RowReader, text: str, *, month_first: bool) -> str | None:
    if row.unreadable("registration") or says_nothing(text):
        return None
    if isinstance(row.cell("registration").value, (date, datetime)):
        row.error("registration", _l("The spreadsheet has turned this number into a day: write it again as text."))
        return None
    if match := _DATED.match(text):
        text = match["number"]
        if row.group.registration_date is None:
            row.group.registration_date = read_text(row, "registration", match["day"], month_first=month_first)
    number = _LABEL.sub("", text, count=1).strip(" .,;:")
    if not any(sign.isdigit() for sign in number) or len(number) > LONGEST:
        row.error("registration", _l("“%(text)s” is not a receipt number.", text=text))
        return None
    return number


def _has_problem(row: RowReader, field: str) -> bool:
    return any(problem.field == field for problem in row.group.problems)
