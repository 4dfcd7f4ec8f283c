"""Moving running files: all or none, one line on each, safe beside whoever acts at the same moment."""

import re
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa

from grants import journal, lifecycle
from grants.core.database import db
from grants.core.errors import NotFound, Problems, Refused, Stale
from grants.core.unit_of_work import unit_of_work
from grants.journal.queries import check_all
from grants.lifecycle.versions import published, relocating
from grants.projects.models import Project
from tests.stories.rows import again
from tests.stories.versions import next_text, published_version

pytestmark = pytest.mark.stands("submitted")

NAME = "micro-project"
REASON = {"reason": "Le groupement renonce à son micro-projet."}


@pytest.fixture(autouse=True)
def fresh_definitions():
    """Each test has a database of its own: what another one published under the same id is forgotten."""
    published._by_id.cache_clear()
    yield
    published._by_id.cache_clear()


@pytest.fixture
def admins(people, make_person):
    return people.admin, make_person("admin")


@pytest.fixture
def following(admins, project):
    """The version that follows the one of the file: eligibility within 9 working days."""
    return published_version(*admins, next_text()).version


def moved(admin, following, mapping=None, **more):
    with unit_of_work():
        return relocating.move(NAME, following - 1, following, mapping or {}, by=again(admin), **more)


def test_nothing_outside_of_the_lifecycle_changes_a_version_or_a_step():
    sets = re.compile(r"workflow_version_id\s*=[^=]|[\"'](workflow_version_id|state_revision)[\"']\s*:")
    allowed = ("grants/lifecycle/running.py", "grants/lifecycle/versions/", "grants/lifecycle/stays.py")
    for path in Path("grants").rglob("*.py"):
        if not path.as_posix().startswith(allowed):
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
                # Asking for the definition of a version is not changing a file.
                if sets.search(line) and not re.search(r"definition_of\(\w+\(workflow_version_id=", line):
                    assert re.search(r"workflow_version_id=.*(stay|row|subject)\.", line), (
                        f"{path}:{number}: {line.strip()}"
                    )


def test_a_file_moves_and_keeps_a_line(admins, project, following):
    before = again(project)
    since, revision, late = before.step_since, before.state_revision, before.due_at
    moved(admins[0], following, expected_files=1)
    file = again(project)
    assert db.session.get_one(lifecycle.WorkflowVersion, file.workflow_version_id).version == following
    assert (file.step, file.step_since, file.state_revision) == ("eligibility", since, revision + 1)
    assert file.due_at > late  # nine working days from the same beginning
    event = journal.last_event(file)
    assert (event.action, event.values) == ("moved", {"from": following - 1, "to": following, "workflow": NAME})
    assert check_all()[1] == []


def test_what_was_done_before_the_move_still_counts(people, admins, project, following):
    """The new version looks the act up in the journal: who submitted does not declare eligible."""
    moved(admins[0], following)
    with pytest.raises(Refused) as found, unit_of_work():
        lifecycle.perform(again(project), "declare_eligible", by=again(people.agent))
    assert found.value.reasons


def test_the_page_of_who_acts_is_told_of_the_move(people, admins, project, following):
    seen = again(project).state_revision
    moved(admins[0], following)
    with pytest.raises(Stale), unit_of_work():
        lifecycle.perform(again(project), "withdraw", by=again(people.agent), data=REASON, expected_revision=seen)


def test_a_dry_run_changes_nothing(admins, project, following):
    with unit_of_work():
        found = relocating.try_move(NAME, following - 1, following, {}, by=again(admins[0]))
        assert found.plan.fits and found.routes == [("eligibility", "eligibility", 1)]
    assert journal.last_event(again(project)).action == "submit"


def test_one_file_that_does_not_fit_keeps_all_where_they_are(people, admins, project, following):
    from tests.stories.groups import verified_group
    from tests.stories.projects import draft

    second = draft(people.agent, verified_group(people.agent, people.appraisers[0]), again(project).call)
    with unit_of_work():
        # It stands on the newest already; the move back would take it along.
        assert again(second).workflow_version_id != again(project).workflow_version_id
    with pytest.raises(Problems) as found:
        moved(admins[0], following, {"eligibility": "disbursement"})
    assert all(again(project).reference in str(problem) for problem in found.value.problems)
    assert again(project).step == "eligibility" and journal.last_event(again(project)).action == "submit"


@pytest.mark.parametrize(
    "mapping", [{"eligibility": "closed"}, {"eligibility": "nowhere"}, {"closed": "draft"}, {"nope": "draft"}]
)
def test_maps_that_lead_astray_are_refused(admins, project, following, mapping):
    with pytest.raises(Problems):
        moved(admins[0], following, mapping)
    assert again(project).step == "eligibility"


def test_only_published_versions_and_only_administrators(people, admins, project, following):
    with pytest.raises(NotFound), unit_of_work():
        relocating.move(NAME, following - 1, following + 1, {}, by=again(admins[0]))
    with pytest.raises(Problems), unit_of_work():
        relocating.move(NAME, following, following, {}, by=again(admins[0]))
    for person in (people.coordinator, people.agent):
        with pytest.raises(Refused), unit_of_work():
            relocating.move(NAME, following - 1, following, {}, by=again(person))


