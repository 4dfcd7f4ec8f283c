"""What people give about an application."""

import re

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import widgets
from wtforms.validators import Length

from grants.core.forms import (
    BooleanField,
    FieldList,
    FileField,
    Form,
    FormField,
    FrancsField,
    HiddenField,
    IntegerField,
    RadioField,
    Required,
    SelectField,
    SelectMultipleField,
    StringField,
    SubForm,
    TextAreaField,
)
from grants.core.texts import pick
from grants.lifecycle import input_form
from grants.projects import operations, parts
from grants.projects.labels import PAYER_LABELS

SHORTEST_REASON = 10
SPARE_LINES = 2
_TITLE = _l("Give a title of 5 to 160 signs that says what will be done, such as “Fattening of 40 sheep”.")
_LINE = re.compile(r"lines-(\d+)-(\w+)")


@input_form("projects.reason")
class ReasonForm(Form):
    """Why an act is done, in words that the group will read."""

    reason = TextAreaField(
        _l("Reason"),
        validators=[
            Required(),
            Length(min=SHORTEST_REASON, max=2000, message=_l("Write a whole sentence: 10 to 2000 signs.")),
        ],
        description=_l("The group reads it: say what happened and why, in plain words."),
    )


@input_form("projects.corrections")
class CorrectionsForm(Form):
    """What the agent says about what was corrected."""

    note = TextAreaField(
        _l("What was corrected"),
        validators=[Length(max=2000, message=_l("At most 2000 signs."))],
        description=_l(
            "The appraisers read it beside what changed. Say where you could not do what was asked, and why."
        ),
    )


@input_form("projects.unlock")
class UnlockForm(Form):
    """Why a file goes back, and which parts may be corrected."""

    reason = TextAreaField(
        _l("What is missing or wrong"),
        validators=[
            Required(),
            Length(min=SHORTEST_REASON, max=2000, message=_l("Write a whole sentence: 10 to 2000 signs.")),
        ],
        description=_l("The agent and the group read it: one line for each thing to correct."),
    )
    parts = SelectMultipleField(
        _l("Parts that may be corrected"),
        validators=[Required(_l("Choose at least one part."))],
        description=_l("The other parts stay as they were submitted."),
    )

    @classmethod
    def for_subject(cls, project):
        """The form with the parts of this very application."""
        form = cls()
        form.parts.choices = [(code, str(title)) for code, title in parts.unlockable(project)]
        return form


class StartForm(Form):
    """The beginning of an application: what for, under what name."""

    uuid = HiddenField()
    # Whether the call takes the kind is asked by the operation, in words of the house.
    kind = RadioField(
        _l("What kind of micro-project?"), validators=[Required(_l("Choose the kind."))], validate_choice=False
    )
    title = StringField(
        _l("Title"),
        validators=[Required(), Length(min=operations.SHORTEST_TITLE, max=160, message=_TITLE)],
        description=_l("What will be done, in a few words: “Fattening of 40 sheep”."),
    )
    spoke_for_group = StringField(
        _l("Who speaks for the group?"),
        validators=[Length(max=120)],
        description=_l("Name of the officer or member with whom you fill this in. You may add it later."),
    )


class AboutForm(Form):
    """The title of a draft, and who spoke for the group."""

    title = StringField(
        _l("Title"), validators=[Required(), Length(min=operations.SHORTEST_TITLE, max=160, message=_TITLE)]
    )
    spoke_for_group = StringField(
        _l("Who spoke for the group?"),
        validators=[Required()],
        description=_l("Name of the officer or member who answered the questions."),
    )


class LineForm(SubForm):
    """A line of the budget. A line in which nothing was typed is left out."""

    category = SelectField(_l("For"))
    label = StringField(_l("What is bought"), render_kw={"list": "usual-lines"})
    quantity = IntegerField(_l("Quantity"), most=operations.MOST_QUANTITY)
    unit = StringField(_l("Unit"), render_kw={"list": "usual-units"})
    unit_price = FrancsField(_l("Unit price"))
    paid_by = SelectField(_l("Paid by"), default="grant")

    @property
    def blank(self) -> bool:
        """Whether nothing was typed (a choice alone says nothing)."""
        typed = (self.label.data, self.quantity.typed, self.unit.data, self.unit_price.typed)
        given = (self.quantity.data, self.unit_price.data)
        return not any((value or "").strip() for value in typed) and not any(given)


