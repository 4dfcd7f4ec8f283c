"""The ground of every form: what is typed is stripped, kept, and answered with all its problems at once."""

from contextlib import contextmanager
from datetime import date

import phonenumbers
import wtforms
from flask import g
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    FieldList,
    FormField,
    HiddenField,
    PasswordField,
    SelectChoice,
    SelectMultipleField,
)
from wtforms.csrf.core import CSRFTokenField
from wtforms.validators import ValidationError

from grants.core import clock
from grants.core.database import db
from grants.core.days import read_day
from grants.core.errors import Problem, Problems
from grants.core.money import format_number, parse_francs
from grants.core.unit_of_work import afterwards
from grants.core.uploads import keeper

__all__ = [
    "BooleanField", "DayField", "DecimalField", "FieldList", "FileField", "Form", "FormField", "FrancsField",
    "HiddenField", "IntegerField", "PasswordField", "PhoneField", "RadioField", "Required", "RequiredIf", "SelectField",
    "SelectMultipleField", "StringField", "SubForm", "TextAreaField",
    "choices", "show_phone",
]  # fmt: skip


class Required:
    """A value is needed; the message names the field by its label. Zero counts as a value."""

    field_flags = {"required": True}

    def __init__(self, message: object = None):
        self.message = message

    def __call__(self, form, field):
        empty = field.data is None or field.data == [] or (isinstance(field.data, str) and not field.data.strip())
        if not empty:
            return
        if not field.errors:
            raise wtforms.validators.StopValidation(
                str(self.message) if self.message else _("%(field)s: this is needed.", field=field.label.text)
            )
        raise wtforms.validators.StopValidation()


class RequiredIf(Required):
    """A value is needed where another field of the form has a certain value."""

    # The browser cannot know: no `required` attribute.
    field_flags: dict = {}

    def __init__(self, other: str, *values, message: object = None):
        super().__init__(message)
        self.other, self.values = other, values

    def __call__(self, form, field):
        if form[self.other].data in self.values:
            super().__call__(form, field)
        elif not field.data and not field.errors:
            raise wtforms.validators.StopValidation()


def _strip(value):
    return value.strip() if isinstance(value, str) else value


class _OneOf:
    """One answer of several. Where none was given, the validator that needs one says so; any other is refused in plain words."""

    def pre_validate(self, form):
        if not self.data and any(type(validator) is Required for validator in self.validators):
            return
        try:
            super().pre_validate(form)
        except ValidationError:
            raise ValidationError(_("Choose one of the answers.")) from None


class RadioField(_OneOf, wtforms.RadioField):
    """Answers beside each other, one of which is ticked."""


class SelectField(_OneOf, wtforms.SelectField):
    """Answers in a list that opens, one of which is taken."""


class StringField(wtforms.StringField):
    """One line of text. Control characters are refused: they would break letters, files and logs."""

    def pre_validate(self, form):
        if self.data and any(ord(sign) < 32 and sign not in "\r\n\t" for sign in self.data):
            raise ValidationError(_("%(field)s holds a sign that cannot be printed.", field=self.label.text))


class TextAreaField(wtforms.TextAreaField, StringField):
    """Several lines of text."""

    def process_formdata(self, valuelist):
        super().process_formdata(valuelist)
        if self.data:
            self.data = self.data.replace("\r\n", "\n")


class _Parsed(wtforms.Field):
    """A field read from text: what was typed is shown again when it cannot be read."""

    widget = wtforms.widgets.TextInput()
    typed: str | None = None

    def parse(self, text: str):
        raise NotImplementedError

    def show(self, value) -> str:
        return str(value)

    def _value(self) -> str:
        if self.typed is not None:
            return self.typed
        return "" if self.data is None else self.show(self.data)

    def process_formdata(self, valuelist):
        self.typed = valuelist[0] if valuelist else ""
        self.data = None
        if self.typed.strip():
            self.data = self.parse(self.typed.strip())


