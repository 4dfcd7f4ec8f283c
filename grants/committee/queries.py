"""Reading committees, their sessions, and what waits for one."""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import desc, func, or_, select
from sqlalchemy.orm import joinedload, lazyload, selectinload

from grants.access import policy
from grants.access.models import Person
from grants.appraisal.queries import averages
from grants.calls.models import Call
from grants.calls.rules import parse
from grants.committee import matters
from grants.committee.models import APPEAL, AgendaItem, Attendance, Committee, Conflict, Seat, Session, Vote
from grants.core.database import db
from grants.core.errors import NotFound
from grants.core.paging import Page, keyset
from grants.groups.models import Group
from grants.lifecycle import definition_of
from grants.projects.models import Project

# The steps in which a session still has an agenda that can take decisions.
OPEN = ("planned", "in_session")
MOST_WAITING = 200


def _by_name(attribute):
    return joinedload(attribute).options(lazyload(Person.grants))


def _with_seats(attribute):
    return selectinload(attribute).options(_by_name(Seat.person))


# --------------------------------------------------------------------------------------------------------- committees


def committees(person) -> list[Committee]:
    """The committees that a person sees, the national one first, with their seats."""
    return list(
        db.session.scalars(
            select(Committee)
            .options(_with_seats(Committee.seats))
            .where(policy.in_sight(person, "committee.view", Committee.place_code))
            .order_by(Committee.place_code.is_not(None), Committee.place_code, Committee.id)
        )
    )


def committee(code: str, person) -> Committee:
    """The committee of a code where this person sees it. Raises NotFound otherwise."""
    found = db.session.scalar(select(Committee).options(_with_seats(Committee.seats)).where(Committee.code == code))
    if found is None or not policy.sees(person, "committee.view", found):
        raise NotFound(code)
    return found


def prepared_by(person) -> list[Committee]:
    """The committees whose sessions a person prepares."""
    return [c for c in committees(person) if policy.sees(person, "committee.prepare", c)]


def candidates(committee: Committee) -> list[Person]:
    """The people who hold a role of the committee in its territory and have no seat in it, by name."""
    seated = {seat.person_id for seat in committee.seats}
    people = db.session.scalars(
        select(Person)
        .where(Person.active, Person.grants.any(role_in(("chair", "member", "secretary"))), Person.id.not_in(seated))
        .order_by(Person.name, Person.id)
        .limit(MOST_WAITING)
    )
    return [p for p in people if roles_for(p, committee)]


def role_in(roles):
    """The condition for grants of these roles that were not taken back."""
    from grants.access.models import RoleGrant

    return RoleGrant.role.in_(roles) & RoleGrant.revoked_at.is_(None)


def roles_for(person, committee: Committee) -> set[str]:
    """The committee's offices whose role a person holds in its territory."""
    return {
        g.role
        for g in person.valid_grants
        if g.role in ("chair", "member", "secretary") and g.covers(committee.place_code)
    }


# ----------------------------------------------------------------------------------------------------------- sessions


def sessions(person, *, after: str | None = None, committee: str = "", size: int = 20) -> Page:
    """The sessions that a person sees, the latest first; of one committee where its code is given."""
    wanted = (
        select(Session)
        .options(selectinload(Session.agenda))
        .where(policy.in_sight(person, "committee.view", Session.place_code))
    )
    if committee:
        wanted = wanted.where(Session.committee.has(Committee.code == committee))
    return keyset(wanted, order=[desc(Session.held_on), desc(Session.id)], after=after, size=size)


def _whole():
    """The select of a session with all that its room shows: a fixed number of queries, however long its agenda."""
    return select(Session).options(
        joinedload(Session.committee).options(_with_seats(Committee.seats)),
        _by_name(Session.prepared_by),
        joinedload(Session.minutes),
        joinedload(Session.signed_scan),
        selectinload(Session.attendance).options(_by_name(Attendance.person)),
        selectinload(Session.agenda).options(
            joinedload(AgendaItem.project).options(
                joinedload(Project.group), joinedload(Project.call).options(joinedload(Call.envelope))
            ),
            selectinload(AgendaItem.votes).options(_by_name(Vote.person)),
            selectinload(AgendaItem.conflicts).options(_by_name(Conflict.person)),
        ),
    )


def find_session(reference: str, person) -> Session | None:
    """The session of a reference where this person sees it, else None."""
    found = db.session.scalar(_whole().where(Session.reference == reference))
    return found if found is not None and policy.sees(person, "committee.view", found) else None


