"""The pages of complaints: for everybody, and for those who handle them."""

import re

import sqlalchemy as sa

from grants.core.database import db
from grants.grievances.models import Grievance
from tests.stories import grievances as story
from tests.stories.rows import again

GIVEN = {"category": "money", "words": story.WORDS, "place_code": "05"}


def token(page) -> dict:
    return {"token": re.search(r'name="token"[^>]*value="([^"]+)"', page.text)[1]}


def count() -> int:
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count()).select_from(Grievance))


def test_anybody_lodges_and_follows_without_an_account(app, client):
    page = client.get("/complaints")
    assert page.status_code == 200 and len(page.data) < 30_000
    given = {**GIVEN, **token(page)}
    assert client.post("/complaints", given).location.endswith("/complaints/thanks")
    # Twice pressed, once lodged; the code is still there for a line that broke.
    assert client.post("/complaints", given).status_code == 302
    assert count() == 1
    thanks = client.get("/complaints/thanks").text
    reference = re.search(r"GV-\d{4}-\d{4}-[A-Z]", thanks)[0]
    code = re.search(r"\b[2-9A-Z]{4}-[2-9A-Z]{4}\b", thanks.replace(reference, ""))[0]
    state = client.post("/complaints/follow", {"reference": reference.lower(), "code": code.replace("-", " ").lower()})
    assert state.status_code == 200 and "est arrivée" in state.text
    assert story.WORDS not in state.text
    # Another browser has the page without the code.
    assert code not in app.test_client().get("/complaints/thanks").text


def test_all_mistakes_at_once_and_nothing_typed_is_lost(app, client):
    client.get("/complaints")
    answer = client.post("/complaints", {"words": "Court.", "village": "Sofara", "phone": "12"})
    assert answer.status_code == 422
    for said in ("Dites de quoi il s’agit.", "en quelques phrases"):
        assert answer.text.count(said) >= 2
    assert answer.text.count("Choisissez la région") >= 2 and "Sofara" in answer.text and "Court." in answer.text
    assert "66 71 23 45" in answer.text
    assert count() == 0


def test_a_form_without_its_token_or_with_others_is_refused(app, client):
    forged = app.test_client()
    answer = forged.post("/complaints", {**GIVEN, "csrf_token": "forged"})
    assert answer.status_code in (400, 422) and count() == 0
    long = client.post(
        "/complaints", {**GIVEN, "token": "x" * 500, "step": "closed", "sealed": "1", "holds_payments": "1"}
    )
    assert long.status_code == 302
    grievance = db.session.scalar(sa.select(Grievance))
    assert (grievance.step, grievance.sealed, grievance.holds_payments) == ("received", False, False)


def test_guessing_codes_is_slowed_down(app, client):
    grievance, code = story.lodged()
    answers = [
        client.post("/complaints/follow", {"reference": grievance.reference, "code": f"AAAA-AA{sign}A"})
        for sign in "2345679"
    ]
    assert all(answer.status_code == 422 for answer in answers)
    assert "Trop d’essais" in answers[-1].text or "Trop de tentatives" in answers[-1].text
    # The right code is not tried either until the time is over.
    assert client.post("/complaints/follow", {"reference": grievance.reference, "code": code}).status_code == 422
    # No such complaint reads the same as a wrong code.
    unknown = client.post("/complaints/follow", {"reference": "GV-2026-9999-A", "code": code})
    assert "GV-2026-9999-A" in unknown.text and unknown.status_code == 422


def test_the_person_reads_the_answer_but_not_that_of_a_sealed_one(app, client, make_person):
    officer = make_person("grievance_officer", place="05")
    plain, code = story.lodged()
    sealed, key = story.lodged(category="corruption", words=story.SECRET)
    for one in (plain, sealed):
        story.answered(officer, one)
    shown = client.post("/complaints/follow", {"reference": plain.reference, "code": code}).text
    assert "la banque a retenu des frais" in shown and again(officer).name not in shown
    hidden = client.post("/complaints/follow", {"reference": sealed.reference, "code": key}).text
    assert "la banque" not in hidden and "quinze jours" in hidden


