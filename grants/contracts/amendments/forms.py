"""What people give about a change of a contract."""

from flask_babel import lazy_gettext as _l
from wtforms.validators import Length

from grants.access import current_person
from grants.contracts.operations import LONGEST_MONTHS
from grants.core import clock
from grants.core.forms import (
    DayField,
    FileField,
    Form,
    FrancsField,
    IntegerField,
    Required,
    SelectField,
    StringField,
    TextAreaField,
    choices,
)
from grants.groups.labels import LANGUAGES
from grants.lifecycle import input_form

_LINE = "line_"


class ProposalForm(Form):
    """What the contract should say instead. The lines of the budget are added by `proposal_form`."""

    months = IntegerField(
        _l("Duration in months"), [Required()], most=LONGEST_MONTHS, description=_l("Counted from the signature.")
    )
    terms = TextAreaField(
        _l("Other terms"),
        [Length(max=4000)],
        description=_l("What is agreed beside, a sentence a line. Empty where nothing else changes."),
    )
    reason = TextAreaField(
        _l("Why"), [Required(), Length(max=2000)], description=_l("The group and the auditors read it.")
    )

    @property
    def line_names(self) -> list[str]:
        """The names of the fields of budget lines, in their order."""
        return [name for name in self._fields if name.startswith(_LINE)]

    def values(self) -> dict:
        given = super().values()
        lines = {int(name.removeprefix(_LINE)): given.pop(name) for name in self.line_names}
        return {**given, "lines": lines}


def proposal_form(lines: list[dict], months: int) -> ProposalForm:
    """The form for these budget lines, with what holds now filled in."""
    fields = {
        f"{_LINE}{line['position']}": FrancsField(line["label"], [Required()], default=line["amount"], at_least=0)
        for line in lines
    }
    return type("BudgetProposalForm", (ProposalForm,), fields)(months=months)


@input_form("amendments.issue")
class IssueAmendmentForm(Form):
    """What the printed amendment says beside the change itself."""

    place = StringField(_l("Where it will be read and signed"), [Required(), Length(max=80)])
    language = SelectField(_l("Language in which it will be read aloud"), [Required()], choices=choices(LANGUAGES))
    represented_by = StringField(_l("Who signs for the programme"), [Required(), Length(max=120)])

    @classmethod
    def for_subject(cls, amendment):
        group = amendment.project.group
        return cls(
            data={
                "place": group.village,
                "language": group.language or "bamanankan",
                "represented_by": current_person().name,
            }
        )


@input_form("amendments.signature")
class AmendmentSignatureForm(Form):
    """What the signed paper says, and its scan."""

    signed_on = DayField(_l("Day of the signature"), [Required()], past=True, default=clock.today)
    place = StringField(_l("Place of the signature"), [Required(), Length(max=80)])
    scan = FileField(_l("Scan of the signed amendment"), [Required()])

    @classmethod
    def for_subject(cls, amendment):
        return cls(data={"place": amendment.project.group.village, "signed_on": clock.today()})
