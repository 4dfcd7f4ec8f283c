"""The work of a team: what waits for whom in a territory, how much is late, and who is there to do it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select

from grants.access import policy
from grants.access.labels import role_label
from grants.access.models import Person, RoleGrant
from grants.access.rights import ROLES
from grants.core import clock
from grants.core.database import db, one_process
from grants.core.paging import Page, keyset
from grants.core.texts import pick
from grants.lifecycle.versions import newest_definitions
from grants.lifecycle.waiting import Stay, inside
from grants.workflow import Definition

RIGHT = "work.team"
NAMES = 4


@dataclass(frozen=True, slots=True)
class Post:
    """What waits at one step for one role: how much, how much of it late and passed on, and since when the oldest waits."""

    kind: str
    step: str
    label: str
    waiting: int
    late: int
    escalated: int
    oldest: datetime

    @property
    def oldest_days(self) -> int:
        return max(0, (clock.now() - self.oldest).days)


@dataclass(slots=True)
class Desk:
    """A role with what waits for it, and who holds it in the territory (`more`: how many beyond those named)."""

    role: str
    posts: list[Post] = field(default_factory=list)
    people: list[str] = field(default_factory=list)
    more: int = 0

    @property
    def label(self) -> str:
        return role_label(self.role)

    @property
    def waiting(self) -> int:
        return sum(post.waiting for post in self.posts)

    @property
    def late(self) -> int:
        return sum(post.late for post in self.posts)


def in_charge(person: Person, right: str) -> ColumnElement:
    """The condition for stays in the territories where a person holds a right."""
    return within(territories(person, right))


def within(places: Collection[str | None]) -> ColumnElement:
    """The condition for stays in some territories; None among them is the whole programme."""
    if None in places:
        return db.true()
    return or_(db.false(), *(inside(Stay.place_code, code) for code in sorted(places)))


def territories(person: Person, right: str) -> set[str | None]:
    """The territories where a person holds a right; None among them is the whole programme."""
    return {grant.place_code for grant in person.valid_grants if grant.role in policy.RIGHTS[right]}


def desks(person: Person, *, place: str = "") -> list[Desk]:
    """What waits for each role in the person's territory (in `place`, if given), the most late first."""
    now = clock.now()
    one_process()
    rows = db.session.execute(
        select(
            Stay.subject_kind,
            Stay.step,
            Stay.waits_for,
            func.count(),
            func.sum(db.case((Stay.due_at < now, 1), else_=0)),
            func.count(Stay.escalated_at),
            func.min(Stay.entered_at),
        )
        .where(Stay.left_at.is_(None), in_charge(person, RIGHT), *_in(place))
        .group_by(Stay.subject_kind, Stay.step, Stay.waits_for)
    ).all()
    names = StepNames({row[0] for row in rows})
    found: dict[str, Desk] = {}
    for kind, step, role, *figures in rows:
        found.setdefault(role, Desk(role)).posts.append(Post(kind, step, names.of(kind, step), *figures))
    _staff(found, person, place)
    for desk in found.values():
        desk.posts.sort(key=lambda post: (-post.late, post.oldest))
    return sorted(found.values(), key=lambda desk: (-desk.late, -desk.waiting, ROLES.index(desk.role)))


def _in(place: str) -> Iterable[ColumnElement]:
    if place:
        yield inside(Stay.place_code, place)


def _staff(found: dict[str, Desk], person: Person, place: str) -> None:
    """Name the people who hold each role there: in the territory, above it, or below it."""
    today = clock.today()
    wanted = {place} if place else territories(person, RIGHT)
    reach = [] if None in wanted else [_touches(code) for code in sorted(wanted)]
    rows = db.session.execute(
        select(RoleGrant.role, Person.name, Person.id)
        .join(Person, Person.id == RoleGrant.person_id)
        .where(Person.active, RoleGrant.role.in_(found), RoleGrant.revoked_at.is_(None))
        .where(RoleGrant.valid_from <= today)
        .where(or_(RoleGrant.valid_until.is_(None), RoleGrant.valid_until >= today))
        .where(or_(*reach) if reach else db.true())
        .order_by(Person.name, Person.id)
        .distinct()
    )
    for role, name, _id in rows:
        desk = found[role]
        if len(desk.people) < NAMES:
            desk.people.append(name)
        else:
            desk.more += 1


def _touches(code: str) -> ColumnElement:
    above = [code[:length] for length in range(1, len(code) + 1)]
    return or_(RoleGrant.place_code.is_(None), RoleGrant.place_code.in_(above), inside(RoleGrant.place_code, code))


def late_stays(person: Person, *, place: str = "", role: str = "", step: str = "", after: str | None = None) -> Page:
    """What is late in the territory (for a role, at a step), the longest overdue first."""
    query = select(Stay).where(
        Stay.left_at.is_(None), Stay.order_at < clock.now(), in_charge(person, RIGHT), *_in(place)
    )
    if role:
        query = query.where(Stay.waits_for == role)
    if step:
        kind, _slash, code = step.partition("/")
        query = query.where(and_(Stay.subject_kind == kind, Stay.step == code))
    return keyset(query, order=[Stay.order_at, Stay.id], after=after, size=40)


class StepNames:
    """The names of steps by kind of subject, as the newest definitions call them."""

    def __init__(self, kinds: Iterable[str]):
        self._definitions: dict[str, Definition] = newest_definitions(kinds)

    def of(self, kind: str, step: str) -> str:
        """The name of a step; of one that only older definitions know, its code."""
        definition = self._definitions.get(kind)
        place = definition and (definition.steps.get(step) or definition.ends.get(step))
        return pick(place.label) if place else step

    def position(self, kind: str, step: str) -> int:
        """Where a step stands in its definition; one that is no longer there comes last."""
        definition = self._definitions.get(kind)
        order = list(definition.steps) if definition else []
        return order.index(step) if step in order else len(order)

    def pauses(self, kind: str, step: str) -> bool:
        """Whether the other side must act at this step."""
        definition = self._definitions.get(kind)
        return bool(definition and step in definition.steps and definition.steps[step].pauses)
