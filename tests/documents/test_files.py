"""Files: kept between two posts, filed with a subject, and shown to those alone who see the subject."""

import hashlib
import io
import os
import stat
from datetime import timedelta

import pytest
from PIL import Image
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from werkzeug.datastructures import FileStorage

from grants.core import clock
from grants.core.database import db
from grants.core.errors import NotFound, Problems, Refused
from grants.core.unit_of_work import unit_of_work
from grants.core.uploads import Upload, keeper
from grants.documents import operations, queries, storage
from grants.documents.models import StoredFile


def receive(data, name="photo.jpg", kinds=("photo", "pdf")):
    return keeper().receive(FileStorage(io.BytesIO(data), filename=name), kinds)


def file_with(thing, data, person):
    with unit_of_work():
        return operations.attach(receive(data), thing, by=person).uuid


def test_same_bytes_are_stored_once_and_each_sending_has_its_owner(app, thing, jpeg, make_person):
    agent = make_person("agent", place="05")
    with unit_of_work():
        one = operations.attach(receive(jpeg), thing, by=agent)
        two = operations.attach(receive(jpeg), thing, by=agent)
        assert one.sha256 == two.sha256
        assert one.uuid != two.uuid
        path = storage.path_of(one.sha256)
        assert hashlib.sha256(path.read_bytes()).hexdigest() == one.sha256
        assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
        assert not [p for p in path.parent.iterdir() if p.name.startswith(".new-")]
        assert [f.uuid for f in queries.files_of(thing)] == [one.uuid, two.uuid]


def test_kept_file_comes_back_to_its_person_only(app, thing, jpeg, make_person):
    mine, other = make_person("agent", place="05"), make_person("agent", place="05")
    with unit_of_work():
        upload = receive(jpeg)
        keeper().keep(upload, mine.id)
        keeper().keep(upload, mine.id)  # a second return of the same form
    with unit_of_work():
        assert keeper().recall(upload.token, other.id) is None
        again = keeper().recall(upload.token, mine.id)
        assert (again.token, again.name, again.mime) == (upload.token, "photo.jpg", "image/jpeg")
        with pytest.raises(NotFound):
            operations.attach(again, thing, by=other)
        assert operations.attach(again, thing, by=mine).subject_id == thing.id
        assert operations.attach(again, thing, by=mine).subject_id == thing.id  # twice changes nothing
        with pytest.raises(Refused):
            operations.attach(again, other, by=mine)
        # Once filed it is no longer offered to forms.
        assert keeper().recall(upload.token, mine.id) is None


def test_a_token_that_was_never_given_files_nothing(app, thing, make_person):
    stranger = Upload("0190-no-such", "x.jpg", "image/jpeg", 1, None)
    with unit_of_work(), pytest.raises(NotFound):
        operations.attach(stranger, thing, by=make_person("agent", place="05"))


def test_refused_file_leaves_no_trace(app):
    with pytest.raises(Problems):
        receive(b"MZ" + bytes(900), "photo.jpg")
    assert db.session.scalar(text("SELECT count(*) FROM stored_file")) == 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE stored_file SET sha256 = '0'",
        "UPDATE stored_file SET latitude = 1, longitude = 1",
        "UPDATE stored_file SET subject_id = 999",
        "UPDATE stored_file SET subject_kind = NULL, subject_id = NULL",
        "DELETE FROM stored_file",
    ],
)
def test_database_refuses_to_change_or_lose_a_filed_paper(app, thing, jpeg, make_person, statement):
    file_with(thing, jpeg, make_person("agent", place="05"))
    with pytest.raises(DBAPIError), unit_of_work():
        db.session.execute(text(statement))


def test_database_refuses_a_file_that_nobody_owns(app):
    with pytest.raises(IntegrityError), unit_of_work():
        db.session.add(StoredFile(uuid="u", sha256="0" * 64, size=1, kind="photo", mime="image/jpeg", name="x"))


def test_damage_in_the_store_is_noticed(app, thing, jpeg, make_person):
    uuid = file_with(thing, jpeg, make_person("agent", place="05"))
    digest = db.session.query(StoredFile).filter_by(uuid=uuid).one().sha256
    storage.path_of(digest).write_bytes(b"other")
    with pytest.raises(storage.Damaged):
        storage.get(digest)
    storage.path_of(digest).unlink()
    with pytest.raises(storage.Damaged):
        storage.get(digest)


