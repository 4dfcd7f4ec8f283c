"""Saved views: the filters of a list under a name, of one person, found again above that list."""

import pytest
from sqlalchemy.exc import IntegrityError

from grants.access import saved_views
from grants.access.models import SavedView
from grants.core.unit_of_work import unit_of_work
from tests.conftest import parse
from tests.stories.rows import again


def chips(response) -> list[tuple[str, str, bool]]:
    nav = [n for n in parse(response.text).iter("nav") if n.get("class") == "saved-views"]
    return [("".join(a.itertext()), a.get("href"), a.get("aria-current") == "true") for n in nav for a in n.iter("a")]


def test_a_view_is_kept_found_again_and_removed(make_person, browser_of):
    person, other = make_person("appraiser", place="05"), make_person("appraiser", place="05")
    browser = browser_of(person)
    assert chips(browser.get("/projects")) == []
    address = "/projects?q=&step=&kind=moto_taxi&late=y&after=xyz"
    ((_words, way, _current),) = chips(browser.get(address))
    assert way == "/views?list=/projects&query=kind%3Dmoto_taxi%26late%3Dy"
    # Nothing is kept by looking, and a view without a name comes back with what it was about.
    assert browser.get(way).status_code == 200 and chips(browser.get("/projects")) == []
    bare = browser.post("/views", data={"list": "/projects", "query": "kind=moto_taxi&late=y", "name": ""})
    assert bare.status_code == 422 and 'value="kind=moto_taxi&amp;late=y"' in bare.text
    done = browser.post("/views", data={"list": "/projects", "query": "late=y&kind=moto_taxi&after=2", "name": "Motos"})
    assert done.headers["Location"] == "/projects?kind=moto_taxi&late=y"
    assert chips(browser.get(address))[0] == ("Motos", "/projects?kind=moto_taxi&late=y", True)
    assert chips(browser.get("/projects"))[0][2] is False
    # It belongs to one list, and to one person.
    assert chips(browser.get("/groups")) == chips(browser_of(other).get("/projects")) == []
    uuid = saved_views.of(again(person), "/projects")[0].uuid
    assert browser_of(other).post(f"/views/{uuid}/forget").status_code == 404
    browser.post(f"/views/{uuid}/forget")
    assert saved_views.of(again(person), "/projects") == []


def test_names_and_filters_stay_apart(make_person, browser_of):
    person = make_person("appraiser")
    browser = browser_of(person)

    def keep(name, query, path="/projects"):
        return browser.post("/views", data={"list": path, "query": query, "name": name})

    for number in range(saved_views.MOST):
        assert keep(f"Vue {number}", f"q={number}").status_code == 302
    full = keep("Une de trop", "q=trop")
    assert full.status_code == 422 and "Vous gardez déjà 12 vues" in full.text
    # The same filters take the new name; the same name takes the new filters; two views never share a name.
    assert keep("Autre", "q=0").status_code == 302 and keep("vue 1", "q=neuf").status_code == 302
    kept = {view.name: view.query for view in saved_views.of(again(person), "/projects")}
    assert len(kept) == saved_views.MOST and kept["Autre"] == "q=0" and kept["vue 1"] == "q=neuf"
    assert keep("Autre", "q=2").status_code == 422
    assert keep("x" * 41, "q=9").status_code == 422 and keep("Vide", "after=3").status_code == 422


def test_only_lists_of_the_house_are_gone_back_to(make_person, browser_of):
    browser = browser_of(make_person("appraiser"))
    for path in ("//evil.example/x", "https://evil.example", "/nowhere", "/static/css/benkan.css", ""):
        assert browser.post("/views", data={"list": path, "query": "q=1", "name": "X"}).status_code == 404, path
        assert browser.get("/views", query_string={"list": path}).status_code == 404, path


def test_the_database_keeps_one_view_a_name(make_person):
    person = make_person("appraiser")
    twice = [SavedView(uuid=number, person_id=person.id, path="/x", name="A", query=number) for number in "12"]
    with pytest.raises(IntegrityError), unit_of_work() as session:
        session.add_all(twice)
