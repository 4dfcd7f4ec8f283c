"""The pages about versions: what administrators do there, what auditors read, what forged posts come to."""

import io

import pytest

from grants.lifecycle import versions
from grants.lifecycle.versions import published
from tests.conftest import parse
from tests.stories import life
from tests.stories.rows import again
from tests.stories.versions import lighter_text, next_text, published_version, submitted_draft, written

WHY = "Les petits montants attendent trop longtemps la session nationale."


@pytest.fixture(autouse=True)
def fresh_definitions():
    """Each test has a database of its own: what another one published under the same id is forgotten."""
    published._by_id.cache_clear()
    yield
    published._by_id.cache_clear()


@pytest.fixture
def admins(make_person):
    return make_person("admin", name="Awa Traoré"), make_person("admin", name="Bakary Sidibé")


def test_from_the_text_to_publication_at_two_screens(browser_of, admins):
    mine, theirs = browser_of(admins[0]), browser_of(admins[1])
    number = versions.newest("project").version
    page = mine.get("/workflows/micro-project/drafts/new")
    text = parse(page.text).find(".//textarea[@name='source']").text
    assert f"version = {number + 1}" in text
    answer = mine.post(
        "/workflows/micro-project/drafts/new", {"source": text.replace('within = "5 wd"', 'within = "9 wd"', 1)}
    )
    assert answer.status_code == 302
    place = answer.headers["Location"]
    page = mine.get(place)
    assert "La définition tient" in page.text and "9 jours ouvrables, au lieu de 5 jours ouvrables" in page.text
    assert mine.post(f"{place}/put-forward", {"reason": "", "revision": 1}).status_code == 422
    assert mine.post(f"{place}/put-forward", {"reason": WHY, "revision": 1}).status_code == 302
    assert "un autre administrateur la publie" in mine.get(place).text
    page = theirs.get(place)
    assert WHY in page.text and "Publier cette version" in page.text
    assert theirs.post(f"{place}/publish", {"revision": 2}).status_code == 302
    page = theirs.get("/workflows")
    assert "proposée par Awa Traoré, publiée par Bakary Sidibé" in page.text
    page = theirs.get(f"/workflows/micro-project/{number + 1}/difference")
    assert "9 jours ouvrables, au lieu de 5 jours ouvrables" in page.text


def test_a_file_is_uploaded_and_every_fault_is_listed(browser_of, admins):
    browser = browser_of(admins[0])
    text = next_text().replace('to = "contract"', 'to = "nowhere"').replace('by = ["chair"]', 'by = ["nobody_known"]')
    file = (io.BytesIO(text.encode()), "projet.toml")
    answer = browser.post(
        "/workflows/micro-project/drafts/new", {"file": file, "source": ""}, content_type="multipart/form-data"
    )
    page = browser.get(answer.headers["Location"])
    assert "La définition ne tient pas" in page.text and "nowhere" in page.text and "nobody_known" in page.text
    assert "Proposer la version" not in page.text


@pytest.mark.parametrize(
    "content",
    [b"\xff\xfe\x00", "é".encode("latin-1"), b"\x89PNG\r\n\x1a\n\x00"],
    ids=["utf16", "latin1", "png"],
)
def test_what_is_no_text_is_refused_beside_the_field(browser_of, admins, content):
    answer = browser_of(admins[0]).post(
        "/workflows/micro-project/drafts/new",
        {"file": (io.BytesIO(content), "x.toml"), "source": "what was typed"},
        content_type="multipart/form-data",
    )
    assert answer.status_code == 422
    assert "what was typed" in answer.text


