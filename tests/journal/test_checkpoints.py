# ruff: noqa: S608  (tests that write to the tables as somebody with the keys of the database could)
"""Checkpoints: what was sealed cannot be cut off, rewritten or signed by somebody else without being seen."""

import json
import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from grants import journal
from grants.core import clock
from grants.core.database import db
from grants.core.unit_of_work import unit_of_work
from grants.journal import checkpoints, merkle, signing
from grants.journal.chain import digest
from grants.journal.models import Checkpoint, Event, Head, Leaf
from grants.journal.verifying import check, digest_of


def acts(person, count=1, **data):
    for number in range(count):
        with unit_of_work():
            journal.record(person, "noted", by=person, data={"number": number, **data}, reason="« ɲɛnɛ »\n\t\x7f\u2028")


def sealed(**how):
    with unit_of_work():
        made = journal.checkpoint(**how)
        return made.number if made else None


@pytest.fixture
def people(make_person):
    made = [make_person("agent", place="05") for _ in range(3)]
    for person in made:
        acts(person, 4)
    return made


def forced(*statements: str) -> None:
    """What somebody with the keys of the database could do: the triggers first, then the rows."""
    with unit_of_work() as session:
        on = db.engine.dialect.name == "postgresql"
        for table in ("event", "checkpoint", "leaf"):
            for verb in ("update", "delete"):
                name = f"journal_{table}_no_{verb}"
                session.execute(sa.text(f"DROP TRIGGER {name}" + (f" ON journal_{table}" if on else "")))
        for statement in statements:
            session.execute(sa.text(statement))


def codes():
    return [(one.subject_kind, one.subject_id, one.code) for one in check().breaks]


def test_a_checkpoint_takes_up_what_changed_and_nothing_else(people):
    assert sealed() == 1
    first = db.session.get_one(Checkpoint, 1)
    heads, events = (db.session.scalar(sa.select(sa.func.count()).select_from(model)) for model in (Head, Event))
    assert (first.size, first.subjects, first.events) == (heads, heads, events)
    assert sealed() == 1, "nothing happened since"
    acts(people[0])
    assert sealed() == 2
    second = db.session.get_one(Checkpoint, 2)
    assert (second.size, second.subjects, second.events) == (heads + 1, heads, events + 1)
    assert second.prev_hash == first.hash and check().breaks == [] and check().checkpoints == 2


def test_once_a_day_where_something_happened(people, monkeypatch):
    made = []
    for _time in range(2):
        with unit_of_work():
            one = checkpoints.daily()
            made.append(one and one.number)
    assert made == [1, None]
    tomorrow = clock.now() + timedelta(days=1)
    monkeypatch.setattr(clock, "now", lambda: tomorrow)
    with unit_of_work():
        assert checkpoints.daily() is None, "nothing to take up"
    acts(people[0])
    with unit_of_work():
        assert checkpoints.daily().number == 2


@pytest.mark.parametrize("table", ["journal_checkpoint", "journal_leaf"])
@pytest.mark.parametrize("verb", ["UPDATE {0} SET {1} = {1}", "DELETE FROM {0}"])
def test_the_database_refuses_to_change_them(people, table, verb):
    sealed()
    column = "root" if table == "journal_checkpoint" else "seq"
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), unit_of_work() as session:
        session.execute(sa.text(verb.format(table, column)))


def test_a_tail_cut_together_with_its_head_shows(people):
    sealed()
    who = people[1].id
    last = "SELECT hash FROM journal_event WHERE subject_kind = 'person' AND seq = 2 AND subject_id = " + str(who)
    forced(
        f"DELETE FROM journal_event WHERE subject_kind = 'person' AND subject_id = {who} AND seq > 2",
        f"UPDATE journal_head SET seq = 2, sealed_seq = 2, hash = ({last}) WHERE subject_kind = 'person' AND subject_id = {who}",
    )
    assert codes() == [("person", who, "cut")]


def test_a_subject_that_is_gone_shows(people):
    sealed()
    who = people[1].id
    forced(
        f"DELETE FROM journal_event WHERE subject_kind = 'person' AND subject_id = {who}",
        f"DELETE FROM journal_head WHERE subject_kind = 'person' AND subject_id = {who}",
    )
    assert codes() == [("person", who, "cut")]


