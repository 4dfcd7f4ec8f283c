"""What is read about claims: the calculation, instalments as they stand, what is overdue, the sessions that may write off."""

from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import desc, func, select
from sqlalchemy.orm import joinedload, selectinload

from grants.access import policy
from grants.access.models import Person
from grants.calls import rules as call_rules
from grants.committee.models import LEVELS, Committee, Seat, Session
from grants.core import clock
from grants.core.database import db
from grants.core.errors import NotFound
from grants.core.money import format_francs
from grants.core.paging import Page, keyset
from grants.core.reading import once_a_read
from grants.followup import queries as followup
from grants.followup.models import Refund
from grants.followup.recovery.models import Instalment, Recovery, Reminder, Schedule, WriteOff, WriteOffVote
from grants.funds.models import AwardBalance
from grants.funds.queries import balance
from grants.projects.models import Project


@dataclass(frozen=True, slots=True)
class Calculation:
    """What a group would have to give back today, and how it comes about. Francs.

    `ineligible` is what was refused of its vouchers, as far as nothing else accounts for it; the rest is unspent or unproven.
    """

    paid: int
    justified: int
    refunded: int
    written_off: int
    ineligible: int

    @property
    def amount(self) -> int:
        return self.paid - self.justified - self.refunded - self.written_off


def calculation(project) -> Calculation:
    """The balance of a micro-project as it stands now."""
    held = balance(project)
    refused = sum(one.amount - one.accepted for one in followup.expenses(project) if one.accepted is not None)
    return Calculation(held.paid, held.justified, held.refunded, held.written_off, min(refused, held.unjustified))


@dataclass(frozen=True, slots=True)
class Line:
    """An instalment as it stands. Francs; `paid` is what of the money given back falls on it, the oldest one first."""

    instalment: Instalment
    paid: int

    @property
    def left(self) -> int:
        return self.instalment.amount - self.paid

    @property
    def overdue(self) -> bool:
        return self.left > 0 and self.instalment.due_on < clock.today()


def too_much_unspent(most: int) -> str:
    """That no more than so many francs can be unspent, in words."""
    return _("Of what is to be given back, at most %(most)s is unspent.", most=format_francs(most))


def lines(recovery: Recovery) -> list[Line]:
    """The instalments of the schedule that holds, with what was paid of each."""
    plan = recovery.plan
    if plan is None:
        return []
    rest, found = plan.total - recovery.left, []
    for one in plan.instalments:
        part = max(0, min(rest, one.amount))
        rest -= part
        found.append(Line(one, part))
    return found


def overdue(recovery: Recovery) -> int:
    """What should have been given back before today and was not, in francs."""
    return sum(line.left for line in lines(recovery) if line.overdue)


@once_a_read
def of_project(project) -> list[Recovery]:
    """The claims on a micro-project, the latest first."""
    wanted = loaded().where(Recovery.project_id == project.id).order_by(Recovery.id.desc())
    return list(db.session.scalars(wanted).unique())


def under_way(project) -> Recovery | None:
    """The claim that is under way on a micro-project."""
    return next((one for one in of_project(project) if one.waits_for is not None), None)


def unclaimed(person, *, size: int = 20) -> list[tuple[Project, int]]:
    """Files whose contract was terminated with a balance of which no claim is under way, with its francs; the oldest first."""
    left = AwardBalance.paid - AwardBalance.justified - AwardBalance.refunded - AwardBalance.written_off
    claim = select(Recovery.id).where(Recovery.project_id == Project.id, Recovery.waits_for.is_not(None)).exists()
    wanted = (
        select(Project, left)
        .join(AwardBalance, AwardBalance.project_id == Project.id)
        .options(joinedload(Project.group))
        .where(
            Project.step == "terminated",
            left > 0,
            ~claim,
            policy.in_sight(person, "recovery.claim", Project.place_code),
        )
        .order_by(Project.step_since, Project.id)
        .limit(size)
    )
    return [(project, int(amount)) for project, amount in db.session.execute(wanted).unique()]


def loaded():
    """The select of claims with all that pages and lists read; no more queries for more rows."""
    return select(Recovery).options(
        joinedload(Recovery.project).joinedload(Project.group),
        selectinload(Recovery.schedules).selectinload(Schedule.instalments),
    )


def find(reference: str, person) -> Recovery | None:
    """The claim of a reference where this person may see it, else None."""
    found = db.session.scalars(loaded().where(Recovery.reference == reference)).unique().one_or_none()
    return found if found is not None and policy.sees(person, "recovery.view", found) else None


def visible(reference: str, person) -> Recovery:
    """The same; raises NotFound."""
    found = find(reference, person)
    if found is None:
        raise NotFound(reference)
    return found


def reminders(recovery: Recovery) -> list[Reminder]:
    """The letters about the instalments of a claim, the latest first."""
    wanted = select(Reminder).where(Reminder.recovery_id == recovery.id).order_by(Reminder.id.desc())
    return list(db.session.scalars(wanted.options(joinedload(Reminder.instalment), joinedload(Reminder.document))))


