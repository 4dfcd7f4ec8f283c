"""Documents: issued once, never changed, and verified by anybody."""

import hashlib
import io
import subprocess
import threading

import page
import pypdf
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from grants import journal
from grants.access.models import Person
from grants.core import clock
from grants.core.database import db
from grants.core.errors import Problems, Refused
from grants.core.unit_of_work import unit_of_work
from grants.documents import operations, plain, queries, storage
from grants.documents.rendering import BadContext
from grants.journal import checkpoints
from tests.unit.documents import samples


def context_of(kind="receipt"):
    context = samples.sample(kind)
    del context["issued"]
    return context


@pytest.fixture
def coordinator(make_person):
    return make_person("coordinator")


@pytest.fixture
def receipt(app, thing, coordinator):
    with unit_of_work():
        journal.record(thing, "prepared", by=coordinator)
        return operations.issue("receipt", thing, reference="DC-2026-0088-M", context=context_of(), by=coordinator).code


def test_issued_document_carries_its_code_its_fingerprint_and_the_head_of_the_journal(app, thing, receipt):
    document = queries.by_code(receipt)
    data = storage.get(document.sha256)
    assert hashlib.sha256(data).hexdigest() == document.sha256 == document.file.sha256
    said = " ".join(pypdf.PdfReader(io.BytesIO(data)).pages[0].extract_text().split())
    assert receipt in said
    assert plain.short_hash(document.data_sha256) in said
    assert document.journal_seq == 1
    assert plain.short_hash(document.journal_head) in said
    sealed = checkpoints.latest()
    assert f"Point de contrôle n° {sealed.number}, racine {sealed.short_root}" in said.replace("\xa0", " ")
    assert document.parameters["issued"]["checkpoint_root"] == sealed.root
    last = journal.last_event(thing)
    assert last.action == "document_issued"
    assert last.values["sha256"] == document.sha256
    assert journal.sentence(last)
    assert document.parameters["amount"] == 1_425_000
    assert queries.documents_of(thing) == [document]


def test_nothing_is_issued_when_the_data_do_not_fit(app, thing, coordinator):
    context = context_of()
    context["group"]["name"] = "Kɔnɛ \x07"
    with pytest.raises(Problems), unit_of_work():
        operations.issue("receipt", thing, reference="DC-1", context=context, by=coordinator)
    del context["group"]
    with pytest.raises(BadContext), unit_of_work():
        operations.issue("receipt", thing, reference="DC-1", context=context, by=coordinator)
    assert queries.documents_of(thing) == []
    assert queries.files_of(thing) == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE document SET sha256 = '0'",
        "UPDATE document SET parameters = '{}'",
        "UPDATE document SET code = 'AAAA-AAAA-AAAA'",
        "UPDATE document SET state = 'cancelled'",  # without a reason
        "UPDATE document SET state = 'lost', state_reason = 'x'",
        "DELETE FROM document",
    ],
)
def test_database_refuses_to_change_an_issued_document(receipt, statement):
    with pytest.raises(DBAPIError), unit_of_work():
        db.session.execute(text(statement))


def test_state_moves_on_with_a_reason_and_never_back(app, receipt, coordinator):
    with unit_of_work():
        document = queries.by_code(receipt)
        with pytest.raises(Problems):
            operations.amend(document, by=coordinator, reason="  ")
        operations.amend(document, by=coordinator, reason="Avenant n° 1")
        with pytest.raises(Refused):
            operations.amend(document, by=coordinator, reason="encore")
        operations.cancel(document, by=coordinator, reason="Convention résiliée")
        with pytest.raises(Refused):
            operations.amend(document, by=coordinator, reason="encore")
    assert queries.by_code(receipt).state == "cancelled"
    assert journal.last_event(queries.by_code(receipt)).reason == "Convention résiliée"


def test_people_with_access_get_the_pdf_and_others_do_not(receipt, make_person, browser_of, client):
    auditor = browser_of(make_person("auditor"))
    answer = auditor.get(f"/documents/{receipt}.pdf")
    assert answer.data.startswith(b"%PDF-")
    assert answer.headers["Content-Disposition"] == "attachment; filename=DC-2026-0088-M.pdf"
    assert auditor.get(f"/documents/{receipt}.pdf?view").headers["Content-Disposition"].startswith("inline")
    assert browser_of(make_person("agent", place="03")).get(f"/documents/{receipt}.pdf").status_code == 404
    assert client.get(f"/documents/{receipt}.pdf").status_code == 302


def test_anybody_sees_what_a_code_stands_for_and_no_names(receipt, client):
    document = queries.by_code(receipt)
    digest, fingerprint = document.sha256, plain.short_hash(document.data_sha256)
    page = client.get(f"/v/{receipt}")
    assert page.status_code == 200
    said = page.get_data(as_text=True)
    for expected in ("DC-2026-0088-M", digest, fingerprint, receipt):
        assert expected in said
    for name in ("Mariam Tangara", "Awa Niaré", "Bɛnkadi", "Amadou", "1 425 000"):
        assert name not in said


