"""How numbers, money, days and instants look on a page: `fr_ML` and English, always through Babel."""

import re
from datetime import date, datetime

from babel.dates import format_date, format_datetime
from flask import Flask
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup, escape

from grants.core import clock
from grants.core.forms import show_phone
from grants.core.money import format_francs, format_number
from grants.core.quantities import counted
from grants.core.references import WRITTEN
from grants.core.texts import language, pick

_BEFORE_A_SIGN = re.compile(r" (?=[;:?!»·](?:\s|$))|(?<=«) ")


def init_app(app: Flask) -> None:
    """Give the filters to the templates."""
    app.jinja_env.filters.update(
        francs=lambda amount: "—" if amount is None else format_francs(amount),
        number=lambda amount: "—" if amount is None else format_number(amount),
        percent=lambda value: _("%(value)s %%", value=format_number(value)),
        day=day,
        day_short=day_short,
        moment=moment,
        pick=pick,
        phone=show_phone,
        counted=counted,
        whole=whole,
    )


def whole(text) -> Markup:
    """A text in which no reference breaks at its hyphens at the end of a line; what has tags already stays as it is.

    Nor does a line begin with a sign that people type after a space, as French does: `parti ; revenu`.
    """
    safe = str(escape(_BEFORE_A_SIGN.sub("\u00a0", str(text)))) if not hasattr(text, "__html__") else str(escape(text))
    return Markup(safe if "<" in safe else WRITTEN.sub(r'<span class="ref">\g<0></span>', safe))  # noqa: S704 - escaped


def _locale() -> str:
    return "fr_ML" if language() == "fr" else "en_GB"


def day(value: date | datetime | None) -> str:
    """`2 mars 2026`; the first of a month is an ordinal in French, and nothing else is: `1er mars 2026`."""
    return "—" if value is None else _ordinal(_local(value), format_date(_local(value), "d MMMM y", locale=_locale()))


def day_short(value: date | datetime | None) -> str:
    """`2 mars` in the present year, `2 mars 2025` in another."""
    if value is None:
        return "—"
    value = _local(value)
    pattern = "d MMM" if value.year == clock.today().year else "d MMM y"
    return _ordinal(value, format_date(value, pattern, locale=_locale()))


def moment(value: datetime | None) -> str:
    """`2 mars 2026, 11:05`, in Bamako."""
    if value is None:
        return "—"
    return _ordinal(_local(value), format_datetime(value.astimezone(clock.BAMAKO), "d MMM y, HH:mm", locale=_locale()))


def days(count: int) -> str:
    """`1 jour`, `3 jours`."""
    return ngettext("%(num)d day", "%(num)d days", count)


def _ordinal(day: date, written: str) -> str:
    return f"1er{written[1:]}" if day.day == 1 and language() == "fr" else written


def _local(value: date | datetime) -> date:
    return value.astimezone(clock.BAMAKO).date() if isinstance(value, datetime) else value
