"""What the pages of files promise: who sees them, what a forged post meets, what is kept, what they cost."""

import gzip
import io
import re

import pytest
import sqlalchemy as sa
from PIL import Image

from grants.core.database import db
from grants.core.unit_of_work import unit_of_work
from grants.projects import content, operations
from grants.projects.models import Project
from tests.stories import groups
from tests.stories.answers import BUDGETS
from tests.stories.projects import complete_draft, draft, returned, submitted, upload
from tests.stories.rows import again

KB = 1024


def weight(answer) -> int:
    return len(gzip.compress(answer.data))


def lines(*rows: dict) -> dict:
    """Budget rows as a browser posts them."""
    return {f"lines-{i}-{name}": str(value) for i, row in enumerate(rows) for name, value in row.items()}


def photo(colour: str = "red") -> io.BytesIO:
    data = io.BytesIO()
    Image.new("RGB", (640, 480), colour).save(data, "JPEG")
    data.seek(0)
    return data


def stored(project) -> Project:
    db.session.rollback()
    return again(project)


@pytest.fixture
def project(agent, group, call):
    return draft(agent, group, call)


def test_the_file_page_shows_state_amounts_path_and_what_can_be_done(browser_of, agent, group, call):
    project = complete_draft(agent, group, call)
    page = browser_of(agent).get(f"/projects/{project.reference}")
    assert page.status_code == 200 and weight(page) <= 15 * KB
    for words in ("Embouche ovine de 40 têtes", group.name, project.reference, "En préparation", "2\u202f850\u202f000",
                  "Déposer la demande", "Béliers de 12 à 18 mois", "Relevé d’identité bancaire", "Seydou Kampo"):  # fmt: skip
        assert words in page.text, words


def test_another_territory_finds_nothing_and_others_are_refused(browser_of, agent, far_agent, auditor, group, call):
    project = complete_draft(agent, group, call)
    here = f"/projects/{project.reference}"
    far, reader = browser_of(far_agent), browser_of(auditor)
    for end in (
        "",
        "/journal",
        "/application",
        "/application/site",
        "/budget",
        "/about",
        "/papers",
        "/papers/quotes",
        "/check",
    ):
        assert far.get(here + end).status_code == 404, end
    assert reader.get(here).status_code == 200 and reader.get(here + "/journal").status_code == 200
    for end in ("/application", "/application/site", "/budget", "/about", "/papers", "/papers/quotes", "/check"):
        assert reader.get(here + end).status_code == 403, end
    assert far.get("/projects").text.count(project.reference) == 0
    assert group.name not in far.get("/search?q=benkadi").text
    assert far.get(f"/projects/new?call={call.reference}&group={group.reference}").status_code == 404


def test_posts_forged_from_elsewhere_change_nothing(browser_of, agent, far_agent, auditor, appraiser, project):
    here = f"/projects/{project.reference}"
    for person, status in ((far_agent, 404), (auditor, 403), (appraiser, 403)):
        browser = browser_of(person)
        for end, data in (("/application/site", {"name": "Pris"}), ("/budget", lines(BUDGETS["livestock"][0])),
                          ("/about", {"title": "Volé, tout entier"}), ("/papers/remove", {"file": "x"})):  # fmt: skip
            assert browser.post(here + end, data).status_code == status, end
    after = stored(project)
    assert (after.answers, after.requested, after.title) == ({}, 0, "Embouche ovine de 40 têtes")


def test_posts_in_the_wrong_step_or_to_a_locked_part_are_refused(browser_of, agent, appraiser, group, call):
    project = submitted(agent, group, call)
    here, browser = f"/projects/{project.reference}", browser_of(agent)
    assert browser.post(here + "/budget", lines(BUDGETS["livestock"][0])).status_code == 403
    returned(appraiser, again(project), parts=["budget"])
    assert browser.post(here + "/application/site", {"name": "Ailleurs"}).status_code == 403
    assert browser.post(here + "/papers/quotes", {"files": (photo(), "a.jpg")}).status_code == 403
    assert browser.post(here + "/budget", lines(*BUDGETS["livestock"])).status_code == 302
    assert stored(project).answers["sections"]["site"]["name"] != "Ailleurs"


