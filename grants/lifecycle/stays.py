"""Keeping the stays in step with the subjects: each act closes one and opens the next, in its own transaction."""

import functools
from collections.abc import Sequence

from sqlalchemy import select

from grants.core import clock
from grants.core.database import db
from grants.core.portions import among, insert_rows, portions, update_rows
from grants.lifecycle.holidays import calendar
from grants.lifecycle.waiting import FAR, Stay, region_of


def of(subject) -> Stay | None:
    """The open stay of a subject; None at an end."""
    return db.session.scalar(select(Stay).where(*_open(subject)))


def follow(acted: Sequence[tuple]) -> None:
    """After acts: each subject stands where it stands now, since now.

    An act that leaves a subject where it is gives it a new due time and goes on with the same stay. (Listens to acts.)
    """
    there = _open_of([subject for subject, *_rest in acted])
    renewed, closed, entered = [], [], []
    days = functools.cache(calendar().between)
    for subject, _event, definition, _action in acted:
        row = there.get(subject.id)
        if row is not None and row.step == subject.step:
            renewed.append(({"id": row.id}, {**_standing(subject), "escalated_at": None}))
            continue
        if row is not None:
            closed.append(_closing(row, subject.step_since, days))
        if not definition.is_end(subject.step):
            entered.append(_entering(subject))
    update_rows(_STAY, renewed)
    update_rows(_STAY, closed)
    insert_rows(_STAY, entered)


def _open(subject):
    return Stay.subject_kind == subject.__subject__, Stay.subject_id == subject.id, Stay.left_at.is_(None)


def _open_of(subjects: list) -> dict:
    """The open stays of subjects of one kind, by their ids."""
    found = {}
    for some in portions([subject.id for subject in subjects]):
        wanted = select(Stay.subject_id, Stay.id, Stay.step, Stay.entered_at).where(
            Stay.subject_kind == subjects[0].__subject__, among(Stay.subject_id, some), Stay.left_at.is_(None)
        )
        found |= {row.subject_id: row for row in db.session.execute(wanted)}
    return found


_STAY = Stay.__table__


def _closing(row, at, days) -> tuple[dict, dict]:
    # A clock that was set back must not stop anybody's work.
    at = max(at, row.entered_at)
    first, last = (moment.astimezone(clock.BAMAKO).date() for moment in (row.entered_at, at))
    return {"id": row.id}, {"left_at": at, "working_days": days(first, last)}


def _entering(subject) -> dict:
    return {
        "subject_kind": subject.__subject__,
        "subject_id": subject.id,
        "step": subject.step,
        "entered_at": subject.step_since,
        **_standing(subject),
    }


def _standing(subject) -> dict:
    return {
        "workflow_version_id": subject.workflow_version_id,
        "waits_for": subject.waits_for,
        "place_code": subject.place_code,
        "region": region_of(subject.place_code),
        "category": _category(subject),
        "due_at": subject.due_at,
        "order_at": subject.due_at or FAR,
    }


def _category(subject) -> str | None:
    """The kind of the micro-project that a subject is or belongs to."""
    project = subject if subject.__subject__ == "project" else getattr(subject, "project", None)
    return project.kind if project is not None else None
