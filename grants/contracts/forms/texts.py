"""What people give about the texts of contracts."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from wtforms.validators import Length

from grants.calls.kinds import kinds
from grants.calls.models import Call
from grants.contracts.clauses.parts import parts
from grants.contracts.clauses.reading import LONGEST
from grants.core import clock
from grants.core.database import db
from grants.core.forms import DayField, Form, Required, SelectField, StringField, SubForm, TextAreaField, choices
from grants.core.texts import pick


class NewSetForm(Form):
    """For which part, call and kind a text of its own is begun."""

    part = SelectField(_l("Part of the contract"), validators=[Required()])
    kind = SelectField(_l("Kind of micro-project"))
    call = SelectField(_l("Call"))

    @classmethod
    def filled(cls, part: str | None = None):
        """The form with its lists."""
        form = cls(data={"part": part})
        form.part.choices = choices({code: one.heading for code, one in parts().items()})
        form.kind.choices = choices({"": "—", **{code: pick(kind.label) for code, kind in kinds().items()}})
        calls = db.session.scalars(select(Call).order_by(Call.opens_on.desc(), Call.id.desc()).limit(60))
        form.call.choices = choices({"": "—", **{call.reference: f"{call.title} ({call.reference})" for call in calls}})
        return form


class TextForm(Form):
    """The text of a version, and why it changes."""

    text = TextAreaField(
        _l("Text"),
        validators=[Required()],
        description=_l("Plain text. What stands in braces comes from the file; the list is beside the text."),
        render_kw={"rows": 22, "spellcheck": "true", "maxlength": str(LONGEST)},
    )
    reason = StringField(_l("Why it changes"), validators=[Required(), Length(max=300)])


class PublishForm(Form):
    """From which day a text holds."""

    valid_from = DayField(_l("It holds from"), validators=[Required()])

    @classmethod
    def filled(cls):
        """The form with today."""
        return cls(data={"valid_from": clock.today()})


class SendBackForm(Form):
    """Why a text goes back to its author."""

    reason = TextAreaField(_l("What must change"), validators=[Required(), Length(max=300)], render_kw={"rows": 3})


class PreviewForm(SubForm):
    """The file with whose facts a text is looked at. Read from the address, so it has no token."""

    project = StringField(
        _l("Reference of a file"), description=_l("A file that a committee has granted, such as MP-2026-0417-K.")
    )
