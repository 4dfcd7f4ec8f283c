"""What an agent types is read, refused all at once, kept as JSON, and shown again unchanged."""

import json

import pytest

from grants import questionnaires

TYPED = {
    "name": "  Embouche de Tabaski ",
    "story": "Dix femmes.\r\nDix moutons.",
    "heads": "1 0",
    "weight": "12,50",
    "price": "1 000 000 F CFA",
    "starts": "3 mai 2026",
    "ends": "30/06/2026",
    "has_vet": "yes",
    "vet_phone": "66 71 23 45",
    "species": "other",
    "which": "Lapins",
    "feeds": ["bran", "hay"],
    "site": "14,4962 -4,1987",
}
KEPT = {
    "name": "Embouche de Tabaski",
    "story": "Dix femmes.\nDix moutons.",
    "heads": 10,
    "weight": "12.5",
    "price": 1_000_000,
    "starts": "2026-05-03",
    "ends": "2026-06-30",
    "has_vet": True,
    "vet_phone": "+22366712345",
    "species": "other",
    "which": "Lapins",
    "feeds": ["hay", "bran"],
    "site": {"latitude": "14.4962", "longitude": "-4.1987"},
}


def posted(data):
    return [(key, one) for key, value in data.items() for one in (value if isinstance(value, list) else [value])]


def test_every_kind_of_field_is_read_into_json(post):
    form = post("activity", posted(TYPED))
    assert form.errors == {}
    kept = questionnaires.answers(form)
    assert kept == KEPT
    assert json.loads(json.dumps(kept)) == kept


def test_what_was_kept_is_shown_again_and_read_the_same(post, sample, request_context):
    stored = questionnaires.stored_with(sample, None, "activity", KEPT)
    form = questionnaires.form_for(sample, "activity", stored)
    shown = []
    for field in form:
        if field.name == "csrf_token":
            continue
        if hasattr(field, "choices"):
            values = [str(option.data) for option in field if option.checked]
        else:
            values = [field._value()]
        shown += [(field.name, value) for value in values]
    assert questionnaires.answers(post("activity", shown)) == KEPT


def test_bad_input_is_told_all_at_once_in_words(post):
    bad = {
        "name": "x" * 21,
        "heads": "0",
        "weight": "lourd",
        "price": "1000001",
        "starts": "31/12/2025",
        "ends": "le mois prochain",
        "has_vet": "yes",
        "vet_phone": "12",
        "species": "camels",
        "feeds": ["sand"],
        "site": "-4.1987, 14.4962",
    }
    errors = post("activity", posted(bad)).errors
    assert set(errors) == set(bad) - {"has_vet"}
    assert errors["name"] == ["This text is too long: 21 signs, 20 at most."]
    assert "latitude first" in errors["site"][0]


@pytest.mark.parametrize("text", ["14.4962", "14,5 -4,2", "14.4962, -184.1987", "chez le chef"])
def test_a_point_that_could_be_read_two_ways_is_refused(post, text):
    assert "site" in post("activity", [("site", text)]).errors


def test_an_empty_form_is_no_mistake(post):
    form = post("activity", [])
    assert form.errors == {}
    assert questionnaires.answers(form) == {}


def test_only_questions_that_need_no_answer_are_marked_optional(request_context, sample):
    form = questionnaires.form_for(sample, "activity")
    assert not form.heads.flags.optional
    assert form.weight.flags.optional


def test_a_question_whose_condition_fails_is_neither_checked_nor_kept(post):
    form = post("activity", posted({**TYPED, "has_vet": "no", "vet_phone": "not a number", "species": "sheep"}))
    assert form.errors == {}
    kept = questionnaires.answers(form)
    assert not {"vet_phone", "which"} & set(kept)
    assert kept["has_vet"] is False


def test_a_conditional_question_says_when_to_answer_it(request_context, sample, speak):
    form = questionnaires.form_for(sample, "activity")
    assert form.vet_phone.description == "If yes to “Does a vet follow the animals?”:"
    assert form.which.description == "If “Species” is “Other”:"
    assert form.vet_phone.render_kw == {"data-when": "has_vet", "data-when-rule": "is", "data-when-value": "yes"}


def test_words_come_in_the_language_of_the_reader(request_context, sample, speak):
    speak["locale"] = "fr"
    form = questionnaires.form_for(sample, "activity")
    assert next(iter(form.species)).label.text == "Ovins"
    assert form.heads.unit == "têtes"


def row(number, line="", quantity="", price=""):
    return [(f"income-{number}-line", line), (f"income-{number}-quantity", quantity), (f"income-{number}-price", price)]


def test_rows_of_a_table_are_kept_with_their_amount(post):
    data = [*row(0, "Vente", "10", "45 000"), *row(1), *row(2, "Fumier", "2,5", "1001"), ("costs", "0")]
    form = post("account", data)
    assert form.errors == {}
    assert questionnaires.answers(form) == {
        "income": [
            {"line": "Vente", "quantity": "10", "price": 45_000, "amount": 450_000},
            {"line": "Fumier", "quantity": "2.5", "price": 1001, "amount": 2503},
        ],
        "costs": 0,
    }


def test_a_half_filled_row_is_kept_without_amount(post):
    assert questionnaires.answers(post("account", row(0, "Vente", "10")))["income"] == [
        {"line": "Vente", "quantity": "10"}
    ]


def test_bad_cells_are_told_in_their_row(post):
    errors = post("account", [*row(0, "Vente", "10", "45,5"), *row(1, "Lait", "beaucoup", "500")]).errors
    assert list(errors["income"][0]) == ["price"]
    assert list(errors["income"][1]) == ["quantity"]


@pytest.mark.parametrize("text", ["Vente des animaux", "Sale of the animals"])
def test_a_suggested_row_left_as_it_is_says_nothing(post, text):
    assert "income" not in questionnaires.answers(post("account", row(0, text)))


def test_an_empty_table_offers_its_suggestions_and_spare_rows(request_context, sample):
    form = questionnaires.form_for(sample, "account")
    assert [entry.form.line.data for entry in form.income] == ["Sale of the animals", None, None]


def test_a_stored_table_is_shown_row_by_row(request_context, sample):
    rows = [{"line": f"L{n}", "quantity": "1.5", "price": 500, "amount": 750} for n in range(6)]
    stored = questionnaires.stored_with(sample, None, "account", {"income": rows, "costs": 1})
    form = questionnaires.form_for(sample, "account", stored)
    assert [entry.form.line._value() for entry in form.income] == [f"L{n}" for n in range(6)]
    assert form.income[0].form.quantity._value() == "1,5"


def test_no_more_rows_than_the_table_may_have(post):
    data = [pair for number in range(9) for pair in row(number, f"L{number}", "1", "1")]
    assert len(questionnaires.answers(post("account", data))["income"]) == 6


def test_answers_of_another_version_are_refused(request_context, sample):
    with pytest.raises(questionnaires.WrongQuestionnaire):
        questionnaires.form_for(sample, "activity", {"questionnaire": "0" * 64, "sections": {}})


def test_problems_of_a_section_stand_beside_their_questions(request_context, sample):
    account = {"income": [{"line": "Vente", "quantity": "1", "price": 5, "amount": 5}], "costs": 9}
    stored = questionnaires.stored_with(sample, None, "account", account)
    form = questionnaires.form_for(sample, "account", stored)
    form.show(questionnaires.problems(sample, stored))
    assert list(form.errors) == ["costs"]
    assert form.errors["costs"] == ["4\u00a0F\u202fCFA is missing: the account must be positive."]
