"""The contracts of a call, all at once: each file alone, each with its own result, and no kill loses or doubles one."""

import os
import signal
import subprocess
import sys
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from grants import lifecycle
from grants.contracts import many, queries
from grants.contracts.models import Contract
from grants.contracts.operations import issuing
from grants.core import clock
from grants.core.database import db
from grants.core.references import HeldReference, give_back, hold_reference, new_reference
from grants.core.unit_of_work import unit_of_work
from grants.documents import jobs
from grants.documents.models import Document, Job, JobLine
from grants.documents.rendering import pressed
from grants.groups.models import Group, Officer
from grants.projects.models import Project
from tests.stories.appraisal import recommended
from tests.stories.calls import envelope, open_call
from tests.stories.committee import awarded
from tests.stories.groups import verified_group
from tests.stories.projects import submitted
from tests.stories.rows import again


def granted(people, count):
    """Files of one call, each of its own group, that the committee granted."""
    call, found = open_call(people.admin, envelope(people.coordinator)), []
    for _number in range(count):
        group = verified_group(people.agent, people.appraisers[0])
        found.append(awarded(recommended(submitted(people.agent, group, call), people.appraisers)))
    return call, [(project.id, project.reference) for project in map(again, found)]


def environment_of(app, engine):
    bases = app.databases
    if engine == "sqlite":
        url = f"sqlite:///{bases.folder / bases.current}.sqlite3"
    else:
        url = bases.server.replace("/postgres?", f"/{bases.prefix}{bases.current}?")
    return os.environ | {
        "BENKAN_ENV": "test", "BENKAN_SECRET_KEY": app.config["SECRET_KEY"], "PYTHONUTF8": "1",
        "BENKAN_DATABASE_URL": url, "BENKAN_STORAGE_PATH": app.config["STORAGE_PATH"],
    }  # fmt: skip


KILLED_AT_THE_SECOND = """
import os, signal
from wsgi import app
from grants.contracts import many
from grants.documents import jobs
tell, told = many._Run._tell, []
def told_twice(*args):
    tell(*args)
    told.append(args)
    if len(told) == 2:
        os.kill(os.getpid(), signal.SIGKILL)
many._Run._tell = told_twice
with app.app_context():
    jobs.work()
"""


def counted(model):
    return db.session.scalar(select(db.func.count()).select_from(model))


def test_each_file_is_looked_at_alone_and_a_killed_worker_loses_and_doubles_nothing(
    people, app, engine, browser_of, make_person
):
    coordinator_id = people.coordinator.id
    call, files = granted(people, 3)
    with unit_of_work():
        group = db.session.get_one(Project, files[2][0]).group_id
        yesterday = clock.today() - timedelta(days=1)
        db.session.execute(update(Officer).where(Officer.group_id == group).values(mandate_until=yesterday))
    db.session.rollback()
    mine = browser_of(people.coordinator)
    assert browser_of(people.agent).get("/contracts/many").status_code == 403
    place = f"/contracts/many/{call.reference}"
    assert call.title in mine.get("/contracts/many").get_data(as_text=True)
    elsewhere = browser_of(make_person("coordinator", place="04"))
    assert call.title not in elsewhere.get("/contracts/many").get_data(as_text=True)
    refused = elsewhere.post(place, data={"months": "12", "represented_by": "Kadidia Sow", "start": ""})
    assert refused.status_code in (403, 409, 422) and "attend" in refused.get_data(as_text=True)
    wrong = mine.post(place, data={"months": "0", "represented_by": "", "start": "dès la pluie"})
    assert wrong.status_code == 422 and "dès la pluie" in wrong.get_data(as_text=True)
    assert counted(Job) == 0
    asked = {"months": "12", "represented_by": "Kadidia Sow", "start": ""}
    show = mine.post(place, data=asked).headers["Location"]
    assert mine.post(place, data=asked).headers["Location"] == show
    died = subprocess.run(
        [sys.executable, "-c", KILLED_AT_THE_SECOND], env=environment_of(app, engine), check=False, timeout=240,
        capture_output=True, text=True,
    )  # fmt: skip
    assert died.returncode == -signal.SIGKILL, died.stderr
    db.session.rollback()
    # The second contract was written, and died with its transaction: file, contract, document and line.
    assert (counted(Contract), counted(JobLine), again(db.session.get_one(Project, files[1][0])).step) == (
        1,
        1,
        "contract",
    )
    assert "http-equiv" in mine.get(show).get_data(as_text=True)
    with unit_of_work():
        db.session.execute(update(Job).values(beat_at=clock.now() - 2 * jobs.SILENCE))
    assert jobs.work() == 1
    db.session.rollback()
    job = db.session.scalar(select(Job))
    assert (job.state, job.done, job.total) == ("done", 3, 3)
    assert [again(db.session.get_one(Project, one)).step for one, _reference in files] == [
        "signature",
        "signature",
        "contract",
    ]
    contracts = list(db.session.scalars(select(Contract).order_by(Contract.id)))
    assert [one.project_id for one in contracts] == [files[0][0], files[1][0]]
    # The number that the killed worker had printed is that of the same file: there is no gap.
    assert [one.reference.split("-")[2] for one in contracts] == ["0001", "0002"]
    assert counted(HeldReference) == 0
    assert all(one.issued_by_id == coordinator_id and one.step == "prepared" for one in contracts)
    assert db.session.scalar(select(db.func.count(Document.id)).where(Document.kind == "contract")) == 2
    page = mine.get(show).get_data(as_text=True)
    assert files[2][1] in page and contracts[1].reference in page and "http-equiv" not in page
    (refused,) = jobs.lines(job, "refused", most=9)
    assert refused.label == files[2][1] and len(refused.words) == 3
    # What was refused is tried again when it is asked for again; what is made is left alone.
    assert mine.post(place, data=asked).headers["Location"] != show