def test_a_file_of_five_megabytes_is_refused_beside_the_field(browser_of, admins):
    browser = browser_of(admins[0])
    address = "/workflows/micro-project/drafts/new"
    browser.get(address)
    parts = {"csrf_token": browser.csrf, "source": "what was typed"}
    head = "".join(f'--b\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in parts.items())
    head += '--b\r\nContent-Disposition: form-data; name="file"; filename="x.toml"\r\n\r\n'
    body = head.encode() + b"a" * 5_000_000 + b"\r\n--b--\r\n"
    answer = browser.open(
        address,
        method="POST",
        input_stream=io.BytesIO(body),
        content_length=len(body),
        content_type="multipart/form-data; boundary=b",
    )
    assert answer.status_code == 422
    assert "what was typed" in answer.text and "400" in answer.text


def test_forged_posts_come_to_nothing(browser_of, make_person, admins):
    draft = submitted_draft(admins[0], next_text())
    place = f"/workflows/drafts/{draft.token}"
    # The author, with the right revision; an auditor; an agent; nobody; an older page; a page of nothing.
    assert browser_of(again(admins[0])).post(f"{place}/publish", {"revision": 2}).status_code == 403
    for role in ("auditor", "agent", "coordinator"):
        browser = browser_of(make_person(role))
        for verb in ("publish", "put-forward", "send-back", "withdraw", "edit"):
            assert browser.post(f"{place}/{verb}", {"revision": 2, "reason": WHY}).status_code in (403, 404), (
                role,
                verb,
            )
    other = browser_of(again(admins[1]))
    assert other.post(f"{place}/publish", {"revision": 1}).status_code == 409
    assert other.post(f"{place}/publish", {}).status_code == 409
    assert other.post("/workflows/drafts/none/publish", {"revision": 2}).status_code == 404
    assert other.get(f"{place}/publish").status_code == 405
    assert versions.newest("project").published_by_id is None
    assert other.post(f"{place}/publish", {"revision": 2}).status_code == 302
    assert other.post(f"{place}/publish", {"revision": 2}).status_code == 409


def test_auditors_read_all_and_press_nothing(browser_of, make_person, admins):
    draft = submitted_draft(admins[0], next_text())
    browser = browser_of(make_person("auditor"))
    for address in (
        "/workflows",
        "/workflows/micro-project/1",
        f"/workflows/drafts/{draft.token}",
        f"/workflows/drafts/{draft.token}/rehearsal",
        f"/workflows/drafts/{draft.token}/source",
    ):
        number = versions.newest("project").version
        answer = browser.get(address.replace("/1", f"/{number}") if address.endswith("/1") else address)
        assert answer.status_code == 200, address
        if answer.mimetype == "text/html":
            main = parse(answer.text).find(".//main")
            assert [form for form in main.iter("form") if form.get("method") == "post"] == [], address
    assert browser.get("/workflows/micro-project/drafts/new").status_code == 403


def test_a_draft_that_cannot_be_read_has_its_page(browser_of, admins):
    draft = written(admins[0], "<script>alert(1)</script> = [")
    browser = browser_of(again(admins[0]))
    page = browser.get(f"/workflows/drafts/{draft.token}")
    assert page.status_code == 200 and "encore illisible" in page.text
    assert browser.get(f"/workflows/drafts/{draft.token}/rehearsal").status_code == 422
    assert "<script>alert" not in page.text


def test_a_rehearsal_says_what_would_have_gone_otherwise(people, browser_of, admins):
    file = life.submitted_file(people)
    text = next_text().replace(
        'needs = ["projects.application_complete", "calls.open_for_submission"',
        'needs = ["appraisal.two_scores", "projects.application_complete", "calls.open_for_submission"',
    )
    draft = written(admins[0], text)
    page = browser_of(again(admins[0])).get(f"/workflows/drafts/{draft.token}/rehearsal")
    assert again(file).reference in page.text and "appraisal.two_scores" in page.text


def test_files_are_moved_on_screen(people, browser_of, make_person, admins):
    file = life.submitted_file(people)
    row = published_version(*admins, lighter_text(versions.newest("project").source))
    old, new = row.version - 1, row.version
    browser = browser_of(again(admins[0]))
    address = f"/workflows/micro-project/{old}/move"
    page = browser.get(address)
    assert "Tous les dossiers conviennent" in page.text and "Déplacer 1 dossier" in page.text
    page = browser.get(f"{address}?to={new}&step_eligibility=disbursement")
    assert again(file).reference in page.text and "Dossiers qui ne conviennent pas" in page.text
    assert f'href="/projects/{again(file).reference}"' in page.text
    assert browser.post(address, {"to": new, "files": 1, "step_eligibility": "disbursement"}).status_code == 422
    assert browser.post(address, {"to": new, "files": 7}).status_code == 409
    assert browser.post(address, {"to": new, "files": 1}).status_code == 302
    page = browser.get(f"/workflows/micro-project/{new}")
    assert "Contrôle de recevabilité" in page.text
    assert browser_of(make_person("auditor")).get(address).status_code == 403


def test_the_lists_cost_the_same_however_long(browser_of, admins, count_queries):
    browser = browser_of(admins[0])
    browser.get("/workflows")
    with count_queries() as first:
        browser.get("/workflows")
    for _n in range(3):
        published_version(*admins, next_text())
        written(admins[0], next_text())
    browser = browser_of(again(admins[0]))
    browser.get("/workflows")
    with count_queries() as then:
        browser.get("/workflows")
    assert then() == first() <= 16


def test_the_commands(people, app, admins, tmp_path):
    runner = app.test_cli_runner()
    file = tmp_path / "next.toml"
    file.write_text(next_text(), encoding="utf-8")
    assert "holds" in runner.invoke(args=["workflow", "check", str(file)]).output
    assert "<svg" in runner.invoke(args=["workflow", "draw", str(file)]).output
    assert "0 of 0 files" in runner.invoke(args=["workflow", "rehearse", str(file)]).output
    assert "micro-project" in runner.invoke(args=["workflow", "list"]).output
    file.write_bytes(b"\xff\xfe")
    assert runner.invoke(args=["workflow", "check", str(file)]).exit_code == 1
    life.submitted_file(people)
    number = published_version(*admins, next_text()).version
    move = ["workflow", "move", "--workflow", "micro-project", "--from", str(number - 1), "--to", str(number)]
    stranger = runner.invoke(args=[*move, "--by", "nobody@example.org"])
    assert stranger.exit_code == 1
    no_admin = runner.invoke(args=[*move, "--by", again(people.agent).email])
    assert no_admin.exit_code == 1
    steps = tmp_path / "steps.toml"
    steps.write_text('[steps]\neligibility = "disbursement"\n', encoding="utf-8")
    refused = runner.invoke(args=[*move, "--map", str(steps), "--by", again(admins[0]).email])
    assert refused.exit_code == 1
    dry = runner.invoke(args=[*move, "--dry-run", "--by", again(admins[0]).email])
    assert "1 files would move" in dry.output
    done = runner.invoke(args=[*move, "--by", again(admins[0]).email])
    assert "1 files moved" in done.output
    assert "0 files would move" in runner.invoke(args=[*move, "--dry-run", "--by", again(admins[0]).email]).output
