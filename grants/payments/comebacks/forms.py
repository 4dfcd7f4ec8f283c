"""What is asked of who states that money came back."""

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import Length, Optional

from grants.core.formatting import day
from grants.core.forms import DayField, Form, FrancsField, RadioField, Required, StringField, TextAreaField
from grants.core.money import format_francs
from grants.lifecycle import input_form
from grants.payments.comebacks import queries


@input_form("payments.money_back")
class MoneyBackForm(Form):
    """By what the bank or the operator says it, when, and how much it kept."""

    evidence = RadioField(
        _l("What the bank or the operator says"),
        validators=[Required(_l("Choose the row or the line by which the bank says it."))],
        description=_l("Rows of returns and lines of statements that nobody has placed yet."),
    )
    sending = RadioField(_l("Which part came back"), validate_choice=False)
    returned_on = DayField(_l("Came back on"), past=True, validators=[Required()])
    fee = FrancsField(
        _l("Kept by the bank"),
        validators=[Optional()],
        description=_l("Francs that did not come back with the rest; empty if all of it came."),
    )
    bank_reference = StringField(
        _l("Reference of the bank or the operator"), validators=[Length(max=60)], render_kw={"autocomplete": "off"}
    )
    reason = TextAreaField(
        _l("Why the money came back"),
        validators=[Required(), Length(min=5, max=300, message=_l("Write it in a few words: 5 to 300 signs."))],
    )

    @classmethod
    def for_subject(cls, order):
        """The form with what may be evidence; a link from a row or a line has chosen it already."""
        found, sent = queries.evidence(order), queries.sendings(order)
        wanted = next((one for one in found if one.key == request.args.get("evidence")), None)
        wanted = wanted or (found[0] if len(found) == 1 else None)
        said = {}
        if wanted is not None:
            said = {
                "evidence": wanted.key, "returned_on": wanted.day, "reason": wanted.wording or "",
                "bank_reference": wanted.bank_reference or "",
            }  # fmt: skip
        form = cls(data=said)
        form.evidence.choices = [(one.key, _words(one)) for one in found]
        if not found:
            form.evidence.description = _(
                "No row of a return and no line of a statement says it yet: read the file of the bank first."
            )
        if len(sent) > 1:
            form.sending.choices = [
                (str(one.id), f"{one.reference} · {format_francs(one.amount)} · … {one.account_number[-4:]}")
                for one in sent
            ]
        else:
            del form.sending
        return form


def _words(one: queries.Evidence) -> str:
    where = (
        _("Row %(number)s of return %(reference)s", number=one.position, reference=one.source)
        if one.key.startswith("row-")
        else _("Line %(number)s of statement %(reference)s", number=one.position, reference=one.source)
    )
    told = [
        day(one.day) if one.day else None,
        format_francs(one.amount) if one.amount is not None else None,
        one.wording,
    ]
    return " · ".join([where, *filter(None, told)])
