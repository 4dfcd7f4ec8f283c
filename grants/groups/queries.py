"""What is read about groups."""

from sqlalchemy import or_, select

from grants.access import policy
from grants.core.database import db
from grants.core.errors import NotFound
from grants.core.paging import Page, keyset
from grants.groups.models import Group, Officer, PaymentAccount
from grants.groups.names import registration_key, search_name


def by_uuid(uuid: str) -> Group | None:
    return db.session.scalar(select(Group).where(Group.uuid == uuid))


def by_registration(number: str, place_code: str) -> Group | None:
    """The group that holds a receipt, among those of the same region."""
    return db.session.scalar(select(Group).where(Group.registration_key == registration_key(number, place_code)))


def visible(reference: str, person) -> Group:
    """The group of a reference, where the person sees it. Raises NotFound otherwise."""
    group = db.session.scalar(select(Group).where(Group.reference == reference))
    if group is None or not policy.sees(person, "groups.view", group):
        raise NotFound(reference)
    return group


def officer(group: Group, office: str) -> Officer | None:
    """Who holds an office now."""
    return db.session.scalar(
        select(Officer).where(Officer.group_id == group.id, Officer.office == office, Officer.ended_on.is_(None))
    )


def account(group: Group) -> PaymentAccount | None:
    """The account that the group is paid on now."""
    return db.session.scalar(
        select(PaymentAccount).where(PaymentAccount.group_id == group.id, PaymentAccount.closed_at.is_(None))
    )


def other_holder(group: Group, number: str) -> Group | None:
    """Another group that is paid on the same account, if there is one."""
    return db.session.scalar(
        select(Group)
        .join(PaymentAccount, PaymentAccount.group_id == Group.id)
        .where(PaymentAccount.number == number, PaymentAccount.closed_at.is_(None), Group.id != group.id)
    )


def listed(
    person, *, text: str = "", place: str = "", kind: str = "", after: str | None = None, size: int = 50
) -> Page:
    """Groups that a person sees, by name, a page at a time."""
    query = select(Group).where(policy.in_sight(person, "groups.view", Group.place_code))
    if text:
        words = search_name(text)
        query = query.where(
            or_(
                Group.search_name.contains(words, autoescape=True),
                Group.reference == text.strip().upper(),
                Group.registration_number == text.strip(),
                Group.village.icontains(text.strip(), autoescape=True),
            )
        )
    if place:
        query = query.where(Group.place_code.startswith(place, autoescape=True))
    if kind:
        query = query.where(Group.kind == kind)
    return keyset(query, order=[Group.search_name, Group.id], after=after, size=size)


def alike(name: str, place_code: str, *, limit: int = 5) -> list[Group]:
    """Groups of the same cercle whose name is the same but for spelling: likely the same group."""
    from rapidfuzz import fuzz

    words = search_name(name)
    near = db.session.scalars(select(Group).where(Group.place_code.startswith(place_code[:4], autoescape=True)))
    scored = [(fuzz.token_sort_ratio(words, group.search_name), group) for group in near]
    return [group for score, group in sorted(scored, key=lambda pair: -pair[0]) if score >= 85][:limit]
