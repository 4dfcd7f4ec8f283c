"""Keeping the stays in step with the subjects: each act closes one and opens the next, in its own transaction."""

from sqlalchemy import insert, select, update

from grants.core import clock
from grants.core.database import db
from grants.lifecycle.holidays import calendar
from grants.lifecycle.waiting import FAR, Stay, region_of


def of(subject) -> Stay | None:
    """The open stay of a subject; None at an end."""
    return db.session.scalar(select(Stay).where(*_open(subject)))


def follow(subject, event, definition, action) -> None:
    """After an act: the subject stands where it stands now, since now.

    An act that leaves a subject where it is gives it a new due time and goes on with the same stay. (Listens to acts.)
    """
    row = db.session.execute(
        select(Stay.id, Stay.step, Stay.entered_at, Stay.workflow_version_id).where(*_open(subject))
    ).one_or_none()
    if row is not None and row.step == subject.step:
        _renew(row.id, subject)
        return
    if row is not None:
        _close(row, subject.step_since)
    if not definition.is_end(subject.step):
        _enter(subject)


def _open(subject):
    return Stay.subject_kind == subject.__subject__, Stay.subject_id == subject.id, Stay.left_at.is_(None)


def _renew(stay_id: int, subject) -> None:
    db.session.execute(
        update(Stay)
        .where(Stay.id == stay_id)
        .values(
            workflow_version_id=subject.workflow_version_id,
            waits_for=subject.waits_for,
            place_code=subject.place_code,
            region=region_of(subject.place_code),
            category=_category(subject),
            due_at=subject.due_at,
            order_at=subject.due_at or FAR,
            escalated_at=None,
        )
    )


def _close(row, at) -> None:
    # A clock that was set back must not stop anybody's work.
    at = max(at, row.entered_at)
    first, last = (moment.astimezone(clock.BAMAKO).date() for moment in (row.entered_at, at))
    days = calendar().between(first, last)
    db.session.execute(update(Stay).where(Stay.id == row.id).values(left_at=at, working_days=days))


def _enter(subject) -> None:
    db.session.execute(
        insert(Stay).values(
            subject_kind=subject.__subject__,
            subject_id=subject.id,
            workflow_version_id=subject.workflow_version_id,
            step=subject.step,
            waits_for=subject.waits_for,
            place_code=subject.place_code,
            category=_category(subject),
            entered_at=subject.step_since,
            due_at=subject.due_at,
            order_at=subject.due_at or FAR,
        )
    )


def _category(subject) -> str | None:
    """The kind of the micro-project that a subject is or belongs to."""
    project = subject if subject.__subject__ == "project" else getattr(subject, "project", None)
    return project.kind if project is not None else None
