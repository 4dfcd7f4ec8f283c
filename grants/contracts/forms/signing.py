"""What people give about a contract: what it needs to be printed, and what its signed paper says."""

from flask_babel import lazy_gettext as _l
from wtforms.validators import Length

from grants.access import current_person
from grants.contracts.operations import LONGEST_MONTHS
from grants.core import clock
from grants.core.forms import (
    DayField,
    FieldList,
    FileField,
    Form,
    FormField,
    HiddenField,
    IntegerField,
    RadioField,
    Required,
    SelectField,
    StringField,
    SubForm,
    TextAreaField,
    choices,
)
from grants.groups.labels import LANGUAGES, PAPER_LABELS, office_label
from grants.lifecycle import input_form

MANNERS = {"signature": _l("Signature"), "thumbprint": _l("Thumbprint")}
FINGERS = {
    "": "—",
    "left_thumb": _l("Left thumb"),
    "right_thumb": _l("Right thumb"),
    "left_index": _l("Left index"),
    "right_index": _l("Right index"),
    "other": _l("Another finger"),
}


def _months() -> IntegerField:
    return IntegerField(
        _l("Duration in months"),
        least=1,
        most=LONGEST_MONTHS,
        validators=[Required()],
        description=_l("Counted from the day of the signature."),
    )


def _start(hint) -> TextAreaField:
    return TextAreaField(_l("Condition of the start"), validators=[Length(max=300)], description=hint)


def _programme_signer() -> StringField:
    return StringField(
        _l("Who signs for the programme"),
        validators=[Required(), Length(max=120)],
        description=_l("First name and name."),
    )


@input_form("contracts.issue")
class IssueForm(Form):
    """What the contract needs beside the frozen file: duration, start, place and language of the reading."""

    months = _months()
    start = _start(_l("Only if there is one: “the pen is built and has been visited”."))
    place = StringField(
        _l("Where it will be read and signed"),
        validators=[Required(), Length(max=80)],
        description=_l("Village or town."),
    )
    language = SelectField(_l("Language in which it will be read aloud"), validators=[Required()])
    represented_by = _programme_signer()

    @classmethod
    def for_subject(cls, project):
        """The form with what is known already: the village, the language of the group, the one who issues."""
        form = cls(
            data={
                "place": project.group.village,
                "language": project.group.language or "bamanankan",
                "represented_by": current_person().name,
            }
        )
        form.language.choices = choices(LANGUAGES)
        return form


class ManyForm(Form):
    """The terms that the contracts of all files of a call share; village and language are each group's own."""

    months = _months()
    start = _start(_l("Only if all these micro-projects share one."))
    represented_by = _programme_signer()

    @classmethod
    def of(cls, person):
        """The form with the name of who asks."""
        return cls(data={"represented_by": person.name})


@input_form("contracts.reading")
class ReadingForm(Form):
    """How the text was made known to the group, before anybody signed."""

    read_on = DayField(_l("Day of the reading"), past=True, validators=[Required()])
    place = StringField(_l("Place"), validators=[Required(), Length(max=80)])
    language = SelectField(_l("Read aloud in"), validators=[Required()])
    reader = StringField(
        _l("Read and explained by"),
        validators=[Required(), Length(max=120)],
        description=_l("Name of the person who read and translated."),
    )
    reader_paper = StringField(_l("Identity paper of this person"), validators=[Length(max=80)])
    audio_played = RadioField(
        _l("Was a recording of the text played as well?"),
        choices=choices({"yes": _l("Yes"), "no": _l("No")}),
        validators=[Required(_l("Say whether a recording was played."))],
    )
    present = TextAreaField(
        _l("Who was present"),
        validators=[Required(), Length(max=600)],
        description=_l("The officers, the witnesses, and how many members."),
        render_kw={"rows": 3},
    )

    @classmethod
    def for_subject(cls, contract):
        """The form with the place and the language for which the contract was printed."""
        reading = contract.content["reading"]
        form = cls(data={"place": reading["place"], "language": reading["language"]})
        form.language.choices = choices(LANGUAGES)
        return form


class SignatureForm(SubForm):
    """How one officer signed the paper."""

    officer_id = HiddenField()
    # Whether it is one of them is asked with everything else, once all is there (see `operations.signing`).
    manner = RadioField(
        _l("How"),
        choices=choices(MANNERS),
        validate_choice=False,
        validators=[Required(_l("Say how this person signed."))],
    )
    finger = SelectField(_l("Finger, for a thumbprint"), choices=choices(FINGERS))
    signed_on = DayField(_l("Day"), past=True, validators=[Required()])
    paper = StringField(_l("Identity paper shown"), validators=[Length(max=80)])


class WitnessForm(SubForm):
    """A witness who can read, and the paper that says who they are."""

    name = StringField(_l("Name"), validators=[Length(max=120)])
    paper = StringField(_l("Identity paper"), validators=[Length(max=80)])


@input_form("contracts.group_signatures")
class GroupSignaturesForm(Form):
    """Who signed the paper for the group, as the paper itself says."""

    template = "contracts/signatures.html"

    place = StringField(_l("Place of the signature"), validators=[Required(), Length(max=80)])
    signatures = FieldList(FormField(SignatureForm), label=_l("Signatures"))
    witnesses = FieldList(FormField(WitnessForm), label=_l("Witnesses"), min_entries=2, max_entries=2)

    @classmethod
    def for_subject(cls, contract):
        """The form with a line for each officer of the group."""
        officers = list(contract.group.officers)
        form = cls(
            data={
                "place": contract.read_at_place,
                "signatures": [
                    {"officer_id": one.id, "signed_on": contract.read_on, "paper": _paper(one)} for one in officers
                ],
            }
        )
        form.officers = {str(one.id): f"{one.name}, {office_label(one.office, one.sex)}" for one in officers}
        return form


def _paper(officer) -> str:
    if not officer.paper_number:
        return ""
    return f"{PAPER_LABELS.get(officer.paper_kind, '')} {officer.paper_number}".strip()[:80]


@input_form("contracts.programme_signature")
class ProgrammeSignatureForm(Form):
    """Who signed the paper for the programme, and when."""

    name = StringField(_l("Who signed for the programme"), validators=[Required(), Length(max=120)])
    signed_on = DayField(_l("Day of the signature"), past=True, validators=[Required()])

    @classmethod
    def for_subject(cls, contract):
        """The form with the name that the contract prints."""
        return cls(data={"name": contract.content["programme"]["represented_by"], "signed_on": clock.today()})


@input_form("contracts.signatures")
class NothingMoreForm(Form):
    """Asked by files that began with the first version of their workflow: everything is recorded with the contract now."""


class ScanForm(Form):
    """The signed paper: one PDF, or a photo of each page."""

    scan = FileField(
        _l("Signed contract"),
        kinds=("pdf", "photo"),
        several=True,
        validators=[Required(_l("Choose the PDF or the photos of the signed pages."))],
        description=_l(
            "One PDF, or one sharp photo of each page. The square code at the foot of each page must be in the picture: it "
            "says which page it is."
        ),
    )


class StateForm(Form):
    """Which page a page of the scan is, where its code could not be read."""

    page = IntegerField(_l("It is page"), least=1, most=300, validators=[Required()])
    reason = TextAreaField(
        _l("By what you know it"),
        validators=[Required(), Length(max=300)],
        description=_l("For instance: the code is under the stamp; article 7 and the number at the foot can be read."),
        render_kw={"rows": 2},
    )
