"""The archive of a file: everything in it, nothing of a stranger's path, and only for who may."""

import hashlib
import io
import json
import os
import signal
import subprocess
import sys
import zipfile

import pytest
from sqlalchemy import update

from grants.core.database import db
from grants.core.unit_of_work import unit_of_work
from grants.documents import archiving, jobs, operations
from grants.documents.models import Job, StoredFile
from grants.followup import archive
from grants.journal import chain
from grants.projects.models import Project
from tests.stories import life
from tests.stories.rows import again
from tests.unit.documents import samples


@pytest.fixture
def file(app, make_person):
    """An awarded micro-project with a document of its own."""
    people = life.team(make_person)
    project = life.awarded_file(people)
    context = samples.sample("receipt")
    del context["issued"]
    with unit_of_work():
        operations.issue("receipt", again(project), reference="DC-1", context=context, by=again(people.coordinator))
    return people, project.id


def asked(people, project_id):
    with unit_of_work():
        return archive.ask(db.session.get_one(Project, project_id), by=again(people.coordinator)).uuid


def test_archive_holds_papers_documents_data_and_history_and_its_sums_are_right(file, browser_of):
    people, project_id = file
    reference = db.session.get_one(Project, project_id).reference
    mine = browser_of(people.coordinator)
    assert "Archive" in mine.get(f"/projects/{reference}").get_data(as_text=True)
    answer = mine.post(f"/projects/{reference}/archive")
    place = answer.headers["Location"]
    assert "http-equiv" in mine.get(place).get_data(as_text=True)
    assert jobs.work() == 1
    page = mine.get(place).get_data(as_text=True)
    assert "http-equiv" not in page
    with mine.get(f"{place}/result") as answer:
        assert answer.headers["Content-Disposition"].endswith(f"{reference}.zip")
        held = zipfile.ZipFile(io.BytesIO(answer.data))
    assert held.testzip() is None
    names = held.namelist()
    assert {"documents/DC-1.pdf", "documents/DC-1-lecture.pdf", "LISEZMOI.txt", "donnees/dossier.json"} <= set(names)
    assert any(name.startswith("papiers/") for name in names)
    sums = dict(reversed(line.split("  ", 1)) for line in held.read("SHA256SUMS").decode().splitlines())
    assert sums.keys() == set(names) - {"SHA256SUMS"}
    assert all(hashlib.sha256(held.read(name)).hexdigest() == digest for name, digest in sums.items())
    before = {}
    for line in held.read("journal/evenements.jsonl").decode().splitlines():
        event = json.loads(line)
        digest = event.pop("hash")
        assert hashlib.sha256(chain.canonical(event).encode()).hexdigest() == digest
        subject = event["subject_kind"], event["subject_id"]
        assert event["prev_hash"] == before.get(subject, event["prev_hash"])
        before[subject] = digest
    decisions = json.loads(held.read("donnees/decisions.json"))
    assert [one["decision"] for one in decisions] == ["award"] and "votes" not in decisions[0]


def test_archive_is_for_who_may_and_no_longer_once_the_right_is_gone(file, browser_of, make_person, monkeypatch):
    people, project_id = file
    reference = db.session.get_one(Project, project_id).reference
    assert browser_of(people.agent).post(f"/projects/{reference}/archive").status_code == 403
    uuid = asked(people, project_id)
    jobs.work()
    mine = browser_of(again(people.coordinator))
    assert mine.get(f"/jobs/{uuid}").status_code == 200
    monkeypatch.setitem(
        archiving.archives, "project", archiving.Source(may=lambda person, one: False, gather=archive._gather)
    )
    assert mine.get(f"/jobs/{uuid}/result").status_code == 404


def test_names_of_strangers_are_no_paths():
    names = set()
    for given in (
        "../../etc/passwd",
        "..\\..\\windows\\x.pdf",
        "/etc/shadow",
        "C:\\a.pdf",
        "a\x00b.pdf",
        "..",
        "",
        "a.pdf\u202e",
    ):
        name = archiving._unique(f"papiers/{archiving._safe(given)}", names)
        assert name.startswith("papiers/") and name.count("/") == 1 and "\\" not in name and ".." not in name
        assert not set(name) & set('\x00\u202e:*?"<>|')
    assert len(names) == 8


def test_papers_of_one_name_are_all_there(file):
    file_id = db.session.scalar(db.select(StoredFile.id).limit(1))
    with unit_of_work():
        paper = db.session.get_one(StoredFile, file_id)
        contents = archiving.Contents("x", papers=[("photo.jpg", paper)] * 3 + [("PHOTO.JPG", paper)])
        stored, _small = archiving._listed(contents, "x")
    assert len({name.casefold() for name, _digest in stored}) == 4


def test_archive_of_a_killed_worker_is_made_by_the_next(file, app, engine):
    people, project_id = file
    uuid = asked(people, project_id)
    bases = app.databases
    if engine == "sqlite":
        url = f"sqlite:///{bases.folder / bases.current}.sqlite3"
    else:
        url = bases.server.replace("/postgres?", f"/{bases.prefix}{bases.current}?")
    environment = os.environ | {
        "BENKAN_ENV": "test", "BENKAN_SECRET_KEY": app.config["SECRET_KEY"], "PYTHONUTF8": "1",
        "BENKAN_DATABASE_URL": url, "BENKAN_STORAGE_PATH": app.config["STORAGE_PATH"],
    }  # fmt: skip
    # The worker dies in the middle of its work: after the job is claimed, before its result is there.
    script = (
        "import os, signal\n"
        "from wsgi import app\n"
        "from grants.documents import archiving, jobs\n"
        "archiving._copied = lambda *a, **k: os.kill(os.getpid(), signal.SIGKILL)\n"
        "with app.app_context(): jobs.work()\n"
    )
    died = subprocess.run(
        [sys.executable, "-c", script], env=environment, check=False, timeout=120, capture_output=True, text=True
    )
    assert died.returncode == -signal.SIGKILL, died.stderr
    db.session.rollback()
    job = db.session.scalar(db.select(Job).where(Job.uuid == uuid))
    assert job.state == "running"
    assert jobs.work() == 0
    with unit_of_work():
        db.session.execute(update(Job).values(beat_at=job.beat_at - 2 * jobs.SILENCE))
    assert jobs.work() == 1
    db.session.rollback()
    assert db.session.scalar(db.select(Job.state).where(Job.uuid == uuid)) == "done"


def test_changed_bytes_in_the_store_fail_the_archive_and_say_so(file, app):
    people, project_id = file
    uuid = asked(people, project_id)
    digest = db.session.scalar(db.select(StoredFile.sha256).where(StoredFile.subject_kind == "project").limit(1))
    from grants.documents import storage

    path = storage.path_of(digest)
    path.chmod(0o600)
    path.write_bytes(b"x" + path.read_bytes()[1:])
    jobs.work()
    db.session.rollback()
    job = db.session.scalar(db.select(Job).where(Job.uuid == uuid))
    assert (job.state, job.problem, job.result) == ("failed", "Damaged", None)
    assert not list(jobs.results().glob(f"*{uuid}*"))
