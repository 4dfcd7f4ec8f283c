"""The shape of what committees fill in."""

from flask_babel import lazy_gettext as _l

from grants.committee.labels import LEVEL_LABELS, OFFICE_LABELS
from grants.core.forms import (
    DayField,
    FileField,
    Form,
    FrancsField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    choices,
)
from grants.lifecycle import input_form


class CommitteeForm(Form):
    """A new committee."""

    name = StringField(_l("Name"), description=_l("Such as “comité régional de sélection de Mopti”."))
    level = RadioField(_l("Level"), choices=choices(LEVEL_LABELS), validate_choice=False)
    place_code = SelectField(_l("Territory"), validate_choice=False, description=_l("None for the national committee."))
    quorum = IntegerField(
        _l("Quorum"), least=2, most=50, description=_l("How many people with a vote must be present.")
    )


class QuorumForm(Form):
    """Another quorum."""

    quorum = IntegerField(
        _l("Quorum"), least=2, most=50, description=_l("How many people with a vote must be present.")
    )


class SeatForm(Form):
    """A new seat."""

    person = SelectField(_l("Person"), validate_choice=False)
    office = RadioField(_l("Office"), choices=choices(OFFICE_LABELS), validate_choice=False)
    quality = StringField(
        _l("Whom they stand for"),
        description=_l("Town hall, technical service, women’s organisation … It stands in the minutes."),
    )


class SessionForm(Form):
    """A session to be convened."""

    committee = SelectField(_l("Committee"), validate_choice=False)
    held_on = DayField(_l("Day of the session"))
    venue = StringField(_l("Venue"))


class AgendaForm(Form):
    """Files to put on an agenda."""

    files = SelectMultipleField(_l("Files that wait for this committee"), validate_choice=False)


class AttendanceForm(Form):
    """Who is there."""

    present = SelectMultipleField(_l("Who is present?"), coerce=int, validate_choice=False)


class ConflictForm(Form):
    """A conflict of interest on a file; the secretary chooses whose."""

    person = SelectField(_l("Who?"), validate_choice=False)
    tie = StringField(
        _l("What ties the person to this file?"),
        description=_l("Such as: brother of the treasurer. It stands in the minutes."),
    )


@input_form("committee.decision")
class DecisionForm(Form):
    """What a decision says. Which of it is needed depends on the decision; the effect that records it tells."""

    amount = FrancsField(_l("Amount granted"), description=_l("For an award."))
    conditions = TextAreaField(
        _l("Conditions"), description=_l("One a line; they go into the contract."), render_kw={"rows": 3}
    )
    reason = TextAreaField(
        _l("Reason"),
        description=_l("Needed to reject or adjourn: the group is told it."),
        render_kw={"rows": 3},
    )


class RoomDecisionForm(DecisionForm):
    """The same in the room, where the decision itself is chosen too."""

    decision = HiddenField()


class ScanForm(Form):
    """The scan of the signed minutes."""

    scan = FileField(
        _l("Scan or photo of the signed minutes"), description=_l("All pages in one PDF, or a photo of the last.")
    )
