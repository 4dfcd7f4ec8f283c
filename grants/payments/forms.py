"""What people give about a payment."""

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms.validators import Length, ValidationError

from grants.access import current_person
from grants.access.operations import confirm_password
from grants.core.errors import Problems
from grants.core.forms import DayField, FileField, Form, PasswordField, Required, StringField, TextAreaField
from grants.lifecycle import input_form


@input_form("payments.release")
class ReleaseForm(Form):
    """One's own password, typed again: a browser left open does not release money."""

    password = PasswordField(
        _l("Your password"),
        validators=[Required(_l("Type your password to release the payment."))],
        description=_l("Typed again each time that money is released."),
        render_kw={"autocomplete": "current-password"},
    )

    def validate_password(self, field):
        try:
            confirm_password(current_person(), field.data, address=request.remote_addr or "")
        except Problems as found:
            raise ValidationError(str(found)) from None

    def values(self) -> dict:
        """Nothing: the password goes no further than this form."""
        return {}


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


@input_form("payments.receipt")
class ReceiptForm(Form):
    """The signed receipt of the group."""

    received_on = DayField(_l("Received on"), past=True, validators=[Required()])
    received_by = StringField(
        _l("Who received it"),
        validators=[Required(), Length(max=120)],
        description=_l("The officer or officers who signed the receipt."),
    )
    receipt = FileField(
        _l("Signed receipt"),
        kinds=("photo", "pdf"),
        validators=[Required(_l("Choose the scan or the photo of the signed receipt."))],
        description=_l("A photo of the whole page, or a scan as PDF."),
    )
