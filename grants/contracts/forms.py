"""What people give about a contract."""

from flask_babel import lazy_gettext as _l
from wtforms.validators import Length

from grants.access import current_person
from grants.contracts.operations import LONGEST_MONTHS
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
from grants.groups.labels import LANGUAGES, office_label
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


@input_form("contracts.issue")
class IssueForm(Form):
    """What the contract needs beside the frozen file: duration, start, place and language of the reading."""

    months = IntegerField(
        _l("Duration in months"),
        least=1,
        most=LONGEST_MONTHS,
        validators=[Required()],
        description=_l("Counted from the day of the signature."),
    )
    start = TextAreaField(
        _l("Condition of the start"),
        validators=[Length(max=300)],
        description=_l("Only if there is one: “the pen is built and has been visited”."),
    )
    place = StringField(
        _l("Where it will be read and signed"),
        validators=[Required(), Length(max=80)],
        description=_l("Village or town."),
    )
    language = SelectField(_l("Language in which it will be read aloud"), validators=[Required()])
    represented_by = StringField(
        _l("Who signs for the programme"),
        validators=[Required(), Length(max=120)],
        description=_l("First name and name."),
    )

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


class SignatureForm(SubForm):
    """How one officer signed the paper."""

    officer_id = HiddenField()
    # Whether it is one of them is asked with everything else, once all is there (see `operations.bring_into_force`).
    manner = RadioField(
        _l("How"),
        choices=choices(MANNERS),
        validate_choice=False,
        validators=[Required(_l("Say how this person signed."))],
    )
    finger = SelectField(_l("Finger, for a thumbprint"), choices=choices(FINGERS))


class WitnessForm(SubForm):
    """A witness who can read, and the paper that says who they are."""

    name = StringField(_l("Name"), validators=[Required(_l("Write who witnessed.")), Length(max=120)])
    paper = StringField(
        _l("Identity paper"), validators=[Required(_l("Write which paper shows who it is.")), Length(max=80)]
    )


@input_form("contracts.signatures")
class SignaturesForm(Form):
    """How the paper was read and signed, as the paper itself says."""

    template = "contracts/signatures.html"

    signed_on = DayField(_l("Day of the signature"), past=True, validators=[Required()])
    place = StringField(_l("Place"), validators=[Required(), Length(max=80)])
    language = SelectField(_l("Read aloud in"), validators=[Required()])
    reader = StringField(
        _l("Read and explained by"),
        validators=[Required(), Length(max=120)],
        description=_l("Name of the person who read."),
    )
    signatures = FieldList(FormField(SignatureForm), label=_l("Signatures"))
    witnesses = FieldList(FormField(WitnessForm), label=_l("Witnesses"), min_entries=2, max_entries=2)

    @classmethod
    def for_subject(cls, project):
        """The form with a line for each officer of the group."""
        officers = list(project.group.officers)
        form = cls(
            data={
                "place": project.group.village,
                "language": project.group.language,
                "signatures": [{"officer_id": officer.id} for officer in officers],
            }
        )
        form.language.choices = choices(LANGUAGES)
        form.officers = {
            str(officer.id): f"{officer.name}, {office_label(officer.office, officer.sex)}" for officer in officers
        }
        return form


class ScanForm(Form):
    """The signed paper: one PDF, or a photo of each page."""

    scan = FileField(
        _l("Signed contract"),
        kinds=("pdf", "photo"),
        several=True,
        validators=[Required(_l("Choose the PDF or the photos of the signed pages."))],
        description=_l(
            "One PDF, or one sharp photo of each page, in order. The initials on each page must be readable."
        ),
    )
