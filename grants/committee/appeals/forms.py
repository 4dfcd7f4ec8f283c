"""What is filled in about refusals and appeals."""

from flask_babel import lazy_gettext as _l
from wtforms.validators import Length, Optional

from grants.committee.appeals import queries
from grants.committee.appeals.labels import WAY_LABELS
from grants.core import clock
from grants.core.formatting import day
from grants.core.forms import DayField, FileField, Form, RadioField, Required, StringField, TextAreaField, choices
from grants.lifecycle import input_form

_SENTENCE = Length(min=10, max=4000, message=_l("Write a whole sentence: 10 to 4000 signs."))


@input_form("appeals.notice")
class NoticeForm(Form):
    """When a group was told of the refusal, and who of it."""

    told_on = DayField(
        _l("Told on"), [Required()], past=True, description=_l("The time for an appeal runs from this day.")
    )
    told_to = StringField(
        _l("To whom"),
        [Required(), Length(max=120)],
        description=_l("Name and office of who received the letter, or to whom it was read."),
    )

    @classmethod
    def for_subject(cls, project):
        """Today, unless said otherwise."""
        return cls(data={"told_on": clock.today()})


@input_form("appeals.appeal")
class AppealForm(Form):
    """An appeal in the words of the group."""

    lodged_on = DayField(_l("The group asked for it on"), [Required()], past=True)
    spoken_by = StringField(
        _l("Who spoke for the group"), [Required(), Length(max=120)], description=_l("Name and office in the group.")
    )
    way = RadioField(_l("How"), [Required()], choices=choices(WAY_LABELS))
    reasons = TextAreaField(
        _l("The group’s reasons"),
        [Required(), _SENTENCE],
        description=_l("In its own words. What was said aloud is written down and read back."),
    )
    papers = FileField(
        _l("Papers and photos"),
        [Optional()],
        several=True,
        render_kw={"capture": "environment"},
        description=_l("The group’s letter, or what proves its reasons."),
    )

    @classmethod
    def for_subject(cls, project):
        """Today, with the last day beside it."""
        form = cls(data={"lodged_on": clock.today()})
        told = queries.notice(project)
        if told is not None:
            form.lodged_on.description = _l("At the latest on %(day)s.", day=day(told.until))
        return form


@input_form("appeals.examination")
class ExaminationForm(Form):
    """What was looked at before an appeal goes to the committee."""

    finding = TextAreaField(
        _l("What was examined"),
        [Required(), _SENTENCE],
        description=_l("Lodged in time, by whom, what is new in the reasons. The committee reads it."),
    )
