"""What people give about claims."""

from datetime import timedelta

from flask_babel import lazy_gettext as _l
from wtforms.validators import Length, Optional, ValidationError

from grants.access import current_person
from grants.committee.counting import voters_present
from grants.core import clock
from grants.core.forms import (
    DayField,
    FieldList,
    FileField,
    Form,
    FormField,
    FrancsField,
    HiddenField,
    RadioField,
    Required,
    SelectField,
    StringField,
    SubForm,
    TextAreaField,
    choices,
)
from grants.followup.recovery import queries
from grants.followup.recovery.queries import too_much_unspent
from grants.lifecycle import input_form
from grants.projects.forms import ReasonForm


class ClaimForm(Form):
    """What of the balance the group still holds, and why it is claimed."""

    unspent = FrancsField(
        _l("Of it unspent"),
        [Optional()],
        description=_l("What the group says it still holds. Empty: nothing."),
        at_least=0,
    )
    reason = TextAreaField(
        _l("Why"),
        [Required(), Length(min=10, max=2000, message=_l("Say why, in a sentence."))],
        description=_l("The group reads it in the letter."),
    )

    def __init__(self, *args, most: int | None = None, **kwargs):
        """`most`: what can be unspent at most, in francs; said beside what else is wrong, not after it."""
        self.most = most
        super().__init__(*args, **kwargs)

    def validate_unspent(self, field):
        if self.most is not None and (field.data or 0) > self.most:
            raise ValidationError(too_much_unspent(self.most))


@input_form("recovery.termination")
class TerminationForm(ReasonForm):
    """Why a contract ends, with what the group will have to give back in sight."""

    template = "followup/recovery/terminate.html"

    @classmethod
    def for_subject(cls, project):
        """The form with the balance of the file as it stands."""
        form = cls()
        form.found = queries.calculation(project)
        return form


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


class WriteOffVoteRow(SubForm):
    """How one member voted; empty where they did not."""

    person_id = HiddenField()
    choice = RadioField(
        _l("Vote"),
        choices=choices(
            {"for": _l("In favour"), "against": _l("Against"), "abstain": _l("Abstained"), "": _l("Did not vote")}
        ),
        default="",
        validate_choice=False,
    )


@input_form("recovery.write_off")
class WriteOffForm(Form):
    """What the committee decided: who voted how, and why."""

    template = "followup/recovery/write_off.html"

    session = SelectField(_l("Session"), [Required()], validate_choice=False)
    votes = FieldList(FormField(WriteOffVoteRow), _l("Votes"))
    reason = TextAreaField(
        _l("Why"),
        [Required(), Length(min=10, max=2000, message=_l("Say why, in a sentence."))],
        description=_l("It stands in the journal, in the minutes and on the file."),
    )

    @classmethod
    def for_subject(cls, recovery):
        """The form with the sessions in which this person presides, and those who have a vote there."""
        sessions = queries.chaired(recovery, current_person())
        voters = {person.id: person.name for one in sessions for person in voters_present(one)}
        form = cls(data={"votes": [{"person_id": number, "choice": ""} for number in voters]})
        form.session.choices = choices((str(one.id), f"{one.committee.name} · {one.reference}") for one in sessions)
        form.voters = {str(number): name for number, name in voters.items()}
        return form
