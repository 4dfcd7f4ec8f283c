"""From each kind of field to the control that asks it, and from what was typed to the value that is kept, and back."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from flask_babel import gettext as _
from wtforms import SelectChoice
from wtforms.fields.core import UnboundField
from wtforms.validators import StopValidation, ValidationError

from grants.core import formatting
from grants.core.forms import (
    DayField,
    DecimalField,
    FieldList,
    FormField,
    FrancsField,
    IntegerField,
    PhoneField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    SubForm,
    TextAreaField,
)
from grants.core.money import format_number
from grants.core.texts import pick
from grants.questionnaires.model import Field

# With more choices than this a list is quicker to go through than buttons, on a small screen too.
MOST_BUTTONS = 7
SPARE_ROWS = 2
MOST_NUMBER = 1_000_000_000

_COORDINATE = r"([+-]?\d{1,3}[.,]\d{3,})"
_POINT = re.compile(rf"\s*{_COORDINATE}\s*[,;\s]\s*{_COORDINATE}\s*\Z")


class Unanswered:
    """An empty control is no mistake: an application is written over several visits, and what is missing is listed apart.

    Only a question that needs no answer at all is marked "optional".
    """

    def __init__(self, field: Field):
        self.field_flags = {} if field.required else {"optional": True}

    def __call__(self, form, control):
        if not control.raw_data or (isinstance(control.raw_data[0], str) and not control.raw_data[0].strip()):
            control.errors = []
            raise StopValidation()


class PointField(StringField):
    """A point on the map, typed as `14.4962, -4.1987` (latitude, longitude) as telephones and receivers show it.

    Three decimals (about 100 metres) are the least: without them a comma between the two numbers could be a decimal comma.
    """

    kind = "point"
    typed: str | None = None

    def process_formdata(self, valuelist):
        self.typed = valuelist[0].strip() if valuelist else ""
        self.data = None
        if not self.typed:
            return
        found = _POINT.match(self.typed)
        numbers = [Decimal(number.replace(",", ".")) for number in found.groups()] if found else []
        if not numbers or abs(numbers[0]) > 90 or abs(numbers[1]) > 180:
            raise ValueError(_("This is not a point: write latitude, then longitude, such as 14.4962, -4.1987."))
        latitude, longitude = (_plain(round(number, 6)) for number in numbers)
        self.data = {"latitude": latitude, "longitude": longitude}

    def _value(self):
        if self.typed is not None:
            return self.typed
        return show_point(self.data) if self.data else ""

    def pre_validate(self, form):
        """A point was read sign by sign already."""


def show_point(value: Mapping[str, str]) -> str:
    return f"{value['latitude']}, {value['longitude']}"


def control(field: Field, value: Any) -> UnboundField:
    """The unbound form field that asks `field`, holding the kept `value` when nothing was posted."""
    if field.kind == "table":
        return _table(field, value)
    words = {
        "label": pick(field.label),
        "description": pick(field.hint),
        "validators": [Unanswered(field)],
        "default": given(field, value),
    }
    match field.kind:
        case "text" | "long_text":
            words["validators"].append(_at_most_signs(field.longest))
            return (StringField if field.kind == "text" else TextAreaField)(**words)
        case "number":
            least, most = _limits(field)
            return IntegerField(least=least, most=most, **words)
        case "decimal":
            least, most = _limits(field)
            return DecimalField(least=least, most=most, **words)
        case "money":
            words["validators"].append(_at_most_francs(field.maximum))
            return FrancsField(at_least=field.minimum or 0, **words)
        case "day":
            words["validators"].append(_between_days(field.minimum, field.maximum))
            return DayField(**words)
        case "yes_no":
            return RadioField(choices=yes_or_no(), **words)
        case "one_of":
            return _one_of(field, words)
        case "many_of":
            return SelectMultipleField(choices=choices(field), **words)
        case "phone":
            return PhoneField(**words)
        case "place_point":
            words["validators"].append(_inside(field.bounds))
            return PointField(**words)
    raise ValueError(f"no control asks a question of kind {field.kind!r}")


def _one_of(field: Field, words: dict[str, Any]) -> UnboundField:
    if len(field.choices) <= MOST_BUTTONS:
        return RadioField(choices=choices(field), **words)
    return SelectField(choices=[SelectChoice("", _("Choose…")), *choices(field)], **words)


def choices(field: Field) -> list[SelectChoice]:
    return [SelectChoice(choice.code, pick(choice.label)) for choice in field.choices]


def yes_or_no() -> list[SelectChoice]:
    return [SelectChoice("yes", _("Yes")), SelectChoice("no", _("No"))]


def _table(field: Field, value: Any) -> UnboundField:
    rows = list(value or []) or suggestions(field)
    asked = [column for column in field.columns if not column.computed]
    row_form = type("RowForm", (SubForm,), {column.code: _cell(column) for column in asked})
    count = min(field.max_rows, max(field.min_rows, len(rows) + SPARE_ROWS))
    default = [{column.code: given(column, row.get(column.code)) for column in asked} for row in rows]
    return FieldList(
        FormField(row_form),
        label=pick(field.label),
        description=pick(field.hint),
        min_entries=count,
        max_entries=field.max_rows,
        default=default,
    )


def _cell(column: Field) -> UnboundField:
    if column.kind not in ("one_of", "yes_no"):
        return control(column, None)
    # A list in every row: buttons would make a table unreadable.
    return SelectField(
        label=pick(column.label),
        description=pick(column.hint),
        validators=[Unanswered(column)],
        choices=[SelectChoice("", _("Choose…")), *(choices(column) or yes_or_no())],
    )


def suggestions(field: Field) -> list[dict[str, Any]]:
    """The rows suggested for an empty table, in the reader's language."""
    return [
        {code: pick(value) if isinstance(value, Mapping) else value for code, value in row.items()}
        for row in field.suggested
    ]


