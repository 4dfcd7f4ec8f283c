"""The journal: nobody rewrites it unseen, on either engine."""

import threading

import pytest
import sqlalchemy as sa

from grants import journal
from grants.core.database import db
from grants.core.unit_of_work import unit_of_work
from grants.journal.models import Event
from grants.journal.queries import check_all


@pytest.fixture
def subject(make_person):
    """Somebody with five acts in their history."""
    person = make_person("agent", place="05")
    for number in range(5):
        with unit_of_work():
            journal.record(person, "noted", by=person, data={"number": number, "name": "Ɲɛnɛ"}, reason="parce que")
    return person


def test_the_chain_holds(subject):
    count, breaks = check_all()
    assert count >= 5 and breaks == []
    assert [e.seq for e in journal.history(subject)] == [5, 4, 3, 2, 1]


@pytest.mark.parametrize("verb", ["UPDATE journal_event SET reason = 'autre'", "DELETE FROM journal_event"])
def test_the_database_refuses_to_change_it(subject, verb):
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), unit_of_work() as session:
        session.execute(sa.text(verb))


def test_postgresql_refuses_to_empty_it(subject):
    if db.engine.dialect.name != "postgresql":
        pytest.skip("SQLite has no TRUNCATE")
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), unit_of_work() as session:
        session.execute(sa.text("TRUNCATE journal_event CASCADE"))


def forced(statement: str) -> None:
    """What somebody with the keys of the database could do: take the triggers away first."""
    dialect = db.engine.dialect.name
    with unit_of_work() as session:
        for name in ("journal_event_no_update", "journal_event_no_delete"):
            session.execute(sa.text(f"DROP TRIGGER {name}" + (" ON journal_event" if dialect == "postgresql" else "")))
        for one in statement.split("; "):
            session.execute(sa.text(one))


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("UPDATE journal_event SET reason = 'autre' WHERE subject_kind = 'person' AND seq = 3", "changed"),
        ("UPDATE journal_event SET actor_name = 'X' WHERE subject_kind = 'person' AND seq = 5", "changed"),
        ("DELETE FROM journal_event WHERE subject_kind = 'person' AND seq = 3", "removed"),
        ("DELETE FROM journal_event WHERE subject_kind = 'person' AND seq = 5", "cut"),
        ("DELETE FROM journal_event WHERE subject_kind = 'person'", "cut"),
        ("UPDATE journal_event SET seq = 9 WHERE subject_kind = 'person' AND seq = 4", "removed"),
        (
            "UPDATE journal_event SET seq = seq + 50 WHERE seq IN (2, 4); "
            "UPDATE journal_event SET seq = 56 - seq WHERE seq > 50",
            "reordered",
        ),
        (
            "UPDATE journal_head SET hash = prev FROM (SELECT hash AS prev FROM journal_event WHERE seq = 4) AS old "
            "WHERE subject_kind = 'person'",
            "head",
        ),
    ],
)
def test_whoever_rewrites_it_all_the_same_is_seen(subject, statement, what):
    forced(statement)
    _count, breaks = check_all()
    assert [found.code for found in breaks] == [what], breaks
    assert breaks[0].subject_id == subject.id


def test_acts_at_the_same_moment_do_not_fork_the_chain(app, subject):
    """Four people act on one subject at once, each in a transaction of their own."""
    gate, failures = threading.Barrier(4), []

    def act():
        with app.app_context():
            try:
                person = db.session.get(type(subject), subject_id)
                db.session.rollback()
                gate.wait()
                for _number in range(5):
                    with unit_of_work():
                        journal.record(person, "raced", by=person)
            except Exception as error:  # noqa: BLE001  (told below)
                failures.append(error)
            finally:
                db.session.remove()

    subject_id = subject.id
    db.session.rollback()
    threads = [threading.Thread(target=act) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    _count, breaks = check_all()
    assert breaks == []
    assert db.session.scalar(sa.select(sa.func.count()).where(Event.action == "raced")) == 20


def test_only_plain_data_enters(subject):
    with pytest.raises(TypeError), unit_of_work():
        journal.record(subject, "noted", by=subject, data={"amount": 1.5})
