"""The pages about groups, as people use them."""

import io
import threading

import openpyxl
import pytest
import sqlalchemy as sa

from grants.core.database import db
from grants.core.unit_of_work import unit_of_work
from grants.groups import operations
from grants.groups.models import Group, Officer, PaymentAccount
from tests.conftest import parse
from tests.stories.groups import group_values, iban, registered_group, verified_group
from tests.stories.identity import PASSWORD, confirmed
from tests.stories.rows import again


@pytest.fixture
def agent(make_person):
    return make_person("agent", place="05", name="Seydou Kampo")


def typed(**over) -> dict:
    """What an agent types into the form of a group."""
    return {
        "name": "Coopérative Benkadi des femmes", "kind": "scoops", "registration_number": "0417/P-CM-2021",
        "registration_date": "27/03/2021", "registration_authority": "Préfet", "place_text": "Djenné",
        "place_searched": "Djenné", "place_code": "0502", "village": "Sofara", "women": "24", "men": "3", "youth": "11",
        "language": "bamanankan", "phone": "66 71 23 45", "activity": "Embouche", "consent_on": "01/03/2026",
        "consent_language": "bamanankan", "consent_witness": "Chef de village", **over,
    }  # fmt: skip


def only_group() -> Group:
    return db.session.scalars(sa.select(Group)).one()


def errors_of(response) -> set[str]:
    """The ids of the controls that the error summary links to."""
    assert response.status_code == 422
    links = parse(response.text).findall(".//div[@role='alert']//a")
    return {link.get("href").lstrip("#").removesuffix("-0") for link in links}


def test_an_agent_registers_a_group_and_sees_it(agent, browser_of):
    browser = browser_of(agent)
    answer = browser.post("/groups/new", typed(), follow_redirects=True)
    assert answer.status_code == 200
    assert "Coopérative Benkadi des femmes" in answer.text
    group = only_group()
    assert (group.place_code, group.women, group.phone, group.consent_text) == ("0502", 24, "+22366712345", "2026-1")
    assert group.reference in browser.get("/groups").text


def test_everything_wrong_is_told_at_once_and_nothing_typed_is_lost(agent, browser_of):
    wrong = typed(
        name="", kind="", registration_date="31/02/2021", place_text="Xyloparc", place_code="", women="douze", youth="-1",
        language="", phone="12", consent_on="01/03/2099", village="", activity="Savon de karité",
    )  # fmt: skip
    answer = browser_of(agent).post("/groups/new", wrong)
    assert errors_of(answer) == {
        "name", "kind", "registration_date", "place_text", "women", "youth", "language", "phone", "consent_on", "village",
    }  # fmt: skip
    for kept in ("31/02/2021", "Xyloparc", "douze", "Savon de karité", "0417/P-CM-2021", "Chef de village"):
        assert kept in answer.text
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Group)) == 0


def test_a_place_is_looked_up_and_chosen_in_the_same_form(agent, browser_of):
    browser = browser_of(agent)
    looked_up = browser.post("/groups/new", typed(place_text="Ténenkou", place_code="", look_up="1", name="Gardé"))
    assert looked_up.status_code == 200
    assert 'value="0503"' in looked_up.text
    assert "Gardé" in looked_up.text
    # One spelling and one place: it is taken without another round.
    assert (
        browser.post("/groups/new", typed(place_text="tenenkou", place_searched="", place_code="")).status_code == 302
    )
    assert only_group().place_code == "0503"


def test_a_place_that_may_be_several_is_asked_for(agent, browser_of):
    answer = browser_of(agent).post("/groups/new", typed(place_text="Yo", place_searched="", place_code=""))
    assert errors_of(answer) == {"place_code"}


def test_a_choice_made_for_another_text_does_not_hold(agent, browser_of):
    browser = browser_of(agent)
    browser.post("/groups/new", typed(place_text="Youwarou", place_searched="Djenné", place_code="0502"))
    assert only_group().place_code == "0504"


@pytest.mark.parametrize("code", ["0701", "9999", "05' OR '1'='1", "05"])
def test_a_forged_place_is_refused(agent, browser_of, code):
    answer = browser_of(agent).post("/groups/new", typed(place_text="Gao", place_searched="Gao", place_code=code))
    assert errors_of(answer) == {"place_text"}


def test_a_group_that_is_called_alike_is_shown_before_saving(agent, browser_of):
    registered_group(agent, place="0502", name="Benkadi des femmes")
    browser = browser_of(agent)
    first = browser.post("/groups/new", typed())
    assert errors_of(first) == {"apart"}
    assert "Benkadi des femmes" in first.text
    # A tick that was never asked for says nothing.
    assert browser.post("/groups/new", typed(apart="y")).status_code == 422
    shown = parse(first.text).find(".//input[@name='apart_from']").get("value")
    assert browser.post("/groups/new", typed(apart="y", apart_from=shown)).status_code == 302


