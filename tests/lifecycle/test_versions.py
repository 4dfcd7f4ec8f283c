"""Versions of workflows: written by one administrator, published by another, proved at both moments."""

import pytest
import sqlalchemy as sa

from grants import journal
from grants.core.database import db
from grants.core.errors import Problems, Refused, Stale
from grants.core.unit_of_work import unit_of_work
from grants.lifecycle import versions
from grants.lifecycle.models import Draft, WorkflowVersion
from grants.lifecycle.versions import drafts, published
from tests.stories.rows import again
from tests.stories.versions import next_text, published_version, submitted_draft, written

WHY = "Les petits montants attendent trop longtemps."


@pytest.fixture(autouse=True)
def fresh_definitions():
    """Each test has a database of its own: what another one published under the same id is forgotten."""
    published._by_id.cache_clear()
    yield
    published._by_id.cache_clear()


@pytest.fixture
def admins(make_person):
    return make_person("admin"), make_person("admin")


def test_two_people_publish_a_version_and_new_files_take_it(admins):
    author, other = admins
    before = versions.newest("project").version
    draft = submitted_draft(author, next_text())
    with unit_of_work():
        row = drafts.publish(draft.token, by=again(other), expected_revision=draft.revision)
        found = row.version, row.proposed_by_id, row.published_by_id
    assert found == (before + 1, author.id, other.id)
    assert versions.newest("project").version == before + 1
    assert again(draft).state == "published"
    acts = [event.action for event in reversed(journal.history(again(draft)))]
    assert acts == ["write", "put_forward", "publish"]


def test_nobody_publishes_their_own(admins):
    author, _other = admins
    draft = submitted_draft(author, next_text())
    with pytest.raises(Refused, match=r"autre administrateur|another administrator"), unit_of_work():
        drafts.publish(draft.token, by=again(author), expected_revision=draft.revision)
    assert again(draft).state == "submitted"


def test_the_database_refuses_one_person_in_both_parts(admins):
    author, _other = admins
    for proposed, by in ((author.id, author.id), (author.id, None), (None, author.id)):
        row = WorkflowVersion(
            name="x",
            version=1,
            subject="project",
            content_hash=f"{proposed}{by}",
            source="",
            proposed_by_id=proposed,
            published_by_id=by,
        )
        with pytest.raises(sa.exc.IntegrityError), unit_of_work() as session:
            session.add(row)


@pytest.mark.parametrize("role", ["auditor", "coordinator", "agent"])
def test_only_administrators_write_and_publish(make_person, admins, role):
    person = make_person(role)
    with pytest.raises(Refused), unit_of_work():
        drafts.write_draft(next_text(), by=person)
    draft = submitted_draft(admins[0], next_text())
    with pytest.raises(Refused), unit_of_work():
        drafts.publish(draft.token, by=again(person), expected_revision=draft.revision)


def test_a_draft_with_faults_is_kept_but_not_put_forward(admins):
    draft = written(admins[0], next_text().replace('to = "contract"', 'to = "nowhere"'))
    assert (draft.name, draft.state) == ("micro-project", "draft")
    with pytest.raises(Problems), unit_of_work():
        drafts.put_forward(draft.token, reason=WHY, by=again(admins[0]), expected_revision=draft.revision)
    assert again(draft).state == "draft"


@pytest.mark.parametrize(
    "source", ["x.toml", "no toml [", "a = " + "[" * 3000, "v = " + "9" * 6000, "[workflow]\nversion = 1e400"]
)
def test_what_cannot_be_read_is_kept_as_a_draft_with_its_faults(admins, source):
    draft = written(admins[0], source)
    assert draft.name is None
    with pytest.raises(Problems), unit_of_work():
        drafts.put_forward(draft.token, reason=WHY, by=again(admins[0]), expected_revision=draft.revision)


def test_what_cannot_be_kept_is_refused_beside_its_field(admins):
    for source in ("", "  \n", "x" * 400_001, "a = 1\x00"):
        with pytest.raises(Problems) as found, unit_of_work():
            drafts.write_draft(source, by=again(admins[0]))
        assert [problem.field for problem in found.value.problems] == ["source"]
    for content in (b"\xff\xfe\x00\x01", "a = 'é'".encode("latin-1"), b"x" * 1_600_001):
        with pytest.raises(Problems) as found:
            drafts.readable(content)
        assert found.value.problems[0].field == "file"


def test_texts_made_to_keep_a_server_busy_are_answered_soon(admins):
    import time

    from grants.lifecycle.versions.checking import examine

    for source in (
        "a." * 100_000 + "a = 1",
        "[" + "a." * 100_000 + "a]",
        "[[a]]\n" * 60_000,
        "a = { b = " * 90 + "1" + " }" * 90,
        "".join(f"{'a.' * 150}b{n} = 1\n" for n in range(1000)),
    ):
        began = time.perf_counter()
        examine(source)
        assert time.perf_counter() - began < 15, source[:20]


