"""What this slice gives to the house."""

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from grants import journal
from grants.access import policy
from grants.core import navigation
from grants.core.database import db
from grants.followup import (  # noqa: F401  (importing registers what they hold)
    archive,
    effects,
    file_sections,
    forms,
    guards,
    planning,
)
from grants.followup.models import Expense, PlannedVisit
from grants.followup.recovery import registration as _claims  # noqa: F401  (importing registers claims)
from grants.lifecycle import Item, Kind, inbox, register_kind, via
from grants.projects.models import Project
from grants.projects.sections import address

navigation.entry(60, _l("Follow-up"), "followup.index", "followup.view")

register_kind(
    Kind(
        code="visit",
        model=PlannedVisit,
        load=planning.find,
        url=lambda planned: url_for("visits.planned", reference=planned.reference),
        title=lambda planned: _("Visit: %(title)s", title=planned.project.title),
        eager=(joinedload(PlannedVisit.project).joinedload(Project.group),),
        words=_l("Visits"),
    )
)


@via("followup.visit_new")
def where_visits_are_recorded(planned) -> str:
    """The page on which the report of a visit is written."""
    return url_for("followup.visit_new", reference=planned.project.reference)


for _action, _words in {
    "prove_contribution": _l("Contribution proven"),
    "record_visit": _l("Visit recorded"),
    "enter_expense": _l("Voucher entered"),
    "judge_expense": _l("Voucher judged"),
    "record_refund": _l("Refund recorded"),
    "prepare_closing": _l("Acceptance recorded"),
}.items():
    journal.say("project", _action, _words)


@inbox
def vouchers_to_judge(person):
    """Files with vouchers that somebody else entered and nobody has judged. One query."""
    if not policy.may(person, "followup.accept"):
        return
    rows = db.session.execute(
        select(Project, func.count(Expense.id), func.sum(Expense.amount), func.min(Expense.entered_at))
        .join(Expense, Expense.project_id == Project.id)
        .where(
            Expense.judged_at.is_(None),
            Expense.entered_by_id != person.id,
            policy.in_sight(person, "followup.accept", Project.place_code),
        )
        .group_by(Project.id)
        .order_by(func.min(Expense.entered_at))
        .limit(30)
    )
    for project, count, amount, _since in rows:
        yield Item(
            title=project.title,
            note=ngettext("%(num)d voucher to judge", "%(num)d vouchers to judge", count),
            url=address(project, "vouchers"),
            why=_("second person"),
            due_at=None,
            amount=int(amount),
        )