def test_correcting_keeps_what_is_not_touched(agent, browser_of):
    group = registered_group(agent, place="0502")
    browser = browser_of(agent)
    form = parse(browser.get(f"/groups/{group.reference}/edit").text)
    fields = {i.get("name"): i.get("value", "") for i in form.findall(".//input")
              if i.get("type") not in ("radio", "checkbox") or i.get("checked") is not None}  # fmt: skip
    for select in form.findall(".//select"):
        fields[select.get("name")] = next(o.get("value") for o in select if o.get("selected") is not None)
    fields["activity"] = form.find(".//textarea").text
    before = {c.name: getattr(again(group), c.name) for c in Group.__table__.c}
    assert browser.post(f"/groups/{group.reference}/edit", {**fields, "women": "40"}).status_code == 302
    after = {c.name: getattr(again(group), c.name) for c in Group.__table__.c}
    assert {name for name in before if before[name] != after[name]} == {"women"}


def test_a_group_of_another_territory_does_not_exist(agent, browser_of, make_person):
    group = registered_group(agent)
    reference = group.reference
    stranger = browser_of(make_person("agent", "appraiser", place="07"))
    for path in ("", "/edit", "/officers/president", "/account", "/account/verify"):
        assert stranger.get(f"/groups/{reference}{path}").status_code == 404
        if path:
            assert stranger.post(f"/groups/{reference}{path}", typed()).status_code == 404
    assert reference not in stranger.get("/groups").text
    assert "Aïssata" not in str(workbook_rows(stranger.get("/groups/groups.xlsx")))
    assert again(group).women == 24


def test_who_may_only_read_changes_nothing(agent, browser_of, make_person):
    group = registered_group(agent)
    reference = group.reference
    reader = browser_of(make_person("auditor"))
    assert reader.get(f"/groups/{reference}").status_code == 200
    for path in ("/groups/new", f"/groups/{reference}/edit", f"/groups/{reference}/officers/president",
                 f"/groups/{reference}/account", f"/groups/{reference}/account/verify", "/groups/import"):  # fmt: skip
        assert reader.get(path).status_code == 403
        assert reader.post(path, typed()).status_code == 403


def test_officers_are_named_and_a_doubtful_nina_is_told(agent, browser_of):
    group = registered_group(agent)
    reference = group.reference
    browser = browser_of(agent)
    answer = browser.post(f"/groups/{reference}/officers/treasurer", {
        "name": "Mariam Sow", "sex": "F", "phone": "76123456", "paper_kind": "nina", "paper_number": "123",
        "mandate_from": "01/02/2026", "mandate_until": "",
    }, follow_redirects=True)  # fmt: skip
    assert "Mariam Sow" in answer.text
    assert "NINA" in answer.text
    assert db.session.scalars(
        sa.select(Officer.name).where(Officer.office == "treasurer", Officer.ended_on.is_(None))
    ).one()
    assert browser.get(f"/groups/{reference}/officers/mayor").status_code == 404


def test_the_form_of_an_account_says_which_field_is_wrong(agent, browser_of):
    group = registered_group(agent)
    path = f"/groups/{group.reference}/account"
    with unit_of_work():
        confirmed(again(agent), "sign_in")
    browser, typed = browser_of(again(agent)), {"password": PASSWORD}
    assert errors_of(browser.post(path, {"kind": "", "operator": ""})) == {"kind", "holder", "password"}
    assert errors_of(browser.post(path, {"kind": "bank", "operator": "", **typed})) == {"bank", "rib", "holder"}
    slip = iban(77)[:-1] + str((int(iban(77)[-1]) + 1) % 10)
    answer = browser.post(
        path, {"kind": "bank", "operator": "", "bank": "BDM", "rib": slip, "holder": "Benkadi", **typed}
    )
    assert errors_of(answer) == {"rib"}
    assert errors_of(browser.post(path, {"kind": "bank", "operator": "", "rib": slip})) == {
        "bank",
        "rib",
        "holder",
        "password",
    }
    assert slip in answer.text
    wallet = {"kind": "wallet", "operator": "Wave", "wallet": "20 22 23 24", "holder": "Benkadi", **typed}
    assert errors_of(browser.post(path, wallet)) == {"wallet"}
    assert browser.post(path, {**wallet, "wallet": "76 12 34 56"}).status_code == 302


def test_a_second_person_sees_the_whole_number_and_verifies(agent, browser_of, make_person):
    group = registered_group(agent)
    path, account = f"/groups/{group.reference}/account/verify", group.account
    account_id, number = account.id, account.number
    second = browser_of(make_person("appraiser", place="05"))
    assert path in second.get("/").text
    seen = second.get(path).text.replace("\u00a0", "")
    assert number in seen
    assert number not in second.get(f"/groups/{group.reference}").text.replace("\u00a0", "")
    assert errors_of(second.post(path, {"account": account_id, "how": "vu"})) == {"how"}
    assert second.post(path, {"account": account_id, "how": "RIB tamponné du 12 mars"}).status_code == 302
    assert path not in second.get("/").text
    assert second.post(path, {"account": account_id, "how": "RIB tamponné du 12 mars"}).status_code == 403


