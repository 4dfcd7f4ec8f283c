"""The letters that tell each group what the committee decided on its file: made once the session is closed.

A session may decide on hundreds of files: the letters are set in the background, on all cores. Each is issued once; a
job that was stopped or killed goes on with the files that have none yet.
"""

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from grants.calls.rules import parse
from grants.committee import minutes, queries
from grants.committee.models import AgendaItem, Session
from grants.core import clock
from grants.core.database import db, mode
from grants.documents import batch, jobs
from grants.documents import operations as documents
from grants.documents.models import Document, Job
from grants.documents.ownership import owner_access
from grants.places.queries import labels_of
from grants.projects.models import Project

KINDS = {"award": ("award_letter", "LA"), "reject": ("rejection_letter", "LR")}


def _may(person, job: Job) -> bool:
    return owner_access[Session.__subject__](person, job.subject_id)


@jobs.runs("letters", _l("Letters of a session"), may=_may)
def write_all(job: Job):
    """Issue the letter of each decided file of a session that has none yet. A piece is one letter."""
    decided = _decided(job.subject_id)
    for done, _one in enumerate(batch.issue_many(decided, _draw, by_id=job.made_by_id), 1):
        yield done, len(decided)


def _decided(session_id: int) -> list[tuple]:
    """(line of the agenda, rank, score as it is printed) of each file with an award or a refusal."""
    with mode("read"):
        session = db.session.get_one(Session, session_id)
        found = [
            (line.item.id, line.rank, str(line.score).replace(".", ",") if line.score is not None else None)
            for line in queries.ranking(session)
            if line.item.decision in KINDS and not line.item.is_change
        ]
        db.session.rollback()
    return found


def _draw(one: tuple) -> documents.Draft | None:
    """The letter of a line of the agenda, or None where it was written before."""
    item_id, rank, score = one
    item = db.session.get_one(AgendaItem, item_id)
    kind, prefix = KINDS[item.decision]
    project = item.project
    reference = f"{prefix}-{project.reference.split('-', 1)[-1]}"
    # A file that comes back after an appeal is told again: only a letter since this decision counts.
    told = select(Document.id).where(
        Document.kind == kind,
        Document.subject_kind == Project.__subject__,
        Document.subject_id == project.id,
        Document.issued_at >= item.decided_at,
    )
    if db.session.scalar(told.limit(1)) is not None:
        return None
    return documents.draw_up(kind, project, reference=reference, context=context(item, reference, rank, score))


def context(item: AgendaItem, reference: str, rank: int | None, score: str | None) -> dict:
    """The context of the letter about a decision."""
    session, project = item.session, item.project
    return {
        "programme": minutes.programme({project.call.envelope}),
        "reference": reference,
        "on": clock.today(),
        "group": project.group.name,
        "place": ", ".join(filter(None, [project.group.village, labels_of([project.place_code])[project.place_code]])),
        "project": project.reference,
        "title": project.title,
        "call": f"{project.call.title} ({project.call.reference})",
        "committee": session.committee.name,
        "held_on": session.held_on,
        "minutes": session.reference,
        "rank": rank,
        "score": score,
        "asked": project.requested,
        "amount": item.amount,
        "conditions": [text.strip() for text in item.conditions.splitlines() if text.strip()],
        "reason": item.reason or None,
        # Where a call sets no delay, the letter says how a decision is contested, and not until when. The delay runs from
        # the day on which the group receives the letter: nobody can print its end.
        "appeal_days": parse(project.call.rules).appeal_days or None,
        "appeal_until": None,
    }
