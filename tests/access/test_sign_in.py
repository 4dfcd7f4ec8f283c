"""Signing in and out, the throttle, and what becomes of a form whose sign-in ended."""

from datetime import timedelta

import pytest

from grants.access import operations, sign_ins
from grants.access.models import SignIn
from grants.core import clock
from grants.core.database import db
from grants.core.errors import Problems
from grants.core.unit_of_work import unit_of_work

WORDS = "quatre chevaux sur la dune"


@pytest.fixture
def seydou(make_person):
    person = make_person("agent", place="05", name="Seydou Kampo")
    with unit_of_work():
        operations.set_password(person, WORDS, by=person)
    return person


def sign_in(client, person, password=WORDS, **more):
    """Sign in and look at the first page, as a browser does: it has the token of the new session."""
    answer = client.post("/sign-in", {"login": person.email, "password": password, **more})
    if answer.status_code == 302:
        client.get("/")
    return answer


def test_a_person_signs_in_and_out(client, seydou):
    assert sign_in(client, seydou).status_code == 302
    assert "Bonjour Seydou" in client.get("/").text
    client.post("/sign-out")
    assert client.get("/").status_code == 302


def test_a_telephone_serves_too_however_it_is_typed(client, seydou):
    with unit_of_work():
        seydou.phone = "+22366712345"
    for typed in ("66 71 23 45", "0022366712345", "+223 66.71.23.45"):
        assert client.post("/sign-in", {"login": typed, "password": WORDS}).status_code == 302
        client.post("/sign-out")


def test_a_copied_cookie_is_dead_after_signing_out(app, client, seydou):
    sign_in(client, seydou)
    with client.session_transaction() as session:
        copied = dict(session)
    client.post("/sign-out")
    thief = app.test_client()
    with thief.session_transaction() as session:
        session.update(copied)
    assert thief.get("/").status_code == 302


def test_wrong_password_and_unknown_account_read_the_same(client, seydou):
    wrong = client.post("/sign-in", {"login": seydou.email, "password": "something else entirely"})
    unknown = client.post("/sign-in", {"login": "nobody@example.org", "password": "something else entirely"})
    assert wrong.status_code == unknown.status_code == 422
    message = "L’adresse, le numéro ou le mot de passe n’est pas juste."
    assert message in wrong.text and message in unknown.text
    assert "something else entirely" not in wrong.text


def test_attempts_slow_down_and_the_owner_gets_in_after_waiting(client, seydou):
    for _attempt in range(sign_ins.FREE_FAILURES):
        sign_in(client, seydou, "a wrong password it is")
    refused = sign_in(client, seydou)
    assert refused.status_code == 422 and "Trop de tentatives" in refused.text
    with clock.at(clock.now() + timedelta(minutes=16)):
        assert sign_in(client, seydou).status_code == 302


def test_somebody_else_is_not_slowed_down(client, seydou, make_person):
    other = make_person("appraiser", place="05")
    with unit_of_work():
        operations.set_password(other, WORDS, by=other)
    for _attempt in range(sign_ins.FREE_FAILURES + 2):
        sign_in(client, seydou, "a wrong password it is")
    assert sign_in(client, other).status_code == 302


def test_closed_accounts_do_not_enter(client, seydou):
    sign_in(client, seydou)
    with unit_of_work():
        seydou.active = False
    assert client.get("/").status_code == 302
    assert sign_in(client, seydou).status_code == 422


@pytest.mark.parametrize(("role", "idle"), [("finance_controller", timedelta(hours=1)), ("agent", timedelta(days=7))])
def test_a_sign_in_left_idle_ends(browser_of, make_person, role, idle):
    browser = browser_of(make_person(role))
    assert browser.get("/").status_code == 200
    with clock.at(clock.now() + idle - timedelta(minutes=1)):
        assert browser.get("/").status_code == 200
    with clock.at(clock.now() + 2 * idle):
        assert browser.get("/").status_code == 302


def test_only_the_hash_of_a_token_is_stored(client, seydou):
    sign_in(client, seydou)
    with client.session_transaction() as session:
        token = session["_user_id"]
    row = db.session.scalar(db.select(SignIn))
    assert token not in (row.token_hash, row.device, row.address)
    assert row.token_hash == sign_ins.token_hash(token)


def test_a_form_posted_after_the_sign_in_ended_is_still_there(client, seydou):
    sign_in(client, seydou)
    client.get("/account")
    with unit_of_work():
        sign_ins.end_all(seydou)
    held = client.post("/account", {"present": "x" * 12, "again": "y" * 12, "note": "Une petite note"})
    assert held.status_code == 401 and "Votre saisie est gardée" in held.text
    waiting = _hidden(held.text, "held")
    back = sign_in(client, seydou, held=waiting)
    assert back.status_code == 200 and "Une petite note" in back.text and 'action="/account"' in back.text
    # What is secret there is typed once more.
    assert not any(secret * 12 in page.text for secret in "xy" for page in (held, back))


def test_what_waits_is_given_back_to_nobody_else(client, seydou, make_person):
    other = make_person("agent", place="05")
    with unit_of_work():
        operations.set_password(other, WORDS, by=other)
    sign_in(client, seydou)
    client.get("/account")
    with unit_of_work():
        sign_ins.end_all(seydou)
    held = client.post("/account", {"again": "Une petite note"})
    assert sign_in(client, other, held=_hidden(held.text, "held")).status_code == 302


def test_nothing_waits_for_strangers(client):
    client.get("/sign-in")
    answer = client.post("/account", {"again": "planted"})
    assert answer.status_code == 401 and "planted" not in answer.text and not _hidden(answer.text, "held")


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_signing_in_leads_nowhere_else(client, seydou, target):
    answer = sign_in(client, seydou, next=target)
    assert answer.status_code == 302 and answer.location == "/"


def test_poor_passwords_are_refused(seydou):
    for password in ("short", "aaaaaaaaaaaaaaaa", "benkan2026benkan", "seydou123456"):
        with pytest.raises(Problems), unit_of_work():
            operations.set_password(seydou, password, by=seydou)


def test_an_activation_code_serves_once(client, make_person):
    admin, fresh = make_person("admin"), make_person("agent", place="05")
    with unit_of_work():
        code = operations.issue_activation(fresh, by=admin)
    given = {"code": code.lower(), "password": WORDS, "again": WORDS}
    assert client.post("/activate", given).status_code == 302
    assert sign_in(client, fresh).status_code == 302
    client.post("/sign-out")
    client.get("/activate")
    assert client.post("/activate", given).status_code == 422


def test_an_activation_code_ends_after_a_week(client, make_person):
    admin, fresh = make_person("admin"), make_person("agent", place="05")
    with unit_of_work():
        code = operations.issue_activation(fresh, by=admin)
    with clock.at(clock.now() + timedelta(days=8)):
        assert client.post("/activate", {"code": code, "password": WORDS, "again": WORDS}).status_code == 422


def test_posts_without_token_are_refused(app, seydou):
    bare = app.test_client()
    bare.csrf = "not the token"
    assert bare.post("/sign-in", {"login": seydou.email, "password": WORDS}).status_code == 400


def _hidden(text: str, name: str) -> str:
    from tests.conftest import parse

    return parse(text).find(f".//input[@name='{name}']").get("value") or ""