def test_only_who_sees_the_subject_gets_the_file(thing, jpeg, make_person, browser_of, client):
    agent = make_person("agent", place="05")
    uuid = file_with(thing, jpeg, agent)
    answer = browser_of(agent).get(f"/files/{uuid}")
    assert answer.status_code == 200
    assert answer.mimetype == "image/jpeg"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Content-Disposition"].startswith("inline")
    assert answer.headers["Cache-Control"] == "no-store"
    assert browser_of(make_person("auditor")).get(f"/files/{uuid}").status_code == 200
    elsewhere = browser_of(make_person("agent", place="03"))
    for path in (f"/files/{uuid}", f"/files/{uuid}/small", "/files/0190-unknown", "/files/..%2f..%2fetc%2fpasswd"):
        assert elsewhere.get(path).status_code == 404
    assert client.get(f"/files/{uuid}").status_code == 302  # to the sign-in


def test_kept_file_is_shown_to_its_person_only(app, jpeg, make_person, browser_of):
    mine, other = make_person("agent", place="05"), make_person("coordinator")
    with unit_of_work():
        upload = receive(jpeg)
        keeper().keep(upload, mine.id)
    browsers = browser_of(mine), browser_of(other)
    for browser, status in zip(browsers, (200, 404), strict=True):
        assert browser.get(f"/files/{upload.token}").status_code == status


def test_file_of_a_kind_that_nobody_answers_for_is_hidden(app, jpeg, make_person, browser_of):
    agent = make_person("agent", place="05")
    uuid = file_with(agent, jpeg, agent)  # no slice has said who sees the files of a person
    assert browser_of(agent).get(f"/files/{uuid}").status_code == 404


def test_small_picture_is_small_and_made_once(app, thing, jpeg, make_person, browser_of):
    agent = make_person("agent", place="05")
    uuid = file_with(thing, jpeg, agent)
    browser = browser_of(agent)
    first = browser.get(f"/files/{uuid}/small")
    assert first.mimetype == "image/jpeg"
    assert Image.open(io.BytesIO(first.data)).size == (280, 210)
    assert browser.get(f"/files/{uuid}/small").data == first.data


def test_name_offered_for_download_is_harmless(app, thing, jpeg, make_person, browser_of):
    agent = make_person("agent", place="05")
    with unit_of_work():
        upload = receive(jpeg, '../é\r\nX-Evil: 1"x.jpg')
        uuid = operations.attach(upload, thing, by=agent).uuid
    answer = browser_of(agent).get(f"/files/{uuid}")
    assert "X-Evil" not in answer.headers
    assert "\n" not in answer.headers["Content-Disposition"]


def test_kept_files_that_no_form_took_up_are_forgotten(app, thing, jpeg, make_person):
    agent = make_person("agent", place="05")
    filed = file_with(thing, jpeg, agent)
    other = receive(another())
    with unit_of_work():
        keeper().keep(other, agent.id)
        keeper().keep(receive(jpeg), agent.id)
    shared, alone = (storage.path_of(d) for d in (digest_of(filed), digest_of(other.token)))
    for path in (shared, alone):
        os.utime(path, (0, 0))
    runner = app.test_cli_runner()
    assert "0 kept files" in runner.invoke(args=["files", "tidy"]).output
    with clock.at(clock.now() + timedelta(days=8)):
        assert "1 kept files" in runner.invoke(args=["files", "tidy"]).output
    assert not alone.exists()
    assert shared.exists()  # a filed paper has the same bytes
    assert db.session.scalar(text("SELECT count(*) FROM stored_file")) == 1


def test_check_of_the_store_names_what_is_gone(app, thing, jpeg, make_person):
    uuid = file_with(thing, jpeg, make_person("agent", place="05"))
    runner = app.test_cli_runner()
    assert runner.invoke(args=["files", "check"]).exit_code == 0
    storage.path_of(digest_of(uuid)).unlink()
    found = runner.invoke(args=["files", "check"])
    assert found.exit_code == 1
    assert "1 contents read, 1 gone or changed" in found.output


def digest_of(uuid):
    digest = db.session.query(StoredFile).filter_by(uuid=uuid).one().sha256
    db.session.rollback()
    return digest


def another():
    """Another photo."""
    out = io.BytesIO()
    Image.effect_noise((320, 200), 30).convert("RGB").save(out, "JPEG")
    return out.getvalue()