def visible_session(reference: str, person) -> Session:
    """The session of a reference where this person sees it. Raises NotFound otherwise."""
    found = find_session(reference, person)
    if found is None:
        raise NotFound(reference)
    return found


def item_of(session: Session, project_reference: str) -> AgendaItem:
    """The line of an agenda for a file. Raises NotFound."""
    for item in session.agenda:
        if item.project.reference == project_reference:
            return item
    raise NotFound(project_reference)


@dataclass(frozen=True, slots=True)
class Ranked:
    """A line of the agenda with its rank by average score (None without scores)."""

    item: AgendaItem
    rank: int | None
    score: Decimal | None
    least: int


def ranking(session: Session) -> list[Ranked]:
    """The agenda by average score, the best first; files without scores stand after them, then appeals, changes last."""
    scores = averages(item.project_id for item in session.agenda)
    least = {call.id: parse(call.rules).least_score for call in {item.project.call for item in session.agenda}}
    files = [item for item in session.agenda if item.matter_kind is None]
    lines = sorted(files, key=lambda i: (-(scores.get(i.project_id, Decimal(-1))), i.position))
    ranked = [
        Ranked(
            item, rank if item.project_id in scores else None, scores.get(item.project_id), least[item.project.call_id]
        )
        for rank, item in enumerate(lines, 1)
    ]
    # What was decided once is not ranked again: appeals and changes are heard after the new files.
    changes = sorted((i for i in session.agenda if i.matter_kind is not None), key=lambda i: i.is_change)
    return ranked + [Ranked(item, None, None, least[item.project.call_id]) for item in changes]


# -------------------------------------------------------------------------------------------------- what waits for one


def before_a_committee(subject) -> bool:
    """Whether a file, or a change of what was granted, stands at a step whose decisions are taken in a session."""
    step = definition_of(subject).steps.get(subject.step)
    return step is not None and any(action.via == "committee.session" for action in step.actions.values())


def fits(committee: Committee, project: Project, rules=None) -> bool:
    """Whether a file is this committee's to decide: its territory, and its level.

    The call says which level decides on the amount asked for, unless the file stands at a step whose decisions the
    workflow leaves to the committee of the region.
    """
    here = committee.place_code is None or project.place_code.startswith(committee.place_code)
    if left_to_the_region(project):
        return here and committee.level == "regional"
    rules = rules or parse(project.call.rules)
    return here and rules.level_for(project.requested) == committee.level


def fits_change(committee: Committee, change: matters.Change, rules=None) -> bool:
    """Whether a change is this committee's to decide: its territory, and the level of the larger of the two amounts."""
    here = committee.place_code is None or change.project.place_code.startswith(committee.place_code)
    rules = rules or parse(change.project.call.rules)
    return here and rules.level_for(max(change.before, change.asked)) == committee.level


def changes_waiting(committee: Committee) -> list[matters.Change]:
    """The changes of what was granted that wait for this committee and stand on no open agenda."""
    found = list(matters.waiting(committee.place_code, MOST_WAITING))
    rules = {call.id: parse(call.rules) for call in {one.project.call for one in found}}
    return [
        one
        for one in found
        if before_a_committee(one.subject) and fits_change(committee, one, rules[one.project.call_id])
    ]


def left_to_the_region(project: Project) -> bool:
    """Whether the decisions at the step of a file need a session of the committee of its region."""
    step = definition_of(project).steps.get(project.step)
    return step is not None and any("committee.of_the_region" in action.needs for action in step.actions.values())


def waiting(committee: Committee) -> list[Project]:
    """The files that wait for this committee and stand on no open agenda, those that have waited longest first."""
    on_agenda = (
        select(AgendaItem.project_id)
        .join(Session, Session.id == AgendaItem.session_id)
        .where(Session.step.in_(OPEN), AgendaItem.decision.is_(None), about_the_file())
    )
    wanted = (
        select(Project)
        .options(joinedload(Project.group), joinedload(Project.call))
        .where(Project.waits_for == "secretary", Project.id.not_in(on_agenda))
    )
    if committee.place_code is not None:
        wanted = wanted.where(Project.place_code.startswith(committee.place_code, autoescape=True))
    found = list(db.session.scalars(wanted.order_by(Project.step_since, Project.id).limit(MOST_WAITING)))
    rules = {call.id: parse(call.rules) for call in {project.call for project in found}}
    return [one for one in found if before_a_committee(one) and fits(committee, one, rules[one.call_id])]