def test_code_may_be_typed_as_people_type(receipt, client):
    typed = receipt.replace("-", " ").lower()
    for answer in (client.get("/v", query_string={"code": typed}), client.get(f"/v/{typed}")):
        assert answer.status_code == 302
        assert answer.headers["Location"].endswith(f"/v/{receipt}")
    assert client.get("/v").status_code == 200
    assert client.get("/v?code=abc").status_code == 200


@pytest.mark.parametrize(("state", "verb"), [("amended", operations.amend), ("cancelled", operations.cancel)])
def test_public_page_tells_that_a_document_no_longer_stands_alone(receipt, coordinator, client, state, verb):
    person_id = coordinator.id
    before = client.get(f"/v/{receipt}").get_data(as_text=True)
    with unit_of_work():
        verb(queries.by_code(receipt), by=db.session.get(Person, person_id), reason="Avenant n° 1 du 3 juin")
    after = client.get(f"/v/{receipt}").get_data(as_text=True)
    assert "Avenant n° 1 du 3 juin" in after
    assert "verdict-ok" in before
    assert "verdict-ok" not in after


def test_public_page_of_a_paper_that_was_issued_anew_names_the_one_that_holds(receipt, thing, coordinator, client):
    person_id, thing_id = coordinator.id, thing.id
    with unit_of_work():
        by, subject = db.session.get(Person, person_id), db.session.get(Person, thing_id)
        other = operations.issue("receipt", subject, reference="DC-2026-0099-Z", context=context_of(), by=by)
        operations.replace(queries.by_code(receipt), other, by=by, reason="Le montant était mal écrit")
        code = other.code
    said = client.get(f"/v/{receipt}").get_data(as_text=True)
    assert "DC-2026-0099-Z" in said and "Le montant était mal écrit" in said and "verdict-ok" not in said
    # Who holds the old paper is not handed the code of the new one.
    assert code not in said
    assert "verdict-ok" in client.get(f"/v/{code}").get_data(as_text=True)
    with pytest.raises(Refused), unit_of_work():
        operations.replace(
            queries.by_code(receipt), queries.by_code(code), by=db.session.get(Person, person_id), reason="x"
        )
    with pytest.raises(DBAPIError), unit_of_work():
        db.session.execute(text("UPDATE document_replacement SET by_document_id = document_id"))
    with pytest.raises(DBAPIError), unit_of_work():
        db.session.execute(text("DELETE FROM document_replacement"))


def test_guessing_is_stopped_for_that_address_and_for_a_while(receipt, client):
    for number in range(queries.MISSES_ALLOWED):
        assert client.get(f"/v/AAAA-AAAA-{2000 + number}".replace("0", "2").replace("1", "3")).status_code == 404
    assert client.get("/v/AAAA-AAAA-ZZZZ").status_code == 429
    assert client.get(f"/v/{receipt}").status_code == 429
    assert client.get(f"/v/{receipt}", environ_base={"REMOTE_ADDR": "10.0.0.9"}).status_code == 200
    with clock.at(clock.now() + queries.MISSES_REMEMBERED + clock.now().resolution):
        assert client.get(f"/v/{receipt}").status_code == 200


def test_what_cannot_be_a_code_is_an_unknown_one_and_costs_nothing(client, app):
    for path in ("/v/x", "/v/" + "A" * 300, "/v/%3Cscript%3Ealert(1)%3C", "/v/..%2F..%2Fetc"):
        answer = client.get(path)
        assert answer.status_code == 404
        assert b"<script>alert" not in answer.data
    assert db.session.scalar(text("SELECT count(*) FROM verification_miss")) == 0


