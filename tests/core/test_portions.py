"""Many rows in one statement: what each engine then holds is what was given, in its order."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from grants.core.database import db
from grants.core.portions import MANY, among, insert_each, insert_rows, update_rows
from grants.core.unit_of_work import unit_of_work
from grants.lifecycle.waiting import EndedStays, Timer

TABLE = Timer.__table__
DUE = datetime(2026, 11, 24, 8, 30, 0, 123456, tzinfo=UTC)
# What arrays and their quoting could change.
TEXTS = ['{"a", \\ b}', "NULL", "", "l'été ; %s :x", " blank ", "{}"]


def row(number, rule, **more):
    return {"subject_kind": "test", "subject_id": number, "rule": rule, "due_at": DUE, "tries": 0, **more}


def held(*names):
    return [
        tuple(one) for one in db.session.execute(sa.select(*(TABLE.c[name] for name in names)).order_by(TABLE.c.id))
    ]


def test_rows_are_inserted_and_changed_as_they_were_given(app):
    def keeping(statement):
        return statement.on_conflict_do_nothing()

    with unit_of_work():
        insert_rows(TABLE, [])
        fired = [None if n % 2 else DUE + timedelta(days=n) for n in range(len(TEXTS))]
        insert_rows(TABLE, [row(n, one, fired_at=fired[n]) for n, one in enumerate(TEXTS)])
        assert held("subject_id", "rule", "due_at", "fired_at") == [
            (n, one, DUE, fired[n]) for n, one in enumerate(TEXTS)
        ]
        insert_rows(TABLE, [row(0, TEXTS[0], tries=9), row(90, "new", tries=7)], conflict=keeping)
        insert_rows(TABLE, [row(0, TEXTS[0], tries=9)], conflict=keeping)
        assert held("tries")[0] == (0,) and held("subject_id", "tries")[-1] == (90, 7)
        # Each to its own values, the same column found by and changed; one that is not there is not counted.
        assert update_rows(TABLE, []) == 0
        changes = [
            ({"subject_id": n, "tries": 0}, {"tries": n + 1, "retry_at": (fired + [None] * 90)[n]})
            for n in (0, 1, 90, 4)
        ]
        assert update_rows(TABLE, changes) == 3
        assert update_rows(TABLE, changes[:1]) == 0
        assert held("tries", "retry_at") == [
            (1, fired[0]), (2, None), (0, None), (0, None), (5, fired[4]), (0, None), (7, None),
        ]  # fmt: skip
        rows = [Timer(**{name: value for name, value in row(n, "object").items() if name != "tries"}) for n in (8, 9)]
        insert_each(rows)
        assert rows[1].id == rows[0].id + 1 and [one.tries for one in rows] == [0, 0]
        # They live in the session like any other: what changes is written, and who asks for them gets them.
        rows[1].tries = 3
        db.session.flush()
        assert held("subject_id", "tries")[-2:] == [(8, 0), (9, 3)] and db.session.get(Timer, rows[0].id) is rows[0]


def test_a_question_takes_as_many_values_as_there_are(app):
    with unit_of_work():
        insert_rows(TABLE, [row(n, one) for n, one in enumerate([*TEXTS, "other"])])
        for more in ([], [f"none {n}" for n in range(3 * MANY)]):
            asked = sa.select(TABLE.c.rule).order_by(TABLE.c.id)
            assert db.session.scalars(asked.where(among(TABLE.c.rule, [*more, *TEXTS]))).all() == TEXTS
            numbers = [-1 - n for n in range(len(more))]
            assert db.session.scalars(asked.where(among(TABLE.c.subject_id, [*numbers, 1, 3]))).all() == [
                TEXTS[1],
                TEXTS[3],
            ]
            assert db.session.scalars(asked.where(among(TABLE.c.rule, more))).all() == []


def test_a_list_in_a_column_of_json_is_one_value(app):
    days = [[[1, 2], [3, 4]], [], [{"é": None}]]
    about = {"subject_kind": "test", "until": DUE, "region": "", "category": ""}
    with unit_of_work():
        table = EndedStays.__table__
        insert_rows(table, [{**about, "step": str(n), "days": one} for n, one in enumerate(days)])
        assert db.session.scalars(sa.select(table.c.days).order_by(table.c.step)).all() == days


def test_what_the_table_refuses_of_one_row_keeps_all_out(app):
    for bad in ({"tries": -1}, {"fired_at": DUE, "void_at": DUE}, {"rule": "x" * 71}):
        if "rule" in bad and db.engine.dialect.name == "sqlite":
            continue  # it knows no length
        rows = [{"fired_at": None, "void_at": None, **row(n, "good")} for n in range(3)]
        with pytest.raises(DBAPIError), unit_of_work():
            insert_rows(TABLE, [*rows, rows[0] | {"subject_id": 7} | bad])
        db.session.rollback()
        assert held("id") == []
