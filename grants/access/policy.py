"""The one policy: what a person may do, and which files they see. Used by views, templates and operations alike."""

from collections.abc import Callable, Collection, Sequence

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, false, or_, select, true

from grants import journal
from grants.access.labels import role_label
from grants.access.models import SYSTEM, Person
from grants.access.rights import RIGHTS
from grants.core.database import db
from grants.core.errors import Refused
from grants.core.portions import among, portions

# role -> (person, model) -> a further condition that a row must meet for this role to reach it, or None.
_narrowed: dict[str, Callable[[Person, type], ColumnElement | None]] = {}


def narrow(*roles: str) -> Callable:
    """Register, for roles, a condition beyond the territory: a committee member sees the files on an agenda.

    The function takes the person and the model of the rows and returns an SQL condition, or None where it does not
    bear on that model.
    """

    def register(find: Callable[[Person, type], ColumnElement | None]) -> Callable:
        for role in roles:
            _narrowed[role] = find
        return find

    return register


def narrowing(person: Person, role: str, model: type) -> ColumnElement | None:
    """What a row of the model must meet beyond the territory for this role to reach it; None where nothing narrows it."""
    return _narrowed[role](person, model) if role in _narrowed else None


def may(person: Person | None, right: str) -> bool:
    """Whether the person holds a right anywhere: what decides on menus and pages without an object."""
    return person is not None and bool(RIGHTS[right] & person.roles)


def hats(person: Person, subject) -> list[tuple[Person | None, frozenset[str]]]:
    """As whom the person may act on a subject: with their own roles (None) first, then for each who lends them some."""
    return hats_each(person, [subject])[0]


def hats_each(person: Person, subjects: Sequence) -> list[list[tuple[Person | None, frozenset[str]]]]:
    """`hats` on each of many subjects of one kind: what narrows a role is asked once for all of them."""
    if person is SYSTEM:
        return [[(None, frozenset({"system"}))]] * len(subjects)
    places = {subject.place_code for subject in subjects}
    grants = [one for one in person.valid_grants if any(one.covers(place) for place in places)]
    beyond = [_beyond(one.role, getattr(one, "giver", None) or person, subjects) for one in grants]
    # Most subjects look alike: the same place, and out of the reach of the same roles.
    known: dict[tuple, list] = {}
    found = []
    for subject in subjects:
        out = tuple(place for place, ids in enumerate(beyond) if ids and subject.id in ids)
        key = (subject.place_code, out)
        if key not in known:
            within = (grant for place, grant in enumerate(grants) if place not in out)
            known[key] = _worn([grant for grant in within if grant.covers(subject.place_code)])
        found.append(known[key])
    return found


def _worn(grants) -> list[tuple[Person | None, frozenset[str]]]:
    found: dict[Person | None, set[str]] = {None: set()}
    for grant in grants:
        found.setdefault(getattr(grant, "giver", None), set()).add(grant.role)
    return [(giver, frozenset(roles)) for giver, roles in found.items()]


def is_narrowed(role: str) -> bool:
    """Whether more than its territory may decide how far a role reaches."""
    return role in _narrowed


def roles_on(person: Person, subject) -> frozenset[str]:
    """The roles that the person holds on a subject, by its `place_code` and by what narrows each role."""
    return frozenset().union(*(roles for _giver, roles in hats(person, subject)))


def stands_for(person: Person, right: str, subject=None) -> Person | None:
    """Whom the person acts for where only an interim gives them the right; None where it is theirs (or nobody's)."""
    if subject is None:
        worn = [(getattr(grant, "giver", None), {grant.role}) for grant in person.valid_grants]
    else:
        worn = hats(person, subject)
    givers = [giver for giver, roles in worn if RIGHTS[right] & roles]
    return None if None in givers or not givers else givers[0]


def are_one(by: Person, hands: Collection[int | None], right: str, subject=None) -> bool:
    """Whether an act of these people counts against `by` for a second act that another person must do.

    `hands` are who did the first act and for whom they did it (`journal.hands`). A person and their interim are one, both
    ways: it counts what `by` did, what the one did for whom `by` now acts, and what somebody did in the name of `by`.
    """
    giver = stands_for(by, right, subject)
    return by.id in hands or (giver is not None and giver.id in hands)


def one_hand(by: Person, first: Person, own: str) -> Refused:
    """The refusal for `are_one`: `own` where `by` did the first act themselves, else who did it and why it counts."""
    if first.id == by.id:
        return Refused(own)
    return Refused(_("%(name)s did this, and one of you acts for the other: a third person must act.", name=first.name))


def _beyond(role: str, holder: Person, subjects: Sequence) -> frozenset[int]:
    """The subjects, by id, that a role does not reach. What is not in the database yet has nothing to be narrowed by."""
    model = type(subjects[0])
    condition = _narrowed[role](holder, model) if role in _narrowed else None
    if condition is None:
        return frozenset()
    ids = [subject.id for subject in subjects if subject.id is not None]
    reached = set()
    for some in portions(ids):
        reached.update(db.session.scalars(select(model.id).where(among(model.id, some), condition)))
    return frozenset(ids) - reached


def sees(person: Person, right: str, subject) -> bool:
    """Whether the person holds a right on this very subject."""
    return bool(RIGHTS[right] & roles_on(person, subject))


def require(person: Person, right: str, subject=None) -> None:
    """Raise `Refused`, naming the roles that hold the right, unless the person holds it (on the subject if given)."""
    if may(person, right) if subject is None else sees(person, right, subject):
        # What is written in this transaction under a right that is only lent is written as done for the giver.
        db.session.info.setdefault(journal.FOR, {})[person.id] = stands_for(person, right, subject)
        return
    names = ", ".join(role_label(role) for role in sorted(RIGHTS[right]))
    raise Refused(_("Your role does not allow this here. It is for: %(roles)s.", roles=names))


def in_sight(person: Person, right: str, place_column) -> ColumnElement:
    """The SQL condition for the rows on which the person holds a right, by the column of their place code."""
    model = place_column.class_
    conditions = []
    for grant in person.valid_grants:
        if grant.role not in RIGHTS[right]:
            continue
        here = true() if grant.place_code is None else place_column.startswith(grant.place_code, autoescape=True)
        holder = getattr(grant, "giver", person)
        further = _narrowed[grant.role](holder, model) if grant.role in _narrowed else None
        conditions.append(here if further is None else and_(here, further))
    return or_(false(), *conditions)
