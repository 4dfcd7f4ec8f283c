"""What people give about statements of our accounts."""

from flask_babel import lazy_gettext as _l
from wtforms.validators import Length

from grants.core.forms import FileField, Form, FrancsField, Required, SelectField, StringField, TextAreaField, choices
from grants.core.money import parse_francs
from grants.payments.back import queries as back
from grants.payments.out import queries as out


class BalanceField(FrancsField):
    """A balance in whole francs, which may be below zero."""

    def parse(self, text):
        plain = text.strip().replace("−", "-")
        amount = parse_francs(plain.removeprefix("-"))
        return -amount if plain.startswith("-") else amount


class StatementForm(Form):
    """A statement of one of our accounts; the balances are needed where the file does not hold them."""

    payer = SelectField(_l("Account of the programme"), validate_choice=False, validators=[Required()])
    profile = SelectField(
        _l("Description of the file"),
        validate_choice=False,
        description=_l("For a table (.csv, .xlsx). Messages of banks (.xml) need none."),
    )
    file = FileField(
        _l("Statement"),
        kinds=("sheet", "return"),
        validators=[Required(_l("Choose the file."))],
        description=_l("CSV, XLSX, or XML of the bank (camt.053)."),
    )
    opening = BalanceField(
        _l("Balance at the beginning"), description=_l("In francs. For a table; a message of the bank has its own.")
    )
    closing = BalanceField(_l("Balance at the end"))

    @classmethod
    def offering(cls) -> "StatementForm":
        """The form with the accounts and the descriptions of today."""
        form = cls()
        form.payers = {str(one.id): one for one in out.payers()}
        words = {key: f"{one.institution} … {one.number[-4:]} · {one.fund.code}" for key, one in form.payers.items()}
        form.payer.choices = choices([("", "—"), *words.items()])
        form.profiles = {str(one.id): one for one in back.profiles("statement")}
        form.profile.choices = choices([("", "—"), *((key, one.name) for key, one in form.profiles.items())])
        return form


class MatchForm(Form):
    """The movements that a line is are ticked."""


class ExplainForm(Form):
    """What a line is that is none of our movements."""

    text = TextAreaField(
        _l("What it is"), validators=[Length(max=300)], description=_l("Such as: fees of the account for November.")
    )


class TakeBackForm(Form):
    """Why the matches of a line are taken back."""

    reason = StringField(_l("Why"), validators=[Length(max=200)])