class BudgetForm(Form):
    """The lines of a budget."""

    seen = HiddenField()
    lines = FieldList(FormField(LineForm), label=_l("Budget lines"))

    @classmethod
    def of(cls, project, kind, lines: list[dict]):
        """The form of a file's budget, holding `lines` when nothing was posted, and two more to fill in."""
        form = cls(data={"lines": lines})
        if not form.is_submitted():
            for _more in range(SPARE_LINES):
                form.lines.append_entry()
        form.categories = [("", _("Choose…")), *((c.code, pick(c.label)) for c in kind.categories)]
        form.offer_choices()
        return form

    def offer_choices(self) -> None:
        """Give every line its choices; lines may have been added since."""
        for entry in self.lines:
            entry.form.category.choices = self.categories
            entry.form.paid_by.choices = [(code, str(label)) for code, label in PAYER_LABELS.items()]

    def add_lines(self) -> None:
        """Two more lines to fill in."""
        for _more in range(SPARE_LINES):
            self.lines.append_entry()
        self.offer_choices()

    def remove_line(self, index: int) -> None:
        """Take a line out of the form; what stands in the others stays."""
        if 0 <= index < len(self.lines.entries):
            self.lines.entries.pop(index)

    def written(self) -> list[dict]:
        """The lines with something in them."""
        kept = [(index, entry.form) for index, entry in enumerate(self.lines.entries) if not entry.form.blank]
        self.places = [index for index, _line in kept]
        return [{field.short_name: field.data for field in line} for _index, line in kept]

    def validate(self, extra_validators=None) -> bool:
        """Blank lines hold no mistake."""
        everything = self.lines.entries
        self.lines.entries = [entry for entry in everything if not entry.form.blank]
        try:
            return super().validate(extra_validators)
        finally:
            self.lines.entries = everything

    def show(self, problems) -> None:
        """Put the problems of `save_budget` beside their lines: it counts the written ones, here blank ones stand too."""
        rest = []
        for problem in problems:
            found = _LINE.fullmatch(problem.field or "")
            if found:
                control = self.lines.entries[self.places[int(found[1])]].form[found[2]]
                control.errors = [*control.errors, str(problem)]
            else:
                rest.append(problem)
        super().show(rest)
        # A list asks its rows for errors only where it was told that there are some.
        self.lines.errors = [*self.lines.errors, *(entry.form.errors for entry in self.lines.entries)]


class CameraWidget(widgets.FileInput):
    """A button that opens the camera of a telephone at once."""

    def __call__(self, field, **kwargs):
        return super().__call__(field, capture="environment", **kwargs)


class CameraField(FileField):
    """Photos taken now, with the telephone."""

    widget = CameraWidget()


class PaperForm(Form):
    """The files of one paper: several pages may be several files."""

    note = StringField(_l("What is this paper?"), validators=[Length(max=200)])
    photo = CameraField(
        _l("Photograph it with the telephone"),
        kinds=("photo",),
        several=True,
        description=_l("Flat, in good light, the whole page in the picture."),
    )
    files = FileField(
        _l("Or choose files"),
        several=True,
        description=_l("PDF or photos, several at once if there are several pages. 10 MB a photo, 20 MB a PDF."),
    )

    @property
    def uploads(self) -> list:
        """Everything that was sent."""
        return [*self.photo.data, *self.files.data]


class RemoveForm(Form):
    """Taking a paper out: which file."""

    file = HiddenField()


class FiltersForm(SubForm):
    """What narrows the list of files. Read from the address (GET), so it has no token."""

    q = StringField(_l("Title or group"))
    step = SelectField(_l("Step"), validate_choice=False)
    kind = SelectField(_l("Kind"), validate_choice=False)
    place = SelectField(_l("Region"), validate_choice=False)
    call = SelectField(_l("Call"), validate_choice=False)
    late = BooleanField(_l("Late only"))
    mine = BooleanField(_l("Waiting for me only"))
