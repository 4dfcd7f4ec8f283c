"""The example of the guide, from the text to a file that takes the lighter path: written, proved, tried, published, moved."""

import dataclasses

import pytest
from sqlalchemy import select

from grants import journal, lifecycle
from grants.calls.rules import default_rules
from grants.committee.models import Committee
from grants.core.database import db
from grants.core.errors import Problems, Refused
from grants.core.unit_of_work import unit_of_work
from grants.lifecycle import versions
from grants.lifecycle.versions import drafts, published, relocating
from grants.lifecycle.versions.checking import examine
from grants.lifecycle.versions.trying import rehearse_on_past
from grants.workflow import load
from grants.workflow.difference import difference
from tests.stories import life
from tests.stories.appraisal import recommended
from tests.stories.calls import envelope, open_call
from tests.stories.committee import committee, convened, decided, in_session, voted
from tests.stories.groups import verified_group
from tests.stories.projects import submitted
from tests.stories.rows import again
from tests.stories.versions import LIGHTER, lighter_text, published_version, submitted_draft, written

SHIPPED = (versions.SHIPPED / "project.toml").read_text(encoding="utf-8")


@pytest.fixture(autouse=True)
def fresh_definitions():
    """Each test has a database of its own: what another one published under the same id is forgotten."""
    published._by_id.cache_clear()
    yield
    published._by_id.cache_clear()


@dataclasses.dataclass
class Setting:
    people: life.Team
    other_admin: object
    national: object
    file: object


def national_call(people, small_grant: int | None):
    """A call whose files all go to the national committee, with or without small grants."""
    rules = {**default_rules(), "committee_levels": [{"level": "national"}]}
    if small_grant:
        rules["small_grant"] = small_grant
    return open_call(people.admin, envelope(people.coordinator), rules=rules)


@pytest.fixture
def setting(people, make_person):
    """A micro-project that waits for the national committee; its call calls grants of that amount small."""
    national = committee(
        people.admin, make_person("chair"), [make_person("member") for _n in range(3)], make_person("secretary"),
        level="national", place=None,
    )  # fmt: skip
    group = verified_group(people.agent, people.appraisers[0])
    file = recommended(submitted(people.agent, group, national_call(people, 5_000_000)), people.appraisers)
    return Setting(people, make_person("admin"), national, file)


def test_the_example_follows_the_shipped_definition():
    assert LIGHTER.read_text(encoding="utf-8") == lighter_text(SHIPPED), "run: python -m tests.stories.versions"


def test_the_example_changes_what_the_guide_says_and_nothing_else():
    parts = difference(load(SHIPPED), load(LIGHTER))
    assert [part.place for part in parts] == ["committee", "small_grant"]
    assert {change.action for change in parts[0].changes} == {"refer_to_region"}


def test_what_the_guide_tries_first_is_refused_with_its_path(app):
    """Awarded by the coordinator alone: the house promises that no award is made without quorum and votes."""
    text = lighter_text(SHIPPED).replace(
        'needs = ["committee.decision_ready", "committee.of_the_region", "calls.small_grant"]',
        'needs = ["calls.small_grant"]',
    )
    found = " ".join(examine(text).sentences("fr"))
    assert "guard:committee.decision_ready" in found and "refer_to_region→ small_grant —award→ contract" in found


def test_from_the_text_to_a_file_that_takes_the_lighter_path(setting):
    people, file = setting.people, setting.file
    # The national committee would decide; nobody can refer it yet.
    assert again(file).step == "committee"
    text = lighter_text(versions.newest("project").source)
    draft = submitted_draft(people.admin, text)
    report = rehearse_on_past(examine(text).definition).report
    assert (report.files, report.unchanged) == (1, 1)
    with unit_of_work():
        row = drafts.publish(draft.token, by=again(setting.other_admin), expected_revision=draft.revision)
        name, number = row.name, row.version
    with unit_of_work():
        relocating.move(name, number - 1, number, {}, by=again(people.admin), expected_files=1)
    assert journal.sentence(journal.last_event(again(file))) == (
        f"Passé de la version {number - 1} du circuit à la version {number}"
    )
    with unit_of_work():
        lifecycle.perform(again(file), "refer_to_region", by=again(people.coordinator), data={})
    file = again(file)
    assert file.step == "small_grant" and file.waits_for == "secretary"
    # The national committee cannot put it on an agenda any more; the committee of the region can.
    with pytest.raises(Problems):
        convened(setting.national, [file])
    regional = db.session.scalar(select(Committee).where(Committee.level == "regional"))
    session = in_session(regional, [file])
    voted(session, file)
    file = decided(session, file)
    assert file.step == "contract" and file.granted == file.requested


@pytest.mark.parametrize("ceiling", [None, 250_000])
def test_the_lighter_path_is_closed_to_larger_grants_and_where_the_call_has_none(people, make_person, ceiling):
    group = verified_group(people.agent, people.appraisers[0])
    published_version(people.admin, make_person("admin"), lighter_text(versions.newest("project").source))
    file = recommended(submitted(people.agent, group, national_call(people, ceiling)), people.appraisers)
    assert again(file).requested > 250_000
    with pytest.raises(Refused), unit_of_work():
        lifecycle.perform(again(file), "refer_to_region", by=again(people.coordinator), data={})


def test_a_draft_of_the_first_try_stays_with_its_author(setting):
    text = lighter_text(versions.newest("project").source).replace(
        '"committee.decision_ready", "committee.of_the_region", "calls.small_grant"', '"calls.small_grant"'
    )
    draft = written(setting.people.admin, text)
    with pytest.raises(Problems), unit_of_work():
        drafts.put_forward(draft.token, reason="Essai.", by=again(setting.people.admin))
