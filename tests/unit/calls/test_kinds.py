"""The kinds that are shipped hold together; a kind with a fault in it is refused, with the place of the fault."""

import copy
import json
import re
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import Babel

from grants import questionnaires
from grants.calls import kind_sharing, kinds

ALL = sorted(kinds.kinds())
REQUIRED_SECTIONS = {"activity", "people", "site", "risks", "account"}


@pytest.fixture(params=ALL)
def kind(request):
    return kinds.kind(request.param)


@pytest.fixture
def data():
    return copy.deepcopy(dict(kinds.kind("livestock").data))


def faults(data):
    with pytest.raises(questionnaires.InvalidData) as refused:
        kinds.read(data, place="kind")
    return [str(fault) for fault in refused.value.faults]


def texts(data):
    """Every French text of a kind, wherever it stands."""
    if isinstance(data, dict):
        for key, value in data.items():
            if key == "fr":
                yield value
            else:
                yield from texts(value)
    elif isinstance(data, list):
        for value in data:
            yield from texts(value)


def test_three_kinds_at_least_are_complete():
    assert {"livestock", "moto_taxi", "commerce"} <= set(ALL)


def test_a_kind_has_all_its_parts(kind):
    sections = {section.code for section in kind.questionnaire.sections}
    assert sections >= REQUIRED_SECTIONS
    assert sections & {"market", "management"}, "who will use or buy it, and who runs it"
    assert len(kind.categories) >= 4
    assert all(category.lines for category in kind.categories)
    assert min(len(kind.risks), len(kind.clauses), len(kind.indicators)) >= 5
    mandatory = {paper.code for paper in kind.papers if paper.mandatory and paper.at == "submission"}
    assert {"assembly_minutes", "registration", "account_proof", "quotes"} <= mandatory
    assert any(paper.at == "after_purchase" for paper in kind.papers)
    assert any(criterion.grave for criterion in kind.criteria)


def test_the_sign_of_a_kind_is_in_the_sprite(kind):
    sprite = Path(kinds.__file__).parents[2] / "static" / "img" / "icons.svg"
    assert f'<symbol id="{kind.icon}"' in sprite.read_text(encoding="utf-8")


def test_french_is_set_as_a_printer_would(kind):
    clauses = list(kind.clauses)
    for text in [*texts(kind.data), *clauses]:
        assert "'" not in text, text
        assert not re.search(r"(?<!\u00a0)[;?!»](?!\w)|[^\u00a0\d]:(?!\d|//)|«(?!\u00a0)", text), text


def test_a_kept_copy_is_read_again_as_the_same_kind(kind):
    again = kinds.read(json.loads(json.dumps(kind.data)))
    assert again == kind
    assert again.hash == kind.hash


def test_a_price_always_says_where_it_was_seen(kind):
    for category in kind.categories:
        assert all((line.price is None) == (line.source is None) for line in category.lines)


def test_the_account_must_be_positive(kind):
    checks = {check.code: check for check in kind.questionnaire.section("account").checks}
    assert checks["positive"].rule == "exceeds"
    row = {"line": "x", "quantity": "1", "price": 100, "amount": 100}
    account = {"months": 3, "cycles": 2, "income": [row], "costs": [row], "price_source": "marché"}
    stored = questionnaires.stored_with(kind.questionnaire, None, "account", account)
    assert "account.costs" in [problem.field for problem in questionnaires.broken_rules(kind.questionnaire, stored)]


def test_the_risks_of_a_kind_stand_ready_in_its_table(kind):
    table = kind.questionnaire.section("risks").field("risks")
    assert [row["risk"] for row in table.suggested] == [risk.label for risk in kind.risks]
    assert all(len(text) <= table.column("measure").longest for risk in kind.risks for text in risk.measure.values())
    assert all(len(text) <= table.column("risk").longest for risk in kind.risks for text in risk.label.values())


def test_papers_follow_the_answers():
    livestock = kinds.kind("livestock")

    def papers(**care):
        stored = questionnaires.stored_with(livestock.questionnaire, None, "care", care)
        return [paper.code for paper in livestock.papers_for(stored)]

    assert "grazing_agreement" in papers(grazing=True)
    assert "grazing_agreement" not in papers(grazing=False)
    assert "vet_follow_up" in papers()
    assert {paper.code for paper in livestock.papers_for(None, at="after_purchase")} == {
        "health_certificate",
        "herd_register",
        "vaccination_record",
    }


@pytest.mark.parametrize(
    ("yes", "expected"),
    [
        ((), "low"),
        (("drugs",), "moderate"),
        (("drugs", "transhumance"), "high"),
        (("transhumance", "child_labour"), "excluded"),
    ],
)
def test_the_gravest_yes_of_the_screening_sheet_gives_the_class(yes, expected):
    livestock = kinds.kind("livestock")
    given = {question.code: question.code in yes for question in livestock.screening}
    stored = questionnaires.stored_with(livestock.screening_sheet, None, "screening", given)
    assert livestock.screening_class(stored) == expected


