"""What a decision changes: the line of the agenda, the file; and the minutes at the close."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from grants.committee import letters, minutes, queries  # noqa: F401  (letters: registers its work)
from grants.committee.counting import Ballot, ballot
from grants.committee.labels import DECISION_OF
from grants.committee.models import AgendaItem, Session
from grants.core.database import db
from grants.core.errors import Problem, Stale, collect
from grants.core.money import format_francs
from grants.documents import jobs
from grants.documents import operations as documents
from grants.lifecycle import effect
from grants.projects.models import Project

LONGEST = 4000


@effect("committee.enter_waiting_list", _l("puts the file on the waiting list"))
def enter_waiting_list(subject, act) -> None:
    """A file waits for the committee from the step that it takes; an adjournment is also a decision of a session."""
    if act.action == "adjourn":
        _record(subject, act)


@effect("committee.leave_waiting_list", _l("takes the file off the waiting list"))
def leave_waiting_list(subject, act) -> None:
    """Record the decision by which a file, or a change of what was granted, leaves the list."""
    _record(subject, act)


def _record(subject, act) -> None:
    """Write the decision into the agenda: the one place where it is made, by whatever page it came.

    The line is locked and its votes are read again, so that no vote slips in between counting and deciding.
    """
    item = queries.open_item(subject)
    if item is None or act.data.get("item") not in (None, item.id):
        raise Stale(
            _("This file was decided already, or taken off the agenda. Look at the page again before you go on.")
        )
    db.session.refresh(item, with_for_update={"of": AgendaItem})
    db.session.expire(item, ["votes", "conflicts"])
    votes, amount = ballot(item), _amount(item, act)
    conditions, reason = (act.data.get("conditions") or "").strip(), (act.data.get("reason") or "").strip()
    decision = DECISION_OF[act.action]
    collect(*_problems(item, decision, votes, amount, conditions, reason))
    item.decision, item.amount = decision, amount
    item.conditions, item.reason = conditions, reason
    item.decided_by_id, item.decided_at = act.by.id, act.at
    if amount is not None and not item.is_change:
        subject.granted = amount
    db.session.flush()
    counted = {"for": votes.votes_for, "against": votes.against, "abstain": votes.abstentions}
    act.note(session=item.session.reference, votes=counted, amount=amount)


def _amount(item: AgendaItem, act):
    """The amount of an award; what a change asks for is granted as it stands or not at all."""
    if act.action != "award":
        return None
    return item.asked if item.is_change else act.data.get("amount")


def _problems(item: AgendaItem, decision: str, votes: Ballot, amount, conditions: str, reason: str):
    """Everything that keeps a decision from being taken."""
    counted = {"votes_for": votes.votes_for, "against": votes.against}
    if decision in ("award", "reopen") and not votes.majority_for:
        yield Problem(_("There is no majority for it: %(votes_for)s for, %(against)s against.", **counted))
    if decision == "award":
        yield None if item.is_change else _amount_problem(item.project, amount)
    if decision in ("reject", "uphold") and votes.majority_for:
        yield Problem(_("There is a majority for it: %(votes_for)s for, %(against)s against.", **counted))
    if decision != "award" and not reason:
        yield Problem(_("Give the reason: the group is told it."), "reason")
    for field, text in (("conditions", conditions), ("reason", reason)):
        if len(text) > LONGEST:
            yield Problem(_("This is too long: %(longest)s signs at most.", longest=LONGEST), field)


def _amount_problem(project: Project, amount) -> Problem | None:
    if not isinstance(amount, int) or isinstance(amount, bool) or amount <= 0:
        return Problem(_("Say how much is granted."), "amount")
    if amount > project.requested:
        asked = format_francs(project.requested)
        return Problem(_("No more is granted than was asked for: %(asked)s.", asked=asked), "amount")
    return None


@effect("committee.write_minutes", _l("writes the minutes"))
def write_minutes(session: Session, act) -> None:
    """Issue the minutes from what was recorded, as a PDF that is signed by hand afterwards."""
    context = minutes.context(session, chair=act.by, closed_at=act.at)
    document = documents.issue("minutes", session, reference=session.reference, context=context, by=act.by, at=act.at)
    session.minutes = document
    db.session.flush()
    # The letters of hundreds of files would keep the chair waiting: they are set in the background.
    jobs.ask("letters", session, by=act.by, parameters={"title": session.reference})
    act.note(minutes=document.sha256)