class FrancsField(_Parsed):
    """An amount in whole francs; `at_least` is the smallest amount accepted."""

    kind = "francs"

    def __init__(self, *args, at_least: int = 0, **kwargs):
        super().__init__(*args, **kwargs)
        self.at_least = at_least

    def parse(self, text):
        amount = parse_francs(text)
        if amount < self.at_least:
            raise ValueError(_("This amount must be at least %(least)s.", least=format_number(self.at_least)))
        return amount

    def show(self, value):
        return format_number(value)


class IntegerField(_Parsed):
    """A whole number between two limits."""

    kind = "integer"

    def __init__(self, *args, least: int = 0, most: int = 1_000_000_000, **kwargs):
        super().__init__(*args, **kwargs)
        self.least, self.most = least, most

    def parse(self, text):
        bare = "".join(text.split()).replace("\u202f", "").replace("\u00a0", "")
        if not bare.removeprefix("-").isdecimal() or not bare.isascii():
            raise ValueError(_("This is not a whole number: write digits only, such as 12."))
        number = int(bare)
        if not self.least <= number <= self.most:
            raise ValueError(
                _(
                    "This number must be between %(least)s and %(most)s.",
                    least=format_number(self.least),
                    most=format_number(self.most),
                )
            )
        return number


class DecimalField(_Parsed):
    """A number with a decimal comma or point, kept as a `Decimal`."""

    kind = "decimal"

    def __init__(self, *args, least: int = 0, most: int = 1_000_000_000, **kwargs):
        super().__init__(*args, **kwargs)
        self.least, self.most = least, most

    def parse(self, text):
        from decimal import Decimal, InvalidOperation

        try:
            number = Decimal("".join(text.split()).replace("\u202f", "").replace(",", "."))
        except InvalidOperation:
            raise ValueError(_("This is not a number: write it such as 12 or 12,5.")) from None
        if not number.is_finite() or not self.least <= number <= self.most:
            raise ValueError(_("This number must be between %(least)s and %(most)s.", least=self.least, most=self.most))
        return number

    def show(self, value):
        return str(value).replace(".", ",")


class DayField(_Parsed):
    """A day, typed as `27/03/2026`; `past=True` refuses days to come."""

    kind = "day"

    def __init__(self, *args, past: bool = False, **kwargs):
        super().__init__(*args, **kwargs)
        self.past = past

    def parse(self, text):
        day = read_day(text)
        if self.past and day > clock.today():
            raise ValueError(_("This day is still to come."))
        return day

    def show(self, value: date):
        return value.strftime("%d/%m/%Y")


class PhoneField(_Parsed):
    """A telephone number of Mali, typed in any usual way and kept as E.164 (`+22366712345`)."""

    kind = "phone"

    def parse(self, text):
        text = "+" + text[2:] if text.startswith("00") else text
        try:
            number = phonenumbers.parse(text, "ML")
        except phonenumbers.NumberParseException:
            number = None
        if number is None or not phonenumbers.is_valid_number(number):
            raise ValueError(_("This is not a telephone number: write it such as 66 71 23 45."))
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

    def show(self, value):
        return show_phone(value)


def choices(pairs) -> list[SelectChoice]:
    """The choices of a list or of ticks from pairs of code and words (or from a dict of them)."""
    return [SelectChoice(code, words) for code, words in (pairs.items() if isinstance(pairs, dict) else pairs)]


def show_phone(number: str) -> str:
    """`66 71 23 45` for a Malian number, the international form for another."""
    try:
        parsed = phonenumbers.parse(number, "ML")
    except phonenumbers.NumberParseException:
        return number
    national = parsed.country_code == 223
    form = phonenumbers.PhoneNumberFormat.NATIONAL if national else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, form)


