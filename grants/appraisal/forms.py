"""The shape of what the regional team fills in."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from grants.appraisal.labels import ANSWER_LABELS, OPINION_LABELS
from grants.core.forms import (
    DayField,
    FileField,
    Form,
    IntegerField,
    RadioField,
    StringField,
    TextAreaField,
    choices,
)
from grants.core.texts import pick


class EligibilityForm(Form):
    """The base of the form of a call's eligibility questions; `eligibility_form` adds a pair of fields a question."""

    codes: tuple[str, ...] = ()

    def answers(self) -> dict[str, dict]:
        """The answers by code, those left open among them."""
        return {code: {"answer": self[f"answer_{code}"].data, "note": self[f"note_{code}"].data} for code in self.codes}


def eligibility_form(questions, given: dict) -> EligibilityForm:
    """The form of the questions of a call, holding what was answered so far."""
    fields = {}
    for question in questions:
        check = given.get(question.code)
        fields[f"answer_{question.code}"] = RadioField(
            pick(question.label),
            description=pick(question.help),
            choices=choices(ANSWER_LABELS),
            validate_choice=False,
            default=check.answer if check else None,
        )
        fields[f"note_{question.code}"] = StringField(
            _l("Remark; for a no, the reason"), default=check.note if check else "", render_kw={"autocomplete": "off"}
        )
    codes = tuple(question.code for question in questions)
    return type("CallEligibilityForm", (EligibilityForm,), {"codes": codes, **fields})()


class FieldCheckForm(Form):
    """A visit of the site before the scoring."""

    visited_on = DayField(_l("Day of the visit"), past=True)
    met = StringField(_l("Whom you met"), description=_l("Names and offices: president, treasurer, village chief …"))
    findings = TextAreaField(
        _l("What you found"),
        description=_l("The site, the members, the trade, the market; what differs from the application."),
        render_kw={"rows": 6},
    )
    confirmed = RadioField(
        _l("Does the visit confirm the application?"),
        choices=choices({"yes": _l("Yes"), "no": _l("No")}),
        validate_choice=False,
    )
    photo = FileField(
        _l("Photo of the site"),
        kinds=("photo",),
        description=_l("Taken there, with place and time where the telephone gives them."),
    )

    def values(self) -> dict:
        given = super().values()
        return {
            **given,
            "confirmed": {"yes": True, "no": False}.get(given["confirmed"]),
            "photo": self.photo.one,
        }


class SheetForm(Form):
    """The base of the form of a score sheet; `sheet_form` adds a field a criterion."""

    codes: tuple[str, ...] = ()

    opinion = RadioField(_l("Opinion"), choices=choices(OPINION_LABELS), validate_choice=False)
    comment = TextAreaField(
        _l("What led you to these points"),
        description=_l("Read by the committee. Strong points, weak points, what the group should change."),
        render_kw={"rows": 6},
    )

    def sheet(self) -> dict:
        """What `operations.file_score_sheet` takes."""
        scores = {code: self[f"score_{code}"].data for code in self.codes}
        return {"scores": scores, "opinion": self.opinion.data, "comment": self.comment.data}


def sheet_form(grid) -> SheetForm:
    """The form of a score sheet with the criteria of a call's grid."""
    fields = {
        f"score_{criterion.code}": IntegerField(
            pick(criterion.label),
            least=0,
            most=criterion.most,
            description=_(
                "From 0 to %(most)s points; counts for %(weight)s out of 100.",
                most=criterion.most,
                weight=criterion.weight,
            ),
            render_kw={"autocomplete": "off"},
        )
        for criterion in grid
    }
    codes = tuple(criterion.code for criterion in grid)
    return type("CallSheetForm", (SheetForm,), {"codes": codes, **fields})()
