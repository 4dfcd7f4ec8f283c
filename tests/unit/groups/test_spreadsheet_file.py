"""The file of 200 groups with every kind of mess: each row is read as what it means, each fault is found where it is."""

from datetime import UTC, datetime

import pytest

from grants.core import clock
from grants.groups.spreadsheet import read
from tests.data.make_messy_groups import TARGET, build, gazetteer

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def truths():
    return build()[1]


@pytest.fixture(scope="module")
def sheet():
    with clock.at(NOW):
        return read(TARGET.read_bytes(), gazetteer=gazetteer())


def test_every_group_is_there_with_the_row_number_of_the_spreadsheet(sheet, truths):
    assert len(truths) == 200
    assert [row.row for row in sheet.rows] == [truth.row for truth in truths]


def test_every_value_is_what_the_row_means(sheet, truths):
    wrong = {}
    for row, truth in zip(sheet.rows, truths, strict=True):
        found = {**vars(row), "account": row.account.number if row.account else None}
        difference = {name: (value, found[name]) for name, value in truth.values.items() if found[name] != value}
        if difference:
            wrong[row.row] = difference
    assert wrong == {}


def test_every_fault_is_found_in_its_cell_and_nothing_else_is(sheet, truths):
    found = {row.row: {(p.field, str(p.severity)) for p in row.problems} for row in sheet.rows}
    planted = {truth.row: set(truth.problems.items()) for truth in truths}
    assert {r: f for r, f in found.items() if f != planted[r]} == {}
    assert {row.row: row.state for row in sheet.rows} == {truth.row: truth.state for truth in truths}


def test_a_problem_names_row_column_and_heading(sheet, truths):
    row = truths[13].row
    (problem,) = [p for p in sheet.problems if p.row == row and p.field == "president_phone"]
    assert (problem.sheet, problem.column) == ("Groupements", "P")
    assert problem.heading == "Présidente – Téléphone"
    assert str(problem.where) == f"row {row}, column P “Présidente – Téléphone”"


def test_one_answer_settles_every_row_with_the_same_words(sheet, truths):
    question, rows = next((p, rows) for p, rows in sheet.questions() if p.field == "kind")
    assert rows == [truths[61].row, truths[67].row]
    with clock.at(NOW):
        again = read(TARGET.read_bytes(), gazetteer=gazetteer(), answers={question.key: "association"})
    kinds = {row.row: (row.kind, row.state) for row in again.rows}
    assert [kinds[row] for row in rows] == [("association", "ready")] * 2


def test_answers_leave_no_question_open(sheet):
    answers = {problem.key: problem.candidates[0].value for problem, _ in sheet.questions()}
    with clock.at(NOW):
        again = read(TARGET.read_bytes(), gazetteer=gazetteer(), answers=answers)
    assert again.questions() == []
    assert sum(row.state == "left_out" for row in again.rows) == 3
    assert len(again.ready) == 200 - 3 - sum(row.state == "error" for row in again.rows)


def test_an_answer_that_was_not_offered_is_not_taken(sheet):
    question, rows = next((p, rows) for p, rows in sheet.questions() if p.field == "kind")
    with clock.at(NOW):
        again = read(TARGET.read_bytes(), gazetteer=gazetteer(), answers={question.key: "ministry"})
    assert {row.state for row in again.rows if row.row in rows} == {"choice"}
