"""What claims give to the house."""

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from grants.access import policy
from grants.committee.matters import awaits_a_session
from grants.committee.minutes import tells_of
from grants.core import periodic
from grants.core.database import db
from grants.core.money import format_francs
from grants.documents.ownership import shows_files
from grants.followup.recovery import effects, forms, guards, operations, queries  # noqa: F401  (importing registers them)
from grants.followup.recovery.models import Recovery, Schedule
from grants.lifecycle import Item, Kind, inbox, register_kind
from grants.projects.models import Project
from grants.projects.sections import section

register_kind(
    Kind(
        code="recovery",
        model=Recovery,
        load=queries.find,
        url=lambda recovery: url_for("recoveries.show", reference=recovery.reference),
        title=lambda recovery: _("To be given back: %(title)s", title=recovery.project.title),
        eager=(
            joinedload(Recovery.project).joinedload(Project.group),
            selectinload(Recovery.schedules).selectinload(Schedule.instalments),
        ),
        words=_l("Money to be given back"),
    )
)


@shows_files("recovery")
def _files(person, recovery_id: int) -> bool:
    found = db.session.scalar(select(Recovery).where(Recovery.id == recovery_id))
    return found is not None and policy.sees(person, "recovery.view", found)


@inbox
def _balances_to_claim(person):
    """Contracts that ended with something to be given back, and no claim on it. One query."""
    if not policy.may(person, "recovery.claim"):
        return
    for project, amount in queries.unclaimed(person):
        yield Item(
            title=_("Balance to claim back: %(title)s", title=project.title),
            note=f"{project.group.name} · {project.reference}",
            url=url_for("recoveries.claim", reference=project.reference),
            why=_("your role"),
            due_at=None,
            amount=amount,
        )


@periodic.job("letters about instalments", order=30)
def letters() -> int:
    """Write the letters about instalments that are due; each once."""
    return operations.remind_all()


@section(
    "recovery", order=87, title=_l("Money to be given back"), template="followup/recovery/section.html",
    right="recovery.view", part="accounts",
)  # fmt: skip
def recovery(project, person):
    """The claims on a file, and the way to make one."""
    found = queries.of_project(project)
    may = policy.sees(person, "recovery.claim", project) and not operations.why_no_claim(project)
    if not found and not may:
        return None
    return {
        "claims": found,
        "overdue": {one.id: queries.overdue(one) for one in found},
        "claim_url": url_for("recoveries.claim", reference=project.reference) if may else None,
    }


@tells_of
def debts_given_up(session) -> list[str]:
    """The debts that a session gave up, for its minutes: with who voted how, where that was kept."""
    return [" ".join(filter(None, (_given_up(one), _voted(one), one.reason))) for one in queries.given_up(session)]


def _given_up(one) -> str:
    return _(
        "Debt of %(amount)s given up (%(reference)s, micro-project %(project)s): %(yes)s for, %(no)s against, %(abstained)s.",
        amount=format_francs(one.amount),
        reference=one.recovery.reference,
        project=one.recovery.project.reference,
        yes=one.votes_for,
        no=one.votes_against,
        abstained=ngettext("%(num)d abstention", "%(num)d abstentions", one.abstentions),
    )


def _voted(one) -> str:
    said = queries.votes(one)
    words = {"for": _("In favour"), "against": _("Against"), "abstain": _("Abstained")}
    text = _("; ").join(words[choice] + _(": ") + ", ".join(said[choice]) for choice in words if choice in said)
    return f"{text}." if text else ""


@awaits_a_session
def debts_before_the_committee(session) -> list[dict]:
    """The debts that a session may be asked to give up, for its page."""
    return [
        {
            "title": one.project.title,
            "note": f"{one.project.group.name} · {one.reference}",
            "amount": one.left,
            "url": url_for("recoveries.show", reference=one.reference),
        }
        for one in queries.before_the_committee(session)
    ]
