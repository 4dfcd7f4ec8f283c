"""What people give about returns: the file, the description by which it is read, and what they make of a row."""

from flask_babel import lazy_gettext as _l
from wtforms.validators import Length

from grants.core.forms import (
    BooleanField,
    DayField,
    FieldList,
    FileField,
    Form,
    FormField,
    HiddenField,
    IntegerField,
    RadioField,
    Required,
    SelectField,
    StringField,
    SubForm,
    TextAreaField,
    choices,
)
from grants.payments.back import layouts, queries


class ReturnForm(Form):
    """A file that came back, and how it is read. `seen` is the digest of the file that was shown."""

    profile = SelectField(
        _l("Description of the file"),
        validate_choice=False,
        description=_l("For a table (.csv, .xlsx). Messages of banks (.xml) need none."),
    )
    file = FileField(
        _l("File of the bank or the operator"),
        kinds=("sheet", "return"),
        validators=[Required(_l("Choose the file."))],
        description=_l("CSV, XLSX, or XML of the bank (camt.054, pain.002)."),
    )
    seen = HiddenField()

    @classmethod
    def offering(cls) -> "ReturnForm":
        """The form with the descriptions of today."""
        form = cls()
        found = queries.profiles("return")
        form.profile.choices = choices([("", "—"), *((str(one.id), one.name) for one in found)])
        form.by_id = {str(one.id): one for one in found}
        return form

    @property
    def chosen(self):
        """The description that was chosen, or None."""
        return self.by_id.get(self.profile.data or "")


class ColumnForm(SubForm):
    """One column of a table that comes back."""

    what = SelectField(_l("Column"), choices=choices({"": "—", **layouts.COLUMNS}), validate_choice=False)
    title = StringField(_l("Heading in the file"), validators=[Length(max=60)])


class ReadingForm(Form):
    """How the files of one bank or operator are read."""

    name = StringField(_l("Name of the description"), validators=[Required(), Length(max=80)])
    purpose = RadioField(_l("What the files are"), choices=choices(layouts.PURPOSES), validators=[Required()])
    columns = FieldList(FormField(ColumnForm), label=_l("Columns"), min_entries=6, max_entries=30)
    header = BooleanField(_l("The table has headings: columns are found by them, wherever they stand"))
    skip = IntegerField(_l("Lines before the table"), most=50, default=0)
    foot = IntegerField(_l("Lines after the table, such as totals"), most=50, default=0)
    separator = SelectField(_l("Between the columns"), choices=choices(layouts.SEPARATORS))
    encoding = SelectField(_l("Encoding"), choices=choices(layouts.ENCODINGS))
    amount = SelectField(_l("Amounts"), choices=choices(layouts.AMOUNTS))
    day = SelectField(_l("Days"), choices=choices(layouts.DAYS))
    paid = StringField(
        _l("Words for “paid”"),
        validators=[Length(max=200)],
        description=_l("Several with commas between: PAYE, SUCCESS"),
    )
    failed = StringField(_l("Words for “refused”"), validators=[Length(max=200)])
    pending = StringField(_l("Words for “under way”"), validators=[Length(max=200)])
    sample = TextAreaField(
        _l("A few lines of such a file"),
        validators=[Length(max=20_000)],
        description=_l("Copied from the file, headings included. “Show what is read” reads them; they are not kept."),
        render_kw={"rows": 6, "spellcheck": "false"},
    )

    def reading(self) -> layouts.Reading:
        """What was given, as a layout."""
        columns = [(one.form.what.data or "", (one.form.title.data or "").strip()) for one in self.columns.entries]
        while columns and columns[-1] == ("", ""):
            columns.pop()
        if self.header.data:
            columns = [one for one in columns if one[0]]
        signs = ("purpose", "header", "separator", "encoding", "amount", "day")
        words = {name: self[name].data or "" for name in ("paid", "failed", "pending")}
        counts = {name: self[name].data or 0 for name in ("skip", "foot")}
        return layouts.Reading(columns=tuple(columns), **{name: self[name].data for name in signs}, **words, **counts)

    @classmethod
    def showing(cls, profile=None) -> "ReadingForm":
        """The form with a description as it is, or with a usual one."""
        reading = layouts.Reading.of(profile.layout) if profile else layouts.Reading(columns=USUAL, **USUAL_WORDS)
        data = reading.data() | {
            "name": profile.name if profile else "",
            "columns": [{"what": what, "title": title} for what, title in reading.columns] + [{}],
        }
        return cls(data=data)


USUAL = (
    ("reference", "Référence"),
    ("account", "Numéro"),
    ("amount", "Montant"),
    ("day", "Date"),
    ("state", "Statut"),
    ("reason", "Motif"),
    ("bank_reference", "Transaction"),
)
USUAL_WORDS = {"paid": "SUCCESS, PAYE, EXECUTE", "failed": "FAILED, REJETE, ECHEC", "pending": "PENDING, EN COURS"}

KINDS = {
    "paid": _l("This order was paid"),
    "failed": _l("This order was refused or its money came back"),
    "unknown": _l("It is about this order, but its outcome is not known"),
    "set_aside": _l("None of our payments: set aside"),
}


class RulingForm(Form):
    """What a person makes of a row."""

    kind = RadioField(_l("What this row says"), choices=choices(KINDS), validate_choice=False, validators=[Required()])
    order = StringField(
        _l("Reference of the order"),
        validators=[Length(max=40)],
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )
    day = DayField(_l("Paid on"), past=True)
    bank_reference = StringField(_l("Reference of the bank or the operator"), validators=[Length(max=60)])
    note = TextAreaField(
        _l("Why"),
        validators=[Length(max=250)],
        description=_l(
            "Needed to set a row aside, and where the outcome is not known. With a refusal: what the bank said."
        ),
    )
