"""What people give about proofs and lifts."""

from flask_babel import lazy_gettext as _l
from wtforms.validators import Length

from grants.core.forms import DayField, FileField, Form, Required, StringField, TextAreaField


class ProofForm(Form):
    """A paper that proves a condition."""

    proven_on = DayField(_l("Day"), [Required()], past=True)
    note = StringField(_l("What was done, and who was there"), [Required(), Length(max=300)])
    proof = FileField(_l("Signed paper"), [Required()], render_kw={"capture": "environment"})


class LiftForm(Form):
    """Why a condition does not hold this tranche up."""

    reason = TextAreaField(
        _l("Why"),
        [Required(), Length(max=300)],
        description=_l("It stands on the order, on the file and in the journal."),
    )
