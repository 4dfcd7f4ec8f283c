"""The contracts of all files of a call that wait for theirs, issued in the background on all cores.

Each file is looked at alone, by the same rules as on its own page, and has a result of its own: made, or refused with
every reason. The contract, the step of its file and the line that says so are one transaction: a worker that is killed
loses and doubles nothing, and who goes on goes on with the files that have no line yet.
"""

from dataclasses import dataclass

from flask import url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from grants import journal, lifecycle
from grants.access import policy
from grants.access.models import Person
from grants.calls.models import Call
from grants.contracts.operations import issuing
from grants.core.database import db, mode
from grants.core.errors import NotFound, Problems, Refused
from grants.core.references import give_back, hold_reference
from grants.core.unit_of_work import unit_of_work
from grants.documents import batch, jobs
from grants.documents.models import Job, JobLine
from grants.documents.operations import Draft
from grants.documents.rendering import BadContext, RenderingFailed
from grants.projects.models import Project

RIGHT = "contracts.issue_many"
STEP = "contract"


def ask(call: Call, *, months: int, start: str, represented_by: str, by) -> Job:
    """Ask for the contracts of a call's files. Raises Forbidden without the right, Refused where no file waits for one."""
    policy.require(by, RIGHT)
    if db.session.scalar(_waiting(by).where(Project.call_id == call.id).limit(1)) is None:
        raise Refused(_("No file of this call waits for its contract."))
    terms = {"months": months, "start": start, "represented_by": represented_by}
    title = f"{call.title} ({call.reference})"
    return jobs.ask("contracts", call, by=by, parameters={"title": title, "terms": terms})


def _waiting(person):
    """The select of the files that wait for their contract in this person's territory."""
    sight = policy.in_sight(person, RIGHT, Project.place_code)
    return select(Project.id).where(Project.step == STEP, sight)


def waiting_calls(person) -> list[tuple[Call, int, int]]:
    """`(call, files, francs)` of each call with files that wait for their contract in this person's territory."""
    sight = policy.in_sight(person, RIGHT, Project.place_code)
    found = (
        select(Call, func.count(Project.id), func.coalesce(func.sum(Project.granted), 0))
        .join(Project, Project.call_id == Call.id)
        .where(Project.step == STEP, sight)
        .group_by(Call.id)
        .order_by(Call.id.desc())
    )
    return [(call, count, int(francs)) for call, count, francs in db.session.execute(found)]


def latest(person) -> list[Job]:
    """The latest batches that this person asked for, the newest first."""
    wanted = select(Job).where(Job.kind == "contracts", Job.made_by_id == person.id)
    return list(db.session.scalars(wanted.order_by(Job.id.desc()).limit(10)))


def _may(person, job: Job) -> bool:
    return policy.may(person, RIGHT)


def _link(line: JobLine) -> str:
    return url_for("projects.show", reference=line.label)


@jobs.runs("contracts", _l("Contracts of a call"), may=_may, link=_link)
def issue_all(job: Job):
    """Issue the contract of each file that waits for one and has no line of this job yet. A piece is one file."""
    with mode("read"):
        person = db.session.get_one(Person, job.made_by_id)
        if not _may(person, job):
            raise NotFound()
        told = select(JobLine.subject_id).where(JobLine.job_id == job.id)
        before = db.session.scalar(select(func.count()).select_from(told.subquery()))
        files = _waiting(person).where(Project.call_id == job.subject_id, Project.id.not_in(told))
        wanted = list(db.session.scalars(files.order_by(Project.id)))
        db.session.rollback()
    # One checkpoint of the journal for all of them: it is printed on each.
    with unit_of_work():
        journal.checkpoint(wait=False)
    run = _Run(job.id, job.made_by_id, job.parameters["terms"])
    total = before + len(wanted)
    for done, _one in enumerate(batch.set_many(map(run.number, wanted), run.draw, run.put), before + 1):
        yield done, total


@dataclass(frozen=True, slots=True)
class _Numbered:
    """A file of a batch: with the number of its contract, or with every reason why it gets none."""

    project_id: int
    reference: str | None
    reasons: tuple[str, ...] = ()


class _Run:
    """What one batch knows: whose it is, and the terms that all its contracts share."""

    def __init__(self, job_id, by_id, terms):
        self.job_id, self.by_id, self.terms = job_id, by_id, terms

    def number(self, project_id) -> _Numbered:
        """Look at a file by the rules of its step, and number its contract where nothing stands against it."""
        with mode("read"), force_locale("fr"):
            reasons = self._against(project_id)
            db.session.rollback()
        if reasons:
            return _Numbered(project_id, None, reasons)
        # The number is printed, so it is held before the pages are set: whoever goes on after a kill holds the same one.
        with unit_of_work():
            return _Numbered(project_id, hold_reference("CV", issuing.number_holder(project_id)))

    def _against(self, project_id) -> tuple[str, ...]:
        project, person = db.session.get_one(Project, project_id), db.session.get_one(Person, self.by_id)
        offer = next((one for one in lifecycle.offers(project, person) if one.action.code == "issue_contract"), None)
        if offer is None:
            return (_("The file does not wait for its contract any more."),)
        return () if offer.allowed else tuple(reason.in_locale("fr") for reason in offer.reasons)

    def draw(self, one: _Numbered) -> Draft | tuple[str, ...]:
        """The draft of a contract, or every reason against it."""
        if one.reference is None:
            return one.reasons
        project = db.session.get_one(Project, one.project_id)
        try:
            return issuing.drawn_up(project, reference=one.reference, **self._terms(project))
        except (Refused, Problems, BadContext) as refused:
            return _reasons(refused)

    def put(self, one: _Numbered, drawn, copies) -> None:
        """File the contract and say so, or say why not."""
        reasons = drawn if copies is None else None
        if isinstance(copies, RenderingFailed):
            reasons = (str(copies),)
        if reasons is None:
            reasons = self._issued(one.project_id, issuing.Printed(drawn, copies))
        if reasons:
            with unit_of_work():
                give_back("CV", issuing.number_holder(one.project_id))
                self._tell(db.session.get_one(Project, one.project_id), "refused", reasons)

    def _issued(self, project_id, printed) -> tuple[str, ...]:
        try:
            with force_locale("fr"), unit_of_work():
                project, person = db.session.get_one(Project, project_id), db.session.get_one(Person, self.by_id)
                data = {**self._terms(project), "printed": printed}
                event = lifecycle.perform(project, "issue_contract", by=person, data=data)
                self._tell(project, "done", (event.values["contract"],))
        except (Refused, Problems, BadContext, RenderingFailed) as refused:
            return _reasons(refused)
        return ()

    def _terms(self, project) -> dict:
        """The shared terms, and what each group has of its own: the village and the language of the reading."""
        group = project.group
        return {**self.terms, "place": group.village, "language": group.language or "bamanankan"}

    def _tell(self, project, outcome, words):
        line = JobLine(
            job_id=self.job_id, subject_id=project.id, label=project.reference, outcome=outcome, words=list(words)
        )
        db.session.add(line)
        db.session.flush()


def _reasons(refused: Exception) -> tuple[str, ...]:
    found = getattr(refused, "reasons", None) or getattr(refused, "problems", None) or [refused]
    return tuple(map(str, found))
