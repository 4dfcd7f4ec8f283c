"""Input about funds."""

from flask_babel import lazy_gettext as _l
from wtforms.validators import Length

from grants.core.forms import DayField, Form, FrancsField, HiddenField, Required, SelectField, StringField, choices
from grants.core.references import new_uuid
from grants.funds import queries
from grants.funds.labels import MOVEMENT_LABELS

_CODE = _l("Capital letters, digits and hyphens, for example PCS-MOPTI-2026. It never changes.")
NO_CHOICE = ("", _l("Choose"))


class CodeField(StringField):
    """A code that people type in small letters and that is kept in capitals."""

    def process_formdata(self, valuelist):
        super().process_formdata(valuelist)
        self.data = (self.data or "").upper()


class DonorForm(Form):
    """Who gives the money."""

    code = CodeField(_l("Code"), [Required(), Length(max=20)], description=_CODE)
    name = StringField(_l("Name of the donor"), [Required(), Length(max=160)])


class FundForm(Form):
    """An agreement with a donor."""

    code = CodeField(_l("Code"), [Required(), Length(max=20)], description=_CODE)
    name = StringField(_l("Name of the fund"), [Required(), Length(max=160)])
    donor = SelectField(_l("Donor"), [Required()])
    agreement = StringField(_l("Agreement"), [Required(), Length(max=80)], description=_l("Its number and date."))
    opens_on = DayField(_l("First day"), [Required()], description=_l("For example 01/01/2026"))
    closes_on = DayField(_l("Last day"), [Required()], description=_l("For example 31/12/2029"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.donors = {donor.code: donor for donor in queries.donors()}
        self.donor.choices = choices([NO_CHOICE, *((code, donor.name) for code, donor in self.donors.items())])

    def values(self) -> dict:
        return super().values() | {"donor": self.donors.get(self.donor.data)}


class EnvelopeForm(Form):
    """An envelope of a fund."""

    code = CodeField(_l("Code"), [Required(), Length(max=30)], description=_CODE)
    name = StringField(_l("Name of the envelope"), [Required(), Length(max=160)])
    fund = SelectField(_l("Fund"), [Required()])

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.funds = {fund.code: fund for fund in queries.funds()}
        named = ((code, f"{fund.name} ({code})") for code, fund in self.funds.items())
        self.fund.choices = choices([NO_CHOICE, *named])

    def values(self) -> dict:
        return super().values() | {"fund": self.funds.get(self.fund.data)}


class AmountForm(Form):
    """Money put into an envelope or taken out of it. `once` makes a form that is sent twice move it once."""

    amount = FrancsField(_l("Amount"), [Required()], at_least=1)
    reference = StringField(
        _l("Paper that decides it"),
        [Required(), Length(max=80)],
        description=_l("Letter or agreement: its number and date."),
    )
    once = HiddenField(default=new_uuid)


class FundFilter(Form):
    """What narrows the list of envelopes; it stays in the address."""

    class Meta(Form.Meta):
        csrf = False  # reading only

    fund = SelectField(_l("Fund"), validate_choice=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        named = ((fund.code, fund.name) for fund in queries.funds())
        self.fund.choices = choices([("", _l("All funds")), *named])


class MovementFilter(Form):
    """What narrows the list of movements; it stays in the address."""

    class Meta(Form.Meta):
        csrf = False  # reading only

    kind = SelectField(
        _l("Kind of movement"),
        choices=choices([("", _l("All movements")), *MOVEMENT_LABELS.items()]),
        validate_choice=False,
    )