def test_a_group_outside_the_zone_or_a_closed_call_cannot_be_chosen(browser_of, agent, group, call):
    browser = browser_of(agent)
    assert group.name in browser.get(f"/projects/new?call={call.reference}").text
    assert browser.get("/projects/new?call=AP-2020-0001-X").status_code == 404


def test_an_application_is_begun_once_however_often_it_is_sent(browser_of, agent, group, call):
    browser = browser_of(agent)
    address = f"/projects/new?call={call.reference}&group={group.reference}"
    uuid = re.search(r'name="uuid"[^>]*value="([^"]+)"', browser.get(address).text)[1]
    data = {"uuid": uuid, "kind": "commerce", "title": "Boutique de céréales", "spoke_for_group": ""}
    first, second = browser.post(address, data), browser.post(address, data)
    assert first.status_code == second.status_code == 302 and first.location == second.location
    assert db.session.scalar(sa.text("SELECT count(*) FROM project")) == 1


def test_all_mistakes_of_the_beginning_are_shown_and_what_was_typed_stays(browser_of, agent, group, call):
    address = f"/projects/new?call={call.reference}&group={group.reference}"
    page = browser_of(agent).post(address, {"title": "Abc", "spoke_for_group": "Fanta"})
    assert page.status_code == 422 and 'value="Fanta"' in page.text and 'value="Abc"' in page.text
    assert "Choisissez le genre" in page.text


def test_a_section_is_saved_with_gaps_and_wrong_values_are_kept_for_correction(browser_of, agent, project):
    browser, address = browser_of(agent), f"/projects/{project.reference}/application/people"
    page = browser.post(address, {"direct": "douze", "women": "10"})
    assert page.status_code == 422 and 'value="douze"' in page.text and 'value="10"' in page.text
    assert stored(project).answers == {}
    assert browser.post(address, {"direct": "27", "women": "10"}).status_code == 302
    assert stored(project).answers["sections"]["people"] == {"direct": 27, "women": 10}


def test_answers_that_do_not_fit_together_are_saved_and_said(browser_of, agent, project):
    browser, address = browser_of(agent), f"/projects/{project.reference}/application/people"
    answer = browser.post(address, {"direct": "27", "women": "10", "men": "3"})
    assert answer.location == address
    assert "Femmes et hommes font 13 personnes" in browser.get(address).text


def test_more_rows_are_asked_for_without_losing_what_was_typed(browser_of, agent, project):
    browser, address = browser_of(agent), f"/projects/{project.reference}/application/account"
    before = browser.get(address).text.count("income-")
    page = browser.post(address, {"add": "income", "income-0-line": "Vente du lait", "months": "trois"})
    assert page.status_code == 200 and "Vente du lait" in page.text and 'value="trois"' in page.text
    assert page.text.count("income-") != before and stored(project).answers == {}


def test_who_writes_over_a_fresh_answer_is_told_and_keeps_what_was_typed(browser_of, agent, make_person, project):
    browser, address = browser_of(agent), f"/projects/{project.reference}/application/site"
    seen = re.search(r'name="seen" value="(\w+)"', browser.get(address).text)[1]
    with unit_of_work():
        operations.save_section(again(project), "site", {"name": "Konna"}, by=again(make_person("agent", place="05")))
    page = browser.post(address, {"name": "Sofara", "seen": seen})
    assert page.status_code == 422 and 'value="Sofara"' in page.text and "Konna" in page.text
    seen = re.search(r'name="seen" value="(\w+)"', page.text)[1]
    assert browser.post(address, {"name": "Sofara", "seen": seen}).status_code == 302
    assert content.section_answers(stored(project), "site") == {"name": "Sofara"}


def test_the_budget_shows_every_problem_at_its_line_and_keeps_all(browser_of, agent, project):
    browser, address = browser_of(agent), f"/projects/{project.reference}/budget"
    good = BUDGETS["livestock"][0]
    blank = dict.fromkeys(good, "") | {"paid_by": "grant"}
    page = browser.post(address, lines(blank, {**good, "label": ""}, {**good, "quantity": "2,5"}))
    assert page.status_code == 422
    assert 'href="#lines-2-quantity"' in page.text and 'value="2,5"' in page.text
    page = browser.post(address, lines(blank, {**good, "label": ""}, {**good, "category": ""}))
    assert page.status_code == 422
    assert 'href="#lines-1-label"' in page.text and 'href="#lines-2-category"' in page.text
    assert not stored(project).budget
    assert browser.post(address, lines(blank, good)).status_code == 302
    assert stored(project).requested == 1_920_000


