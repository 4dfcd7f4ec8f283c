"""What is read about groups."""

from rapidfuzz import fuzz
from sqlalchemy import or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from grants.access import policy
from grants.access.rights import RIGHTS
from grants.core.database import db
from grants.core.errors import NotFound
from grants.core.paging import Page, keyset
from grants.groups.models import Group, GroupImport, Officer, PaymentAccount
from grants.groups.names import registration_key, search_name
from grants.places import queries as places
from grants.places.spelling import key

MOST_TAKEN = 20_000
# Of 100: "benkadi" and "benkady" are at 86, "alafia" and "alafya" at 83, "jigi" and "sigi" at 75.
ALIKE = 80


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
        select(PaymentAccount).where(
            PaymentAccount.group_id == group.id, PaymentAccount.closed_at.is_(None), PaymentAccount.main
        )
    )


def further_account(group: Group, account_id: int) -> PaymentAccount | None:
    """An open account that the group has beside its main one."""
    return db.session.scalar(
        select(PaymentAccount).where(
            PaymentAccount.group_id == group.id,
            PaymentAccount.id == account_id,
            PaymentAccount.closed_at.is_(None),
            PaymentAccount.main.is_(False),
        )
    )


def holds(group: Group, number: str, *, main: bool) -> bool:
    """Whether a group has a number already as its main account, or as another."""
    wanted = select(PaymentAccount.id).where(
        PaymentAccount.group_id == group.id,
        PaymentAccount.number == number,
        PaymentAccount.closed_at.is_(None),
        PaymentAccount.main.is_(main),
    )
    return db.session.scalar(wanted) is not None


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
    """Groups that a person sees, by name, a page at a time, each with its account."""
    query = _filtered(person, text, place, kind).options(selectinload(Group.account))
    return keyset(query, order=[Group.search_name, Group.id], after=after, size=size)


def to_take_away(person, *, text: str = "", place: str = "", kind: str = "") -> list[Group]:
    """All the groups that `listed` would show, page after page, with officers and account. At most `MOST_TAKEN`."""
    query = _filtered(person, text, place, kind).options(selectinload(Group.account), selectinload(Group.officers))
    return list(db.session.scalars(query.order_by(Group.search_name, Group.id).limit(MOST_TAKEN)))


def _filtered(person, text: str, place: str, kind: str):
    query = select(Group).where(policy.in_sight(person, "groups.view", Group.place_code))
    if text:
        query = query.where(
            or_(
                Group.search_name.contains(search_name(text), autoescape=True),
                Group.reference == text.strip().upper(),
                Group.registration_number == text.strip(),
                Group.village.icontains(text.strip(), autoescape=True),
            )
        )
    if place:
        query = query.where(Group.place_code.startswith(place, autoescape=True))
    if kind:
        query = query.where(Group.kind == kind)
    return query


def alike(name: str, place_code: str, *, person, limit: int = 5) -> list[Group]:
    """Groups of the same cercle, in sight of the person, whose name is the same but for spelling: likely the same group."""
    near = db.session.scalars(
        select(Group).where(
            Group.place_code.startswith(place_code[:4], autoescape=True),
            policy.in_sight(person, "groups.view", Group.place_code),
        )
    )
    scored = [(likeness(name, group), group) for group in near]
    return [group for score, group in sorted(scored, key=lambda pair: -pair[0]) if score >= ALIKE][:limit]


def likeness(name: str, group: Group) -> float:
    """How near a name is to that of a group, of 100, the order of words and their kind of group aside."""
    return fuzz.token_sort_ratio(search_name(name), group.search_name)


def places_meant(text: str, person) -> tuple[dict[str, str], str | None]:
    """The communes and cercles that a text may mean where the person may register groups: full label by code.

    Also the code of the one that leaves no doubt, or None.
    """
    if not text.strip():
        return {}, None
    found: dict[str, places.Place] = {}
    for grant in person.valid_grants:
        if grant.role in RIGHTS["groups.register"]:
            near = places.search(text, kinds=("cercle", "arrondissement", "commune"), within=grant.place_code or "")
            found |= {place.code: place for place in near if _holds_groups(place)}
    sure = [p.code for p in found.values() if key(text.split(",")[0]) in p.search.strip("|").split("|")]
    return places.labels(found.values()), sure[0] if len(sure) == 1 else None


def _holds_groups(place) -> bool:
    # The arrondissements of Bamako stand where communes stand elsewhere.
    return place.kind != "arrondissement" or place.code.startswith("00")


def waiting_accounts(person, *, limit: int = 30) -> list[PaymentAccount]:
    """Accounts that this person may verify: in their territory, entered by somebody else, the longest waiting first."""
    query = (
        select(PaymentAccount)
        .join(Group, Group.id == PaymentAccount.group_id)
        .options(contains_eager(PaymentAccount.group))
        .where(
            PaymentAccount.closed_at.is_(None),
            PaymentAccount.verified_at.is_(None),
            PaymentAccount.added_by_id != person.id,
            policy.in_sight(person, "groups.verify_account", Group.place_code),
        )
        .order_by(PaymentAccount.added_at, PaymentAccount.id)
        .limit(limit)
    )
    return list(db.session.scalars(query))


def imports_of(person, *, limit: int = 5) -> list[GroupImport]:
    """The lists that a person took over, the latest first."""
    query = select(GroupImport).where(GroupImport.imported_by_id == person.id)
    return list(db.session.scalars(query.order_by(GroupImport.id.desc()).limit(limit)))


def imported(uuid: str, person) -> tuple[GroupImport, list[Group]]:
    """A list that was taken over, with those of its groups that the person sees. Raises NotFound where there are none."""
    made = db.session.scalar(
        select(GroupImport).where(GroupImport.uuid == uuid).options(joinedload(GroupImport.imported_by))
    )
    if made is None:
        raise NotFound(uuid)
    seen = policy.in_sight(person, "groups.view", Group.place_code)
    groups = list(db.session.scalars(select(Group).where(Group.import_id == made.id, seen).order_by(Group.id)))
    if not groups:
        raise NotFound(uuid)
    return made, groups