def given(field: Field, value: Any) -> Any:
    """What a control holds for a kept value."""
    if value is None:
        return None
    match field.kind:
        case "decimal":
            return Decimal(value)
        case "day":
            return datetime.date.fromisoformat(value)
        case "yes_no":
            return "yes" if value else "no"
    return value


def kept(field: Field, data: Any) -> Any:
    """The value to keep for what a control holds, or None when the question has no answer."""
    if data is None or data in ("", []):
        return None
    match field.kind:
        case "decimal":
            return _plain(data)
        case "day":
            return data.isoformat()
        case "yes_no":
            return data == "yes"
        case "many_of":
            return [choice.code for choice in field.choices if choice.code in data]
        case "table":
            return kept_rows(field, data)
    return data


def kept_rows(field: Field, data: list[Mapping[str, Any]]) -> list[dict[str, Any]] | None:
    """The rows with something in them. A suggested row that was left as it is says nothing, and is not kept."""
    untouched = [dict(row) for row in _all_suggestions(field)]
    rows = []
    for one in data:
        row = {}
        for column in field.columns:
            value = _product(field, column, row) if column.computed else kept(column, one.get(column.code))
            if value is not None:
                row[column.code] = value
        typed = {code: value for code, value in row.items() if not field.column(code).computed}
        if typed and typed not in untouched:
            rows.append(row)
    return rows or None


def _all_suggestions(field: Field) -> list[Mapping[str, Any]]:
    """Suggested rows in every language: the agent may have changed language between two saves."""
    found = []
    for row in field.suggested:
        languages = {language for value in row.values() if isinstance(value, Mapping) for language in value} or {"fr"}
        for language in languages:
            found.append(
                {
                    code: value.get(language, value.get("fr")) if isinstance(value, Mapping) else value
                    for code, value in row.items()
                }
            )
    return found


def _product(field: Field, column: Field, row: Mapping[str, Any]) -> int | None:
    """Two columns of a row multiplied, in whole francs (half a franc is rounded up), or None while one is missing."""
    if any(row.get(code) is None for code in column.product_of):
        return None
    left, right = (Decimal(str(row[code])) for code in column.product_of)
    return int((left * right).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def _plain(number: Decimal) -> str:
    """A decimal as text without exponent or useless zeros."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _limits(field: Field) -> tuple[Any, Any]:
    least = 0 if field.minimum is None else field.minimum
    return least, MOST_NUMBER if field.maximum is None else field.maximum


def _at_most_signs(longest: int | None):
    def check(form, control):
        if control.data and longest and len(control.data) > longest:
            raise ValidationError(
                _(
                    "This text is too long: %(count)s signs, %(longest)s at most.",
                    count=len(control.data),
                    longest=longest,
                )
            )

    return check


def _at_most_francs(most: int | None):
    def check(form, control):
        if most is not None and control.data is not None and control.data > most:
            raise ValidationError(_("This amount must be at most %(most)s.", most=format_number(most)))

    return check


def _between_days(first: datetime.date | None, last: datetime.date | None):
    def check(form, control):
        if control.data and first and control.data < first:
            raise ValidationError(_("This day must be %(day)s or later.", day=formatting.day(first)))
        if control.data and last and control.data > last:
            raise ValidationError(_("This day must be %(day)s or earlier.", day=formatting.day(last)))

    return check


def _inside(bounds):
    def check(form, control):
        if not (bounds and control.data):
            return
        latitude, longitude = Decimal(control.data["latitude"]), Decimal(control.data["longitude"])
        if not (bounds.south <= latitude <= bounds.north and bounds.west <= longitude <= bounds.east):
            raise ValidationError(
                _(
                    "This point is outside the area: check the order (latitude first) and the minus sign before the longitude."
                )
            )

    return check
