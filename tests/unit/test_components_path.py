"""The path of a file as components show it, and words that keep together at the end of a line."""

from markupsafe import Markup

from grants.core.formatting import whole
from tests.unit.test_components import app, draw, find, words  # noqa: F401  (the application of the components)


def test_a_path_that_ended_early_says_where_and_what_was_not_gone_through(draw):  # noqa: F811
    steps = [{"label": "Demande", "state": "done"}, {"label": "Comité", "note": "Rejeté · 12 mars", "state": "done"}]
    text, tree = draw("{{ ui.rail(steps) }}", lang="fr", steps=[*steps, {"label": "Convention", "state": "skipped"}])
    assert "<strong>Comité</strong> · Rejeté · 12 mars" in text  # the line of the telephone
    assert [words(e) for e in find(tree, "li")][-1] == "Convention non parcourue"


def test_a_path_names_what_comes_only_where_it_may_come(draw):  # noqa: F811
    for leads_on, named in ((True, True), (False, False)):
        steps = [{"label": "Comité", "state": "now", "leads_on": leads_on}, {"label": "Convention", "state": "todo"}]
        assert ("Next: Convention" in draw("{{ ui.rail(steps) }}", steps=steps)[0]) is named


def test_no_line_begins_with_a_sign_and_no_reference_breaks():
    assert whole("parti ; revenu « hier » : MP-2026-0001-X") == (
        'parti\u00a0; revenu «\u00a0hier\u00a0»\u00a0: <span class="ref">MP-2026-0001-X</span>'
    )
    assert whole("a:b") == "a:b" and whole(Markup("<b>x</b> ; y")) == "<b>x</b> ; y" and whole("<") == "&lt;"