def test_lines_are_added_and_taken_out_by_buttons(browser_of, agent, project):
    browser, address = browser_of(agent), f"/projects/{project.reference}/budget"
    first, second = BUDGETS["livestock"][:2]
    page = browser.post(address, {**lines(first, second), "add": "lines"})
    assert page.status_code == 200 and 'id="lines-3-label"' in page.text and first["label"] in page.text
    page = browser.post(address, {**lines(first, second), "remove": "0"})
    assert (
        page.status_code == 200
        and first["label"] not in page.text.partition("<tbody>")[2]
        and second["label"] in page.text
    )
    assert not stored(project).budget


def test_several_files_of_one_paper_are_sent_at_once_and_opened_by_those_who_see_the_file(
    browser_of, agent, far_agent, project
):
    browser, address = browser_of(agent), f"/projects/{project.reference}/papers/quotes"
    files = [(photo("red"), "a.jpg"), (photo("blue"), "b.jpg")]
    assert browser.post(address, {"files": files}, content_type="multipart/form-data").status_code == 302
    papers = stored(project).papers
    uuids = [paper.file.uuid for paper in papers]
    assert [(p.kind, p.file.name) for p in papers] == [("quotes", "a.jpg"), ("quotes", "b.jpg")]
    assert browser.get(f"/files/{uuids[0]}").status_code == 200
    assert browser_of(far_agent).get(f"/files/{uuids[0]}").status_code == 404
    assert browser.post(f"/projects/{project.reference}/papers/remove", {"file": uuids[0]}).status_code == 302
    assert [p.file.uuid for p in stored(project).papers] == uuids[1:]


def test_a_good_file_is_kept_while_a_bad_one_is_refused(browser_of, agent, project):
    browser, address = browser_of(agent), f"/projects/{project.reference}/papers/quotes"
    files = [(photo(), "bon.jpg"), (io.BytesIO(b"not a picture"), "faux.jpg")]
    page = browser.post(address, {"files": files}, content_type="multipart/form-data")
    assert page.status_code == 422 and "faux.jpg" in page.text and "bon.jpg" in page.text
    token = re.search(r'name="files-kept" value="([^"]+)"', page.text)[1]
    assert browser.post(address, {"files-kept": token}).status_code == 302
    assert [p.file.name for p in stored(project).papers] == ["bon.jpg"]


def test_a_paper_without_a_file_is_asked_for(browser_of, agent, project):
    page = browser_of(agent).post(f"/projects/{project.reference}/papers/quotes", {})
    assert page.status_code == 422 and "Photographiez la pièce" in page.text


def test_the_check_lists_every_gap_with_its_link_then_leads_to_submitting(browser_of, agent, group, call, project):
    browser = browser_of(agent)
    page = browser.get(f"/projects/{project.reference}/check").text
    here = f"/projects/{project.reference}"
    for link in (f"{here}/application/activity#heads", f"{here}/budget", f"{here}/papers/quotes"):
        assert f'href="{link}"' in page, link
    whole = complete_draft(agent, groups.registered_group(agent), call)
    page = browser.get(f"/projects/{whole.reference}/check").text
    assert f'href="/act/project/{whole.reference}/submit"' in page
    posted = browser.get(f"/act/project/{whole.reference}/submit").text
    once = re.search(r'name="once" value="([^"]+)"', posted)[1]
    data = {"once": once, "state_revision": "1"}
    for _press in range(2):
        assert browser.post(f"/act/project/{whole.reference}/submit", data).status_code == 302
    assert (stored(whole).step, stored(whole).revision) == ("eligibility", 1)


def test_revisions_and_their_difference_are_read_and_missing_ones_are_not_found(
    browser_of, agent, appraiser, auditor, group, call
):
    from grants import lifecycle

    project = returned(appraiser, submitted(agent, group, call), parts=["budget"])
    with unit_of_work():
        mine, me = again(project), again(agent)
        operations.save_budget(mine, [{**BUDGETS["livestock"][0], "quantity": 38}, *BUDGETS["livestock"][1:]], by=me)
        lifecycle.perform(mine, "resubmit", by=me)
    here, browser = f"/projects/{stored(project).reference}/revisions", browser_of(auditor)
    first = browser.get(f"{here}/1")
    assert "Personne ne peut la modifier" in first.text and weight(first) <= 15 * KB
    difference = browser.get(f"{here}/1..2").text
    assert "Béliers de 12 à 18 mois" in difference and "38\u00a0têtes" in difference and "Le lieu" not in difference
    assert browser.get(f"{here}/3").status_code == browser.get(f"{here}/1..3").status_code == 404


