"""What people give about complaints."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import Length

from grants.core.forms import (
    BooleanField,
    DayField,
    Form,
    HiddenField,
    PhoneField,
    RadioField,
    Required,
    RequiredIf,
    SelectField,
    StringField,
    SubForm,
    TextAreaField,
    choices,
)
from grants.core.texts import pick
from grants.grievances.labels import CHANNELS, FINDINGS, SERVICES, TOLD, categories
from grants.grievances.models import Grievance
from grants.grievances.queries import Filters
from grants.lifecycle import input_form
from grants.lifecycle.versions import definition_of, newest
from grants.places.queries import regions

_LONG = Length(max=5000, message=_l("At most 5000 signs."))
_SENTENCE = Length(min=10, max=5000, message=_l("Write a whole sentence: 10 to 5000 signs."))
_STORY = Length(min=20, max=5000, message=_l("Say what happened in a few sentences: 20 to 5000 signs."))


def _categories():
    return choices([(one.code, one.label) for one in categories().values()])


def _regions(first: str):
    return choices([("", first), *((place.code, place.name) for place in regions())])


class LodgeForm(Form):
    """A complaint as anybody lodges it. Nobody has to say who they are."""

    token = HiddenField()
    category = RadioField(
        _l("What is it about?"), [Required(_l("Say what the complaint is about."))], validate_choice=False
    )
    words = TextAreaField(
        _l("What happened?"),
        [Required(_l("Say what happened in a few sentences: 20 to 5000 signs.")), _STORY],
        description=_l("Where, when, who. In your own words."),
        render_kw={"rows": 7},
    )
    place_code = SelectField(_l("Region"), [Required(_l("Choose the region."))], validate_choice=False)
    village = StringField(_l("Commune and village"), [Length(max=120, message=_l("At most 120 signs."))])
    file_named = StringField(
        _l("Reference of the micro-project"),
        [Length(max=40, message=_l("At most 40 signs."))],
        description=_l("If you know it: it stands on the contract, such as MP-2026-0417-K."),
    )
    name = StringField(
        _l("Your name"),
        [Length(max=120, message=_l("At most 120 signs."))],
        description=_l("You may leave this empty: the complaint is examined all the same."),
    )
    phone = PhoneField(
        _l("Your telephone number"),
        [RequiredIf("may_contact", True, message=_l("To be called, leave a telephone number."))],
    )
    may_contact = BooleanField(_l("You may call me on this number about this complaint"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.category.choices = _categories()
        self.place_code.choices = _regions(_("Choose the region"))
        for field in (self.village, self.file_named, self.name, self.phone):
            field.flags.optional = True


class RegisterForm(LodgeForm):
    """A complaint that somebody brought, told or wrote, as the officer writes it down."""

    channel = RadioField(_l("How did it come?"), [Required(_l("Say how the complaint came."))], validate_choice=False)
    sealed = BooleanField(
        _l("Confidential: only those who handle complaints read it"),
        description=_l("Complaints about sexual abuse, violence or corruption always are."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.channel.choices = choices([(code, label) for code, label in CHANNELS.items() if code != "page"])
        self.name.label.text, self.phone.label.text = _("Name of the person"), _("Telephone of the person")
        self.name.description = _("May stay empty: who complains stays unknown if they want.")
        self.may_contact.label.text = _("The person agrees to be called about this complaint")
        self.words.description = _("As the person said it, in their words. Read it back to them.")


class FollowForm(Form):
    """The two things by which anybody sees what became of their complaint."""

    reference = StringField(
        _l("Reference of the complaint"),
        [Required(), Length(max=40)],
        description=_l("Such as GV-2026-0012-K."),
        render_kw={"autocomplete": "off"},
    )
    code = StringField(
        _l("Code"),
        [Required(), Length(max=40)],
        description=_l("The eight signs that you were given with it."),
        render_kw={"autocomplete": "off"},
    )


class OpenForm(Form):
    """Why a sealed complaint is read."""

    purpose = StringField(
        _l("Why do you read it?"),
        [Required(), Length(max=300, message=_l("At most 300 signs."))],
        description=_l("Your name, the hour and this sentence are kept."),
    )


class ClassifyForm(Form):
    """What a complaint is about, and what follows from it."""

    category = RadioField(
        _l("What is it about?"), [Required(_l("Say what the complaint is about."))], validate_choice=False
    )
    file_named = StringField(
        _l("Reference of the micro-project"),
        [Length(max=40, message=_l("At most 40 signs."))],
        description=_l("Reference of the file or of its contract, or the code printed on the contract."),
    )
    holds_payments = BooleanField(
        _l("Suspend the payments of this file while the complaint is open"),
        description=_l("Those who pay read only that a complaint suspends the payment, not which nor why."),
    )
    sealed = BooleanField(
        _l("Confidential: only those who handle complaints read it"),
        description=_l("It cannot be undone: what is confidential stays so."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.category.choices = _categories()
        self.file_named.flags.optional = True


class NoteForm(Form):
    """What the examination brought."""

    note = TextAreaField(
        _l("Note"), [Required(), _SENTENCE], description=_l("Who was heard, what was seen, what is still awaited.")
    )


class FilterForm(SubForm):
    """What narrows the list of complaints. A GET form, so it has no token."""

    q = StringField(_l("Reference of the complaint or of the file"))
    state = SelectField(_l("State"), validate_choice=False)
    category = SelectField(_l("What it is about"), validate_choice=False)
    place = SelectField(_l("Region"), validate_choice=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        definition = definition_of(Grievance(workflow_version_id=newest("grievance").id))
        steps = [(code, pick(step.label)) for code, step in definition.steps.items()]
        self.state.choices = choices([("", _("All states")), ("open", _("Under way")), ("ended", _("Ended")), *steps])
        open_ones = [(one.code, one.label) for one in categories().values() if not one.sealed]
        self.category.choices = choices([("", _("All subjects")), *open_ones])
        self.place.choices = _regions(_("All regions"))

    def filters(self) -> Filters:
        """The filters; values that no list offers narrow nothing."""
        known = {
            field.name: {choice.value for choice in field.choices} for field in (self.state, self.category, self.place)
        }
        given = {name: (self[name].data or "") for name in known}
        kept = {name: value for name, value in given.items() if value in known[name]}
        return Filters(q=self.q.data or "", **kept)


# ------------------------------------------------------------------------------------- what the workflow's actions ask


@input_form("grievances.answer")
class AnswerForm(Form):
    """What was found, and what will be done. The person reads it."""

    finding = RadioField(
        _l("What the examination found"),
        [Required(_l("Say what the examination found."))],
        choices=choices(FINDINGS),
        validate_choice=False,
    )
    answer = TextAreaField(
        _l("Answer to the person"),
        [Required(), _SENTENCE],
        description=_l("In plain words: it is read aloud to them. Name nobody who bore witness."),
        render_kw={"rows": 6},
    )
    measure = TextAreaField(
        _l("What will be done"),
        [RequiredIf("finding", "founded", "partly", message=_l("Say what will be done, by whom and by when.")), _LONG],
        description=_l("By whom and by when. Needed unless the complaint is unfounded."),
    )


@input_form("grievances.referral")
class ReferralForm(Form):
    """To which service a complaint is referred."""

    service = RadioField(
        _l("To which service?"),
        [Required(_l("Say to which service."))],
        choices=choices(SERVICES),
        validate_choice=False,
    )
    words = TextAreaField(
        _l("What was passed on, and what is awaited"),
        [Required(), _SENTENCE],
        description=_l("With the consent of the person: say no more than the service needs."),
    )


@input_form("grievances.told")
class ToldForm(Form):
    """How the person was told of the answer."""

    told_how = RadioField(
        _l("How was the person told?"),
        [Required(_l("Say how the person was told."))],
        choices=choices(TOLD),
        validate_choice=False,
    )
    told_on = DayField(_l("On which day?"), [Required()], past=True)


@input_form("grievances.contest")
class ContestForm(Form):
    """What the person says against the answer."""

    words = TextAreaField(_l("What the person says against the answer"), [Required(), _SENTENCE])


@input_form("grievances.end")
class EndForm(Form):
    """Why a complaint ends without an answer."""

    why = TextAreaField(
        _l("Reason"),
        [Required(), _SENTENCE],
        description=_l("The person reads it with their code: say it in plain words, and where else they can turn."),
    )
