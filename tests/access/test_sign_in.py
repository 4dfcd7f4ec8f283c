"""Signing in and out, as a person does it."""

from grants.access import operations
from grants.core.unit_of_work import unit_of_work

WORDS = "quatre chevaux sur la dune"


def with_password(person):
    with unit_of_work():
        operations.set_password(person, WORDS, by=person)
    return person


def test_a_person_signs_in_and_out(client, make_person):
    person = with_password(make_person("agent", place="05", name="Seydou Kampo"))
    answer = client.post("/sign-in", {"login": person.email, "password": WORDS})
    assert answer.status_code == 302
    home = client.get("/")
    assert "Bonjour Seydou" in home.text
    client.post("/sign-out")
    assert client.get("/").status_code == 302