def rewrite(person) -> None:
    """Give a person another history, every hash of it made again, the head too."""
    events = journal.history(person)[::-1]
    prev = journal.GENESIS
    statements = []
    for event in events:
        db.session.expunge(event)
        event.reason, event.prev_hash = "une autre raison", prev
        prev = event.hash = digest(event)
        statements.append(
            f"UPDATE journal_event SET reason = 'une autre raison', prev_hash = '{event.prev_hash}', hash = '{prev}' "
            f"WHERE id = {event.id}"
        )
    forced(
        *statements,
        f"UPDATE journal_head SET hash = '{prev}' WHERE subject_kind = 'person' AND subject_id = {person.id}",
    )


def test_a_history_made_anew_shows(people):
    sealed()
    rewrite(people[2])
    assert codes() == [("person", people[2].id, "rewritten")]


def test_without_a_checkpoint_it_would_not(people):
    """What checkpoints are for: a whole chain made again holds by itself."""
    rewrite(people[2])
    assert codes() == []


def test_an_event_replaced_with_a_good_hash_shows(people):
    event = journal.history(people[0])[2]
    db.session.expunge(event)
    event.reason = "autre"
    forced(f"UPDATE journal_event SET reason = 'autre', hash = '{digest(event)}' WHERE id = {event.id}")
    assert codes() == [("person", people[0].id, "unlinked")]


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("DELETE FROM journal_leaf WHERE position = 2", "checkpoint"),
        (
            "UPDATE journal_leaf SET hash = (SELECT root FROM journal_checkpoint WHERE number = 1) WHERE position = 0",
            "checkpoint",
        ),
        ("UPDATE journal_checkpoint SET root = hash WHERE number = 1", "checkpoint"),
        ("UPDATE journal_checkpoint SET events = events + 1 WHERE number = 1", "checkpoint"),
    ],
)
def test_a_checkpoint_that_was_touched_shows(people, statement, code):
    sealed()
    acts(people[0])
    sealed()
    forced(statement)
    assert code in {one.code for one in check().breaks}


def test_a_root_on_paper_is_compared(people):
    sealed()
    root = db.session.get_one(Checkpoint, 1).root
    assert check(printed=[(1, root[:12])]).breaks == []
    assert [one.code for one in check(printed=[(1, "0" * 12), (7, root[:12])]).breaks] == ["printed", "printed"]


def test_signatures(app, people, tmp_path, monkeypatch):
    path = tmp_path / "journal.pem"
    public = signing.make(path)
    assert path.stat().st_mode & 0o077 == 0 and signing.public_hex(f"{path}.pub") == public
    with pytest.raises(signing.KeyFault):
        signing.make(path)
    monkeypatch.setitem(app.config, "JOURNAL_KEY", str(path))
    sealed()
    assert db.session.get_one(Checkpoint, 1).key == public and check(keys={public}).breaks == []
    assert [one.code for one in check(keys={"00" * 32}).breaks] == ["signature"]
    monkeypatch.setitem(app.config, "JOURNAL_KEY", "")
    acts(people[0])
    sealed()
    assert [(one.subject_id, one.code) for one in check(keys={public}).breaks] == [(2, "signature")], (
        "it stopped being signed"
    )
    forced("UPDATE journal_checkpoint SET signature = '" + "ab" * 64 + "' WHERE number = 1")
    assert (1, "signature") in {(one.subject_id, one.code) for one in check().breaks}
    path.chmod(0o644)
    with pytest.raises(signing.KeyFault):
        signing.private_key(path)


def test_two_who_issue_at_once_wait_for_nobody(app, people):
    """While one transaction makes a checkpoint, another takes the newest that there is, and acts under way stay out."""
    if db.engine.dialect.name != "postgresql":
        pytest.skip("SQLite lets one writer in at a time")
    sealed()
    acts(people[0])
    found, ids = [], [person.id for person in people]
    db.session.rollback()

    def other():
        with app.app_context():
            person = db.session.get(type(people[0]), ids[1])
            db.session.rollback()
            with unit_of_work():
                journal.record(person, "noted", by=person)
                found.append(journal.checkpoint(wait=False).number)
            db.session.remove()

    with unit_of_work():
        assert journal.checkpoint().number == 2
        thread = threading.Thread(target=other)
        thread.start()
        thread.join(10)
        assert found == [1]
    assert sealed() == 3 and check().breaks == []


