"""The pages of places, as an administrator and an agent see them."""

import io
import zipfile

import pytest

from grants.core.database import db
from grants.places import queries
from tests.places.test_places import LISTS


def archive(texts: dict[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        for name, text in texts.items():
            packed.writestr(f"folder/{name}", text)
    return buffer.getvalue()


def upload(browser, *files: tuple[str, bytes]):
    data = {
        "edition": "2023",
        "source": "Journal officiel",
        "files": [(io.BytesIO(content), name) for name, content in files],
    }
    browser.get("/places/imports/new")
    return browser.post("/places/imports/new", data=data, content_type="multipart/form-data")


@pytest.fixture
def admin(make_person, browser_of):
    return browser_of(make_person("admin"))


def read(browser, path: str) -> str:
    response = browser.get(path)
    assert response.status_code == 200
    return response.get_data(as_text=True)


def test_anybody_looks_a_place_up(make_person, browser_of):
    browser = browser_of(make_person("agent", place="05"))
    page = browser.get("/places?q=konna").get_data(as_text=True)
    assert "Konna" in page
    assert "/places/0505" in page
    assert browser.get("/places").status_code == 200
    page = browser.get("/places/0505").get_data(as_text=True)
    assert "/places/05" in page
    assert browser.get("/places/9999").status_code == 404
    assert "Xyloparc" in browser.get("/places?q=Xyloparc").get_data(as_text=True)


def test_french_puts_an_apostrophe_before_a_vowel(make_person, browser_of):
    browser = browser_of(make_person("agent", place="07"))
    assert "Cercle d’Ansongo" in browser.get("/places/0703").get_data(as_text=True)
    assert "Cercle de Youwarou" in browser.get("/places/0504").get_data(as_text=True)


def test_an_agent_imports_nothing(make_person, browser_of):
    browser = browser_of(make_person("agent", place="05"))
    for path in ("/places/editions", "/places/imports/new", "/places/imports/x"):
        assert browser.get(path).status_code == 403
    assert upload(browser, ("communes.csv", b"code,nom\n")).status_code == 403
    assert browser.post("/places/editions/2023/current").status_code == 403


def test_a_list_is_looked_at_then_imported(admin):
    response = upload(admin, ("lists.zip", archive(LISTS)))
    assert response.status_code == 302
    page = admin.get(response.location).get_data(as_text=True)
    assert response.location + "/confirm" in page
    assert queries.by_code("05050101") is None
    db.session.rollback()
    assert admin.post(response.location + "/confirm").status_code == 302
    assert queries.by_code("05050101").name == "Konna"
    assert admin.get(response.location).status_code == 404
    assert "Journal officiel" in admin.get("/places/editions").get_data(as_text=True)


def test_several_files_at_once(admin):
    response = upload(admin, *((name, text.encode()) for name, text in LISTS.items()))
    assert admin.post(response.location + "/confirm").status_code == 302
    assert queries.by_code("0004") is not None


def test_a_list_with_faults_shows_them_and_cannot_be_confirmed(admin):
    response = upload(admin, ("communes.csv", b"code,nom\n05050101,Konna\n12,Trop court\n"))
    page = admin.get(response.location).get_data(as_text=True)
    assert "communes.csv" in page
    assert response.location + "/confirm" not in page
    assert admin.post(response.location + "/confirm").status_code == 422
    assert queries.by_code("05050101") is None


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe\x00", b"PK\x03\x04 broken", "code;nom\n05;Mopti\n".encode("utf-16")]
)
def test_a_file_that_is_no_list_is_a_fault_on_the_page(admin, content):
    response = upload(admin, ("communes.csv", content))
    assert admin.get(response.location).status_code == 200


def test_no_file_is_a_problem_beside_its_field(admin):
    assert upload(admin).status_code == 422


def test_a_list_can_be_thrown_away(admin):
    location = upload(admin, ("lists.zip", archive(LISTS))).location
    assert admin.post(location + "/discard").status_code == 302
    assert admin.get(location).status_code == 404
    assert queries.by_code("05050101") is None


def test_a_list_of_another_person_is_not_seen(admin, make_person, browser_of):
    location = upload(admin, ("lists.zip", archive(LISTS))).location
    other = browser_of(make_person("admin"))
    assert other.get(location).status_code == 404
    assert other.post(location + "/confirm").status_code == 404