def test_who_saw_other_files_is_told(admins, project, following):
    with pytest.raises(Stale):
        moved(admins[0], following, expected_files=0)


def test_finished_files_keep_their_version(people, admins, project, following):
    with unit_of_work():
        lifecycle.perform(again(project), "withdraw", by=again(people.agent), data=REASON)
    before = again(project).workflow_version_id
    assert moved(admins[0], following).plan.verdicts == ()
    assert again(project).workflow_version_id == before


def test_a_move_beside_somebody_who_acts(app, people, admins, project, following):
    """Whichever comes first, the other sees what it did: the file is moved or withdrawn, never half of each."""
    gate, outcomes = threading.Barrier(2), []
    file_id, agent_id, admin_id = project.id, people.agent.id, admins[0].id
    db.session.rollback()

    def act(doing):
        with app.app_context():
            try:
                gate.wait()
                with unit_of_work():
                    doing()
                outcomes.append("done")
            except Stale:
                outcomes.append("told")
            except Exception as error:  # noqa: BLE001  (compared below)
                outcomes.append(error)
            finally:
                db.session.remove()

    def withdraw():
        from grants.access.models import Person

        file = db.session.get(Project, file_id)
        lifecycle.perform(file, "withdraw", by=db.session.get(Person, agent_id), data=REASON)

    def move():
        from grants.access.models import Person

        relocating.move(NAME, following - 1, following, {}, by=db.session.get(Person, admin_id))

    threads = [threading.Thread(target=act, args=(one,)) for one in (withdraw, move)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes == ["done", "done"]
    file = db.session.get(Project, file_id, populate_existing=True)
    acts = [event.action for event in reversed(journal.history(file))]
    assert file.step == "withdrawn" and acts[-1] in ("withdraw", "moved") and acts.count("withdraw") == 1
    assert (acts[-2:] == ["moved", "withdraw"]) == (
        db.session.get_one(lifecycle.WorkflowVersion, file.workflow_version_id).version == following
    )
    assert check_all()[1] == []


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["sqlite"])
def test_a_thousand_files_in_one_transaction(engine, admins, project, following):
    copy_a_thousand_times(again(project))
    found = moved(admins[0], following)
    assert len(found.plan.verdicts) == 1001
    assert check_all()[1] == []


def copy_a_thousand_times(file: Project) -> None:
    """Files like this one, each with the same history: written straight into the tables, as no story could wait for them."""
    from types import SimpleNamespace

    from grants.journal.models import Event

    events = [(e.action, e.from_step, e.to_step) for e in reversed(journal.history(file)) if e.to_step]
    table = Project.__table__
    columns = [c for c in table.c if c.name not in ("id", "reference", "uuid", "last_revision_id")]
    row = db.session.execute(sa.select(*columns).where(table.c.id == file.id)).one()._asdict()
    people = dict(
        db.session.execute(sa.select(Event.action, Event.actor_id).where(Event.subject_kind == "project")).all()
    )
    with unit_of_work() as session:
        for number in range(1000):
            extra = {"reference": f"MP-COPY-{number:04d}"}
            if "uuid" in table.c:
                extra["uuid"] = f"copy-{number}"
            copy_id = session.execute(sa.insert(table).values(**row, **extra)).inserted_primary_key[0]
            for action, before, after in events:
                by = SimpleNamespace(id=people[action], name="X") if people[action] else None
                journal.record(
                    SimpleNamespace(__subject__="project", id=copy_id), action, by=by, from_step=before, to_step=after
                )


def test_files_of_the_version_before_appeals_come_over_and_may_then_be_contested(people, admins, project):
    """The version that was shipped before knew a refusal as an end: its running files move, step for step."""
    newest = published.newest("project").source
    old = re.sub(r"(?s)# Refusal and appeal.*?(?=# Contract ---)", "", newest).replace(
        'to = "refusal"', 'to = "rejected"'
    )
    old = re.sub(r'(?s)\n\[\[promises\]\]\nnever = "step:appeal_hearing".*$', "", old)
    old = re.sub(r', "admit_appeal"|does = \["appeals\.tell_ineligible"\]\n', "", old)
    old = re.sub(r"(?m)^version = \d+", f"version = {published.newest('project').version + 1}", old, count=1)
    before = published_version(*admins, old).version
    with unit_of_work():
        relocating.move(NAME, before - 1, before, {}, by=again(admins[0]))
    assert "appeal_window" not in lifecycle.definition_of(again(project)).steps
    after = published_version(
        *admins, re.sub(r"(?m)^version = \d+", f"version = {before + 1}", newest, count=1)
    ).version
    with unit_of_work():
        found = relocating.move(NAME, before, after, {}, by=again(admins[0]), expected_files=1)
    assert [(one[0], one[1]) for one in found.routes] == [("eligibility", "eligibility")]
    (act,) = [
        a
        for a in lifecycle.definition_of(again(project)).steps["eligibility"].actions.values()
        if a.code == "declare_ineligible"
    ]
    assert act.to == "refusal" and again(project).step == "eligibility"
