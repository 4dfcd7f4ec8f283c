"""What people give about claims."""

from datetime import timedelta

from flask_babel import lazy_gettext as _l
from wtforms.validators import Length, Optional

from grants.access import current_person
from grants.core import clock
from grants.core.forms import (
    DayField,
    FieldList,
    FileField,
    Form,
    FormField,
    FrancsField,
    IntegerField,
    Required,
    SelectField,
    StringField,
    SubForm,
    TextAreaField,
    choices,
)
from grants.followup.recovery import queries
from grants.lifecycle import input_form


class ClaimForm(Form):
    """What of the balance the group still holds, and why it is claimed."""

    unspent = FrancsField(
        _l("Of it unspent"),
        [Optional()],
        description=_l("What the group says it still holds. Empty: nothing."),
        at_least=0,
    )
    reason = TextAreaField(
        _l("Why"), [Required(), Length(max=2000)], description=_l("The group reads it in the letter.")
    )


class InstalmentRow(SubForm):
    due_on = DayField(_l("Until which day"))
    amount = FrancsField(_l("Amount"))


@input_form("recovery.schedule")
class ScheduleForm(Form):
    """The instalments, in their order; lines left empty are taken out."""

    template = "followup/recovery/schedule.html"

    instalments = FieldList(
        FormField(InstalmentRow), _l("Instalments"), description=_l("They add up to what is left, to the franc.")
    )

    @classmethod
    def for_subject(cls, recovery):
        """Lines for one year, with the whole of it as a proposal in three months."""
        first = {"due_on": clock.today() + timedelta(days=90), "amount": recovery.left}
        form = cls(data={"instalments": [first, *({} for _number in range(5))]})
        form.left = recovery.left
        return form


@input_form("recovery.pay_back")
class PayBackForm(Form):
    """Money that came back."""

    amount = FrancsField(_l("Amount"), [Required()], at_least=1)
    refunded_on = DayField(_l("Day"), [Required()], past=True)
    bank_reference = StringField(_l("Reference of the bank or the operator"), [Required(), Length(max=60)])
    slip = FileField(_l("Slip"), [Required()], render_kw={"capture": "environment"})


@input_form("recovery.write_off")
class WriteOffForm(Form):
    """What the committee decided, as the session counted it."""

    session = SelectField(_l("Session"), [Required()], validate_choice=False)
    votes_for = IntegerField(_l("Votes for"), [Required()], most=50)
    votes_against = IntegerField(_l("Votes against"), default=0, most=50)
    abstentions = IntegerField(_l("Abstentions"), default=0, most=50)
    reason = TextAreaField(
        _l("Why"), [Required(), Length(max=2000)], description=_l("It stands in the journal and on the file.")
    )

    @classmethod
    def for_subject(cls, recovery):
        """The form with the sessions in which this person presides."""
        form = cls()
        form.session.choices = choices(
            (str(one.id), f"{one.committee.name} · {one.reference}")
            for one in queries.chaired(recovery, current_person())
        )
        return form