def about_the_file():
    """The condition for lines of an agenda about a file itself, new or by an appeal, and not about a change of a grant."""
    return or_(AgendaItem.matter_kind.is_(None), AgendaItem.matter_kind == APPEAL)


def open_item(subject) -> AgendaItem | None:
    """The undecided line of an open session's agenda on which a file, or a change, stands, if any."""
    if isinstance(subject, Project):
        about = (AgendaItem.project_id == subject.id, about_the_file())
    else:
        about = (AgendaItem.matter_kind == subject.__subject__, AgendaItem.matter_id == subject.id)
    return db.session.scalar(
        select(AgendaItem)
        .join(Session, Session.id == AgendaItem.session_id)
        .options(joinedload(AgendaItem.session))
        .where(*about, AgendaItem.decision.is_(None), Session.step.in_(OPEN))
        .order_by(desc(Session.step == "in_session"), AgendaItem.id)
        .limit(1)
    )


def items_of(project: Project) -> list[AgendaItem]:
    """Every line of an agenda on which a file stood, the latest first, with votes and session."""
    return list(
        db.session.scalars(
            select(AgendaItem)
            .join(Session, Session.id == AgendaItem.session_id)
            .options(
                joinedload(AgendaItem.session).options(joinedload(Session.minutes)),
                selectinload(AgendaItem.votes),
            )
            .where(AgendaItem.project_id == project.id, Session.step != "cancelled")
            .order_by(desc(AgendaItem.id))
        )
    )


# ------------------------------------------------------------------------------------------------- envelope and quotas


@dataclass(frozen=True, slots=True)
class QuotaState:
    """How much of what a call has awarded goes to groups mostly of women, or of young people. Percents of francs."""

    call: Call
    what: str  # women, youth
    share: int | None  # None where nothing was awarded yet
    least: int

    @property
    def met(self) -> bool:
        return self.share is not None and self.share >= self.least


def quotas(calls) -> list[QuotaState]:
    """The quotas of these calls, over everything that they have awarded so far and that still stands."""
    calls = sorted(calls, key=lambda call: call.id)
    women = func.sum(db.case((Group.women * 2 > Group.women + Group.men, Project.granted), else_=0))
    youth = func.sum(db.case((Group.youth * 2 > Group.women + Group.men, Project.granted), else_=0))
    rows = db.session.execute(
        select(Project.call_id, func.sum(Project.granted), women, youth)
        .join(Group, Group.id == Project.group_id)
        .where(
            Project.call_id.in_([call.id for call in calls]),
            Project.granted.is_not(None),
            or_(Project.waits_for.is_not(None), Project.step == "closed"),
        )
        .group_by(Project.call_id)
    )
    sums = {call_id: (int(total), int(w), int(y)) for call_id, total, w, y in rows}
    found = []
    for call in calls:
        total, *parts = sums.get(call.id, (0, 0, 0))
        least = parse(call.rules).quotas
        for what, part, wanted in (("women", parts[0], least.women), ("youth", parts[1], least.youth)):
            if wanted:
                found.append(QuotaState(call, what, part * 100 // total if total else None, wanted))
    return found


# -------------------------------------------------------------------------------------------------------- what to vote


def to_vote(person) -> list[tuple[Session, int]]:
    """The sessions under way in which a person still has files to vote on, and how many."""
    voted = select(Vote.id).where(Vote.item_id == AgendaItem.id, Vote.person_id == person.id)
    out = select(Conflict.id).where(Conflict.item_id == AgendaItem.id, Conflict.person_id == person.id)
    rows = db.session.execute(
        select(Session, func.count(AgendaItem.id))
        .join(AgendaItem, AgendaItem.session_id == Session.id)
        .join(Attendance, (Attendance.session_id == Session.id) & (Attendance.person_id == person.id))
        .join(Seat, (Seat.committee_id == Session.committee_id) & (Seat.person_id == person.id))
        .options(lazyload(Session.committee))
        .where(
            Session.step == "in_session",
            Attendance.present,
            Seat.until.is_(None),
            Seat.office.in_(("chair", "member")),
            AgendaItem.decision.is_(None),
            ~voted.exists(),
            ~out.exists(),
        )
        .group_by(Session.id)
        .order_by(Session.due_at, Session.id)
    )
    return [(session, count) for session, count in rows]