def test_nobody_verifies_their_own_entry_nor_an_account_not_seen(browser_of, make_person):
    both = make_person("agent", "appraiser", place="05")
    group = registered_group(both)
    path, account_id = f"/groups/{group.reference}/account/verify", group.account.id
    own = browser_of(both)
    assert own.post(path, {"account": account_id, "how": "RIB tamponné"}).status_code == 403
    assert path not in own.get("/").text
    other = browser_of(make_person("monitor", place="05"))
    assert other.post(path, {"account": account_id + 1, "how": "RIB tamponné"}).status_code == 403
    assert db.session.get(PaymentAccount, account_id).verified_at is None


def test_of_two_who_verify_at_once_one_is_told(app, agent, browser_of, make_person):
    group = registered_group(agent)
    path, account_id = f"/groups/{group.reference}/account/verify", group.account.id
    browsers = [browser_of(make_person("appraiser", place="05")), browser_of(make_person("monitor", place="05"))]
    for browser in browsers:
        browser.get(path)
    codes, start = [], threading.Barrier(2)

    def verify(browser):
        with app.app_context():
            start.wait()
            codes.append(browser.post(path, {"account": account_id, "how": "RIB tamponné"}).status_code)

    threads = [threading.Thread(target=verify, args=(browser,)) for browser in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == [302, 403]


def workbook_rows(response) -> list[tuple]:
    assert response.status_code == 200
    return list(openpyxl.load_workbook(io.BytesIO(response.data)).active.iter_rows(values_only=True))


def test_the_list_is_narrowed_paged_and_taken_away_as_shown(agent, browser_of, make_person):
    chief = make_person("appraiser")
    for number in range(3):
        registered_group(agent, name=f"Benkadi {number}")
    registered_group(chief, place="0701", name="Sigui du fleuve", kind="gie")
    browser = browser_of(chief)
    assert "Sigui" in browser.get("/groups?region=07").text
    assert "Benkadi" not in browser.get("/groups?region=07").text
    assert "Sigui" not in browser.get("/groups?q=BENKADI").text
    assert "Sigui" in browser.get("/groups?kind=gie").text
    assert [row[1] for row in workbook_rows(browser.get("/groups/groups.xlsx?region=05"))[1:]] == [
        "Benkadi 0", "Benkadi 1", "Benkadi 2",
    ]  # fmt: skip
    for odd in ("?after=%%%", "?region=05%25", "?kind=club&q=%00", "?region=&q='"):
        assert browser.get("/groups" + odd).status_code == 200


def test_a_name_that_looks_like_a_formula_stays_text(agent, browser_of):
    registered_group(agent, name='=HYPERLINK("http://x")')
    workbook = openpyxl.load_workbook(io.BytesIO(browser_of(agent).get("/groups/groups.xlsx").data))
    assert workbook.active["B2"].data_type == "s"


def test_pages_cost_the_same_however_many_groups_there_are(agent, browser_of, count_queries, make_person):
    second = make_person("appraiser", place="05")
    reference = verified_group(agent, second).reference
    browser, verifier = browser_of(agent), browser_of(second)
    paths = [(browser, "/groups"), (browser, "/groups/groups.xlsx"), (browser, f"/groups/{reference}"), (verifier, "/")]

    def costs():
        found = []
        for who, path in paths:
            with count_queries() as count:
                assert who.get(path).status_code == 200
                found.append(count())
        return found

    registered_group(agent)
    few = costs()
    for _ in range(4):
        registered_group(agent)
    assert costs() == few
    assert max(few) <= 12 + 4  # the home page asks for every kind of work
    assert few[0] <= 12


def test_an_officer_from_a_list_is_completed_with_what_is_known(agent, browser_of):
    with unit_of_work():
        group = operations.register(group_values(), by=again(agent))
        operations.note_officer(group, "president", {"name": "Awa Bah", "phone": "+22366712345"}, by=again(agent))
    again(agent)
    path = f"/groups/{again(group).reference}/officers/president"
    browser = browser_of(agent)
    form = parse(browser.get(path).text)
    assert form.find(".//input[@name='name']").get("value") == "Awa Bah"
    assert form.find(".//input[@name='phone']").get("value") == "66 71 23 45"
    said = {"name": "Awa Bah", "sex": "F", "mandate_from": "01/02/2026", "paper_kind": "", "phone": "66712345"}
    assert browser.post(path, said).status_code == 302
    assert "Awa Bah" not in browser.get(path).text.split("<form class")[1]
