"""The shape of what the public types to verify a document."""

from flask_babel import lazy_gettext as _l

from grants.core.forms import StringField, SubForm


class CodeForm(SubForm):
    """A verification code. Read from the address (GET), so it has no token."""

    code = StringField(
        _l("Code of the document"),
        description=_l("Twelve letters and digits at the foot of each page, such as 7KQ4-M2XD-93TA."),
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )
