"""A programme and one file of it at a point of its life, told once in a process and then copied.

Most tests of contracts, payments and follow-up begin where somebody has applied, decided and signed already. Telling that takes
seconds; a copy of the database in which it was told takes a hundredth, and holds the same.
"""

import dataclasses
from types import SimpleNamespace

import sqlalchemy as sa

from grants.access.models import Person
from grants.core.database import db
from grants.documents import operations as documents
from tests.stories import life

# What comes after what; each tale takes the people and the file of the one before.
STAGES = {
    "team": None,
    "submitted": lambda people, _project: life.submitted_file(people),
    "awarded": life.brought_to_award,
    "issued": life.issued,
    "signed": life.signed,
    "in_force": life.brought_into_force,
    "contributed": life.contributed,
    "paid": life.paid,
}


def stand(databases, make_person, stage: str) -> SimpleNamespace:
    """`people` (life.Team) and `project` (none for "team") of a database in which nothing happened but the tale as far as `stage`."""
    begun = db.session.scalar(sa.select(sa.func.count(Person.id)))
    assert not begun, (
        "what was written before would be lost: `people` or `project` stand first among the fixtures of a test"
    )
    people, project = _told(databases, make_person, stage)
    team = life.Team(**{part: _rows(names) for part, names in people.items()})
    return SimpleNamespace(people=team, project=project and _rows(project))


def _told(databases, make_person, stage: str):
    """The names of the people and of the file (`_names`), with the present database as the tale left it."""
    # Documents without text are not those of tests that look at them.
    key = stage, documents.pressed.__module__
    if key in databases.kept:
        db.session.remove()
        return databases.go_back_to(key)
    earlier = list(STAGES)[: list(STAGES).index(stage)]
    if earlier:
        before = stand(databases, make_person, earlier[-1])
        people, project = before.people, STAGES[stage](before.people, before.project)
    else:
        people, project = life.team(make_person), None
    names = _names(people), _names(project)
    db.session.remove()
    databases.keep_as_is(key, names)
    return names


def _names(told):
    """What rows are called, whatever session they are read in: (table, id), None for none; the same for people and their tuples."""
    if told is None:
        return None
    if isinstance(told, life.Team):
        return {field.name: _names(getattr(told, field.name)) for field in dataclasses.fields(told)}
    return tuple(map(_names, told)) if isinstance(told, tuple) else [type(told), told.id]


def _rows(names):
    """The rows of these names in the present session."""
    return tuple(map(_rows, names)) if isinstance(names, tuple) else db.session.get_one(*names)
