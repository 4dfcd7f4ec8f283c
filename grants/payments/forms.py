"""What people give about a payment."""

from flask_babel import lazy_gettext as _l
from wtforms.validators import Length

from grants.access.forms import IdentityForm
from grants.contracts.forms import FINGERS, MANNERS, WitnessForm
from grants.core.forms import (
    DayField,
    FieldList,
    FileField,
    Form,
    FormField,
    HiddenField,
    RadioField,
    Required,
    SelectField,
    StringField,
    SubForm,
    TextAreaField,
    choices,
)
from grants.groups.labels import LANGUAGES, office_label
from grants.lifecycle import input_form


@input_form("payments.release")
class ReleaseForm(IdentityForm):
    """Nothing but one's own password, typed again: a browser left open does not release money."""


class VerifyForm(Form):
    """Nothing is asked to verify: the orders are ticked."""


@input_form("payments.confirmation")
class ConfirmationForm(Form):
    """What the debit advice or the operator's return says."""

    paid_on = DayField(_l("Paid on"), past=True, validators=[Required()])
    bank_reference = StringField(
        _l("Reference of the bank or the operator"),
        validators=[Required(), Length(max=60)],
        description=_l("As it stands on the debit advice or in the operator’s message."),
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )


@input_form("payments.failure")
class FailureForm(Form):
    """Why the money did not arrive."""

    reason = TextAreaField(
        _l("What the bank or the operator said"),
        validators=[
            Required(),
            Length(min=5, max=300, message=_l("Write it in a few words: 5 to 300 signs.")),
        ],
    )


class ReceiptSignatureForm(SubForm):
    """How one officer acknowledged the money; an officer who was not there is left empty."""

    officer_id = HiddenField()
    manner = RadioField(
        _l("How"), choices=choices({"": _l("Was not there"), **MANNERS}), default="", validate_choice=False
    )
    finger = SelectField(_l("Finger, for a thumbprint"), choices=choices(FINGERS))


@input_form("payments.receipt")
class ReceiptForm(Form):
    """The signed receipt of the group, as the paper says it."""

    template = "payments/receipt.html"

    received_on = DayField(_l("Received on"), past=True, validators=[Required()])
    place = StringField(_l("Where"), validators=[Required(), Length(max=80)])
    language = SelectField(_l("Read aloud in"), validators=[Required()])
    reader = StringField(
        _l("Read and explained by"),
        validators=[Required(), Length(max=120)],
        description=_l("Name of the person who read."),
    )
    signatures = FieldList(FormField(ReceiptSignatureForm), label=_l("Who received the money"))
    witnesses = FieldList(FormField(WitnessForm), label=_l("Witnesses"), min_entries=2, max_entries=2)
    receipt = FileField(
        _l("Signed receipt"),
        kinds=("photo", "pdf"),
        validators=[Required(_l("Choose the scan or the photo of the signed receipt."))],
        description=_l("A photo of the whole page, or a scan as PDF."),
    )

    @classmethod
    def for_subject(cls, order):
        """The form with a line for each officer of the group."""
        group = order.project.group
        officers = list(group.officers)
        form = cls(
            data={
                "place": group.village,
                "language": group.language,
                "signatures": [{"officer_id": officer.id, "manner": ""} for officer in officers],
            }
        )
        form.language.choices = choices(LANGUAGES)
        form.officers = {
            str(officer.id): f"{officer.name}, {office_label(officer.office, officer.sex)}" for officer in officers
        }
        return form
