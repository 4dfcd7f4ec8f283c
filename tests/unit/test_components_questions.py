"""The questions of a questionnaire as components show them."""

from flask import render_template_string

from grants.core.forms import DayField, FieldList, FormField, FrancsField, StringField, SubForm
from tests.unit.test_components import Sample, app, control, find, parse  # noqa: F401  (the application of the components)


def test_a_question_that_hangs_on_another_is_marked_for_the_script(app):  # noqa: F811
    with app.test_request_context("/"):
        form = type("Asked", (Sample,), {"shown": ["one", "story"]})()
        form.story.render_kw = {"data-when": "one", "data-when-rule": "is", "data-when-value": "yes"}
        text = render_template_string('{% import "components/ui.html" as ui %}{{ ui.questions(form) }}', form=form)
    tree = parse(f"<!doctype html><html lang=en><title>x</title><body>{text}")
    (when,) = [e for e in tree.iter() if e.get("class") == "when"]
    assert when.get("data-when") == "one" and find(when, "textarea", name="story")
    assert control(tree, "one") is not None and not find(when, "input", name="one")


def test_a_day_in_a_line_takes_half_of_a_telephone_and_a_text_the_whole(app):  # noqa: F811
    class Instalment(SubForm):
        due_on = DayField("Until")
        amount = FrancsField("Amount")
        note = StringField("Note")

    with app.test_request_context("/"):
        form = type("Agreed", (Sample,), {"lines": FieldList(FormField(Instalment), min_entries=1)})()
        text = render_template_string(
            '{% import "components/ui.html" as ui %}{{ ui.lines_table(form.lines) }}', form=form
        )
    tree = parse(f"<!doctype html><html lang=en><title>x</title><body>{text}")
    assert [cell.get("class") for cell in find(tree, "td")] == ["day", "num", None]
