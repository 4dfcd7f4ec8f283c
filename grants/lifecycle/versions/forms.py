"""What administrators give about versions of workflows."""

import wtforms
from flask_babel import lazy_gettext as _l

from grants.core.forms import Form, HiddenField, TextAreaField
from grants.lifecycle.versions.checking import MOST_SIGNS


class TextFileField(wtforms.Field):
    """A text file that is read at once and not kept: its content goes into the text of the form."""

    kind = "file"
    widget = wtforms.widgets.FileInput()
    accept = ".toml,text/plain"
    several = False
    content: bytes | None = None

    def process_formdata(self, valuelist):
        self.data = None
        file = next((one for one in valuelist if getattr(one, "filename", None)), None)
        if file is not None:
            # One byte more than may be, so that what is too long shows as such and is not cut.
            self.content = file.stream.read(MOST_SIGNS * 4 + 1)
            file.close()


class DraftForm(Form):
    """The text of a definition, typed or out of a file."""

    revision = HiddenField()
    file = TextFileField(
        _l("File of the definition"),
        description=_l("A TOML file. It takes the place of the text below."),
        validators=[wtforms.validators.Optional()],
    )
    source = TextAreaField(
        _l("Definition"),
        description=_l("The text of the definition, in TOML."),
        render_kw={"rows": 24, "spellcheck": "false"},
    )


class ReasonForm(Form):
    """Why something is done with a draft."""

    revision = HiddenField()
    reason = TextAreaField(_l("Reason"), render_kw={"rows": 3})
