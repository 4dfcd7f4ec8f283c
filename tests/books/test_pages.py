"""The pages of the books, as people use them."""

import csv
import io

import openpyxl
import pytest
import sqlalchemy as sa

from grants.books.models import Entry
from grants.core.database import db

PAGES = (
    "",
    "/balance",
    "/accounts",
    "/accounts/521",
    "/months",
    "/unjustified",
    "/unjustified?bucket=30",
    "/plan",
    "/plan?week=later",
)


def taken(browser, path) -> bytes:
    """What a person takes away."""
    with browser.get(path) as answer:
        assert answer.status_code == 200
        return answer.data


def plain(page) -> str:
    return page.text.replace("\u202f", " ").replace("\u00a0", " ").replace("&nbsp;", " ")


@pytest.mark.parametrize("role", ["finance_officer", "finance_controller", "coordinator", "auditor", "admin"])
def test_finance_and_oversight_read_every_page(house, browser_of, make_person, role):
    browser = browser_of(make_person(role))
    for path in PAGES:
        assert browser.get(f"/books{path}").status_code == 200, path


def test_others_do_not(house, browser_of):
    for person in (house.people.agent, house.people.monitor, house.people.chair):
        browser = browser_of(person)
        for path in (*PAGES, "/journal.csv", "/balance.xlsx", "/plan.xlsx"):
            assert browser.get(f"/books{path}").status_code == 403


def test_the_journal_is_taken_away_as_it_is_shown(house, browser_of):
    browser = browser_of(house.officer)
    content = taken(browser, "/books/journal.csv")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
    assert len(rows) == 1 + db.session.scalar(sa.select(sa.func.count()).select_from(Entry))
    assert all(row[5].isdecimal() for row in rows[1:])
    assert all(row[1][4] == row[1][7] == "-" for row in rows[1:])
    book = openpyxl.load_workbook(io.BytesIO(taken(browser, "/books/journal.xlsx?account=521")))
    amounts = [cell.value for cell in list(book.active.columns)[5][1:]]
    assert 60_000_000 in amounts
    assert all(isinstance(amount, int) for amount in amounts)
    balance = openpyxl.load_workbook(io.BytesIO(taken(browser, "/books/balance.xlsx"))).active
    last = [cell.value for cell in list(balance.rows)[-1]]
    assert last[4] == last[5]
    assert last[6] == last[7] > 0


def test_the_plan_and_the_age_follow_down_to_the_file(house, browser_of):
    browser = browser_of(house.officer)
    page = browser.get("/books/unjustified?bucket=30")
    assert house.project.reference in page.text
    assert house.project.reference not in browser.get("/books/unjustified?bucket=over").text
    plan = browser.get("/books/plan")
    assert "<svg" in plan.text
    sheet = openpyxl.load_workbook(io.BytesIO(taken(browser, "/books/plan.xlsx"))).active
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert [row[6] for row in rows] == [house.project.reference] * len(rows)
    week = f"{rows[0][0]:%Y-%m-%d}"
    assert house.project.title in browser.get(f"/books/plan?week={week}").text


def test_a_controller_changes_how_a_movement_is_booked(house, browser_of):
    browser = browser_of(house.controller)
    values = {"number": "47112", "name_fr": "Groupements, caisse", "name_en": "Groups, cash"}
    assert browser.post("/books/accounts/new", values).status_code == 302
    assert "existe déjà" in plain(browser.post("/books/accounts/new", values))
    wrong = {"debit": "47112", "credit": "", "also_debit": "521", "also_credit": "521", "reason": "x"}
    answer = browser.post("/books/booking/pay/bank", wrong)
    assert answer.status_code == 422
    right = {
        "debit": "47112",
        "credit": "521",
        "also_debit": "",
        "also_credit": "",
        "reason": "Décision du comptable 12",
    }
    assert browser.post("/books/booking/pay/bank", right).status_code == 302
    assert "47112 → 521" in browser.get("/books/accounts").text
    assert browser.get("/books/booking/nothing/any").status_code == 404
    refused = browser_of(house.officer)
    assert refused.post("/books/booking/pay/bank", right).status_code == 403


def test_one_side_is_corrected_on_screen(house, browser_of):
    entry = db.session.scalars(sa.select(Entry).where(Entry.credit == "521")).first()
    browser = browser_of(house.controller)
    values = {"side": "credit", "account": "552", "reason": "Payé par téléphone, pas par la banque"}
    assert browser_of(house.officer).post(f"/books/entries/{entry.id}", values).status_code == 403
    assert browser.post(f"/books/entries/{entry.id}", {**values, "account": "521"}).status_code == 422
    answer = browser.post(f"/books/entries/{entry.id}", values)
    assert answer.status_code == 302
    assert "Payé par téléphone" in browser.get(answer.location).text
    assert browser.post(f"/books/entries/{entry.id}", values).status_code == 409
