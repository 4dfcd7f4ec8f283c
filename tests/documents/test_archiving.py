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

from grants import journal, lifecycle
from grants.access.rights import RIGHTS
from grants.contracts.models import Contract
from grants.core.database import db
from grants.core.references import new_uuid
from grants.core.unit_of_work import unit_of_work
from grants.documents import archiving, jobs, operations
from grants.documents.models import Document, Job, StoredFile
from grants.followup import archive
from grants.grievances.models import Reading
from grants.projects.models import Paper, Project
from tests.stories import grievances as complaints
from tests.stories import life
from tests.stories.rows import again
from tests.unit.documents import samples


@pytest.fixture
def file(people, app):
    """An awarded micro-project with a document of its own."""
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
    listed = held.read("CONTENU.txt").decode()
    assert all(name in listed for name in names if name not in ("CONTENU.txt", "SHA256SUMS"))
    decisions = json.loads(held.read("donnees/decisions.json"))
    assert [one["decision"] for one in decisions] == ["award"] and "votes" not in decisions[0]


def built(people, project_id, by):
    """The ZIP that this person gets, opened."""
    with unit_of_work():
        uuid = archive.ask(db.session.get_one(Project, project_id), by=again(by)).uuid
    jobs.work()
    db.session.rollback()
    job = db.session.scalar(db.select(Job).where(Job.uuid == uuid))
    assert job.state == "done", job.problem
    return zipfile.ZipFile(jobs.results() / job.result)


