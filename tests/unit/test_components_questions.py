"""The questions of a questionnaire as components show them."""

from flask import render_template_string

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
