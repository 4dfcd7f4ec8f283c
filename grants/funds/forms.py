"""Input about funds."""

from flask_babel import lazy_gettext as _l
from wtforms.validators import Length

from grants.core.forms import (
    DayField,
    DecimalField,
    Form,
    FrancsField,
    HiddenField,
    RadioField,
    Required,
    SelectField,
    StringField,
    TextAreaField,
    choices,
)
from grants.core.money import format_francs
from grants.core.references import new_uuid
from grants.funds import queries
from grants.funds.labels import FIGURE_LABELS, MOVEMENT_LABELS, RECEIPT_LABELS, kinds
from grants.funds.models import CENTS, RATE_PARTS
from grants.funds.operations import CURRENCIES, FRANC
from grants.places.queries import regions

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


def _prefinanced():
    return RadioField(
        _l("Payments before the donor’s money is there"),
        [Required()],
        choices=choices({"no": _l("No: never more is paid than came"), "yes": _l("Yes: the programme advances it")}),
        default="no",
    )


class FundForm(Form):
    """An agreement with a donor."""

    code = CodeField(_l("Code"), [Required(), Length(max=20)], description=_CODE)
    name = StringField(_l("Name of the fund"), [Required(), Length(max=160)])
    donor = SelectField(_l("Donor"), [Required()])
    agreement = StringField(_l("Agreement"), [Required(), Length(max=80)], description=_l("Its number and date."))
    signed_on = DayField(_l("Agreement signed on"), [Required()], past=True)
    currency = SelectField(
        _l("Currency"), [Required()], choices=choices((one, one) for one in CURRENCIES), default=FRANC
    )
    agreed = DecimalField(
        _l("Amount agreed"), [Required()], description=_l("In the currency of the agreement, for example 1 250 000,50.")
    )
    rate = DecimalField(
        _l("Rate"), description=_l("Francs for one unit of the currency, for example 655,957 for the euro.")
    )
    prefinanced = _prefinanced()
    opens_on = DayField(_l("First day"), [Required()], description=_l("For example 01/01/2026"))
    closes_on = DayField(_l("Last day"), [Required()], description=_l("For example 31/12/2029"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.donors = {donor.code: donor for donor in queries.donors()}
        self.donor.choices = choices([NO_CHOICE, *((code, donor.name) for code, donor in self.donors.items())])

    def values(self) -> dict:
        found = super().values()
        franc = self.currency.data == FRANC
        return {name: value for name, value in found.items() if name != "agreed"} | {
            "donor": self.donors.get(self.donor.data),
            "agreed_cents": cents(self.agreed.data),
            "prefinanced": self.prefinanced.data == "yes",
            "rate": RATE_PARTS if franc else parts(self.rate.data),
        }


def cents(number) -> int | None:
    """Hundredths of an amount; None where it has finer parts, or is not there."""
    return _whole(number, CENTS)


def parts(number) -> int | None:
    """Ten-thousandths of a rate; None where it has finer parts, or is not there."""
    return _whole(number, RATE_PARTS)


def _whole(number, of: int) -> int | None:
    scaled = number * of if number is not None else None
    return int(scaled) if scaled is not None and scaled == int(scaled) else None


class AmendForm(Form):
    """An amendment of an agreement."""

    agreed = DecimalField(
        _l("Amount agreed"), [Required()], description=_l("The whole amount from now on, not the rise.")
    )
    agreement = StringField(
        _l("Agreement"), [Required(), Length(max=80)], description=_l("With the number and date of the amendment.")
    )
    prefinanced = _prefinanced()

    def values(self) -> dict:
        return {
            "agreed_cents": cents(self.agreed.data),
            "agreement": self.agreement.data,
            "prefinanced": self.prefinanced.data == "yes",
        }


class ReceiptForm(Form):
    """Money that came from a donor, or went back. `once` makes a form that is sent twice record it once."""

    kind = RadioField(_l("What happened"), [Required()], choices=choices(RECEIPT_LABELS), default="receipt")
    amount = FrancsField(_l("Amount in francs"), [Required()], at_least=1, description=_l("As the bank booked it."))
    cents = DecimalField(_l("The same in the currency of the agreement"))
    moved_on = DayField(_l("Day"), [Required()], past=True)
    bank_reference = StringField(_l("Reference of the bank"), [Required(), Length(max=60)])
    once = HiddenField(default=new_uuid)

    def __init__(self, fund, **kwargs):
        super().__init__(**kwargs)
        if fund.currency == FRANC:
            del self.cents
        else:
            self.cents.label.text = _l("Amount in %(currency)s", currency=fund.currency)

    def values(self) -> dict:
        foreign = cents(self.cents.data) if "cents" in self._fields else None
        return {
            "kind": self.kind.data, "amount": self.amount.data, "cents": foreign, "moved_on": self.moved_on.data,
            "bank_reference": self.bank_reference.data, "key": f"receipt:{self.once.data}"[:80],
        }  # fmt: skip


class EnvelopeForm(Form):
    """An envelope of a fund."""

    code = CodeField(_l("Code"), [Required(), Length(max=30)], description=_CODE)
    name = StringField(_l("Name of the envelope"), [Required(), Length(max=160)])
    fund = SelectField(_l("Fund"), [Required()])
    place_code = SelectField(_l("Only for a region"), default="")
    kind = SelectField(_l("Only for a kind of micro-project"), default="")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.funds = {fund.code: fund for fund in queries.funds()}
        named = ((code, f"{fund.name} ({code})") for code, fund in self.funds.items())
        self.fund.choices = choices([NO_CHOICE, *named])
        self.place_code.choices = choices([("", _l("All regions")), *((one.code, one.name) for one in regions())])
        self.kind.choices = choices([("", _l("All kinds")), *kinds().items()])

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


class ReallocationForm(Form):
    """A transfer from one envelope to another. `once` makes a form that is sent twice propose it once."""

    source = SelectField(_l("From the envelope"), [Required()])
    target = SelectField(_l("To the envelope"), [Required()])
    amount = FrancsField(_l("Amount"), [Required()], at_least=1)
    paper = StringField(
        _l("Paper that decides it"),
        [Required(), Length(max=80)],
        description=_l("Letter or agreement: its number and date."),
    )
    reason = TextAreaField(_l("Reason"), [Required(), Length(max=500)])
    once = HiddenField(default=new_uuid)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.envelopes = {one.code: one for one in queries.envelopes()}
        left = _l("available")
        named = [
            (code, f"{one.name} ({code}) · {format_francs(one.available)} {left}")
            for code, one in self.envelopes.items()
        ]
        self.source.choices = self.target.choices = choices([NO_CHOICE, *named])

    def values(self) -> dict:
        return {
            "source": self.envelopes.get(self.source.data), "target": self.envelopes.get(self.target.data),
            "amount": self.amount.data, "paper": self.paper.data, "reason": self.reason.data,
            "key": f"reallocation:{self.once.data}"[:80],
        }  # fmt: skip


class RefusalForm(Form):
    """Why a transfer is refused."""

    reason = TextAreaField(_l("Why it is refused"), [Required(), Length(max=500)])


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
        choices=choices(
            [
                ("", _l("All movements")),
                *((code, _l("Behind: %(figure)s", figure=words)) for code, words in FIGURE_LABELS.items()),
                *MOVEMENT_LABELS.items(),
            ]
        ),
        validate_choice=False,
    )
