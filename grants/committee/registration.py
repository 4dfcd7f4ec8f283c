"""What this slice gives to the house: guards, effects, forms, its section of a file, work, words, the menu."""

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import select

from grants import journal
from grants.access import policy
from grants.committee import effects, forms, guards, queries, sight  # noqa: F401  (importing registers what they hold)
from grants.committee.appeals import registration  # noqa: F401  (what appeals give to the house)
from grants.committee.counting import ballot
from grants.committee.labels import DECISION_LABELS, DECISION_TONES
from grants.committee.models import Session
from grants.core import navigation
from grants.core.database import db
from grants.core.formatting import day
from grants.documents.ownership import shows_files
from grants.lifecycle import Item, Kind, inbox, register_kind, via
from grants.projects.sections import section

navigation.entry(40, _l("Committee"), "committee.sessions", "committee.view")

register_kind(
    Kind(
        code="committee_session",
        model=Session,
        load=queries.find_session,
        url=lambda session: url_for("committee.session", reference=session.reference),
        title=lambda session: _("%(committee)s, %(day)s", committee=session.committee.name, day=day(session.held_on)),
        words=_l("Sessions"),
    )
)

for _action, _words in {
    "found_committee": _l("Committee founded"),
    "change_quorum": _l("Quorum changed"),
    "seat_member": _l("Seat given"),
    "end_seat": _l("Seat ended"),
}.items():
    journal.say("committee", _action, _words)

for _action, _words in {
    "put_on_agenda": _l("Files put on the agenda"),
    "take_off": _l("File taken off the agenda"),
    "record_attendance": _l("Attendance recorded"),
    "declare_conflict": _l("Conflict of interest declared"),
    "cast_vote": _l("Vote cast"),
    "file_scan": _l("Scan of the signed minutes filed"),
}.items():
    journal.say("committee_session", _action, _words)


@via("committee.session")
def where_it_is_decided(subject) -> str | None:
    """The page of the file, or of the change, in the session that has it on its agenda."""
    item = queries.open_item(subject)
    if item is None:
        return None
    return url_for("committee.file", reference=item.session.reference, file=item.project.reference)


@shows_files("committee_session")
def _files(person, session_id: int) -> bool:
    session = db.session.scalar(select(Session).where(Session.id == session_id))
    return session is not None and policy.sees(person, "committee.view", session)


@section("decision", order=50, title=_l("Decision"), template="committee/section.html", right="projects.view",
         part="decision")  # fmt: skip
def decision(project, person):
    """What sessions decided about a file, the latest first, and on whose agenda it stands."""
    items = queries.items_of(project)
    if not items:
        return None
    sees = {item.session_id: policy.sees(person, "committee.view", item.session) for item in items}
    return {
        "lines": [(item, ballot(item) if item.decision else None, sees[item.session_id]) for item in items],
        "labels": DECISION_LABELS,
        "tones": DECISION_TONES,
    }


@inbox
def votes_to_cast(person):
    """A line of *My work* for each session under way in which this person still has to vote."""
    if not policy.may(person, "committee.vote"):
        return
    for session, count in queries.to_vote(person):
        yield Item(
            title=ngettext("Vote on %(num)d file", "Vote on %(num)d files", count),
            note=session.committee.name,
            url=url_for("committee.session", reference=session.reference),
            why=_("present, no conflict declared"),
            due_at=session.due_at,
        )