def test_the_reason_of_a_return_has_ten_signs_and_names_parts(browser_of, agent, appraiser, group, call):
    project = submitted(agent, group, call)
    browser, address = browser_of(appraiser), f"/act/project/{project.reference}/return_for_completion"
    assert browser.post(address, {"reason": "court"}).status_code == 422
    assert stored(project).step == "eligibility"
    data = {"reason": "Le devis du tourteau a plus de trois mois.", "parts": ["budget", "papers"]}
    assert browser.post(address, data).status_code == 302
    assert (stored(project).step, stored(project).unlocked) == ("completion", ["budget", "papers"])
    assert "Le devis du tourteau" in browser_of(agent).get(f"/projects/{project.reference}/application").text


def test_the_list_is_narrowed_by_its_address(browser_of, auditor, agent, appraiser, group, call):
    one = draft(agent, group, call)
    two = submitted(agent, group, call, "commerce")
    browser = browser_of(auditor)
    for query, shown in (("q=cereales", {two}), ("q=benkadi", {one, two}), ("step=draft", {one}), ("kind=commerce", {two}),
                         ("place=0501", {one, two}), ("place=07", set()), (f"call={call.reference}", {one, two}),
                         (f"q={one.reference.lower()}", {one}), ("late=y", set()), ("sort=amount", {one, two})):  # fmt: skip
        text = browser.get(f"/projects?{query}").text
        for project in (one, two):
            assert (f"/projects/{again(project).reference}" in text) == (project in shown), query
    assert again(two).reference in browser_of(appraiser).get("/projects?mine=y").text
    assert again(one).reference not in browser_of(appraiser).get("/projects?mine=y").text


def test_what_is_taken_away_is_what_is_shown_and_runs_nothing(browser_of, auditor, agent, group, call):
    import openpyxl

    draft(agent, group, call, title="=HYPERLINK(1;2) attention")
    submitted(agent, group, call, "commerce")
    browser = browser_of(auditor)
    text = browser.get("/projects.csv?step=draft").get_data().decode("utf-8-sig")
    assert len(text.strip().splitlines()) == 2 and "'=HYPERLINK" in text
    book = openpyxl.load_workbook(io.BytesIO(browser.get("/projects.xlsx").data))
    cells = list(book.active.iter_rows(min_row=2))
    assert len(cells) == 2 and {row[1].data_type for row in cells} == {"s"}
    assert browser_of(agent).get("/projects.csv").status_code == 403


def test_search_finds_files_and_groups_by_name_reference_and_telephone(browser_of, agent, group, project):
    browser = browser_of(agent)
    assert project.reference in browser.get("/search?q=benkadi").text
    assert group.reference in browser.get("/search?q=66 71 23 45").text
    assert browser.get(f"/search?q={project.reference}").location == f"/projects/{project.reference}"
    assert "Rien trouvé" in browser.get("/search?q=introuvable").text


def test_pages_cost_the_same_however_many_files_there_are(browser_of, agent, group, call, count_queries):
    def cost(path: str) -> int:
        with count_queries() as count:
            answer = browser.get(path)
        assert answer.status_code == 200 and weight(answer) <= 25 * KB
        return count()

    project = complete_draft(agent, group, call)
    browser = browser_of(agent)
    paths = [
        "/projects",
        "/search?q=sabugnuma",
        f"/projects/{project.reference}",
        f"/projects/{project.reference}/check",
    ]
    for _n in range(2):
        draft(agent, groups.registered_group(agent), call)
    [browser.get(path) for path in paths]
    few = [cost(path) for path in paths]
    for _n in range(6):
        draft(agent, groups.registered_group(agent), call)
    with unit_of_work():
        for number in range(6):
            operations.attach_paper(again(project), "quotes", upload(f"devis {number}.pdf"), by=again(agent))
    assert [cost(path) for path in paths] == few
    assert max(few) <= 12, dict(zip(paths, few, strict=True))
