"""What every answer has: headers, errors, health."""

import pytest


def test_every_answer_has_its_headers(client):
    answer = client.get("/sign-in")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"


def test_assets_may_be_kept_for_ever_by_their_hash(client):
    import re

    address = re.search(r'href="(/static/css/benkan.css\?v=\w{12})"', client.get("/sign-in").text).group(1)
    with client.get(address) as answer:
        assert "immutable" in answer.headers["Cache-Control"]


def test_pages_hold_no_inline_script_or_style(client):
    text = client.get("/sign-in").text
    assert "<style" not in text and " style=" not in text and " onclick" not in text
    assert text.count("<script") == text.count('<script type="module" src=')


@pytest.mark.parametrize(("language", "words"), [("fr", "Il n’y a rien ici"), ("en", "There is nothing here")])
def test_an_address_that_leads_nowhere(client, language, words):
    client.get("/sign-in")
    client.post("/language", {"language": language})
    answer = client.get("/nowhere")
    assert answer.status_code == 404 and words in answer.text


def test_it_says_that_it_is_alive_and_ready(client):
    assert client.get("/healthz").json == {"status": "ok"}
    ready = client.get("/readyz")
    assert ready.status_code == 200 and ready.json["status"] == "ok"


def test_it_says_that_the_database_is_of_another_version(app, client):
    import sqlalchemy as sa

    from grants.core.unit_of_work import unit_of_work

    with unit_of_work() as session:
        session.execute(sa.text("UPDATE alembic_version SET version_num = 'other'"))
    assert client.get("/readyz").status_code == 503
