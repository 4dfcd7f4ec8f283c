"""The shape of what people give about what happens after the money."""

import re

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import ValidationError

from grants import questionnaires
from grants.contracts.amendments.queries import granted_lines
from grants.core import clock
from grants.core.forms import (
    DayField,
    FieldList,
    FileField,
    Form,
    FormField,
    FrancsField,
    IntegerField,
    RadioField,
    Required,
    SelectField,
    StringField,
    SubForm,
    TextAreaField,
    choices,
)
from grants.core.money import format_francs
from grants.followup import planning, queries
from grants.followup.labels import ASSET_STATES, CONTRIBUTION_LABELS, VERDICT_LABELS
from grants.lifecycle import input_form
from grants.places.queries import regions

_CAMERA = {"capture": "environment"}


@input_form("followup.contribution")
class ConfirmContribution(Form):
    """A word on the group's own share, when it is found to be there."""

    reason = TextAreaField(_l("Remark"), description=_l("What you saw, if there is something to say."))


@input_form("followup.closing")
class CloseProject(Form):
    """The last word of the coordination on a micro-project."""

    reason = TextAreaField(
        _l("Closing remark"), [Required()], description=_l("What is kept of this micro-project, in a few sentences.")
    )

    def validate_reason(self, field):
        if len(field.data or "") < 20:
            raise ValidationError(_("Write a few words more: this is what is kept of it."))


class PlanForm(Form):
    """A visit that somebody has to make."""

    planned_for = DayField(_l("Until which day"), [Required()])
    note = TextAreaField(_l("Why"), [Required()], description=_l("What should be looked at."))


@input_form("followup.postpone")
class PostponeForm(Form):
    """Another day for a visit, and why."""

    planned_for = DayField(_l("Until which day"), [Required()])
    reason = TextAreaField(_l("Why"), [Required()])

    def validate_planned_for(self, field):
        if problem := planning.day_problem(field.data):
            raise ValidationError(str(problem))


@input_form("followup.word")
class WordForm(Form):
    """A word on what was done about a visit."""

    reason = TextAreaField(_l("What was done, and why"), [Required()])