def test_two_people_issue_at_once_and_share_one_press(app, thing, coordinator):
    codes, faults, person_id = [], [], coordinator.id

    def issue():
        try:
            with app.app_context(), unit_of_work():
                person = db.session.get(Person, person_id)
                subject = db.session.get(Person, thing_id)
                codes.append(
                    operations.issue("receipt", subject, reference="DC-2", context=context_of(), by=person).code
                )
        except Exception as error:  # noqa: BLE001  told below, by the test
            faults.append(error)

    thing_id = thing.id
    db.session.rollback()
    threads = [threading.Thread(target=issue) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    assert len(set(codes)) == 3


def test_two_files_of_one_document_are_found_and_never_changed(receipt, make_person, browser_of):
    document = queries.by_code(receipt)
    archive, reading = document.copies
    assert (archive.purpose, archive.sha256, archive.sealed_by) == ("archive", document.sha256, None)
    assert storage.get(reading.sha256) != storage.get(archive.sha256)
    auditor = browser_of(make_person("auditor"))
    answer = auditor.get(f"/documents/{receipt}.pdf?copy=reading")
    assert hashlib.sha256(answer.data).hexdigest() == reading.sha256
    assert browser_of(make_person("agent", place="03")).get(f"/documents/{receipt}.pdf?copy=reading").status_code == 404
    assert browser_of(make_person("agent", place="03")).get(f"/files/{reading.file.uuid}").status_code == 404
    for statement in ("UPDATE document_copy SET sha256 = '0'", "DELETE FROM document_copy"):
        with pytest.raises(DBAPIError), unit_of_work():
            db.session.execute(text(statement))


@pytest.fixture
def certificate(app, tmp_path):
    path = tmp_path / "essai.p12"
    answer = app.test_cli_runner().invoke(
        args=["documents", "make-test-certificate", str(path), "--password", "motdepasse"], catch_exceptions=False
    )
    assert answer.exit_code == 0 and path.stat().st_mode & 0o077 == 0
    app.config |= {"SIGNING_CERTIFICATE": str(path), "SIGNING_PASSWORD": "motdepasse"}
    return path


def test_sealed_archive_copy_holds_and_says_by_whom(app, certificate, thing, coordinator, tmp_path):
    with unit_of_work():
        document = operations.issue("receipt", thing, reference="DC-1", context=context_of(), by=coordinator)
        code = document.code
    archive, reading = queries.by_code(code).copies
    assert archive.sealed_by == "Bɛnkan (essai)" and reading.sealed_by is None
    path = tmp_path / "sealed.pdf"
    path.write_bytes(storage.get(archive.sha256))
    said = subprocess.run(["pdfsig", path], capture_output=True, text=True, check=False).stdout
    assert "Signature is Valid" in said and "Total document signed" in said
    assert page.validate_pdf(path, profile=page.ValidationProfile.PDF_A_3A).is_compliant
    forged = path.read_bytes().replace(b"/Type /Catalog", b"/Type /Cataloh", 1)
    assert forged != path.read_bytes()
    path.write_bytes(forged)
    said = subprocess.run(["pdfsig", path], capture_output=True, text=True, check=False).stdout
    assert "Signature is Valid" not in said


def test_start_refuses_a_certificate_that_cannot_be_used(certificate):
    import config

    env = {"BENKAN_ENV": "test", "BENKAN_SECRET_KEY": "x" * 40, "BENKAN_SIGNING_CERTIFICATE": str(certificate)}
    assert config.read(env | {"BENKAN_SIGNING_PASSWORD": "motdepasse"}).signing_certificate == str(certificate)
    for wrong in (env, env | {"BENKAN_SIGNING_CERTIFICATE": "/nowhere.p12"}):
        with pytest.raises(config.SettingError, match="BENKAN_SIGNING_CERTIFICATE"):
            config.read(wrong)


def test_either_copy_is_recognised_by_its_hash_and_any_other_is_not(receipt, client):
    archive, reading = queries.by_code(receipt).copies
    known = {archive.sha256: "archive", reading.sha256: "reading"}
    words = {digest: client.get(f"/v/{receipt}?sha256={digest}").get_data(as_text=True) for digest in known}
    for digest, said in words.items():
        assert "answer good" in said and digest in said
    assert words[archive.sha256] != words[reading.sha256]
    spaced = " ".join(archive.sha256.upper()[at : at + 8] for at in range(0, 64, 8))
    assert "answer good" in client.get(f"/v/{receipt}", query_string={"sha256": spaced}).get_data(as_text=True)
    for wrong in ("0" * 64, "<script>", archive.sha256[:-1]):
        said = client.get(f"/v/{receipt}", query_string={"sha256": wrong}).get_data(as_text=True)
        assert "answer bad" in said and "answer good" not in said and "<script>" not in said
    assert "answer" not in client.get(f"/v/{receipt}").get_data(as_text=True).split("file-answer")[0]


def test_page_names_the_checkpoint_that_sealed_the_issue(receipt, client):
    from grants.journal import checkpoints

    before = client.get(f"/v/{receipt}").get_data(as_text=True)
    with unit_of_work():
        root = checkpoints.checkpoint().short_root
    after = client.get(f"/v/{receipt}").get_data(as_text=True)
    assert root not in before
    assert root in after


def test_verification_fits_a_slow_line(receipt, client):
    from pathlib import Path

    root = Path(operations.__file__).parents[2]
    own = sum((root / "static" / name).stat().st_size for name in ("css/verify.css", "js/verify.js", "img/favicon.svg"))
    body = client.get(f"/v/{receipt}").data
    assert own + len(body) <= 15 * 1024, (own, len(body))
    assert body.count(b"<script") == 1 and b"benkan.css" not in body
