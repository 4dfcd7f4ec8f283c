"""The texts of contracts: written by one, published by another, dated, most specific first, kept by the contracts they made."""

import io
from datetime import timedelta

import pypdf
import pytest
from sqlalchemy.exc import DatabaseError

from grants import journal
from grants.contracts import previews, queries
from grants.contracts.clauses.installing import install_shipped
from grants.contracts.clauses.parts import parts
from grants.contracts.models import ClauseVersion, Contract
from grants.contracts.operations import texts
from grants.core import clock
from grants.core.database import db
from grants.core.errors import NotFound, Problems, Refused
from grants.core.unit_of_work import unit_of_work
from tests.stories import life
from tests.stories.rows import again

DUTY = "Le Programme verse chaque tranche dans les {rules.pay_days} jours ouvrables et le dit au Groupement."


@pytest.fixture
def admins(make_person):
    return make_person("admin"), make_person("admin")


def written(by, text=DUTY, code="programme_duties", reason="Délai plus clair"):
    with unit_of_work():
        texts.draft(queries.set_of(code), text=text, reason=reason, by=again(by))


def forward(by, code="programme_duties"):
    with unit_of_work():
        texts.put_forward(queries.set_of(code), by=again(by))


def published(by, code="programme_duties", days=0):
    with unit_of_work():
        texts.publish(queries.set_of(code), valid_from=clock.today() + timedelta(days=days), by=again(by))


def said(part="programme_duties", call=None, kind="livestock", days=0):
    return queries.texts_for(call, kind, clock.today() + timedelta(days=days))[part].text


def test_setup_installs_version_one_of_every_part_and_kind_once(app):
    codes = {one.code for one in queries.sets()}
    assert codes >= set(parts()) and {"special:livestock", "special:water_point"} <= codes
    with unit_of_work():
        assert install_shipped() == 0
    assert all(one.versions[0].number == 1 and one.versions[0].shipped for one in queries.sets())


def test_one_writes_and_another_publishes_from_a_day_on(admins, make_person):
    author, other = admins
    before = said()
    written(author)
    with pytest.raises(Refused):
        published(other)
    forward(author)
    with pytest.raises(Refused):
        written(author, DUTY + " Encore.")
    with pytest.raises(Refused, match="écrit ce texte"):
        published(author)
    published(make_person("coordinator"), days=3)
    assert said() == before and said(days=3) == DUTY


def test_who_wrote_a_part_of_it_does_not_publish_it_either(admins):
    first, second = admins
    written(first)
    written(second, DUTY + " Et plus.")
    forward(second)
    with pytest.raises(Refused):
        published(first)


def test_the_database_refuses_an_author_who_publishes_and_any_change_afterwards(admins):
    author, other = admins
    written(author)
    forward(author)
    row = texts.open_version(queries.set_of("programme_duties"))
    with pytest.raises(DatabaseError), unit_of_work():
        db.session.execute(
            db.update(ClauseVersion)
            .where(ClauseVersion.id == row.id)
            .values(published_by_id=author.id, published_at=clock.now(), valid_from=clock.today())
        )
    published(other)
    for change in (db.update(ClauseVersion).values(text="x"), db.delete(ClauseVersion)):
        with pytest.raises(DatabaseError), unit_of_work():
            db.session.execute(change.where(ClauseVersion.id == row.id))


@pytest.mark.parametrize(
    "text", ["{{ config }}", "{group.__class__}", "<b>x</b>", "file:///etc/passwd", "x" * 10_000_000, "", "a\x00b"]
)
def test_what_is_no_text_is_not_kept(admins, text):
    with pytest.raises(Problems) as found:
        written(admins[0], text)
    assert {problem.field for problem in found.value.problems} == {"text"}
    assert texts.open_version(queries.set_of("programme_duties")) is None


def test_a_part_cannot_lose_what_it_must_name(admins):
    with pytest.raises(Problems, match="table tranches"):
        written(admins[0], "La subvention est versée.", code="tranches")


def test_others_neither_write_nor_publish(admins, make_person):
    agent, coordinator = make_person("agent", place="05"), make_person("coordinator")
    for person in (agent, coordinator):
        with pytest.raises((Refused, NotFound)):
            written(person)
    written(admins[0])
    forward(admins[0])
    with pytest.raises((Refused, NotFound)):
        published(agent)


def test_a_text_goes_back_to_its_author_or_is_thrown_away(admins):
    author, other = admins
    written(author)
    forward(author)
    with unit_of_work():
        texts.send_back(queries.set_of("programme_duties"), reason="Le délai manque.", by=again(other))
    written(author, DUTY + " Sans frais.")
    with unit_of_work():
        texts.discard(queries.set_of("programme_duties"), by=again(author))
    found = queries.set_of("programme_duties")
    assert texts.open_version(found) is None
    assert [event.action for event in reversed(journal.history(found))] == [
        "draft", "put_forward", "send_back", "change", "discard",
    ]  # fmt: skip