def test_a_batch_that_is_stopped_goes_on_and_one_who_lost_the_office_makes_nothing(people, engine, monkeypatch):
    if engine != "sqlite":
        pytest.skip("nothing here differs between the engines")
    call, files = granted(people, 2)
    drawn = []
    monkeypatch.setattr("grants.documents.batch.cores", lambda: 1)

    def put(self, one, *rest):
        drawn.append(one.project_id)
        if len(drawn) == 1:
            with unit_of_work():
                job = db.session.scalar(select(Job))
                jobs.stop(job, by=job.made_by)
        with unit_of_work():
            self._tell(db.session.get_one(Project, one.project_id), "refused", ("x",))

    monkeypatch.setattr(many._Run, "draw", lambda self, one: None)
    monkeypatch.setattr(many._Run, "put", put)
    with unit_of_work():
        terms = {"months": 12, "start": "", "represented_by": "Kadidia Sow"}
        many.ask(again(call), by=again(people.coordinator), **terms)
    jobs.work()
    db.session.rollback()
    assert drawn == [files[0][0]] and db.session.scalar(select(Job.state)) == "stopped"
    with unit_of_work():
        job = db.session.scalar(select(Job))
        jobs.resume(job, by=job.made_by)
    jobs.work()
    db.session.rollback()
    assert drawn == [files[0][0], files[1][0]] and db.session.scalar(select(Job.state)) == "done"
    with unit_of_work():
        many.ask(again(call), by=again(people.coordinator), **terms)
        for grant in again(people.coordinator).grants:
            grant.valid_from = grant.valid_until = clock.today() - timedelta(days=1)
    jobs.work()
    db.session.rollback()
    assert len(drawn) == 2 and counted(Contract) == 0


def test_what_changed_while_the_pages_were_set_is_in_the_contract_that_is_issued(people, engine):
    if engine != "sqlite":
        pytest.skip("nothing here differs between the engines")
    _call, files = granted(people, 1)
    project = db.session.get_one(Project, files[0][0])
    terms = {"months": 12, "start": "", "place": "Sofara", "language": "bamanankan", "represented_by": "Kadidia Sow"}
    with unit_of_work():
        reference = hold_reference("CV", issuing.number_holder(project.id))
    draft = issuing.drawn_up(again(project), reference=reference, **terms)
    printed = issuing.Printed(draft, pressed("contract", draft.whole))
    assert issuing._says(draft, issuing._content(again(project), reference, **terms)[0])
    with unit_of_work():
        db.session.execute(update(Group).values(village="Kouakourou"))
    with unit_of_work():
        lifecycle.perform(
            again(project), "issue_contract", by=again(people.coordinator), data={**terms, "printed": printed}
        )
    contract = queries.live(again(project))
    assert contract.reference == reference
    assert contract.document.code != draft.whole["issued"]["code"]
    assert "Kouakourou" in contract.document.parameters["group"]["seat"]["village"]


def test_a_number_that_was_held_in_vain_is_the_next_one(app):
    def number(reference):
        return int(reference.split("-")[2])

    with unit_of_work():
        first, second = (hold_reference("CV", holder) for holder in ("project-1", "project-2"))
        assert hold_reference("CV", "project-1") == first
    with unit_of_work():
        give_back("CV", "project-1")
        give_back("CV", "project-9")
    # What was taken in a transaction that did not hold is given back with it.
    assert new_reference("CV") == first
    db.session.rollback()
    with unit_of_work():
        assert new_reference("CV", holder="project-3") == first
        assert new_reference("CV", holder="project-2") == second
        assert number(new_reference("CV")) == number(second) + 1 == 3
    assert counted(HeldReference) == 0
