"""The pages about calls, as people use them."""

from datetime import timedelta
from html import unescape

import pytest

from grants.calls.forms import data_of
from grants.calls.models import Call
from grants.core import clock
from grants.core.database import db
from tests.conftest import parse
from tests.stories.calls import draft_call, open_call
from tests.stories.funds import envelope


@pytest.fixture
def admin(make_person):
    return make_person("admin")


@pytest.fixture
def money(make_person):
    return envelope(make_person("coordinator"))


def plain(page) -> str:
    return unescape(page.text).replace("\u202f", " ").replace("\u00a0", " ")


def filled(page) -> dict:
    """What the form on a page would send as it stands."""
    values: dict = {}
    form = parse(page.text).find(".//main//form[@method='post']")
    for field in form.iter():
        name = field.get("name")
        if not name or field.tag == "button":
            continue
        kind = field.get("type", "text")
        if field.tag == "input" and (kind not in ("checkbox", "radio") or field.get("checked") is not None):
            values.setdefault(name, []).append(field.get("value") or "")
        elif field.tag == "textarea":
            values.setdefault(name, []).append((field.text or "").removeprefix("\n"))
        elif field.tag == "select":
            chosen = [o.get("value") for o in field.iter("option") if o.get("selected") is not None]
            values.setdefault(name, []).extend(chosen or [""])
    return values


CALL = {
    "title": "Microprojets des femmes de Mopti",
    "summary": "Pour les groupements de femmes.",
    "envelope": "PCS-MOPTI-2026",
    "kinds": ["livestock", "commerce"],
    "regions": ["05"],
    "least_grant": "200 000",
    "most_grant": "3 000 000",
}


def days() -> dict:
    today = clock.today()
    return {"opens_on": f"{today:%d/%m/%Y}", "closes_on": f"{today + timedelta(days=40):%d/%m/%Y}"}


def test_an_administrator_writes_reads_and_publishes_a_call(admin, money, browser_of, client):
    browser = browser_of(admin)
    page = browser.get("/calls/new")
    answer = browser.post("/calls/new", filled(page) | CALL | days())
    assert answer.status_code == 302, plain(answer)
    address = answer.location
    page = plain(browser.get(address))
    for words in ("Brouillon", "de 200 000 F CFA à 3 000 000 F CFA", "Comité local", "60 % · 40 %", "30 jours"):
        assert words in page
    assert "Microprojets des femmes" not in plain(client.get("/calls/open"))
    publishing = browser.get(f"{address}/publish")
    assert "plus" in plain(publishing)
    assert browser.post(f"{address}/publish", filled(publishing)).location == address
    assert "Ouvert" in plain(browser.get(address))
    assert browser.get(f"{address}/edit").status_code == 403
    assert "Microprojets des femmes" in plain(client.get("/calls/open"))


def test_the_form_gives_back_the_call_that_it_shows(admin, money, browser_of, app):
    """Saving without a change changes nothing."""
    call = draft_call(admin, money, places=["04", "0501"])
    address, before = f"/calls/{call.reference}", (call.places, call.kinds, call.rules, call.opens_on, call.most_grant)
    with app.test_request_context():
        assert "Cercle" in data_of(call)["other_places"]
    browser = browser_of(admin)
    page = browser.get(f"{address}/edit")
    answer = browser.post(f"{address}/edit", filled(page))
    assert answer.status_code == 302, plain(answer)
    after = db.session.get(Call, call.id, populate_existing=True)
    # A kind of works that nobody has described yet cannot be ticked.
    before[2]["works_kinds"] = after.rules["works_kinds"]
    assert (after.places, after.kinds, after.rules, after.opens_on, after.most_grant) == before


def test_mistakes_stand_beside_their_tables_and_nothing_is_lost(admin, money, browser_of):
    browser = browser_of(admin)
    wrong = {
        "score_grid-0-weight": "99", "tranche_plans-1-percents": "50/40", "committee_levels-0-up_to": "9 000 000",
        "chase_suspend": "5", "other_places": "Nulle part du tout", "closes_on": "01/01/2020", "most_grant": "abc",
    }  # fmt: skip
    page = browser.get("/calls/new")
    answer = browser.post("/calls/new", filled(page) | CALL | days() | wrong)
    assert answer.status_code == 422
    assert "ne figure pas dans la liste officielle" in plain(answer)
    sound = {"other_places": "", "most_grant": "3 000 000"}
    answer = browser.post("/calls/new", filled(answer) | sound)
    assert answer.status_code == 422
    page = plain(answer)
    for words in (
        "Les poids doivent faire 100 ; ils font 174.", "Les parts 50/40 font 90 et non 100.", "Le dernier jour précède",
        "La relance vient d’abord", "augmentent de ligne en ligne",
    ):  # fmt: skip
        assert page.count(words) == 2, words  # in the summary and beside the field
    assert "Microprojets des femmes de Mopti" in page


def test_a_line_is_added_and_an_empty_one_is_taken_out(admin, money, browser_of):
    browser = browser_of(admin)
    page = browser.get("/calls/new")
    more = browser.post("/calls/new", filled(page) | CALL | days() | {"add": "eligibility_questions"})
    assert more.status_code == 200
    values = filled(more)
    assert "eligibility_questions-9-label_fr" in values
    answer = browser.post("/calls/new", values)
    assert answer.status_code == 302
    call = db.session.scalar(db.select(Call))
    assert len(call.rules["eligibility_questions"]) == 9
    values["eligibility_questions-9-label_fr"] = ["Le groupement tient une caisse"]
    values["eligibility_questions-9-label_en"] = ["The group keeps a cash box"]
    answer = browser.post(f"/calls/{call.reference}/edit", values)
    db.session.refresh(call)
    assert call.rules["eligibility_questions"][9]["code"] == "le_groupement_tient_une_caisse"


def test_drafts_are_for_those_who_make_them(admin, money, browser_of, make_person):
    draft, call = draft_call(admin, money), open_call(admin, money, title="Appel publié de Mopti")
    agent = browser_of(make_person("agent", place="05"))
    assert agent.get(f"/calls/{draft.reference}").status_code == 404
    page = agent.get("/calls").text
    assert "Appel publié de Mopti" in page
    assert draft.reference not in page
    shown = agent.get(f"/calls/{call.reference}")
    assert shown.status_code == 200
    assert "/funds/" not in shown.text
    for path in ("/calls/new", f"/calls/{call.reference}/edit", f"/calls/{call.reference}/publish"):
        assert agent.get(path).status_code == 403
        assert agent.post(path, {"title": "x"}).status_code == 403


def test_the_state_narrows_the_list(admin, money, browser_of):
    opened = open_call(admin, money)
    soon = open_call(admin, money, opens_on=clock.today() + timedelta(days=3))
    browser = browser_of(admin)
    page = browser.get("/calls?state=upcoming").text
    assert soon.reference in page
    assert opened.reference not in page
    assert "Aucun appel" in browser.get("/calls?state=draft").text


@pytest.mark.parametrize("path", ["/calls", "/calls/open"])
def test_the_lists_cost_the_same_for_more_calls(admin, money, browser_of, count_queries, path):
    browser = browser_of(admin)

    def cost():
        with count_queries() as count:
            assert browser.get(path).status_code == 200
        return count()

    for _ in range(2):
        open_call(admin, money, places=["05", "0401"])
    few = cost()
    for _ in range(4):
        open_call(admin, money, places=["06", "0301"])
    assert cost() == few <= 12
