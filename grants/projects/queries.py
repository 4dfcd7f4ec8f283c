"""What is read about files: one, a list of them, their history, their revisions."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, desc, or_, select
from sqlalchemy.orm import joinedload

from grants.access import policy
from grants.access.models import Person
from grants.access.rights import RIGHTS
from grants.calls.models import Call
from grants.calls.queries import open_calls as calls_open_today
from grants.core import clock
from grants.core.database import db
from grants.core.errors import NotFound
from grants.core.paging import Page, keyset
from grants.groups.models import Group, Officer, PaymentAccount
from grants.groups.names import search_name
from grants.journal.models import Event, Head
from grants.lifecycle.versions import definition_of, newest
from grants.places.models import Place, PlaceEdition
from grants.places.spelling import fold
from grants.projects.models import Project, Revision
from grants.workflow import Definition

MOST_FOUND = 20


@dataclass(frozen=True, slots=True)
class Filters:
    """What narrows a list of files; empty values narrow nothing. `place` is the beginning of place codes."""

    q: str = ""
    step: str = ""
    kind: str = ""
    place: str = ""
    call: str = ""
    late: bool = False
    mine: bool = False


def loaded() -> Select:
    """The select of one file with all that its pages read, in one query."""
    return select(Project).options(
        joinedload(Project.call).joinedload(Call.envelope),
        # Who verified the account is named beside each payment.
        joinedload(Project.group)
        .joinedload(Group.account)
        .joinedload(PaymentAccount.verified_by)
        .lazyload(Person.grants),
        joinedload(Project.agent).lazyload(Person.grants),
        joinedload(Project.last_revision),
        joinedload(Project.balance),
    )


def find(reference: str, person) -> Project | None:
    """The file of a reference where this person sees it, else None."""
    project = db.session.scalar(loaded().where(Project.reference == reference))
    return project if project is not None and policy.sees(person, "projects.view", project) else None


def visible(reference: str, person) -> Project:
    """The file of a reference where this person sees it. Raises NotFound otherwise."""
    project = find(reference, person)
    if project is None:
        raise NotFound(reference)
    return project


def for_writing(reference: str, person) -> Project:
    """The file of a reference for one who writes its application. Raises NotFound, Refused."""
    project = visible(reference, person)
    policy.require(person, "projects.draft", project)
    return project


def listed(person, filters: Filters, *, sort: str = "", after: str | None = None, size: int = 25) -> Page:
    """The files that a person sees, a page at a time: the latest first, or the dearest (`sort="amount"`)."""
    order = [desc(Project.created_at), desc(Project.id)]
    if sort == "amount":
        order = [desc(Project.requested), desc(Project.id)]
    return keyset(_narrowed(person, filters), order=order, after=after, size=size)


def all_listed(person, filters: Filters, *, sort: str = "") -> list[Project]:
    """The same files as `listed`, all of them."""
    first = desc(Project.requested) if sort == "amount" else desc(Project.created_at)
    query = _narrowed(person, filters).options(joinedload(Project.balance), joinedload(Project.call))
    return list(db.session.scalars(query.order_by(first, desc(Project.id))))


def _narrowed(person, filters: Filters) -> Select:
    query = (
        select(Project)
        .join(Project.group)
        .options(joinedload(Project.group))
        .where(policy.in_sight(person, "projects.view", Project.place_code))
    )
    if filters.q:
        query = query.where(_like(filters.q))
    for column, value in ((Project.step, filters.step), (Project.kind, filters.kind)):
        if value:
            query = query.where(column == value)
    if filters.place:
        query = query.where(Project.place_code.startswith(filters.place, autoescape=True))
    if filters.call:
        query = query.join(Project.call).where(Call.reference == filters.call)
    if filters.late:
        query = query.where(Project.due_at < clock.now())
    if filters.mine:
        query = query.where(waits_for(person))
    return query


def _like(text: str) -> ColumnElement:
    return or_(
        Project.search_title.contains(fold(text), autoescape=True),
        Project.reference.contains(text.strip().upper(), autoescape=True),
        Group.search_name.contains(search_name(text), autoescape=True),
    )


def waits_for(person) -> ColumnElement:
    """The condition for files that wait for a role that this person holds where they are."""
    conditions = []
    for grant in person.valid_grants:
        mine = Project.waits_for == grant.role
        if grant.place_code is not None:
            mine &= Project.place_code.startswith(grant.place_code, autoescape=True)
        conditions.append(mine)
    return or_(db.false(), *conditions)


def calls() -> list[Call]:
    """The published calls, the latest first."""
    query = select(Call).where(Call.published_at.is_not(None)).order_by(desc(Call.opens_on), desc(Call.id))
    return list(db.session.scalars(query))


def open_calls(person) -> list[Call]:
    """The calls open today under which this person may begin an application: their zone touches the territory."""
    territories = [g.place_code or "" for g in person.valid_grants if g.role in RIGHTS["projects.draft"]]

    def touches(call: Call) -> bool:
        return not call.places or any(
            code.startswith(territory) or territory.startswith(code)
            for code in call.places
            for territory in territories
        )

    return [call for call in calls_open_today() if touches(call)]


def groups_for(person, call: Call, *, text: str = "", after: str | None = None, size: int = 25) -> Page:
    """The groups for which this person may apply under a call, by name."""
    query = select(Group).where(policy.in_sight(person, "projects.draft", Group.place_code))
    if call.places:
        query = query.where(or_(*(Group.place_code.startswith(code, autoescape=True) for code in call.places)))
    if text:
        query = query.where(_group_like(text))
    return keyset(query, order=[Group.search_name, Group.id], after=after, size=size)


def group_for(reference: str, person) -> Group:
    """A group for which this person may apply. Raises NotFound."""
    query = select(Group).where(
        Group.reference == reference, policy.in_sight(person, "projects.draft", Group.place_code)
    )
    group = db.session.scalar(query)
    if group is None:
        raise NotFound(reference)
    return group


def _group_like(text: str) -> ColumnElement:
    return or_(
        Group.search_name.contains(search_name(text), autoescape=True),
        Group.reference == text.strip().upper(),
        Group.village.icontains(text.strip(), autoescape=True),
    )


def revision(project: Project, number: int) -> Revision:
    """One revision of a file with who submitted it. Raises NotFound."""
    query = (
        select(Revision)
        .options(joinedload(Revision.submitted_by).lazyload(Person.grants))
        .where(Revision.project_id == project.id, Revision.number == number)
    )
    found = db.session.scalar(query)
    if found is None:
        raise NotFound(f"{project.reference}/{number}")
    return found


def story(project: Project, *, latest: int = 6) -> list[Event]:
    """The events that moved the file and its latest ones, in one query, the earliest first."""
    mine = (Event.subject_kind == project.__subject__, Event.subject_id == project.id)
    last = (
        select(Head.seq)
        .where(Head.subject_kind == project.__subject__, Head.subject_id == project.id)
        .scalar_subquery()
    )
    return list(
        db.session.scalars(
            select(Event).where(*mine, or_(Event.to_step.is_not(None), Event.seq > last - latest)).order_by(Event.seq)
        )
    )


def history(project: Project, *, before: int | None = None, size: int = 50) -> tuple[list[Event], int | None]:
    """The journal of a file, the latest first, and the sequence number from which the next page goes on."""
    query = select(Event).where(Event.subject_kind == project.__subject__, Event.subject_id == project.id)
    if before is not None:
        query = query.where(Event.seq < before)
    events = list(db.session.scalars(query.order_by(Event.seq.desc()).limit(size + 1)))
    return events[:size], (events[size - 1].seq if len(events) > size else None)


def last_return(project: Project) -> Event | None:
    """The act by which a file was last returned for completion: who, when, with what reason."""
    query = select(Event).where(
        Event.subject_kind == project.__subject__, Event.subject_id == project.id, Event.to_step == "completion"
    )
    return db.session.scalars(query.order_by(Event.seq.desc()).limit(1)).first()


def place_path(code: str) -> list[Place]:
    """The places from the region down to this one, in the current edition where it knows them."""
    codes = [code[:length] for length in range(2, len(code) + 1, 2)]
    query = select(Place).join(PlaceEdition, PlaceEdition.code == Place.edition).where(Place.code.in_(codes))
    found = {place.code: place for place in db.session.scalars(query.order_by(PlaceEdition.current))}
    return [found[code] for code in codes if code in found]


def newest_definition() -> Definition:
    """The workflow that a new file takes."""
    return definition_of(Project(workflow_version_id=newest("project").id))


def search_files(person, text: str) -> list[Project]:
    """Files by title, reference or group, as far as this person sees them."""
    return listed(person, Filters(q=text), size=MOST_FOUND).items


def search_groups(person, text: str, phone: str | None) -> list[Group]:
    """Groups by name, reference, village, or a telephone number (E.164) of theirs or of an officer."""
    wanted = _group_like(text)
    if phone:
        holders = select(Officer.group_id).where(Officer.phone == phone, Officer.ended_on.is_(None))
        wanted = or_(Group.phone == phone, Group.id.in_(holders))
    query = select(Group).where(policy.in_sight(person, "groups.view", Group.place_code), wanted)
    return list(db.session.scalars(query.order_by(Group.search_name, Group.id).limit(MOST_FOUND)))
