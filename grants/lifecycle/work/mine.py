"""My work: what waits for a person, by due date, with the reason they are the one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, false, func, or_, select

from grants.access import policy, territory
from grants.access.labels import role_label
from grants.access.models import Person
from grants.core import clock
from grants.core.database import db
from grants.core.formatting import day_short, days
from grants.core.paging import keyset, values_of
from grants.core.texts import pick
from grants.lifecycle import registry
from grants.lifecycle.registry import Item
from grants.lifecycle.versions import definition_of
from grants.lifecycle.waiting import FAR, Stay, inside

SIZE = 50
WEEK = timedelta(days=7)
# The value of the filter that shows what is not a step of anything: a vote to cast, a score sheet to fill in.
TASKS = "tasks"


@dataclass(frozen=True, slots=True)
class Filters:
    """What narrows the list: `when` is "late" or "week", `what` a kind of subject or `TASKS`, `role` one of the person's."""

    when: str = ""
    what: str = ""
    role: str = ""

    @property
    def any(self) -> bool:
        return bool(self.when or self.what or self.role)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the list: the item, how long it has stood there (None for a task), and whether it was passed on."""

    item: Item
    age: int | None = None
    escalated: bool = False
    paused: bool = False


@dataclass(frozen=True, slots=True)
class Work:
    """A page of what waits, beyond its time, due within a week, and later; how much there is of each in all."""

    late: list[Line]
    week: list[Line]
    later: list[Line]
    counts: dict[str, int]
    next: str | None

    @property
    def empty(self) -> bool:
        return not (self.late or self.week or self.later)


def work_of(person: Person, filters: Filters | None = None, *, after: str | None = None) -> Work:
    """A page of what waits for a person. A fixed number of queries, however much waits."""
    filters = filters or Filters()
    now = clock.now()
    tasks = [] if filters.what not in ("", TASKS) or filters.role else _tasks(person)
    page = None
    if filters.what != TASKS:
        query = select(Stay).where(Stay.left_at.is_(None), mine(person, filters.role), *_narrowed(filters, now))
        page = keyset(query, order=[Stay.order_at, Stay.id], after=after, size=SIZE)
    stays = page.items if page else []
    shown = [line for line in tasks if _within(line, filters, now)]
    shown = _between(shown, after, stays, more=bool(page and page.next))
    lines = sorted([*_lines(stays, person), *shown], key=lambda line: line.item.due_at or FAR)
    return Work(
        late=[line for line in lines if _due(line) < now],
        week=[line for line in lines if now <= _due(line) < now + WEEK],
        later=[line for line in lines if _due(line) >= now + WEEK],
        counts=_counts(person, filters, tasks, now),
        next=page.next if page else None,
    )


def mine(person: Person, role: str = "") -> ColumnElement:
    """The condition for stays that wait for a role which this person holds where they are (for one of their roles)."""
    conditions = []
    for grant in person.valid_grants:
        if role and grant.role != role:
            continue
        here = Stay.waits_for == grant.role
        if grant.place_code is not None:
            here = and_(here, inside(Stay.place_code, grant.place_code))
        conditions.append(and_(here, *_reached(person, grant.role)))
    return or_(false(), *conditions)


def _reached(person: Person, role: str) -> Iterable[ColumnElement]:
    """What narrows a role beyond its territory, for the kinds on which it bears: a seat in this very committee."""
    for code, kind in registry.kinds.items():
        condition = policy.narrowing(person, role, kind.model)
        if condition is not None:
            reached = Stay.subject_id.in_(select(kind.model.id).where(kind.model.waits_for == role, condition))
            yield or_(Stay.subject_kind != code, reached)


def late_count(person: Person) -> int:
    """How much waits for a person beyond its time."""
    late = select(func.count()).where(Stay.left_at.is_(None), mine(person), Stay.order_at < clock.now())
    return db.session.scalar(late)


def _narrowed(filters: Filters, now: datetime) -> Iterable[ColumnElement]:
    if filters.when == "late":
        yield Stay.order_at < now
    if filters.when == "week":
        yield and_(Stay.order_at >= now, Stay.order_at < now + WEEK)
    if filters.what:
        yield Stay.subject_kind == filters.what


def _counts(person: Person, filters: Filters, tasks: list[Line], now: datetime) -> dict[str, int]:
    """How many are late, due within a week, and later, by the filters but the one of the date."""
    found = {"late": 0, "week": 0, "later": 0}
    if filters.what != TASKS:
        late, week = Stay.order_at < now, and_(Stay.order_at >= now, Stay.order_at < now + WEEK)
        conditions = [Stay.subject_kind == filters.what] if filters.what else []
        row = db.session.execute(
            select(
                func.coalesce(func.sum(db.case((late, 1), else_=0)), 0),
                func.coalesce(func.sum(db.case((week, 1), else_=0)), 0),
                func.count(),
            ).where(Stay.left_at.is_(None), mine(person, filters.role), *conditions)
        ).one()
        found = {"late": row[0], "week": row[1], "later": row[2] - row[0] - row[1]}
    for line in tasks:
        found["late" if _due(line) < now else "week" if _due(line) < now + WEEK else "later"] += 1
    return found


# --------------------------------------------------------------------------------------------------------------- lines


def _tasks(person: Person) -> list[Line]:
    return [Line(item) for source in registry.inbox_sources for item in source(person)]


def _due(line: Line) -> datetime:
    return line.item.due_at or FAR


def _within(line: Line, filters: Filters, now: datetime) -> bool:
    if filters.when == "late":
        return _due(line) < now
    return filters.when != "week" or now <= _due(line) < now + WEEK


def _between(lines: list[Line], after: str | None, stays: list[Stay], *, more: bool) -> list[Line]:
    """The tasks whose dates lie on this page: each stands on one page, among what is due at the same time."""
    last = stays[-1].order_at if more else None
    first = _start(after)
    return [line for line in lines if (first is None or _due(line) > first) and (last is None or _due(line) <= last)]


def _start(after: str | None) -> datetime | None:
    values = values_of(after, [Stay.order_at, Stay.id]) if after else None
    return values[0] if values else None


def _lines(stays: list[Stay], person: Person) -> list[Line]:
    subjects = subjects_of(stays)
    found = []
    for stay in stays:
        subject = subjects.get((stay.subject_kind, stay.subject_id))
        if subject is None or stay.step != subject.step:
            continue
        kind = registry.kinds[stay.subject_kind]
        step = definition_of(subject).steps[subject.step]
        note = f"{subject.inbox_note} · {pick(step.label)}" if subject.inbox_note else pick(step.label)
        item = Item(
            title=kind.title(subject),
            note=note,
            url=kind.url(subject),
            why=_why(stay, person),
            due_at=stay.due_at,
            amount=subject.inbox_amount,
        )
        found.append(Line(item, stay.days_here, stay.escalated_at is not None, step.pauses))
    return found


def subjects_of(rows: Iterable) -> dict[tuple[str, int], object]:
    """The subjects of stays or events, by kind and id. One query for each kind among them."""
    wanted: dict[str, set[int]] = {}
    for row in rows:
        wanted.setdefault(row.subject_kind, set()).add(row.subject_id)
    found = {}
    for code, ids in wanted.items():
        if (kind := registry.kinds.get(code)) is None:
            continue
        subjects = db.session.scalars(select(kind.model).where(kind.model.id.in_(ids)).options(*kind.eager)).unique()
        found.update({(code, subject.id): subject for subject in subjects})
    return found


def _why(stay: Stay, person: Person) -> str:
    """Why it is this person: the role that is waited for, and where they hold it."""
    places = {g.place_code for g in person.valid_grants if g.role == stay.waits_for and g.covers(stay.place_code)}
    if None in places or not places:
        return role_label(stay.waits_for)
    return _("%(role)s, %(place)s", role=role_label(stay.waits_for), place=territory.label(max(places, key=len)))


def due_words(item: Item) -> tuple[str, str]:
    """How late or how soon, and the tone for it: (`3 jours`, `late`)."""
    if item.due_at is None:
        return _("no date"), "neutral"
    left = (item.due_at.astimezone(clock.BAMAKO).date() - clock.today()).days
    if item.due_at < clock.now():
        return (days(-left), "late") if left < 0 else (_("today"), "late")
    if left == 0:
        return _("today"), "now"
    if left == 1:
        return _("tomorrow"), "now"
    # A working day or two before its time it turns to the colour of what is due.
    return day_short(item.due_at), "now" if left <= 2 else "done"