def test_checkpoints_and_acts_at_once_leave_a_log_that_holds(app, people):
    ids, failures = [person.id for person in people], []
    db.session.rollback()

    def busy(who):
        with app.app_context():
            try:
                for number in range(6):
                    with unit_of_work():
                        person = db.session.get(type(people[0]), who)
                        journal.record(person, "noted", by=person)
                        if number % 2:
                            journal.checkpoint(wait=False)
            except Exception as error:  # noqa: BLE001  (told below)
                failures.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=busy, args=(who,)) for who in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    last = sealed()
    found = check()
    assert found.breaks == [] and found.checkpoints == last
    lost = db.session.scalars(sa.select(Head).where(~sa.exists().where(Leaf.hash == Head.hash)))
    assert list(lost) == [], "every head is taken up in the end"


def test_what_a_checkpoint_costs_follows_what_changed(people, count_queries):
    sealed()
    acts(people[0])
    with count_queries() as count, unit_of_work():
        journal.checkpoint()
        assert count() <= 8


# ---------------------------------------------------------------------------------------------- serialisation, proofs


def test_the_quick_hash_is_the_one_that_is_written(people):
    from grants.journal import reading

    acts(people[0], 1, text='"\\ \x00\x1f é ɔ 😀 </script>', none=None, deep={"b": [1, True], "a": {}})
    with reading.snapshot() as connection:
        rows = list(reading.events(connection, "person"))
    assert len(rows) >= 12 and all(digest_of("person", row) == row[-1] for row in rows)


@given(st.integers(1, 70), st.data())
def test_every_leaf_proves_itself_and_no_other(size, data):
    leaves = [merkle.leaf_hash(bytes([n])) for n in range(size)]
    log = merkle.Log()
    for n, leaf in enumerate(leaves):
        log.append(leaf)
        assert merkle.Log(log.size, log.peaks).root() == log.root() == merkle._root(leaves[: n + 1])
    index = data.draw(st.integers(0, size - 1))
    path = merkle.proof(leaves, index)
    assert merkle.proven_root(leaves[index], index, size, path) == log.root()
    for other in {0, size - 1, (index + 1) % size} - {index}:
        assert merkle.proven_root(leaves[other], index, size, path) != log.root()
        assert merkle.proven_root(leaves[index], other, size, path) != log.root()


def test_the_head_of_a_subject_is_proven(people):
    sealed()
    acts(people[1])
    sealed()
    found = checkpoints.inclusion("person", people[1].id)
    path = [bytes.fromhex(step) for step in found["proof"]]
    root = merkle.proven_root(bytes.fromhex(found["leaf"]), found["position"], found["size"], path)
    assert (
        root.hex() == found["root"] == checkpoints.latest().root and found["head"] == journal.history(people[1])[0].hash
    )


# ------------------------------------------------------------------------------------------------- the command line


def test_the_commands(app, people, tmp_path):
    cli = app.test_cli_runner()
    key = str(tmp_path / "k.pem")
    assert "Public key" in cli.invoke(args=["journal", "make-key", key]).output
    assert cli.invoke(args=["journal", "make-key", key]).exit_code == 1
    assert "Checkpoint 1" in cli.invoke(args=["journal", "checkpoint"]).output
    assert "Nothing" in cli.invoke(args=["journal", "checkpoint", "--daily"]).output
    assert json.loads(cli.invoke(args=["journal", "proof", "person", str(people[0].id)]).output)["checkpoint"] == 1
    done = cli.invoke(args=["journal", "verify"])
    assert done.exit_code == 0 and "the chain holds" in done.output
    root = db.session.get_one(Checkpoint, 1).root
    assert cli.invoke(args=["journal", "verify", "--printed", f"1:{root[:4]} {root[4:8]}"]).exit_code == 0
    assert cli.invoke(args=["journal", "verify", "--printed", "1:ffff"]).exit_code == 1
    assert cli.invoke(args=["journal", "verify", "--printed", "one"]).exit_code == 2
    assert cli.invoke(args=["journal", "verify", "--public-key", f"{key}.pub"]).exit_code == 0
    forced("UPDATE journal_event SET reason = 'autre' WHERE subject_kind = 'person' AND seq = 2")
    done = cli.invoke(args=["journal", "verify"])
    assert done.exit_code == 1 and f"person {people[0].id}, 2" in done.output
