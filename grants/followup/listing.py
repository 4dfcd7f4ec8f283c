"""The list of what must be followed: money that is out, how much of it is justified, since when, and the last visit."""

from dataclasses import dataclass
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import func, select

from grants.access import policy
from grants.calls import rules
from grants.core import clock
from grants.core.database import db
from grants.core.paging import Page, keyset
from grants.followup.models import Visit
from grants.funds.models import AwardBalance
from grants.payments.models import PaymentOrder
from grants.projects.models import Project
from grants.projects.queries import loaded

STEPS = ("disbursement", "followup", "suspended", "closing")


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is narrowed to: a region, and files with something left to justify."""

    region: str = ""
    open_only: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One file. Francs and whole percents; `days` since the last payment was received, `tone` by the call's rules."""

    project: Project
    paid: int
    settled: int
    days: int | None
    tone: str
    verdict: str | None
    visited_on: object

    @property
    def percent(self) -> int | None:
        return self.settled * 100 // self.paid if self.paid else None


def read(args) -> Filters:
    """The filters of an address."""
    region = args.get("region", "")
    return Filters(region if region.isdecimal() and region.isascii() else "", args.get("open") == "1")


def listed(person, filters: Filters, *, after: str | None = None, size: int = 30) -> Page:
    """Files with money out that a person sees, the oldest step first. Four queries, however many rows."""
    query = loaded().where(policy.in_sight(person, "followup.view", Project.place_code), Project.step.in_(STEPS))
    if filters.region:
        query = query.where(Project.place_code.startswith(filters.region))
    if filters.open_only:
        query = query.where(
            Project.id.in_(
                select(AwardBalance.project_id).where(
                    AwardBalance.paid > AwardBalance.justified + AwardBalance.refunded + AwardBalance.written_off
                )
            )
        )
    found = keyset(query, order=[Project.step_since, Project.id], after=after, size=size)
    ids = [project.id for project in found.items]
    balances = {
        b.project_id: b for b in db.session.scalars(select(AwardBalance).where(AwardBalance.project_id.in_(ids)))
    }
    received = dict(
        db.session.execute(
            select(PaymentOrder.project_id, func.max(PaymentOrder.received_on))
            .where(PaymentOrder.project_id.in_(ids))
            .group_by(PaymentOrder.project_id)
        ).all()
    )
    visits = _last_visits(ids)
    return Page([_row(p, balances.get(p.id), received.get(p.id), visits.get(p.id)) for p in found.items], found.next)


def _last_visits(ids: list[int]) -> dict[int, Visit]:
    rows = db.session.scalars(select(Visit).where(Visit.project_id.in_(ids)).order_by(Visit.visited_on, Visit.id))
    return {visit.project_id: visit for visit in rows}


def _row(project: Project, money: AwardBalance | None, received_on, visit: Visit | None) -> Row:
    paid = money.paid if money else 0
    settled = money.paid - money.unjustified if money else 0
    days = (clock.today() - received_on) // timedelta(days=1) if received_on else None
    return Row(
        project, paid, settled, days, _tone(project, paid - settled, days),
        visit.verdict if visit else None, visit.visited_on if visit else None,
    )  # fmt: skip


def _tone(project: Project, left: int, days: int | None) -> str:
    """How urgent the justification is, by the days of the call's rules."""
    if days is None:
        return "neutral"
    if not left:
        return "ok"
    chase = rules.parse(project.call.rules).chase_days
    return "late" if days >= chase.suspend else "now" if days >= chase.remind else "done"


def age_words(row: Row) -> str:
    """`42 days since the payment`."""
    from grants.core.formatting import days

    return _("%(days)s since the payment", days=days(row.days)) if row.days is not None else _("nothing received yet")