class FilterForm(SubForm):
    """What narrows the list of files to follow. A GET form, so it has no token."""

    region = SelectField(_l("Region"), validate_choice=False)
    open = SelectField(_l("Show"), validate_choice=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.region.choices = choices([("", _("All regions")), *((place.code, place.name) for place in regions())])
        self.open.choices = choices(
            [("", _("All files with money out")), ("1", _("Only where something is left to justify"))]
        )


class ContributionForm(Form):
    """A part of the group's own share, with its proof."""

    kind = RadioField(_l("What was given"), [Required()], choices=choices(CONTRIBUTION_LABELS))
    amount = FrancsField(_l("Amount"), [Required()], at_least=1)
    proven_on = DayField(_l("Day"), [Required()], past=True)
    note = TextAreaField(
        _l("Description"), description=_l("In kind: what was given, how much of it, and how it was valued.")
    )
    proof = FileField(_l("Bank slip or valuation sheet"), [Required()], render_kw=_CAMERA)


class VisitForm(Form):
    """What every visit has, beside the questions of the kind."""

    visited_on = DayField(_l("Day of the visit"), [Required()], past=True, default=clock.today)
    met = StringField(_l("People met"), [Required()], description=_l("Names and offices."))
    verdict = RadioField(_l("Verdict"), [Required()], choices=choices(VERDICT_LABELS))
    findings = TextAreaField(_l("What you saw"), [Required()])
    actions = TextAreaField(
        _l("What must be done"), description=_l("By whom and until when. Needed where the activity is not on track.")
    )
    position = StringField(
        _l("Position"),
        description=_l("Latitude and longitude, such as 14,4962; -4,1987. Leave empty where the phone does not know."),
    )
    photos = FileField(_l("Photos of the site"), [Required()], kinds=("photo",), several=True, render_kw=_CAMERA)

    def __init__(self, sheet, **kwargs):
        super().__init__(**kwargs)
        self.sheet = sheet
        # One token serves the whole page; the sections of the questionnaire are parts of this form.
        self.parts = [
            questionnaires.form_for(sheet, section, prefix=f"{section.code}-", meta={"csrf": False})
            for section in sheet.sections
        ]

    def validate(self, extra_validators=None) -> bool:
        """The form and every question of the kind, all mistakes and gaps at once."""
        right = [super().validate(extra_validators), *(part.validate() for part in self.parts)]
        if all(right):
            gaps = questionnaires.problems(self.sheet, self.stored())
            for part in self.parts:
                part.show([gap for gap in gaps if (gap.field or "").startswith(f"{part.section.code}.")])
        return not self.all_errors()

    def stored(self) -> dict:
        """The answers to the questions of the kind, as an answer set."""
        stored = questionnaires.blank(self.sheet)
        for part in self.parts:
            stored = questionnaires.stored_with(self.sheet, stored, part.section.code, questionnaires.answers(part))
        return stored

    def all_errors(self):
        return [*super().all_errors(), *(error for part in self.parts for error in part.all_errors())]

    def validate_position(self, field):
        try:
            self.point = read_point(field.data) if field.data else (None, None)
        except ValueError as slip:
            raise ValidationError(str(slip)) from None

    def values(self) -> dict:
        latitude, longitude = getattr(self, "point", (None, None))
        return {**super().values(), "latitude": latitude, "longitude": longitude}


def show_point(latitude: int | None, longitude: int | None) -> str:
    """`14,4962 N, 4,1987 O` from millionths of a degree; empty where there is no point."""
    if latitude is None:
        return ""
    east = _("E") if longitude >= 0 else _("W")
    return f"{latitude / 1_000_000:.4f} N, {abs(longitude) / 1_000_000:.4f} {east}".replace(".", ",")


def read_point(text: str) -> tuple[int, int]:
    """A point in millionths of a degree from `14,4962; -4,1987`. Raises ValueError in the person's language."""
    numbers = re.findall(r"-?\d+(?:[.,]\d+)?", text)
    if len(numbers) == 2:
        latitude, longitude = (round(float(number.replace(",", ".")) * 1_000_000) for number in numbers)
        # Mali lies between 10° and 25° north, 12.5° west and 4.5° east.
        if 10_000_000 <= latitude <= 25_000_000 and -12_500_000 <= longitude <= 4_500_000:
            return latitude, longitude
    raise ValueError(_("This is not a position in Mali: write it such as 14,4962; -4,1987."))


class ExpenseForm(Form):
    """A voucher against a line of the budget."""

    tranche_id = SelectField(_l("Tranche"), coerce=int)
    budget_position = SelectField(_l("Line of the budget"), coerce=int)
    label = StringField(_l("What was bought"), [Required()])
    supplier = StringField(_l("From whom"), [Required()])
    spent_on = DayField(_l("Day"), [Required()], past=True)
    amount = FrancsField(_l("Amount"), [Required()], at_least=1)
    voucher = FileField(_l("Receipt or invoice"), [Required()], render_kw=_CAMERA)

    def __init__(self, project, **kwargs):
        super().__init__(**kwargs)
        self.tranche_id.choices = choices(
            (t.id, _("Tranche %(number)s, %(amount)s", number=t.number, amount=format_francs(t.amount)))
            for t in queries.paid_tranches(project)
        )
        self.budget_position.choices = choices(
            (line["position"], f"{line['label']} · {format_francs(line['amount'])}") for line in granted_lines(project)
        )


class JudgeForm(Form):
    """How much of a voucher is accepted, and why not the rest."""

    accepted = FrancsField(_l("Amount accepted"), [Required()])
    reason = TextAreaField(_l("Why not in full"), description=_l("Needed where less than the amount is accepted."))


class RefundForm(Form):
    """Money that the group gave back."""

    amount = FrancsField(_l("Amount"), [Required()], at_least=1)
    refunded_on = DayField(_l("Day"), [Required()], past=True)
    bank_reference = StringField(_l("Reference of the bank or operator"), [Required()])
    slip = FileField(_l("Slip"), [Required()])


class AssetForm(SubForm):
    """A thing that the group keeps."""

    label = StringField(_l("Thing"))
    quantity = IntegerField(_l("Quantity"), least=1, most=100_000)
    state = SelectField(_l("State"), choices=choices(ASSET_STATES))
    place = StringField(_l("Where it is kept"))


class ClosingForm(Form):
    """The acceptance of what was bought and built."""

    accepted_on = DayField(_l("Day of acceptance"), [Required()], past=True)
    accepted_with = StringField(_l("With whom"), [Required()], description=_l("Town hall, technical service, group."))
    report = TextAreaField(_l("What was achieved"), [Required()], render_kw={"rows": 6})
    assets = FieldList(FormField(AssetForm), _l("What the group keeps"), min_entries=3)
    scan = FileField(_l("Signed acceptance minutes"))
