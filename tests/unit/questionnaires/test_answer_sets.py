"""What is missing, which rules are broken, how answers are told and compared."""

import pytest

from grants import questionnaires

ACTIVITY = {"name": "Embouche", "heads": 10, "has_vet": True, "vet_phone": "+22366712345"}
ROW = {"line": "Vente", "quantity": "10", "price": 45_000, "amount": 450_000}
ACCOUNT = {"income": [ROW], "costs": 300_000}


@pytest.fixture
def complete(sample):
    return stored(sample, activity=ACTIVITY, account=ACCOUNT, care={"visits": 4})


def stored(sample, **sections):
    answers = questionnaires.blank(sample)
    for code, values in sections.items():
        answers = questionnaires.stored_with(sample, answers, code, values)
    return answers


def places(problems):
    return [problem.field for problem in problems]


def test_a_complete_set_has_no_problem(sample, complete):
    assert questionnaires.problems(sample, complete) == []
    assert [questionnaires.section_state(sample, section, complete) for section in sample.sections] == ["complete"] * 3


def test_everything_missing_is_listed_with_its_place(sample, request_context):
    found = questionnaires.missing(sample, None)
    assert places(found) == ["activity.name", "activity.heads", "activity.has_vet", "account.income", "account.costs"]
    assert str(found[0]) == "“Name” has no answer yet."
    assert str(found[3]) == "“Income” has no line yet."


def test_a_condition_opens_questions_and_sections(sample):
    with_vet = stored(sample, activity={**ACTIVITY, "vet_phone": None} | {"has_vet": True}, account=ACCOUNT)
    del with_vet["sections"]["activity"]["vet_phone"]
    assert places(questionnaires.missing(sample, with_vet)) == ["activity.vet_phone", "care.visits"]
    without = stored(sample, activity={"name": "E", "heads": 1, "has_vet": False}, account=ACCOUNT)
    assert questionnaires.missing(sample, without) == []
    assert questionnaires.section_state(sample, "care", without) == "hidden"


def test_answers_that_nobody_sees_any_more_are_dropped(sample, complete):
    changed = questionnaires.stored_with(sample, complete, "activity", {**ACTIVITY, "has_vet": False})
    assert "care" not in changed["sections"]
    assert "vet_phone" not in changed["sections"]["activity"]
    assert "care" in complete["sections"], "the set that was given is left alone"


def test_a_cell_that_is_needed_is_missed_in_its_line(sample, request_context):
    answers = stored(
        sample, activity=ACTIVITY, account={"income": [ROW, {"line": "Lait"}], "costs": 1}, care={"visits": 1}
    )
    assert [str(problem) for problem in questionnaires.missing(sample, answers)] == [
        "“Income”, line 2: “Quantity” has no answer yet.",
        "“Income”, line 2: “Unit price” has no answer yet.",
    ]


@pytest.mark.parametrize(("costs", "broken"), [(449_999, False), (450_000, True), (500_000, True)])
def test_an_account_must_be_positive(sample, request_context, costs, broken):
    answers = stored(sample, activity=ACTIVITY, account={"income": [ROW], "costs": costs}, care={"visits": 1})
    found = questionnaires.broken_rules(sample, answers)
    assert places(found) == (["account.costs"] if broken else [])
    if costs == 500_000:
        assert str(found[0]) == "50\u202f000\u00a0F\u202fCFA is missing: the account must be positive."


def test_a_rule_says_nothing_before_it_has_its_answers(sample):
    assert questionnaires.broken_rules(sample, stored(sample, account={"costs": 5})) == []


def test_days_in_the_wrong_order_are_told(sample, request_context):
    days = {"starts": "2026-06-01", "ends": "2026-05-31"}
    found = questionnaires.broken_rules(sample, stored(sample, activity={**ACTIVITY, **days}))
    assert [str(problem) for problem in found] == ["The end (31 May 2026) is before the start (1 June 2026)."]


def test_a_section_is_empty_then_started_then_complete(sample):
    answers = questionnaires.blank(sample)
    assert questionnaires.section_state(sample, "activity", answers) == "empty"
    answers = questionnaires.stored_with(sample, answers, "activity", {"name": "E"})
    assert questionnaires.section_state(sample, "activity", answers) == "started"
    answers = questionnaires.stored_with(sample, answers, "activity", ACTIVITY)
    assert questionnaires.section_state(sample, "activity", answers) == "complete"


def test_answers_are_told_in_the_language_asked_for(sample, complete, request_context):
    activity, account, care = questionnaires.describe(sample, complete, "fr")
    assert activity.title == "L’activité"
    items = {item.code: item for item in activity.items}
    assert items["heads"].value == "10\u00a0têtes"
    assert items["vet_phone"].value == "66 71 23 45"
    assert not items["weight"].answered
    assert "which" not in items
    table = account.items[0].table
    assert table.rows == (("Vente", "10", "45\u202f000\u00a0F\u202fCFA", "450\u202f000\u00a0F\u202fCFA"),)
    assert table.totals == ("", "", "", "450\u202f000\u00a0F\u202fCFA")
    assert [(result.label, result.value) for result in account.results] == [("Marge", "150\u202f000\u00a0F\u202fCFA")]
    assert care.items[0].value == "4"


def test_a_difference_names_what_changed_and_nothing_else(sample, complete, request_context):
    after = questionnaires.stored_with(sample, complete, "activity", {**ACTIVITY, "heads": 12, "species": "sheep"})
    rows = [{**ROW, "line": "Lait"}, ROW]
    after = questionnaires.stored_with(sample, after, "account", {"income": rows, "costs": 300_000})
    changes = questionnaires.difference(sample, complete, after)
    assert [(change.section, change.label, change.before, change.after) for change in changes] == [
        ("activity", "Number of heads", "10\u00a0heads", "12\u00a0heads"),
        ("activity", "Species", "", "Sheep"),
        ("account", "Income, line 1", "", "Lait · 10 · 45\u202f000\u00a0F\u202fCFA · 450\u202f000\u00a0F\u202fCFA"),
    ]
    assert questionnaires.difference(sample, complete, complete) == ()