def _overdue_sql(today: date):
    """What is overdue, in SQL: the instalments before today, less what of the schedule was paid. Francs."""
    due = (
        select(func.coalesce(func.sum(Instalment.amount), 0))
        .join(Schedule, Schedule.id == Instalment.schedule_id)
        .where(Schedule.recovery_id == Recovery.id, Schedule.number == Recovery.schedule, Instalment.due_on < today)
        .scalar_subquery()
    )
    total = (
        select(Schedule.total)
        .where(Schedule.recovery_id == Recovery.id, Schedule.number == Recovery.schedule)
        .scalar_subquery()
    )
    return due - (total - (Recovery.amount - Recovery.refunded - Recovery.written_off))


def listed(person, state: str, *, after: str | None = None, size: int = 30) -> Page:
    """Claims that a person sees: `open` ones, only the `overdue` among them, or those that `ended`."""
    wanted = loaded().where(policy.in_sight(person, "recovery.view", Recovery.place_code))
    wanted = wanted.where(Recovery.waits_for.is_(None) if state == "ended" else Recovery.waits_for.is_not(None))
    if state == "overdue":
        wanted = wanted.where(Recovery.schedule.is_not(None), _overdue_sql(clock.today()) > 0)
    return keyset(wanted, order=[desc(Recovery.id)], after=after, size=size)


def totals(person) -> dict[str, int]:
    """How much is still to be given back, and how much of it is overdue, on all claims that a person sees. Francs."""
    mine = policy.in_sight(person, "recovery.view", Recovery.place_code)
    left = func.coalesce(func.sum(Recovery.amount - Recovery.refunded - Recovery.written_off), 0)
    late = _overdue_sql(clock.today())
    return {
        "left": int(db.session.scalar(select(left).where(mine, Recovery.waits_for.is_not(None)))),
        "overdue": int(
            db.session.scalar(
                select(func.coalesce(func.sum(late), 0)).where(
                    mine, Recovery.waits_for.is_not(None), Recovery.schedule.is_not(None), late > 0
                )
            )
        ),
        "refunded": int(db.session.scalar(select(func.coalesce(func.sum(Recovery.refunded), 0)).where(mine))),
        "written_off": int(db.session.scalar(select(func.coalesce(func.sum(Recovery.written_off), 0)).where(mine))),
    }


def chaired(recovery: Recovery, person) -> list[Session]:
    """The sessions under way that may write this debt off: competent for its amount and place, with this person in the chair."""
    rules = call_rules.parse(recovery.project.call.rules)
    least = LEVELS.index(rules.level_for(recovery.left)) if recovery.left else 0
    wanted = (
        select(Session)
        .join(Committee, Committee.id == Session.committee_id)
        .join(Seat, Seat.committee_id == Committee.id)
        .where(
            Session.step == "in_session",
            Seat.person_id == person.id,
            Seat.office == "chair",
            Seat.until.is_(None),
        )
        .order_by(Session.id)
    )
    return [
        one
        for one in db.session.scalars(wanted).unique()
        if LEVELS.index(one.committee.level) >= least and recovery.place_code.startswith(one.committee.place_code or "")
    ]


def refunds(recovery: Recovery) -> list[Refund]:
    """What came back on a claim, in order."""
    wanted = select(Refund).where(Refund.recovery_id == recovery.id).order_by(Refund.id)
    return list(db.session.scalars(wanted.options(joinedload(Refund.slip), joinedload(Refund.document))))


def given_up(session: Session) -> list[WriteOff]:
    """The decisions of a session to give a debt up, in order. One query."""
    to_file = joinedload(WriteOff.recovery).joinedload(Recovery.project)
    return list(
        db.session.scalars(
            select(WriteOff).where(WriteOff.session_id == session.id).options(to_file).order_by(WriteOff.id)
        ).unique()
    )


def votes(decision: WriteOff) -> dict[str, list[str]]:
    """Who voted how on giving a debt up, by choice, in the order of their names; nothing for decisions of before. One query."""
    found: dict[str, list[str]] = {}
    wanted = (
        select(WriteOffVote.choice, Person.name)
        .join(Person, Person.id == WriteOffVote.person_id)
        .where(WriteOffVote.recovery_id == decision.recovery_id, WriteOffVote.session_id == decision.session_id)
        .order_by(Person.name, Person.id)
    )
    for choice, name in db.session.execute(wanted):
        found.setdefault(choice, []).append(name)
    return found


def before_the_committee(session: Session) -> list[Recovery]:
    """The debts that wait for a committee like that of a session: its place, and amounts for which it is competent."""
    place = session.committee.place_code or ""
    wanted = loaded().where(Recovery.step == "committee", Recovery.place_code.startswith(place, autoescape=True))
    competent = LEVELS.index(session.committee.level)
    return [
        one
        for one in db.session.scalars(wanted.order_by(Recovery.id)).unique()
        if LEVELS.index(call_rules.parse(one.project.call.rules).level_for(one.left)) <= competent
    ]