def test_the_officer_goes_through_all_pages(app, make_person, browser_of):
    officer = make_person("grievance_officer", place="05")
    browser = browser_of(officer)
    page = browser.get("/grievances/register")
    bad = browser.post("/grievances/register", {**GIVEN, **token(page)})
    assert bad.status_code == 422 and count() == 0
    made = browser.post("/grievances/register", {**GIVEN, **token(page), "channel": "phone", "name": "Awa Diarra"})
    assert made.location.endswith("/grievances/registered")
    shown = browser.get("/grievances/registered").text
    reference = re.search(r"GV-\d{4}-\d{4}-[A-Z]", shown)[0]
    base = f"/grievances/{reference}"
    assert reference in browser.get("/").text
    assert "Awa Diarra" in browser.get(base).text
    assert browser.post(f"/act/grievance/{reference}/acknowledge", {}).status_code == 302
    assert browser.post(f"{base}/notes", {"note": "x"}).status_code == 422
    assert browser.post(f"{base}/notes", {"note": "Entendu la trésorière du groupement."}).status_code == 302
    assert "trésorière" in browser.get(base).text
    assert browser.post(f"{base}/classify", {"category": "money", "holds_payments": "y"}).status_code == 422
    assert browser.post(f"{base}/classify", {"category": "delay"}).status_code == 302
    assert browser.post(f"/act/grievance/{reference}/answer", {"finding": "founded"}).status_code == 422
    assert browser.post(f"/act/grievance/{reference}/answer", story.ANSWER).status_code == 302
    assert "la banque a retenu" in browser.get(base).text
    today = {"told_how": "phone", "told_on": "01/01/2020"}
    assert browser.post(f"/act/grievance/{reference}/close", today).status_code == 422
    assert browser.get(f"/workflows/grievance/{reference}/path").status_code == 200


def test_who_oversees_reads_but_neither_acts_nor_learns_who_complains(app, make_person, browser_of):
    grievance, _code = story.lodged(name="Awa Diarra", phone="+22366712345")
    for role in ("coordinator", "auditor"):
        browser = browser_of(make_person(role))
        shown = browser.get(f"/grievances/{grievance.reference}")
        assert story.WORDS in shown.text and "Awa" not in shown.text and "66 71" not in shown.text
        assert browser.post(f"/act/grievance/{grievance.reference}/acknowledge", {}).status_code == 403
        assert again(grievance).step == "received"


def test_another_territory_is_not_there(app, make_person, browser_of):
    grievance, _code = story.lodged()
    browser = browser_of(make_person("grievance_officer", place="07"))
    base = f"/grievances/{grievance.reference}"
    assert browser.get(base).status_code == 404
    assert browser.post(f"{base}/notes", {"note": "Une note assez longue."}).status_code == 404
    assert browser.get(f"{base}/classify").status_code == 404
    assert browser.post(f"/act/grievance/{grievance.reference}/acknowledge", {}).status_code == 404
    assert grievance.reference not in browser.get("/grievances").text


def test_the_list_is_filtered_paged_and_costs_the_same(app, make_person, browser_of, count_queries):
    officer = make_person("grievance_officer", place="05")
    browser = browser_of(officer)
    costs = []
    for rows in (9, 27):
        while count() < rows:
            story.lodged(address=f"10.1.0.{count()}")
        browser.get("/grievances")
        with count_queries() as ran:
            page = browser.get("/grievances")
        costs.append(ran())
    assert costs[0] == costs[1] <= 12
    following = re.search(r'href="(/grievances\?after=[^"]+)"', page.text)[1]
    assert len(re.findall(r"GV-\d{4}-\d{4}-[A-Z]", browser.get(following).text)) >= 2
    assert "Aucune plainte" in browser.get("/grievances?category=works").text
    assert browser.get("/grievances?state=closed%27&place=x&category=gbv").status_code == 200
