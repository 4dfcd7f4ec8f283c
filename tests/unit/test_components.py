"""What the components promise every page: valid HTML, no inline code, safe texts, French, contrast, little weight."""

import gzip
import re
from pathlib import Path
from types import SimpleNamespace

import html5lib
import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask, render_template_string, request
from flask_babel import Babel, get_locale
from flask_wtf import CSRFProtect
from wtforms import SelectChoice

from grants.access import saved_views
from grants.core import formatting, forms, gallery
from grants.core.uploads import Upload

ROOT = Path(__file__).parents[2]
FRENCH = ROOT / "grants/translations/fr/LC_MESSAGES/messages.po"
_FILES = [ROOT / "templates/base.html", *(ROOT / "templates/components").glob("*.html")]
SOURCES = {path.name: path.read_text(encoding="utf-8") for path in _FILES}
HOSTILE = "<img src=x onerror=alert(1)>\"'&"
H = "{http://www.w3.org/1999/xhtml}"


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    """The smallest application that can render a page: filters, translations, tokens, no database."""
    words = tmp_path_factory.mktemp("words")
    (words / "fr" / "LC_MESSAGES").mkdir(parents=True)
    with (words / "fr/LC_MESSAGES/messages.mo").open("wb") as file, FRENCH.open("rb") as french:
        write_mo(file, read_po(french))
    app = Flask("components", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static"))
    app.config.update(SECRET_KEY="for the tests", BABEL_TRANSLATION_DIRECTORIES=str(words))
    Babel(app, locale_selector=lambda: request.args.get("lang", "en"))
    CSRFProtect(app)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals["asset"] = lambda name: f"/static/{name}"
    formatting.init_app(app)
    saved_views.init_app(app)
    app.register_blueprint(gallery.bp)

    @app.context_processor
    def surroundings():
        signed_in = "out" not in request.args
        return {
            "locale": get_locale(),
            "person": SimpleNamespace(name=HOSTILE) if signed_in else None,
            "navigation": [{"label": HOSTILE, "url": "/work", "current": True, "count": 3}] if signed_in else [],
            "public_links": [{"label": "Verify", "url": "/verify"}],
        }

    return app


@pytest.fixture
def draw(app):
    """Render a piece of template in a request, as markup and as a strictly parsed tree."""

    def draw(source: str, lang: str = "en", **context):
        with app.test_request_context(f"/?lang={lang}"):
            text = render_template_string('{% import "components/ui.html" as ui %}' + source, **context)
        return text, parse(f"<!doctype html><html lang=fr><title>x</title><body>{text}")

    return draw


def parse(text: str):
    return html5lib.HTMLParser(strict=True).parse(text)


def find(tree, tag: str, **attributes):
    return [e for e in tree.iter(H + tag) if all(e.get(k.replace("_", "-")) == v for k, v in attributes.items())]


def words(element) -> str:
    return " ".join("".join(element.itertext()).split())


# Whole pages


@pytest.mark.parametrize("query", ["lang=fr", "lang=en", "lang=fr&out=1"])
def test_the_gallery_is_valid_and_free_of_inline_code(app, query):
    text = app.test_client().get(f"/gallery?{query}").get_data(as_text=True)
    tree = parse(text)
    for element in tree.iter():
        assert "style" not in element.attrib
        assert not [name for name in element.attrib if name.startswith("on")]
        assert element.tag != H + "style"
        assert element.get("action") != "", "the HTML standard forbids an empty action"
        assert element.tag != H + "script" or element.get("src")
    ids = [e.get("id") for e in tree.iter() if e.get("id")]
    assert len(ids) == len(set(ids))
    for element in tree.iter():
        named = " ".join(element.get(name, "") for name in ("for", "aria-describedby", "aria-labelledby")).split()
        assert set(named) <= set(ids), (element.tag, named)
        if (element.get("href") or "").startswith("#") and element.get("href") != "#":
            assert element.get("href")[1:] in ids
    assert [len(find(tree, tag)) for tag in ("h1", "main")] == [1, 1]


def test_the_page_says_its_language_and_keeps_hostile_names_as_text(app):
    text = app.test_client().get("/gallery?lang=fr").get_data(as_text=True)
    assert '<html lang="fr">' in text
    assert "<img src=x" not in text
    assert len(gzip.compress(text.encode())) < 15_000


def test_signed_out_there_is_a_way_in_and_none_out(app):
    tree = parse(app.test_client().get("/gallery?out=1").get_data(as_text=True))
    assert not find(tree, "form", action="/sign-out")
    assert not find(tree, "form", action="/search")
    assert find(tree, "a", href="/sign-in")
    assert find(tree, "a", href="/verify")


def test_every_unsafe_form_carries_its_token(app):
    tree = parse(app.test_client().get("/gallery").get_data(as_text=True))
    posts = find(tree, "form", method="post")
    assert {"/language", "/sign-out"} <= {form.get("action") for form in posts}
    for form in posts:
        assert len(find(form, "input", name="csrf_token")) == 1


def test_a_page_that_extends_base_has_the_components_without_importing(app):
    source = '{% extends "base.html" %}{% block content %}{{ ui.tag("Signed", "ok") }}{% endblock %}'
    with app.test_request_context("/"):
        assert '<span class="tag tag-ok">Signed</span>' in render_template_string(source)


# Each macro

PLAIN = """
button(x, about=x, name='n', value=x)
link_button(x, '/a', about=x)
post_button(x, '/a', values={'k': x})
blocked(x, [x])
tag(x)
link(x, '/a')
heading(x, x, x)
section_title(x, x)
offers([{'label': x, 'url': '/a', 'allowed': true, 'note': x}, {'label': x, 'allowed': false, 'reasons': [x]}], title=x)
offers([], nothing=x)
breadcrumbs([{'label': x, 'url': '/a'}, {'label': x}])
notice(x, 'error', x, live=true)
empty(x, x)
tabs([{'label': x, 'url': '/a', 'count': x}])
verdict(x, x)
reference(x)
facts([{'label': x, 'value': 5, 'note': x}, {'label': x, 'text': x}])
stats([{'number': x, 'label': x, 'url': '/a'}])
summary_list([{'label': x, 'value': x, 'change': '/a', 'change_label': x}, (x, x)])
table(x, [{'key': 'a', 'label': x, 'sort': '/a', 'sorted': 'ascending'}, {'key': 'b', 'label': x}], [{'a': x, 'b': x}])
table(x, [{'key': 'a', 'label': x, 'fold': true}], [{'a': 1}], foot={'a': x})
table(x, [{'key': 'a', 'label': x}], [], empty=x)
list_row(x, '/a', x, x, x, x)
pager('/a', '/b', x)
proportion([{'label': x, 'value': 1}, {'label': x, 'value': 2, 'text': x}])
progress(x, 1, 2, text=x)
rail([{'label': x, 'note': x, 'state': 'late'}, {'label': x, 'state': 'todo'}])
task_list([{'label': x, 'url': '/a', 'hint': x, 'state': x}])
timeline([{'when': x, 'text': x, 'detail': x, 'mark': x}])
photos([{'url': '/a', 'thumb': '/b', 'alt': x, 'caption': x}])
""".strip().splitlines()
WRAPPING = [
    *("actions_row()", "card(x, side=x)", "heading(x)", "notice(title=x)", "empty(x)", "disclosure(x)", "columns(x)"),
    *("rows()", "filters('/a', clear='/b', submit=x, label=x)", "fieldset(x, x)"),
]


@pytest.mark.parametrize("call", PLAIN)
def test_a_macro_renders_and_escapes(draw, call):
    wrap = "<ul>{{ ui.%s }}</ul>" if "list_row" in call else "{{ ui.%s }}"
    text, _tree = draw(wrap % call, x=HOSTILE)
    assert ("&lt;img" in text, "<img src=x" in text) == (True, False)


@pytest.mark.parametrize("call", WRAPPING)
def test_a_macro_with_a_body_renders_and_escapes(draw, call):
    body = "<li>{{ x }}</li>" if "rows" in call else "{{ x }}"
    text, _tree = draw("{%% call ui.%s %%}%s{%% endcall %%}" % (call, body), x=HOSTILE)  # noqa: UP031
    assert ("&lt;img" in text, "<img src=x" in text) == (True, False)


def test_every_macro_is_tried_here_and_told_in_the_readme():
    names = re.findall(r"{% set (\w+) =", SOURCES["ui.html"])
    here = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_components*.py"))
    tried = set(re.findall(r"(?m)^(\w+)\(|\"(\w+)\(|ui\.(\w+)", here))
    tried = {name for found in tried for name in found}
    readme = (ROOT / "templates" / "components" / "README.md").read_text(encoding="utf-8")
    assert len(names) > 35
    for name in names:
        assert name in tried, f"{name} is not tried"
        assert re.search(rf"\b{name}\(", readme), f"{name} is not in the README"


def test_what_is_not_allowed_is_no_link_and_says_why(draw):
    _text, tree = draw("{{ ui.offers(offers) }}", offers=[SimpleNamespace(
        label="Release", url="/release", allowed=False, reasons=["You prepared this order."], note=None, tone=None)])  # fmt: skip
    assert not find(tree, "a")
    assert not find(tree, "button")
    assert [words(e) for e in find(tree, "li")][-1] == "You prepared this order."


def test_the_first_offer_is_the_main_one_and_only_it(draw):
    offers = [{"label": "A", "url": "/a", "allowed": True}, {"label": "B", "url": "/b", "allowed": True}]
    _text, tree = draw("{{ ui.offers(offers) }}", offers=offers)
    assert [e.get("class") for e in find(tree, "a")] == ["btn btn-primary", "btn btn-secondary"]


def test_the_path_names_the_step_and_what_comes(draw):
    states = {"Demande": "done", "Comité": "now", "Convention": "todo"}
    steps = [{"label": label, "state": state} for label, state in states.items()]
    text, tree = draw("{{ ui.rail(steps) }}", lang="fr", steps=steps)
    assert "Étape 2 sur 3 · Comité" in text
    assert "Ensuite\u00a0: Convention" in text
    assert [words(e) for e in tree.iter(H + "li") if e.get("aria-current") == "step"] == ["Comité en cours"]


def test_a_path_without_a_present_step_is_only_its_list(draw):
    text, tree = draw("{{ ui.rail(steps) }}", steps=[{"label": "Demande", "state": "done"}])
    assert len(find(tree, "li")) == 1
    assert "Step" not in text


def test_shares_fill_the_bar_exactly_and_nothing_is_divided_by_zero(draw):
    _text, tree = draw(
        "{{ ui.proportion(parts) }}", parts=[{"label": str(i), "value": v} for i, v in enumerate((1, 1, 1))]
    )
    widths = [int(e.get("width")) for e in tree.iter() if e.tag.endswith("rect")]
    assert sum(widths) == 1000
    assert len(widths) == 3
    _text, tree = draw("{{ ui.proportion(parts) }}", parts=[{"label": "a", "value": 0}])
    assert [e.get("width") for e in tree.iter() if e.tag.endswith("rect")] == ["0"]


def test_amounts_are_whole_francs_and_nothing_is_a_dash(draw):
    text, _tree = draw("{{ ui.money(2850000) }}|{{ ui.amount(0) }}|{{ ui.amount(none) }}")
    money, zero, none = text.split("|")
    assert re.sub(r"\D", "", money) == "2850000"
    assert "F CFA" in money
    assert (zero, "—" in none) == ("0", True)


def test_a_table_heads_its_rows_and_folds_under_a_sign(draw):
    _text, tree = draw(
        "{% call(row, key) ui.table('Budget', columns, rows, foot={'a': 'Total', 'c': 9}) %}"
        "{{ key }}={{ row[key] }}{% endcall %}",
        columns=[
            {"key": "a", "label": "A"},
            {"key": "b", "label": "B", "num": True, "fold": "× "},
            {"key": "c", "label": "C"},
        ],
        rows=[{"a": 1, "b": 2, "c": 3}],
    )
    assert [words(e) for e in find(tree, "th", scope="row")] == ["a=1", "Total"]
    folded = find(tree, "td", data_fold="× ")
    assert [words(e) for e in folded] == ["b=2"]
    assert folded[0].get("class") == "num fold"
    assert words(find(tree, "caption")[0]) == "Budget"


# Forms


class Row(forms.SubForm):
    label = forms.StringField("Item", [forms.Required()])
    price = forms.FrancsField("Price", at_least=1)


class Sample(forms.Form):
    name = forms.StringField("Name", [forms.Required()], description="Hint", render_kw={"autocomplete": "organization"})
    born = forms.DayField("Born on")
    phone = forms.PhoneField("Telephone")
    kind = forms.RadioField("Kind", choices=[SelectChoice("a", "A"), SelectChoice("b", HOSTILE)])
    tongues = forms.SelectMultipleField(
        "Languages", choices=[SelectChoice("bm", "Bamanankan"), SelectChoice("ff", "Fulfulde")]
    )
    one = forms.SelectField("One", choices=[SelectChoice("x", "X")])
    story = forms.TextAreaField("Story")
    paper = forms.FileField("Paper", kinds=("pdf",), several=True)
    rows = forms.FieldList(forms.FormField(Row), label="Lines", min_entries=2)
    inner = forms.FormField(Row, label="Inner")
    agreed = forms.BooleanField("Agreed")


@pytest.fixture
def posted(app):
    """The sample form after a post with mistakes, rendered whole."""
    data = {
        "name": "",
        "born": "soon",
        "phone": "12",
        "tongues": ["ff"],
        "one": "x",
        "rows-0-label": HOSTILE,
        "rows-1-price": "0",
    }
    with app.test_request_context("/?lang=en", method="POST", data=data):
        form = Sample(meta={"csrf": True})
        form.validate()
        form.paper.data = [Upload(token="T1", name=HOSTILE, mime="application/pdf", size=3, content=None)]
        form.form_errors = [*form.form_errors, "The whole is wrong."]
        text = render_template_string(
            '{% import "components/ui.html" as ui %}{{ ui.form(form, cancel="/back", add={"rows": "Add a line"}) }}',
            form=form,
        )
    assert "<img src=x" not in text
    return parse(f"<!doctype html><html lang=en><title>x</title><body>{text}")


def control(tree, name):
    return next(e for e in tree.iter() if e.get("name") == name and e.get("type") != "hidden")


def test_mistakes_are_summed_up_and_lead_to_their_field(posted):
    summary = find(posted, "div", role="alert")[0]
    links = {a.get("href"): words(a) for a in find(summary, "a")}
    assert summary.get("tabindex") == "-1"
    assert {link[1:] for link in links} <= {e.get("id") for e in posted.iter()}
    assert {"#name", "#born", "#phone", "#rows-1-label", "#rows-1-price", "#kind-0"} <= set(links)
    assert links["#rows-1-price"].startswith("Lines, line 2, Price: ")
    assert links["#name"].count("Name") == 1
    assert "The whole is wrong." in words(summary)


def test_a_control_is_described_by_its_hint_and_its_mistakes(posted):
    name = control(posted, "name")
    assert name.get("aria-describedby") == "name-hint name-error"
    assert name.get("aria-invalid") == "true"
    assert name.get("autocomplete") == "organization"
    assert control(posted, "story").get("aria-invalid") is None


def test_every_control_has_a_label_of_its_own(posted):
    labelled = [label.get("for") for label in find(posted, "label")]
    controls = [
        e for e in posted.iter() if e.tag in (H + "input", H + "select", H + "textarea") and e.get("type") != "hidden"
    ]
    assert len(controls) > 14
    for element in controls:
        assert labelled.count(element.get("id")) == 1, element.attrib


def test_the_keyboard_of_the_phone_fits_the_answer(posted):
    modes = {name: control(posted, name).get("inputmode") for name in ("born", "phone", "rows-0-price", "name")}
    assert modes == {"born": "numeric", "phone": "tel", "rows-0-price": "numeric", "name": None}
    assert control(posted, "phone").get("autocomplete") == "tel"


def test_choices_are_ticks_under_a_legend(posted):
    assert [e.get("checked") is not None for e in find(posted, "input", type="checkbox", name="tongues")] == [
        False,
        True,
    ]
    assert len(find(posted, "input", type="radio", name="kind")) == 2
    assert "Languages" in [words(e) for e in find(posted, "legend")]


def test_a_file_that_was_kept_is_named_and_sent_again_by_its_token(posted):
    assert find(posted, "input", type="hidden", name="paper-kept", value="T1")
    chooser = control(posted, "paper")
    assert chooser.get("accept") == "application/pdf"
    assert chooser.get("multiple") is not None
    assert find(posted, "form")[0].get("enctype") == "multipart/form-data"


def test_one_more_line_can_be_asked_for_without_a_script(posted):
    more = find(posted, "button", name="add", value="rows")[0]
    assert words(more) == "Add a line"
    assert more.get("formnovalidate") is not None


def test_a_form_laid_out_by_hand_keeps_its_hidden_fields(app):
    with app.test_request_context("/"):
        text = render_template_string(
            '{% import "components/ui.html" as ui %}{% call ui.form(form, summary=false) %}{{ ui.error_summary(form) }}'
            '{{ ui.field(form.one, label="Other", hide_label=true) }}'
            '{{ ui.fields(form, ["story"]) }}{{ ui.lines_table(form.rows) }}'
            "{{ ui.icon('search') }}{{ ui.csrf() }}{% endcall %}",
            form=Sample(),
        )
    tree = parse(f"<!doctype html><html lang=en><title>x</title><body>{text}")
    assert find(tree, "input", name="csrf_token")
    assert control(tree, "one") is not None
    assert not [e for e in tree.iter() if e.get("name") == "born"]


def test_a_french_page_holds_no_english_of_ours(app):
    text = app.test_client().get("/gallery?lang=fr").get_data(as_text=True)
    shown = words(parse(text))
    same = {"Menu", "Pages", "Association", "Sections"}
    ours = set(re.findall(r"\b_\(\"([^\"%]{6,})\"", " ".join(SOURCES.values())))
    assert len(ours) > 20
    for english in ours - same:
        assert english not in shown