@pytest.mark.stands("issued")
def test_the_most_specific_text_is_printed_and_a_contract_keeps_its_own(people, project, admins):
    author, other = admins
    call = project.call
    for part, kind, of_call, text in (
        ("programme_duties", "livestock", None, "Texte de la nature."),
        ("programme_duties", None, call, "Texte de l’appel."),
    ):
        with unit_of_work():
            made = texts.begin_set(part=part, call=again(of_call) if of_call else None, kind=kind, by=again(author))
            code = made.code
        written(author, text, code=code)
        forward(author, code)
        published(other, code)
    assert said(kind="commerce").startswith("Le Programme verse")
    assert said(kind="livestock") == "Texte de la nature."
    assert said(call=call.id, kind="livestock") == "Texte de l’appel."
    old = queries.live(again(project))
    kept = next(row for row in queries.printed_texts(old) if row.part == "programme_duties")
    assert kept.version.shipped
    life.act_on_contract(people.coordinator, project, "cancel", reason="Texte changé.")
    new = queries.live(life.issued(people, again(project)))
    chosen = next(row for row in queries.printed_texts(new) if row.part == "programme_duties")
    assert chosen.version.text == "Texte de l’appel."
    assert new.content["articles"][8]["blocks"][0]["runs"][0]["text"] == "Texte de l’appel."


def test_a_set_of_its_own_needs_somebody_it_is_for_and_is_made_once(admins):
    for given in ({"call": None, "kind": None}, {"call": None, "kind": "nothing"}):
        with pytest.raises(Problems), unit_of_work():
            texts.begin_set(part="costs", by=again(admins[0]), **given)
    with unit_of_work():
        texts.begin_set(part="costs", call=None, kind="livestock", by=again(admins[0]))
    with pytest.raises(Problems), unit_of_work():
        texts.begin_set(part="costs", call=None, kind="livestock", by=again(admins[0]))


@pytest.mark.stands("awarded")
def test_a_preview_says_so_on_every_page_and_keeps_nothing(people, project, admins):
    written(admins[0])
    before = db.session.scalar(db.select(db.func.count()).select_from(Contract))
    found = queries.set_of("programme_duties")
    made = previews.pdf(again(project), found, texts.open_version(found), by=again(people.coordinator))
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(made)).pages]
    assert all("Aperçu" in page for page in pages)
    assert "et le dit au Groupement" in " ".join(" ".join(pages).split())
    assert db.session.scalar(db.select(db.func.count()).select_from(Contract)) == before
    assert not db.session.new and not db.session.dirty


# On screen ------------------------------------------------------------------------------------------------------------


@pytest.mark.stands("awarded")
def test_written_looked_at_and_published_through_the_browser(people, project, admins, browser_of):
    author, coordinator = browser_of(admins[0]), browser_of(people.coordinator)
    base = "/contract-texts/programme_duties"
    for path in ("/contract-texts/", base, f"{base}/draft", f"{base}/versions/1", "/contract-texts/new"):
        assert author.get(path).status_code == 200
    wrong = author.post(f"{base}/draft", {"text": "Un {group.nmae} <b>gras</b>", "reason": "Essai"})
    assert wrong.status_code == 422 and "{group.name}" in wrong.text and "Ligne 1, colonne 4" in wrong.text
    assert "Un {group.nmae} &lt;b&gt;gras" in wrong.text
    assert author.post(f"{base}/draft", {"text": DUTY, "reason": "Essai"}).status_code == 302
    looked = author.get(f"{base}/versions/2/preview?project={project.reference}")
    assert looked.mimetype == "application/pdf" and looked.data.startswith(b"%PDF")
    unknown = author.get(f"{base}/versions/2/preview?project=MP-2000-0001-A")
    assert unknown.status_code == 200 and "text/html" in unknown.mimetype
    assert author.post(f"{base}/draft/put-forward").status_code == 302
    forged = author.post(f"{base}/draft/publish", {"valid_from": clock.today().strftime("%d/%m/%Y")})
    assert forged.status_code in (403, 422) and texts.open_version(queries.set_of("programme_duties")) is not None
    shown = coordinator.get(f"{base}/draft/publish")
    assert shown.status_code == 200 and "<ins>" in shown.text and "<del>" in shown.text
    assert (
        coordinator.post(f"{base}/draft/publish", {"valid_from": clock.today().strftime("%d/%m/%Y")}).status_code == 302
    )
    assert said() == DUTY
    assert author.get(f"{base}/versions/2?since=1").status_code == 200
    assert author.get(f"{base}/versions/9").status_code == 404


def test_the_list_of_texts_costs_the_same_however_many_there_are(admins, browser_of, count_queries):
    browser = browser_of(admins[0])
    browser.get("/contract-texts/")
    with count_queries() as first:
        browser.get("/contract-texts/")
    for kind in ("livestock", "commerce", "crafts", "moto_taxi"):
        with unit_of_work():
            made = texts.begin_set(part="costs", call=None, kind=kind, by=again(admins[0]))
            texts.draft(made, text=parts()["costs"].text, reason="Essai", by=again(admins[0]))
    with count_queries() as second:
        browser.get("/contract-texts/")
    assert first() == second() <= 12
