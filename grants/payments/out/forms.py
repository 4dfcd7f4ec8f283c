"""What people give about batches, the accounts of the programme, operators' lists and the figures of the rules."""

from flask_babel import lazy_gettext as _l
from wtforms.validators import Length

from grants.core.forms import (
    BooleanField,
    DayField,
    DecimalField,
    FieldList,
    Form,
    FormField,
    RadioField,
    Required,
    SelectField,
    StringField,
    SubForm,
    choices,
)
from grants.payments.out import layouts
from grants.payments.settings import FIGURES

KINDS = {"bank": _l("Bank account"), "wallet": _l("Wallet")}


class TransmitForm(Form):
    """The day on which the bank or the operator is to pay; the payments are ticked."""

    execution_on = DayField(_l("Day of execution"), validators=[Required()])


class PayerForm(Form):
    """An account of the programme."""

    fund = SelectField(_l("Fund"), validators=[Required()])
    kind = RadioField(_l("Kind of account"), choices=choices(KINDS), validate_choice=False, validators=[Required()])
    institution = StringField(
        _l("Bank or operator"),
        validators=[Required(), Length(max=80)],
        description=_l("An operator as it stands on the accounts of the groups."),
    )
    number = StringField(_l("Number of the account"), validators=[Required(), Length(max=34)])
    holder = StringField(_l("Account holder"), validators=[Required(), Length(max=140)])


class ColumnForm(SubForm):
    """One column of an operator's list."""

    what = SelectField(_l("Column"), choices=choices({"": "—", **layouts.COLUMNS}), validate_choice=False)
    title = StringField(_l("Heading"), validators=[Length(max=60)])


class ProfileForm(Form):
    """How an operator wants its list of payments."""

    name = StringField(_l("Name of the list"), validators=[Required(), Length(max=80)])
    operator = StringField(
        _l("Operator"),
        validators=[Required(), Length(max=80)],
        description=_l("As it stands on the accounts of the groups."),
    )
    columns = FieldList(FormField(ColumnForm), label=_l("Columns, in their order"), min_entries=8, max_entries=20)
    header = BooleanField(_l("The first line holds the headings"), default=True)
    separator = SelectField(_l("Between the columns"), choices=choices(layouts.SEPARATORS))
    encoding = SelectField(_l("Encoding"), choices=choices(layouts.ENCODINGS))
    amount = SelectField(_l("Amounts"), choices=choices(layouts.AMOUNTS))
    number = SelectField(_l("Numbers of wallets"), choices=choices(layouts.NUMBERS))
    quoting = SelectField(_l("Quotes"), choices=choices(layouts.QUOTING))
    day = SelectField(_l("Days"), choices=choices(layouts.DAYS))

    def layout(self) -> layouts.Layout:
        """What was given, as a layout."""
        columns = [
            (entry.form.what.data, entry.form.title.data or str(layouts.COLUMNS.get(entry.form.what.data, "")))
            for entry in self.columns.entries
            if entry.form.what.data
        ]
        signs = ("header", "separator", "encoding", "amount", "number", "quoting", "day")
        return layouts.Layout(columns=tuple(columns), **{name: self[name].data for name in signs})

    @classmethod
    def showing(cls, profile=None) -> "ProfileForm":
        """The form with a list as it is, or with a usual one."""
        layout = layouts.Layout.of(profile.current.layout) if profile else layouts.Layout(columns=USUAL)
        data = layout.data() | {
            "name": profile.name if profile else "",
            "operator": profile.operator if profile else "",
            "columns": [{"what": what, "title": title} for what, title in layout.columns] + [{}],
        }
        return cls(data=data)


USUAL = (
    ("position", "N°"),
    ("msisdn", "Numéro"),
    ("amount", "Montant"),
    ("holder", "Titulaire"),
    ("reference", "Référence"),
    ("purpose", "Motif"),
)


class SettingForm(Form):
    """A figure of the rules from a day on."""

    code = SelectField(_l("Figure"), choices=choices({code: one.label for code, one in FIGURES.items()}))
    amount = DecimalField(
        _l("Value"),
        most=1_000_000_000,
        validators=[Required()],
        description=_l("Francs, days, or per cent such as 1 or 1,5."),
    )
    from_day = DayField(_l("From"), validators=[Required()])
    reason = StringField(_l("By which decree or contract"), validators=[Required(), Length(max=200)])

    def whole(self) -> int | None:
        """The value as it is kept: francs, or hundredths of a per cent; None where it has too many decimals."""
        times = 100 if FIGURES[self.code.data].unit == "percent" else 1
        exact = self.amount.data * times
        return int(exact) if exact == int(exact) else None
