"""The pages about funds, as people use them."""

import re

import pytest

from grants.core.unit_of_work import unit_of_work
from grants.funds import operations as ledger
from grants.funds import queries
from tests.stories.funds import envelope

AGREED = {"currency": "EUR", "agreed": "500000", "rate": "655,957", "signed_on": "02/01/2026"}


def plain(page) -> str:
    """The text of a page with ordinary spaces."""
    return page.text.replace("\u202f", " ").replace("\u00a0", " ").replace("&nbsp;", " ")


def test_the_coordination_opens_and_endows_an_envelope(browser_of, make_person):
    browser = browser_of(make_person("coordinator"))
    assert "Aucune enveloppe" in browser.get("/funds").text
    answer = browser.post("/funds/donors/new", {"code": "ida", "name": "Association internationale"})
    assert answer.location.endswith("/funds/agreements/new?donor=IDA")
    values = {"code": "PCS-1", "name": "Cohésion sociale", "donor": "IDA", "agreement": "Don D-123"} | AGREED
    answer = browser.post("/funds/agreements/new", values | {"opens_on": "01/01/2026", "closes_on": "31/12/2029"})
    assert answer.location.endswith("/funds/envelopes/new?fund=PCS-1")
    values = {"code": "PCS-MOPTI-2026", "name": "Microprojets de Mopti", "fund": "PCS-1"}
    answer = browser.post("/funds/envelopes/new", values)
    assert answer.location.endswith("/funds/PCS-MOPTI-2026/endow")
    page = browser.get(answer.location)
    once = re.search(r'name="once"[^>]*value="([^"]+)"', page.text).group(1)
    values = {"amount": "50 000 000", "reference": "Lettre 2026-07", "once": once}
    for _twice in range(2):
        answer = browser.post("/funds/PCS-MOPTI-2026/endow", values)
        assert answer.location.endswith("/funds/PCS-MOPTI-2026")
    page = plain(browser.get("/funds/PCS-MOPTI-2026"))
    assert "50 000 000" in page
    assert "100 000 000" not in page
    assert page.count("Argent versé dans l’enveloppe") == 1
    assert "n’a plus que 50 000 000 F CFA" in plain(
        browser.post("/funds/PCS-MOPTI-2026/withdraw", {"amount": "60000000", "reference": "x", "once": "w"})
    )
    assert "50 000 000" in plain(browser.get("/funds"))


def test_mistakes_come_back_all_at_once(browser_of, make_person):
    browser = browser_of(make_person("coordinator"))
    browser.get("/funds/donors/new")
    browser.post("/funds/donors/new", {"code": "IDA", "name": "Association internationale"})
    answer = browser.post("/funds/donors/new", {"code": "IDA", "name": ""})
    assert answer.status_code == 422
    answer = browser.post("/funds/donors/new", {"code": "IDA", "name": "Encore"})
    assert answer.status_code == 422
    assert "Le code IDA est déjà pris" in plain(answer)
    values = {
        "code": "é!",
        "name": "F",
        "donor": "IDA",
        "agreement": "x",
        **AGREED,
        "opens_on": "01/02/2026",
        "closes_on": "01/01/2026",
    }
    answer = browser.post("/funds/agreements/new", values)
    assert answer.status_code == 422
    assert "Le dernier jour précède le premier" in answer.text
    assert "majuscules" in answer.text


@pytest.mark.parametrize("role", ["agent", "appraiser", "member", "monitor"])
def test_others_do_not_see_funds(browser_of, make_person, role):
    envelope(make_person("coordinator"))
    browser = browser_of(make_person(role, place="05"))
    assert browser.get("/funds").status_code == 403
    assert browser.get("/funds/PCS-MOPTI-2026").status_code == 403


@pytest.mark.parametrize("role", ["finance_officer", "auditor", "admin"])
def test_readers_open_nothing(browser_of, make_person, role):
    envelope(make_person("coordinator"))
    browser = browser_of(make_person(role))
    page = browser.get("/funds/PCS-MOPTI-2026")
    assert page.status_code == 200
    assert "/endow" not in page.text
    for path in ("donors/new", "agreements/new", "envelopes/new", "PCS-MOPTI-2026/endow", "PCS-MOPTI-2026/withdraw"):
        assert browser.get(f"/funds/{path}").status_code == 403
        assert browser.post(f"/funds/{path}", {"amount": "1", "reference": "x"}).status_code == 403
    assert browser.get("/funds/NOBODY").status_code == 404


def test_movements_name_their_file_and_are_paged(house, browser_of):
    project = house.project()
    with unit_of_work():
        for number in range(60):
            ledger.reserve(project, 100 + number, key=f"k{number}", reference="Session de mars", by=house.coordinator)
    browser = browser_of(house.coordinator)
    page = browser.get("/funds/PCS-MOPTI-2026")
    assert project.reference in page.text
    assert "Session de mars" in page.text
    following = re.search(r'href="([^"]*after=[^"]*)"', page.text).group(1).replace("&amp;", "&")
    second = plain(browser.get(following))
    assert "10 000 000" in second
    assert ">100<" in second
    only = browser.get("/funds/PCS-MOPTI-2026?kind=endow").text
    assert "Session de mars" not in only


def test_the_picture_costs_the_same_for_more_envelopes(make_person, browser_of, count_queries):
    coordinator = make_person("coordinator")
    browser = browser_of(coordinator)

    def cost():
        with count_queries() as count:
            assert browser.get("/funds").status_code == 200
        return count()

    for number in range(2):
        envelope(coordinator, code=f"E-{number}")
    few = cost()
    for number in range(2, 6):
        envelope(coordinator, code=f"E-{number}")
    assert cost() == few <= 12


def test_the_movements_cost_the_same_for_more_rows(house, browser_of, count_queries):
    browser = browser_of(house.coordinator)

    def more(count):
        for _ in range(count):
            project = house.project()
            with unit_of_work():
                ledger.reserve(project, 10, key=project.uuid, reference="R", by=house.coordinator)

    def cost():
        with count_queries() as count:
            assert browser.get("/funds/PCS-MOPTI-2026").status_code == 200
        return count()

    more(2)
    few = cost()
    more(4)
    assert cost() == few <= 12
    assert queries.check() == []