def verified(folder):
    """What the verifier of the archive says of its history, run as anybody would run it."""
    said = subprocess.run(
        [sys.executable, "-I", folder / "journal/verify_journal.py", folder / "journal/evenements.jsonl"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return said.returncode, said.stdout + said.stderr


def test_history_is_verified_from_the_archive_alone_and_a_changed_or_cut_event_shows(file, tmp_path):
    people, project_id = file
    with unit_of_work():
        journal.checkpoint()
    with built(people, project_id, people.coordinator) as held:
        held.extractall(tmp_path)
    assert verified(tmp_path) == (0, "The journal holds.\n")
    history = tmp_path / "journal" / "evenements.jsonl"
    lines = history.read_text(encoding="utf-8").split("\n")[:-1]
    mine = [
        number
        for number, line in enumerate(lines)
        if '"type":"event"' in line and f'"subject_id":{project_id},' in line
    ]
    assert len(mine) > 5
    changed = [line.replace('"action":"award"', '"action":"reject"') for line in lines]
    assert changed != lines
    history.write_text("".join(f"{line}\n" for line in changed), encoding="utf-8")
    status, said = verified(tmp_path)
    assert status == 1 and "was changed" in said
    history.write_text(
        "".join(f"{line}\n" for number, line in enumerate(lines) if number != mine[-1]), encoding="utf-8"
    )
    status, said = verified(tmp_path)
    assert status == 1 and ("cut off" in said or "missing" in said)


def test_papers_of_people_and_complaints_are_for_those_with_the_right_to_them(file, make_person, monkeypatch):
    people, project_id = file
    officer = make_person("grievance_officer", place="05")
    with unit_of_work():
        db.session.execute(
            update(Paper).where(Paper.project_id == project_id, Paper.kind == "quotes").values(kind="driver_papers")
        )
        reference = db.session.get_one(Project, project_id).reference
    general, _code = complaints.registered(officer, file_named=reference)
    hidden, _code = complaints.registered(officer, file_named=reference, category="gbv")
    assert (again(general).sealed, again(hidden).sealed) == (False, True)
    general_id, general_reference = again(general).id, again(general).reference
    assert again(hidden).project_id == project_id
    with built(people, project_id, people.coordinator) as held:
        names, listed = held.namelist(), held.read("CONTENU.txt").decode()
        told = json.loads(held.read("donnees/plaintes.json"))
        assert any("driver_papers" in name for name in names) and "Non joints" not in listed
        assert [one["reference"] for one in told] == [general_reference]
        whole = held.read("journal/evenements.jsonl").decode()
        assert f'"subject_id":{general_id},"subject_kind":"grievance","to_step"' in whole
    with built(people, project_id, people.admin) as held:
        names, listed = held.namelist(), held.read("CONTENU.txt").decode()
        assert all(name.endswith("-non-joint.txt") for name in names if "driver_papers" in name)
        assert "Non joints" in listed and "driver_papers-" in listed.split("Non joints")[1]
        assert json.loads(held.read("donnees/plaintes.json")) == []
    # One who holds both rights, and who has opened the sealed one, takes it along: that is kept as a look at it.
    monkeypatch.setitem(RIGHTS, "projects.archive", RIGHTS["projects.archive"] | {"grievance_officer"})
    with built(people, project_id, officer) as held:
        assert len(json.loads(held.read("donnees/plaintes.json"))) == 1
    with unit_of_work():
        complaints.operations.open_sealed(again(hidden), "Pour préparer la réponse au comité", by=again(officer))
    before = db.session.scalar(db.select(db.func.count()).select_from(Reading))
    with built(people, project_id, officer) as held:
        assert [one["sealed"] for one in json.loads(held.read("donnees/plaintes.json"))] == [False, True]
        assert "words" not in held.read("journal/evenements.jsonl").decode()
    assert db.session.scalar(db.select(db.func.count()).select_from(Reading)) == before + 1


def test_numbers_of_papers_are_nowhere_in_the_archive_of_one_without_the_right(file):
    people, project_id = file
    number = "27903504018012"
    with unit_of_work():
        project = db.session.get_one(Project, project_id)
        officer = project.group.officers[0]
        officer.paper_kind, officer.paper_number = "nina", number
        terms = {
            "months": 12,
            "start": "",
            "place": "Sofara",
            "language": "bamanankan",
            "represented_by": "Kadidia Sow",
        }
        lifecycle.perform(project, "issue_contract", by=again(people.coordinator), data=terms)
    contract = db.session.scalar(db.select(Document).where(Document.kind == "contract"))
    scan = db.session.scalar(db.select(StoredFile).where(StoredFile.subject_kind == "project"))
    with unit_of_work():
        # As filing a signed scan does.
        copied = {name: getattr(scan, name) for name in ("sha256", "size", "kind", "mime")}
        db.session.add(
            StoredFile(
                **copied, uuid=new_uuid(), name="convention signée.pdf", subject_kind="contract",
                subject_id=db.session.scalar(db.select(Contract.id)), scan_state="clean",
            )
        )  # fmt: skip
    code, reference, digest = contract.code, contract.reference, scan.sha256
    digests = [copy.sha256 for copy in contract.copies]
    with built(people, project_id, people.coordinator) as held:
        whole = {name: held.read(name) for name in held.namelist()}
    assert f"documents/{reference}.pdf" in whole and any("convention_signée.pdf" in name for name in whole)
    assert number in whole["donnees/conventions.json"].decode()
    assert "non-joint" not in whole["CONTENU.txt"].decode()
    with built(people, project_id, people.admin) as held:
        part = {name: held.read(name) for name in held.namelist()}
    assert not any(number.encode() in data for data in part.values())
    assert not any(name.startswith(f"documents/{reference}") and name.endswith(".pdf") for name in part)
    # The receipt of the fixture names papers too; what stands in their place proves which ones they are.
    assert {"documents/DC-1-non-joint.txt", f"documents/{reference}-non-joint.txt"} <= part.keys()
    sheet = part[f"documents/{reference}-non-joint.txt"].decode()
    assert all(one in sheet for one in digests) and code in sheet and "en vigueur" in sheet
    (signed,) = [name for name in part if "convention_signée.pdf" in name]
    assert signed.endswith("-non-joint.txt") and digest in part[signed].decode()
    assert reference in part["CONTENU.txt"].decode().split("Non joints")[1]
    articles = json.loads(part["donnees/conventions.json"])[0]["content"]["articles"]
    assert "(numéro non communiqué)" in json.dumps(articles, ensure_ascii=False)


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
