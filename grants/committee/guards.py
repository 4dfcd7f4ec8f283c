"""What a session needs to open, to decide on a file, to close and to be signed."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import select

from grants.committee import queries
from grants.committee.counting import ballot, present_ids, voters_present
from grants.committee.models import AgendaItem, Session
from grants.core.database import db
from grants.core.formatting import day
from grants.lifecycle import Reason, guard
from grants.projects.models import Project


@guard("committee.quorum", _l("the quorum is there, and there is something to decide"))
def quorum(session: Session, by):
    """The attendance is taken, enough people with a vote are there, and there is something to decide."""
    if db.session.scalar(select(AgendaItem.id).where(AgendaItem.session_id == session.id).limit(1)) is None:
        yield Reason(
            _("There is no file on the agenda of %(day)s yet: the secretary puts them there.", day=day(session.held_on))
        )
    if not session.attendance:
        yield Reason(
            _("The attendance of %(day)s has not been taken yet: the secretary takes it.", day=day(session.held_on))
        )
        return
    there, wanted = len(voters_present(session)), session.committee.quorum
    if there < wanted:
        yield Reason(
            ngettext(
                "%(num)d person with a vote is present; the quorum is %(quorum)s.",
                "%(num)d people with a vote are present; the quorum is %(quorum)s.",
                there,
                quorum=wanted,
            )
        )


@guard("committee.all_decided", _l("every file on the agenda is decided"))
def all_decided(session: Session, by):
    """Every file on the agenda has its decision."""
    rows = db.session.execute(
        select(Project.reference, Project.title)
        .join(AgendaItem, AgendaItem.project_id == Project.id)
        .where(AgendaItem.session_id == session.id, AgendaItem.decision.is_(None))
        .order_by(AgendaItem.position)
    )
    for reference, title in rows:
        yield Reason(_("Not decided yet: %(title)s (%(reference)s).", title=title, reference=reference))


@guard("committee.scan_filed", _l("the scan of the signed minutes is filed"))
def scan_filed(session: Session, by):
    """The minutes were signed on paper, and the scan of them is here."""
    if session.signed_scan_id is None:
        words = {"reference": session.reference, "day": day(session.held_on)}
        yield Reason(
            _(
                "The scan of the signed minutes of %(reference)s (%(day)s) is not filed yet: the secretary files it.",
                **words,
            )
        )


@guard("committee.decision_ready", _l("the file is heard in a session, with quorum and votes"))
def decision_ready(subject, by):
    """The file is on the agenda of a session under way, with quorum and votes, and `by` presides without conflict."""
    item = queries.open_item(subject)
    if item is None:
        yield Reason(
            _("%(reference)s is on the agenda of no session: the secretary puts it there.", reference=subject.reference)
        )
        return
    session = item.session
    if session.step != "in_session":
        words = {"reference": session.reference, "day": day(session.held_on)}
        yield Reason(_("Session %(reference)s of %(day)s is not open yet.", **words))
        return
    yield from _presiding(item, by)
    votes = ballot(item)
    if not votes.has_quorum:
        yield Reason(
            ngettext(
                "%(num)d person may vote on this file; the quorum is %(quorum)s.",
                "%(num)d people may vote on this file; the quorum is %(quorum)s.",
                len(votes.voters),
                quorum=votes.quorum,
            )
        )
    elif votes.cast < votes.quorum:
        words = {"cast": votes.cast, "quorum": votes.quorum, "names": ", ".join(votes.missing)}
        yield Reason(_("%(cast)s of at least %(quorum)s votes are cast. Awaited: %(names)s.", **words))


@guard("committee.of_the_region", _l("the session is one of the committee of the region"))
def of_the_region(project: Project, by):
    """The session in which the file is heard is one of the committee of its region."""
    item = queries.open_item(project)
    if item is not None and item.session.committee.level != "regional":
        yield Reason(
            _("This file is for the committee of its region, not for %(name)s.", name=item.session.committee.name)
        )


def _presiding(item: AgendaItem, by):
    """Why this person does not preside over the decision on a file."""
    seats = item.session.committee.seats
    if not any(seat.person_id == by.id and seat.office == "chair" for seat in seats):
        chairs = ", ".join(seat.person.name for seat in seats if seat.office == "chair")
        yield Reason(_("You do not chair this committee: %(names)s.", names=chairs or _("nobody does")))
        return
    if by.id not in present_ids(item.session):
        yield Reason(_("You are not recorded as present: the secretary takes the attendance."))
    if any(conflict.person_id == by.id for conflict in item.conflicts):
        yield Reason(_("You declared a conflict of interest on this file: another chair presides over it."))