class FileField(wtforms.Field):
    """One or several files. Files that passed the checks stay with the form while the rest is corrected.

    `data` is a list of `Upload`. `kinds` says what is taken: `photo`, `pdf`, `sheet`, `return` (CSV, XML).
    """

    kind = "file"
    widget = wtforms.widgets.FileInput()

    def __init__(self, *args, kinds: tuple[str, ...] = ("photo", "pdf"), several: bool = False, **kwargs):
        super().__init__(*args, **kwargs)
        self.kinds, self.several = kinds, several

    @property
    def accept(self) -> str:
        """What the browser's chooser offers."""
        types = {"photo": "image/*", "pdf": "application/pdf", "sheet": ".xlsx", "return": ".csv,.txt,.xml"}
        return ",".join(types[kind] for kind in self.kinds)

    def process(self, formdata, data=wtforms.utils.unset_value, extra_filters=None):
        self.data, self.errors, self.process_errors = [], [], []
        if formdata is None:
            return
        for token in formdata.getlist(f"{self.name}-kept"):
            person = getattr(g, "person", None)
            if person is not None and (upload := keeper().recall(token, person.id)):
                self.data.append(upload)
        fresh = []
        for file in formdata.getlist(self.name):
            if not getattr(file, "filename", None):
                continue
            try:
                fresh.append(keeper().receive(file, self.kinds))
            except Problems as found:
                self.process_errors.extend(str(p) for p in found.problems)
        # A new choice for a single file takes the place of the one kept before.
        self.data = [*self.data, *fresh] if self.several else (fresh or self.data)[:1]

    def keep(self) -> None:
        """Keep what passed for the signed-in person, until the form is right."""
        person = getattr(g, "person", None)
        for upload in self.data if person is not None else []:
            afterwards(lambda upload=upload, person_id=person.id: keeper().keep(upload, person_id))

    @property
    def one(self):
        """The file of a field that takes one, or None."""
        return self.data[0] if self.data else None


class _Meta:
    def bind_field(self, form, unbound_field, options):
        filters = unbound_field.kwargs.get("filters") or options.get("filters") or []
        if issubclass(unbound_field.field_class, wtforms.StringField):
            options["filters"] = [*filters, _strip]
        return unbound_field.bind(form=form, **options)


class Form(FlaskForm):
    """A form with everything the house expects of one."""

    class Meta(_Meta, FlaskForm.Meta):
        pass

    def values(self) -> dict:
        """What was given, by field, without the token and buttons."""
        return {name: field.data for name, field in self._fields.items() if name != "csrf_token"}

    @property
    def shown(self) -> list[str]:
        """The names of the fields that a person sees, in order."""
        hidden = (HiddenField, CSRFTokenField)
        return [name for name, field in self._fields.items() if not isinstance(field, hidden)]

    @contextmanager
    def catching(self):
        """Turn the problems an operation finds into errors of the fields they name.

        What the operation had changed until then is undone, the request goes on and shows the form again.
        """
        try:
            with db.session.begin_nested():
                yield
        except Problems as found:
            self.show(found.problems)

    def show(self, problems: list[Problem]) -> None:
        """Put problems beside their fields; those that name none stand above the form."""
        for problem in problems:
            field = self._fields.get(problem.field or "")
            target = field if field is not None else self
            if target is self:
                self.form_errors = [*self.form_errors, str(problem)]
            else:
                target.errors = [*target.errors, str(problem)]

    def keep_files(self) -> None:
        """Keep the files that passed, since the form goes back to the person."""
        for field in self._fields.values():
            if isinstance(field, FileField):
                field.keep()

    def all_errors(self) -> list[tuple[str | None, str]]:
        """Every problem with the id of the control that mends it, in the order of the form."""
        found = [(None, str(error)) for error in self.form_errors]
        for field in self._fields.values():
            found.extend(_errors_of(field))
        return found


class SubForm(wtforms.Form):
    """The fields of one row of a table inside a form."""

    class Meta(_Meta, wtforms.Form.Meta):
        def get_translations(self, form):
            from flask_wtf.i18n import translations

            return translations


def _errors_of(field) -> list[tuple[str | None, str]]:
    if isinstance(field, FormField):
        return [pair for inner in field.form for pair in _errors_of(inner)]
    if isinstance(field, FieldList):
        own = [(field.id, str(e)) for e in field.errors if isinstance(e, str)]
        return own + [pair for entry in field.entries for pair in _errors_of(entry)]
    return [(field.id, str(error)) for error in field.errors]
