"""What appraisers see and send, and what those who forge a post get."""

import io

import pytest
from PIL import Image

from grants.appraisal import queries
from grants.core import clock
from grants.projects.editions import kind_of
from tests.stories.appraisal import checked, eligible, points, screening_answers, sheet
from tests.stories.rows import again


@pytest.fixture
def jpeg():
    out = io.BytesIO()
    Image.effect_noise((320, 240), 60).convert("RGB").save(out, "JPEG")
    return out.getvalue()


def at(project, page: str) -> str:
    return f"/projects/{project.reference}/appraisal/{page}"


def test_the_whole_appraisal_in_a_browser(project, first, second, browser_of, jpeg):
    browser, kind = browser_of(first), kind_of(project)
    questions = queries.rules_of(project).eligibility_questions
    home = f"/projects/{project.reference}"
    assert at(project, "eligibility") in browser.get(home).text
    wrong = {f"answer_{questions[0].code}": "no", f"note_{questions[1].code}": "Vu à la mairie"}
    answer = browser.post(at(project, "eligibility"), wrong)
    assert answer.status_code == 422 and "Vu à la mairie" in answer.text
    answers = {f"answer_{question.code}": "yes" for question in questions}
    assert browser.post(at(project, "eligibility"), answers).status_code == 302
    assert browser.post(f"/act/project/{project.reference}/declare_eligible").status_code == 302

    assert browser.post(at(project, "screening"), {"trees": "yes"}).status_code == 422
    given = {}
    for code, value in screening_answers(kind, "trees").items():
        given[code] = {True: "yes", False: "no"}.get(value, value)
    assert browser.post(at(project, "screening"), given).status_code == 302
    assert queries.screening(again(project)).risk_class == "B"

    visit = {
        "visited_on": clock.today().strftime("%d/%m/%Y"),
        "met": "La présidente",
        "confirmed": "yes",
        "findings": "",
    }
    sent = {**visit, "photo": (io.BytesIO(jpeg), "site.jpg")}
    answer = browser.post(at(project, "field-check"), sent, content_type="multipart/form-data")
    assert answer.status_code == 422 and "site.jpg" in answer.text
    kept = answer.text.split('name="photo-kept"')[1].split('value="')[1].split('"')[0]
    sent = {**visit, "findings": "Le site est clôturé.", "photo-kept": kept}
    assert browser.post(at(project, "field-check"), sent).status_code == 302

    scores = {f"score_{code}": str(n) for code, n in points(project, 4).items()}
    answer = browser.post(at(project, "score"), {**scores, "comment": "Bon dossier"})
    assert answer.status_code == 422 and "Bon dossier" in answer.text
    assert (
        browser.post(at(project, "score"), {**scores, "opinion": "favourable", "comment": "Bon dossier"}).status_code
        == 302
    )
    other = browser_of(second)
    assert "Bon dossier" not in other.get(home).text
    scores = dict.fromkeys(scores, "3")
    assert other.post(at(project, "score"), {**scores, "opinion": "reserved", "comment": "Prudence"}).status_code == 302
    shown = other.get(home).text
    assert "Bon dossier" in shown and "Prudence" in shown and ("70 sur 100" in shown or "70 out of 100" in shown)
    assert browser.post(f"/act/project/{project.reference}/recommend").status_code == 302
    assert again(project).step == "committee"


def test_others_are_kept_out(project, agent, first, far_appraiser, browser_of, make_person):
    eligible(project, first)
    checked(project, first)
    sheet(project, first)
    auditor = make_person("auditor")
    for page in ("screening", "field-check", "score"):
        assert browser_of(far_appraiser).get(at(project, page)).status_code == 404
        for other in (agent, auditor):
            assert browser_of(other).get(at(project, page)).status_code == 403
            assert browser_of(other).post(at(project, page), {}).status_code == 403
    # What the team found is not for the agent who wrote the file.
    assert (
        "/files/" + queries.field_check(again(project)).photo.uuid
        not in browser_of(agent).get(f"/projects/{project.reference}").text
    )


def test_a_second_sheet_and_a_passed_step_are_refused(project, first, browser_of):
    eligible(project, first)
    sheet(project, first)
    browser = browser_of(first)
    scores = {f"score_{code}": "1" for code in points(project)}
    sent = {**scores, "opinion": "unfavourable", "comment": "Je change d’avis"}
    assert browser.post(at(project, "score"), sent).status_code == 403
    assert browser.get(at(project, "score")).status_code == 200
    assert browser.get(at(project, "eligibility")).status_code == 403
    assert queries.scoring(again(project)).sheets[0].total == 80
