"""The letters that tell each group what the committee decided on its file: made once the session is closed.

A session may decide on hundreds of files: the letters are set in the background, on all cores. Each is issued once; a
job that was stopped or killed goes on with the files that have none yet.
"""

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from grants.calls.rules import parse
from grants.committee import appeals, matters, minutes, queries
from grants.committee.models import AgendaItem, Session
from grants.core import clock
from grants.core.database import db, mode
from grants.documents import batch, jobs
from grants.documents import operations as documents
from grants.documents.models import Document, Job
from grants.documents.ownership import owner_access
from grants.places.queries import labels_of
from grants.projects.models import Project

KINDS = {
    "award": ("award_letter", "LA"),
    "reject": ("rejection_letter", "LR"),
    "reopen": ("appeal_letter", "RR"),
    "uphold": ("appeal_letter", "RR"),
}


def _may(person, job: Job) -> bool:
    return owner_access[Session.__subject__](person, job.subject_id)


@jobs.runs("letters", _l("Letters of a session"), may=_may)
def write_all(job: Job):
    """Issue the letter of each decided file of a session that has none yet. A piece is one letter."""
    decided = _decided(job.subject_id)
    for done, _one in enumerate(batch.issue_many(decided, _draw, by_id=job.made_by_id), 1):
        yield done, len(decided)


def _decided(session_id: int) -> list[tuple]:
    """(line of the agenda, rank, score as it is printed) of each line whose decision is told by a letter."""
    with mode("read"):
        session = db.session.get_one(Session, session_id)
        found = [
            (line.item.id, line.rank, str(line.score).replace(".", ",") if line.score is not None else None)
            for line in queries.ranking(session)
            if _is_told(line.item)
        ]
        db.session.rollback()
    return found


def _is_told(item: AgendaItem) -> bool:
    """Awards and refusals are told; another amount that was granted is told by the amendment that says it."""
    return item.decision == "reject" if item.is_change else item.decision in KINDS


def _draw(one: tuple) -> documents.Draft | None:
    """The letter of a line of the agenda, or None where it was written before."""
    item_id, rank, score = one
    item = db.session.get_one(AgendaItem, item_id)
    if item.is_change:
        return matters.change_of(item).refusal(item)
    kind, prefix = KINDS[item.decision]
    project = item.project
    about = appeals.of_item(item) if item.is_appeal else project
    reference = _numbered(prefix, about)
    if _was_told(item, kind):
        return None
    told = answer(item, reference) if item.is_appeal else context(item, reference, rank, score)
    return documents.draw_up(kind, project, reference=reference, context=told)


def _numbered(prefix: str, about) -> str:
    """A letter carries the number of what it is about: whoever brings one names the file or the appeal too."""
    return f"{prefix}-{about.reference.split('-', 1)[-1]}"


def _was_told(item: AgendaItem, kind: str) -> bool:
    """Whether the letter of a decision is there. A file that comes back after an appeal is told again."""
    written = select(Document.parameters).where(
        Document.kind == kind,
        Document.subject_kind == Project.__subject__,
        Document.subject_id == item.project_id,
        Document.issued_at >= item.decided_at,
    )
    session = item.session.reference
    return any(
        session == ((told.get("heard") or {}).get("minutes") if item.is_appeal else told.get("minutes"))
        for told in db.session.scalars(written)
    )


def answer(item: AgendaItem, reference: str) -> dict:
    """The context of the letter that tells a group what a session decided about its appeal."""
    outcome = "granted" if item.decision == "reopen" else "upheld"
    heard = {"name": item.session.committee.name, "held_on": item.session.held_on, "minutes": item.session.reference}
    return _about(appeals.of_item(item), outcome, reference, reason=item.reason, heard=heard)


def about_appeal(appeal, what: str, *, reason: str | None = None, papers: int = 0, by) -> documents.Document:
    """Issue a letter about an appeal at once: its `receipt`, or that it is `inadmissible`."""
    reference = _numbered("AR" if what == "receipt" else "RR", appeal)
    told = _about(appeal, what, reference, reason=reason, papers=papers)
    return documents.issue("appeal_letter", appeal.project, reference=reference, context=told, by=by)


def _about(
    appeal, what: str, reference: str, *, reason: str | None, papers: int = 0, heard: dict | None = None
) -> dict:
    notice = appeal.notice
    return {
        **_letter(appeal.project, reference),
        "what": what,
        "appeal": appeal.reference,
        "against": notice.against,
        "refused_on": notice.refused_on,
        "told_on": notice.told_on,
        "lodged_on": appeal.lodged_on,
        "way": appeal.way,
        "spoken_by": appeal.spoken_by,
        "reasons": appeal.reasons,
        "papers": papers,
        "heard": heard,
        "reason": reason,
    }


def of_ineligibility(project: Project, reason: str, *, by) -> documents.Document:
    """Issue the letter that tells a group why its application is not eligible."""
    reference = _numbered("LR", project)
    told = _decision(project, reference, reason)
    return documents.issue("rejection_letter", project, reference=reference, context=told, by=by)


def context(item: AgendaItem, reference: str, rank: int | None, score: str | None) -> dict:
    """The context of the letter about a decision."""
    session = item.session
    return _decision(
        item.project,
        reference,
        item.reason or None,
        committee=session.committee.name,
        held_on=session.held_on,
        minutes=session.reference,
        rank=rank,
        score=score,
        amount=item.amount,
        conditions=[text.strip() for text in item.conditions.splitlines() if text.strip()],
    )


def _letter(project: Project, reference: str) -> dict:
    """What every letter to a group begins with: from whom it comes, to whom it goes, and about what."""
    return {
        "programme": minutes.programme({project.call.envelope}),
        "reference": reference,
        "on": clock.today(),
        "group": project.group.name,
        "place": ", ".join(filter(None, [project.group.village, labels_of([project.place_code])[project.place_code]])),
        "project": project.reference,
        "title": project.title,
        "call": f"{project.call.title} ({project.call.reference})",
    }


def _decision(project: Project, reference: str, reason: str | None, **heard) -> dict:
    """The context of a letter of award or of refusal; `heard` is what a session adds, empty for the eligibility check."""
    return {
        **_letter(project, reference),
        "committee": None,
        "held_on": None,
        "minutes": None,
        "rank": None,
        "score": None,
        "asked": project.requested,
        "amount": None,
        "conditions": [],
        "reason": reason,
        # Where a call sets no delay, the letter says how a decision is contested, and not until when. The delay runs from
        # the day on which the group receives the letter: nobody can print its end.
        "appeal_days": parse(project.call.rules).appeal_days or None,
        "appeal_until": None,
        **heard,
    }