def test_an_older_or_equal_number_is_refused(admins):
    draft = written(admins[0], next_text(version=versions.newest("project").version))
    with pytest.raises(Problems), unit_of_work():
        drafts.put_forward(draft.token, reason=WHY, by=again(admins[0]), expected_revision=draft.revision)


def test_another_name_for_the_same_files_is_refused(admins):
    draft = written(admins[0], next_text().replace('name = "micro-project"', 'name = "other"'))
    with pytest.raises(Problems, match="micro-project"), unit_of_work():
        drafts.put_forward(draft.token, reason=WHY, by=again(admins[0]), expected_revision=draft.revision)


def test_two_drafts_with_one_number_the_second_is_told(admins):
    author, other = admins
    first, second = submitted_draft(author, next_text()), submitted_draft(author, next_text(comment="# another"))
    with unit_of_work():
        drafts.publish(first.token, by=again(other), expected_revision=first.revision)
    with pytest.raises(Problems), unit_of_work():
        drafts.publish(second.token, by=again(other), expected_revision=second.revision)
    assert again(second).state == "submitted"


def test_publishing_twice_in_two_tabs(admins):
    author, other = admins
    draft = submitted_draft(author, next_text())
    with unit_of_work():
        drafts.publish(draft.token, by=again(other), expected_revision=draft.revision)
    with pytest.raises(Stale), unit_of_work():
        drafts.publish(draft.token, by=again(other), expected_revision=draft.revision)
    assert db.session.scalar(sa.select(sa.func.count()).where(WorkflowVersion.proposed_by_id.is_not(None))) == 1


def test_what_is_published_is_what_was_seen(admins):
    """Sent back, changed and put forward again between the look and the press."""
    author, other = admins
    draft = submitted_draft(author, next_text())
    seen = draft.revision
    with unit_of_work():
        drafts.send_back(draft.token, reason="Un autre délai.", by=again(other), expected_revision=seen)
        drafts.rewrite_draft(draft.token, next_text(comment="# changed"), by=again(author))
        drafts.put_forward(draft.token, reason=WHY, by=again(author))
    with pytest.raises(Stale), unit_of_work():
        drafts.publish(draft.token, by=again(other), expected_revision=seen)


def test_what_was_put_forward_is_frozen_by_the_database(admins):
    draft = submitted_draft(admins[0], next_text())
    with pytest.raises(Stale), unit_of_work():
        drafts.rewrite_draft(draft.token, next_text(comment="# changed"), by=again(admins[0]))
    with pytest.raises(sa.exc.DatabaseError), unit_of_work() as session:
        session.execute(sa.update(Draft).values(source="x"))


def test_everything_is_proved_again_at_publication(admins, monkeypatch):
    author, other = admins
    draft = submitted_draft(author, next_text())
    from grants.lifecycle import registry

    monkeypatch.delitem(registry.guards, "committee.decision_ready")
    with pytest.raises(Problems, match="decision_ready"), unit_of_work():
        drafts.publish(draft.token, by=again(other), expected_revision=draft.revision)


def test_a_draft_is_its_author_s(admins):
    author, other = admins
    draft = written(author, next_text())
    with pytest.raises(Refused), unit_of_work():
        drafts.rewrite_draft(draft.token, "a = 1", by=again(other))
    with pytest.raises(Refused), unit_of_work():
        drafts.put_forward(draft.token, reason=WHY, by=again(other))


@pytest.mark.parametrize("act", [drafts.put_forward, drafts.send_back, drafts.withdraw])
def test_each_of_these_acts_has_its_reason(admins, act):
    author, _other = admins
    draft = written(author, next_text()) if act is drafts.put_forward else submitted_draft(author, next_text())
    with pytest.raises(Problems) as found, unit_of_work():
        act(draft.token, reason="  ", by=again(author), expected_revision=draft.revision)
    assert [problem.field for problem in found.value.problems] == ["reason"]


def test_what_was_given_up_stays_and_does_nothing(admins):
    author, other = admins
    draft = submitted_draft(author, next_text())
    with unit_of_work():
        drafts.withdraw(draft.token, reason="Plus nécessaire.", by=again(other))
    assert again(draft).state == "withdrawn"
    with pytest.raises(Stale), unit_of_work():
        drafts.publish(draft.token, by=again(other))
    with pytest.raises(sa.exc.DatabaseError), unit_of_work() as session:
        session.execute(sa.update(Draft).values(state="draft", withdrawn_at=None, withdrawn_by_id=None))


def test_a_shipped_number_that_the_programme_has_taken_is_named(admins, tmp_path, app):
    number = published_version(*admins, next_text()).version
    (tmp_path / "project.toml").write_text(next_text(version=number, comment="", within="7 wd"), encoding="utf-8")
    with unit_of_work():
        installed = versions.install_shipped(tmp_path)
        assert [definition.version for definition in installed.shadowed] == [number]
    (tmp_path / "project.toml").write_text(next_text(version=number + 1), encoding="utf-8")
    with unit_of_work():
        assert versions.install_shipped(tmp_path).shadowed == []
    assert versions.newest("project").version == number + 1
    assert app.test_cli_runner().invoke(args=["setup"]).exit_code == 0
