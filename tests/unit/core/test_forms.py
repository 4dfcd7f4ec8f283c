"""Text in a form is stripped, and a field's own filters still run."""

from werkzeug.datastructures import MultiDict

from grants.core.forms import StringField, SubForm


class Named(SubForm):
    plain = StringField("Plain")
    code = StringField("Code", filters=[lambda value: value.upper() if value else value])


def test_text_is_stripped_and_own_filters_run(app_words):
    form = Named(MultiDict({"plain": "  Sofara ", "code": " mp-1 "}))
    assert (form.plain.data, form.code.data) == ("Sofara", "MP-1")
