"""Reading refusals told, and appeals."""

from collections.abc import Iterable

from sqlalchemy import desc, select
from sqlalchemy.orm import joinedload, lazyload

from grants.access.models import Person
from grants.committee.appeals.models import Appeal, RefusalNotice
from grants.committee.models import AgendaItem
from grants.core.database import db
from grants.documents.models import Document, StoredFile
from grants.journal.models import Event
from grants.projects.models import Project

# Days after the last day during which an appeal that was written in time may still reach the office: as the workflow's
# own rule of lateness closes the window.
GRACE_DAYS = 5
# The guards by which a workflow says what a granted appeal leads back to, each with the refusal that it is about.
ABOUT = {"appeals.about_eligibility": "ineligible", "appeals.about_decision": "rejected"}


def notice(project: Project) -> RefusalNotice | None:
    """The latest refusal of which the group was told."""
    return db.session.scalar(
        select(RefusalNotice).where(RefusalNotice.project_id == project.id).order_by(desc(RefusalNotice.id)).limit(1)
    )


def refusal(project: Project) -> Event | None:
    """The act that refused a file which waits for its group to be told: the latest that led to where it stands."""
    return db.session.scalar(
        select(Event)
        .where(
            Event.subject_kind == Project.__subject__,
            Event.subject_id == project.id,
            Event.to_step == project.step,
            Event.from_step != project.step,
        )
        .order_by(desc(Event.seq))
        .limit(1)
    )


def of_project(project: Project) -> list[Appeal]:
    """The appeals of a file, the latest first."""
    return list(
        db.session.scalars(
            select(Appeal)
            .options(
                joinedload(Appeal.taken_by).options(lazyload(Person.grants)),
                joinedload(Appeal.examined_by).options(lazyload(Person.grants)),
            )
            .where(Appeal.project_id == project.id)
            .order_by(desc(Appeal.id))
        )
    )


def under_way(project: Project) -> Appeal | None:
    """The appeal of a file that is not decided yet, if any."""
    return db.session.scalar(select(Appeal).where(Appeal.project_id == project.id, Appeal.outcome.is_(None)))


def admitted(projects: Iterable[Project]) -> dict[int, int]:
    """For those of these files whose appeal waits for a committee: the id of the appeal by that of the file."""
    rows = select(Appeal.project_id, Appeal.id).where(
        Appeal.project_id.in_([one.id for one in projects]), Appeal.examined_at.is_not(None), Appeal.outcome.is_(None)
    )
    return dict(db.session.execute(rows).all())


def of_item(item) -> Appeal | None:
    """The appeal that a line of an agenda is about, or None."""
    return db.session.get_one(Appeal, item.matter_id) if item.is_appeal else None


def of_another_kind(appeal: Appeal | None, action) -> bool:
    """Whether an action is about appeals against the other sort of refusal."""
    return appeal is not None and any(
        ABOUT.get(need, appeal.notice.against) != appeal.notice.against for need in action.needs
    )


def papers(appeals: Iterable[Appeal]) -> dict[int, list[StoredFile]]:
    """The papers and photos that groups gave with their appeals, by appeal."""
    found: dict[int, list[StoredFile]] = {}
    wanted = select(StoredFile).where(
        StoredFile.subject_kind == Appeal.__subject__, StoredFile.subject_id.in_([one.id for one in appeals])
    )
    for file in db.session.scalars(wanted.order_by(StoredFile.id)):
        found.setdefault(file.subject_id, []).append(file)
    return found


def letters(project: Project) -> list[Document]:
    """The letters to a group about refusals and appeals, the earliest first."""
    return list(
        db.session.scalars(
            select(Document)
            .where(
                Document.kind.in_(("rejection_letter", "appeal_letter")),
                Document.subject_kind == Project.__subject__,
                Document.subject_id == project.id,
            )
            .order_by(Document.id)
        )
    )


def why_refused(appeal: Appeal) -> str | None:
    """The reasons of the refusal that an appeal is about, as its group was told them."""
    if appeal.notice.against == "ineligible":
        return why_ineligible(letters(appeal.project))
    refused = select(AgendaItem.reason).where(
        AgendaItem.project_id == appeal.project_id, AgendaItem.decision == "reject", AgendaItem.matter_kind.is_(None)
    )
    return db.session.scalar(refused.order_by(desc(AgendaItem.id)).limit(1))


def why_ineligible(written: Iterable[Document]) -> str | None:
    """Why the eligibility check refused, as the latest of these letters says it; a committee's reasons stand with its vote."""
    told = [one for one in written if one.kind == "rejection_letter"]
    return told[-1].parameters["reason"] if told and told[-1].parameters["committee"] is None else None
