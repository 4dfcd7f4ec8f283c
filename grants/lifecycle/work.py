"""My work: what waits for a person, by due date, with the reason they are the one."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import func, select

from grants.access import policy
from grants.access.labels import role_label
from grants.core import clock
from grants.core.database import db
from grants.core.texts import pick
from grants.lifecycle import registry
from grants.lifecycle.registry import Item
from grants.lifecycle.versions import definition_of

MOST = 60


@dataclass(frozen=True, slots=True)
class Work:
    """What waits: beyond its time, due within a week, and later. Lists of `Item`, soonest first."""

    late: list[Item]
    week: list[Item]
    later: list[Item]
    waiting_for_others: int

    @property
    def empty(self) -> bool:
        return not (self.late or self.week or self.later)


def work_of(person) -> Work:
    """Everything that waits for a person. A fixed number of queries, however much waits."""
    items = [item for kind in registry.kinds.values() for item in _waiting(kind, person)]
    items += [item for source in registry.inbox_sources for item in source(person)]
    items.sort(key=lambda item: item.due_at or _FAR)
    now = clock.now()
    soon = now + timedelta(days=7)
    return Work(
        late=[i for i in items if i.due_at and i.due_at < now],
        week=[i for i in items if i.due_at and now <= i.due_at < soon],
        later=[i for i in items if not i.due_at or i.due_at >= soon],
        waiting_for_others=_for_others(person),
    )


_FAR = datetime.max.replace(tzinfo=clock.BAMAKO)


def _mine(kind, person):
    """The condition for subjects of a kind that wait for a role this person holds where they are."""
    conditions = []
    for grant in person.valid_grants:
        here = kind.model.waits_for == grant.role
        if grant.place_code is not None:
            here &= kind.model.place_code.startswith(grant.place_code, autoescape=True)
        conditions.append(here)
    return db.or_(db.false(), *conditions)


def _waiting(kind, person):
    rows = db.session.scalars(
        select(kind.model)
        .where(_mine(kind, person))
        .order_by(kind.model.due_at.is_(None), kind.model.due_at, kind.model.id)
        .limit(MOST)
    ).unique()
    for subject in rows:
        step = definition_of(subject).steps[subject.step]
        yield Item(
            title=kind.title(subject),
            note=f"{subject.inbox_note} · {pick(step.label)}" if subject.inbox_note else pick(step.label),
            url=kind.url(subject),
            why=role_label(subject.waits_for),
            due_at=subject.due_at,
            amount=subject.inbox_amount,
        )


def _for_others(person) -> int:
    """How many files in sight of this person wait for somebody else."""
    kind = registry.kinds.get("project")
    if kind is None:
        return 0
    return db.session.scalar(
        select(func.count())
        .select_from(kind.model)
        .where(
            policy.in_sight(person, "projects.view", kind.model.place_code),
            kind.model.waits_for.is_not(None),
            ~_mine(kind, person),
        )
    )


def due_words(item: Item) -> tuple[str, str]:
    """How late or how soon, and the tone for it: (`3 jours`, `late`)."""
    if item.due_at is None:
        return _("no date"), "neutral"
    from grants.core.formatting import day_short, days

    left = (item.due_at.astimezone(clock.BAMAKO).date() - clock.today()).days
    if item.due_at < clock.now():
        return (days(-left), "late") if left < 0 else (_("today"), "late")
    if left == 0:
        return _("today"), "now"
    if left == 1:
        return _("tomorrow"), "now"
    return day_short(item.due_at), "done"
