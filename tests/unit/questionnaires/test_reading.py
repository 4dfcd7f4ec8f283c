"""A file of questions is used only when nothing in it is wrong, and each fault is told with its place."""

import copy
import json

import pytest

from grants import questionnaires


def faults(data):
    with pytest.raises(questionnaires.InvalidData) as refused:
        questionnaires.read(data, place="form")
    return [str(fault) for fault in refused.value.faults]


@pytest.fixture
def data(sample):
    return copy.deepcopy(dict(sample.data))


def test_what_was_read_can_be_kept_as_json_and_read_again(sample):
    again = questionnaires.read(json.loads(json.dumps(sample.data)))
    assert again.hash == sample.hash
    assert again.sections == sample.sections


def test_another_word_is_another_hash(sample, data):
    data["sections"][0]["fields"][0]["label"]["fr"] = "Intitulé"
    assert questionnaires.read(data).hash != sample.hash


def test_an_unknown_key_is_refused_with_its_place(data):
    data["colour"] = "ochre"
    data["sections"][0]["fields"][2]["maximum"] = 5
    data["sections"][0]["fields"][9]["choices"][1]["price"] = 5
    data["sections"][1]["fields"][0]["columns"][0]["unit"] = {"fr": "kg", "en": "kg"}
    assert faults(data) == [
        "form.sections.activity.fields.heads.maximum: unknown key",
        "form.sections.activity.fields.species.choices.goats.price: unknown key",
        "form.sections.account.fields.income.columns.line.unit: unknown key",
        "form.colour: unknown key",
    ]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda d: d.pop("version"), "form.version: is missing"),
        (lambda d: d["title"].pop("en"), "form.title.en: is missing"),
        (
            lambda d: d["sections"][0]["fields"][0].update(kind="colour"),
            "form.sections.activity.fields.name.kind: 'colour' is none of",
        ),
        (
            lambda d: d["sections"][0]["fields"][0].update(required="yes"),
            "form.sections.activity.fields.name.required: true or false",
        ),
        (
            lambda d: d["sections"][0]["fields"][0].update(code="errors"),
            "form.sections.activity.fields.errors.code: 'errors' is a name",
        ),
        (
            lambda d: d["sections"][0]["fields"][1].update(code="name"),
            "form.sections.activity.fields.name: the code 'name' is used twice",
        ),
        (
            lambda d: d["sections"][0]["fields"][2].update(min=501),
            "form.sections.activity.fields.heads.min: the least allowed",
        ),
        (
            lambda d: d["sections"][0]["fields"][8]["shown_when"].update(field="feeds"),
            "form.sections.activity.fields.vet_phone.shown_when.field: 'feeds' is no question asked before this",
        ),
        (
            lambda d: d["sections"][0]["fields"][8]["shown_when"].update({"is": "yes"}),
            "form.sections.activity.fields.vet_phone.shown_when.is: 'yes' can never be the answer",
        ),
        (
            lambda d: d["sections"][1]["checks"][0].update(left=["income.line"]),
            "form.sections.account.checks.positive.left: 'income.line' is of kind text",
        ),
        (
            lambda d: d["sections"][1]["checks"][0]["message"].update(en="%(amount)s"),
            "form.sections.account.checks.positive.message.en: only %(left)s",
        ),
        (
            lambda d: d["sections"][1]["fields"][0]["suggested"].append({"amount": 5}),
            "form.sections.account.fields.income.suggested[1]: 'amount' is no column to fill in",
        ),
        (
            lambda d: d["sections"][1]["fields"][0]["columns"][3].update(product_of=["quantity", "line"]),
            "form.sections.account.fields.income.columns.amount.product_of: an amount is the product",
        ),
    ],
)
def test_a_mistake_is_told_with_its_place(data, change, fault):
    change(data)
    assert any(found.startswith(fault) for found in faults(data)), faults(data)


def test_a_file_that_is_no_toml_is_refused_by_name(tmp_path):
    path = tmp_path / "broken.toml"
    path.write_text("code = ", encoding="utf-8")
    with pytest.raises(questionnaires.InvalidData, match=r"broken\.toml: not readable as TOML"):
        questionnaires.load(path)
