"""Days as people write them."""

import re
import unicodedata
from datetime import date

from flask_babel import gettext as _

from grants.core import clock

_MONTHS = {
    "janvier": 1, "janv": 1, "january": 1, "jan": 1, "fevrier": 2, "fev": 2, "february": 2, "feb": 2, "mars": 3, "march": 3,
    "mar": 3, "avril": 4, "avr": 4, "april": 4, "apr": 4, "mai": 5, "may": 5, "juin": 6, "june": 6, "juillet": 7, "juil": 7,
    "july": 7, "aout": 8, "august": 8, "aug": 8, "septembre": 9, "sept": 9, "september": 9, "sep": 9, "octobre": 10,
    "oct": 10, "october": 10, "novembre": 11, "nov": 11, "november": 11, "decembre": 12, "dec": 12, "december": 12,
}  # fmt: skip


def read_day(text: str) -> date:
    """Read a day: `27/03/2026`, `27-3-26`, `27 mars 2026`, `2026-03-27`.

    Day before month, as in Mali. Raises ValueError in the person's language.
    """
    plain = unicodedata.normalize("NFKD", text.strip().lower()).encode("ascii", "ignore").decode()
    plain = plain.replace("1er", "1").strip()
    if match := re.fullmatch(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", plain):
        year, month, day = map(int, match.groups())
    elif match := re.fullmatch(r"(\d{1,2})\s*[-/. ]\s*(\d{1,2})\s*[-/. ]\s*(\d{4}|\d{2})", plain):
        day, month, year = map(int, match.groups())
        if len(match.group(3)) == 2:
            # Two digits: this century up to ten years from now, else the last one.
            year += 2000 if year <= clock.today().year % 100 + 10 else 1900
    elif match := re.fullmatch(r"(\d{1,2})[\s-]+([a-z]+)\.?[\s-]+(\d{4})", plain):
        day, year = int(match.group(1)), int(match.group(3))
        month = _MONTHS.get(match.group(2), 0)
    else:
        raise ValueError(_("This is not a day: write it such as 27/03/2026."))
    try:
        found = date(year, month, day)
    except ValueError:
        raise ValueError(_("There is no such day: write day, month, year, such as 27/03/2026.")) from None
    if not 1900 <= found.year <= 2100:
        raise ValueError(_("Check the year of this day."))
    return found