def test_a_yes_on_the_screening_sheet_asks_for_a_measure():
    sheet = kinds.kind("livestock").screening_sheet
    given = {field.code: False for field in sheet.section("screening").fields if field.kind == "yes_no"} | {
        "drugs": True
    }
    stored = questionnaires.stored_with(sheet, None, "screening", given)
    assert [problem.field for problem in questionnaires.missing(sheet, stored)] == ["screening.drugs_measure"]


def visit(kind, **changes):
    answers = questionnaires.blank(kind.visit)
    good = {
        "meeting": {"running": True},
        "herd": {"mortality": "4.5", "register_matches": True, "vaccinated": True, "feed_days": 20},
        "records": {"assets_present": True, "used_as_agreed": True, "book_kept": "up_to_date", "vouchers_filed": True},
        "conclusion": {"children_working": False, "measures_applied": "yes"},
    }
    for section, values in good.items():
        answers = questionnaires.stored_with(kind.visit, answers, section, values | changes.get(section, {}))
    return [criterion.code for criterion in kind.off_track(answers)]


def test_a_visit_is_judged_by_the_criteria_of_its_kind():
    livestock = kinds.kind("livestock")
    assert visit(livestock) == []
    assert visit(livestock, herd={"mortality": "10.5", "feed_days": 14}) == ["mortality_low", "feed_in_stock"]
    assert visit(livestock, meeting={"running": False, "will_resume": False}) == ["runs"]
    assert visit(livestock, meeting={"running": False, "will_resume": True}) == []
    assert visit(livestock, herd={"vaccinated": None}) == ["vaccinated"], "what was not seen is not taken for good"


def test_every_question_of_a_kind_can_be_asked(kind):
    app = Flask(__name__)
    app.config.update(SECRET_KEY="only for this test", WTF_CSRF_ENABLED=False)
    Babel(app, locale_selector=lambda: "fr")
    with app.test_request_context():
        for questionnaire in (kind.questionnaire, kind.screening_sheet, kind.visit):
            for section in questionnaire.sections:
                form = questionnaires.form_for(questionnaire, section)
                assert questionnaires.answers(form) == {}
                assert "".join(str(field()) for field in form)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda d: d.update(colour="ochre"), "kind.colour: unknown key"),
        (lambda d: d.pop("icon"), "kind.icon: is missing"),
        (
            lambda d: d["categories"][0]["lines"][0].update(price=5),
            "kind.categories.animals.lines.[0].price: a price is given with",
        ),
        (lambda d: d["risks"][0].update(code="theft"), "kind.risks.theft: the code 'theft' is used twice"),
        (lambda d: d["papers"][0].update(at="someday"), "kind.papers.assembly_minutes.at: 'someday' is none of"),
        (lambda d: d["screening"][-1].pop("measure"), "kind.screening.drugs.measure: is missing"),
        (
            lambda d: d["papers"][9]["needed_when"].update(field="care.camels"),
            "kind.papers.grazing_agreement.needed_when.field: 'care.camels' is no question",
        ),
        (lambda d: d["criteria"][-1].pop("holds"), "kind.criteria.feed_in_stock.holds: is missing"),
        (lambda d: d["indicators"][0].update(by=["colour"]), "kind.indicators.heads_alive.by: 'colour' is none of"),
        (lambda d: d["clauses"].append(5), "kind.clauses[7]: a text is expected"),
        (
            lambda d: d["questionnaire"]["sections"][0]["fields"][0].pop("choices"),
            "kind.questionnaire.sections.activity.fields.form.choices: is missing",
        ),
    ],
)
def test_a_fault_is_told_with_its_place(data, change, fault):
    change(data)
    assert any(found.startswith(fault) for found in faults(data)), faults(data)


def test_a_shared_part_that_does_not_exist_is_refused(tmp_path):
    path = tmp_path / "odd.toml"
    path.write_text('code = "odd"\n[[papers]]\nshared = "nothing"\n', encoding="utf-8")
    (tmp_path / "shared").symlink_to(Path(kinds.__file__).parent / "kinds" / "shared")
    with pytest.raises(questionnaires.InvalidData, match=r"odd\.toml\.papers: nothing shared is called 'nothing'"):
        kinds.load(path)


def test_a_shared_section_may_be_given_more_questions_and_rows():
    fence = {"code": "fence", "kind": "yes_no", "label": {"fr": "Clôture", "en": "Fence"}}
    rows = [{"line": {"fr": "Ventes", "en": "Sales"}}]
    entries = [
        {"shared": "site", "also": [fence]},
        {"shared": "account", "suggested": {"income": rows}},
        {"shared": "site"},
    ]
    found = []
    folder = kinds.FOLDER / "shared"
    data = kind_sharing.resolved({"questionnaire": {"sections": entries}}, folder, "kind", found)
    site, account, plain = data["questionnaire"]["sections"]
    assert site["fields"][-1] == fence
    assert next(field for field in account["fields"] if field["code"] == "income")["suggested"] == rows
    assert fence not in plain["fields"], "what is shared is left as it was"
    assert found == []
