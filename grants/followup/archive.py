"""What the archive of a micro-project holds: its papers, its documents, its data and its history."""

from sqlalchemy import select

from grants.access import policy
from grants.committee.models import AgendaItem
from grants.contracts.amendments.models import Amendment
from grants.contracts.models import Contract
from grants.core.database import db
from grants.documents import jobs
from grants.documents.archiving import Contents, Source, archives
from grants.documents.models import Document, Job, StoredFile
from grants.followup import queries
from grants.followup.models import Expense, PlannedVisit, Refund
from grants.followup.recovery.models import Recovery, WriteOff
from grants.payments.evidence.models import ConditionLift, ConditionProof
from grants.payments.models import PaymentOrder, Tranche
from grants.projects.models import Paper, Project, Revision

# Papers that show who a person is, by their kind: licences, identity cards.
IDENTITY_PAPERS = frozenset({"driver_papers", "identity", "identity_papers", "officer_papers"})
# What data say of the papers of people: officers, readers, witnesses.
_PAPER_NUMBERS = frozenset({"paper", "reader_paper"})
_NOT_FOR_THEM = "pièce d'identité, droit non accordé"


def ask(project: Project, *, by) -> Job:
    """Ask for the archive of a file. Raises NotFound for a file elsewhere, Forbidden without the right."""
    policy.require(by, "projects.archive", project)
    return jobs.ask("archive", project, by=by, parameters={"title": project.title, "name": project.reference})


def _may(person, project_id: int) -> bool:
    project = db.session.get(Project, project_id)
    return project is not None and policy.sees(person, "projects.archive", project)


def _gather(person, project_id: int) -> Contents:
    project = db.session.get_one(Project, project_id)
    contents = Contents(title=f"{project.reference}, {project.title}")
    contents.subjects.append((Project.__subject__, project.id))
    for model in (Contract, Amendment, PaymentOrder, PlannedVisit, Recovery):
        ids = db.session.scalars(select(model.id).where(model.project_id == project.id).order_by(model.id))
        contents.subjects += [(model.__subject__, one) for one in ids]
    whole = policy.sees(person, "projects.archive_identity", project)
    contents.papers = [*_filed(contents.subjects[1:])]
    for identity, name, file in _papers(project):
        if identity and not whole:
            contents.left_out.append((name, _NOT_FOR_THEM))
        else:
            contents.papers.append((name, file))
    contents.data = {
        "dossier": _row(project),
        "versions": [
            {"number": one.number, "content": one.content}
            for one in _of(Revision, project, Revision.number)
        ],
        # What was decided, not how each member voted.
        "decisions": [
            {"decision": one.decision, "amount": one.amount, "conditions": one.conditions, "reason": one.reason,
             "decided_at": one.decided_at}
            for one in _of(AgendaItem, project, AgendaItem.id) if one.decision
        ],
        "conventions": [_row(one) for one in _of(Contract, project, Contract.id)],
        "avenants": [_row(one) for one in _of(Amendment, project, Amendment.id)],
        "paiements": [_row(one) for one in _of(PaymentOrder, project, PaymentOrder.id)],
        "apports": [_row(one) for one in queries.contributions(project)],
        "visites_prevues": [_row(one) for one in _of(PlannedVisit, project, PlannedVisit.id)],
        "visites": [_row(one) for one in queries.visits(project)],
        "depenses": [_row(one) for one in _of(Expense, project, Expense.id)],
        "recouvrements": [
            {**_row(one), "echeances": [_row(line) for line in (one.plan.instalments if one.plan else ())]}
            for one in _of(Recovery, project, Recovery.id)
        ],
        "abandons": [_row(one) for one in _of(WriteOff, project, WriteOff.id)],
        "conditions_levees": [
            _row(one)
            for one in db.session.scalars(select(ConditionLift).join(Tranche).where(Tranche.project_id == project.id))
        ],
        "preuves": [_row(one) for one in _of(ConditionProof, project, ConditionProof.id)],
        "remboursements": [_row(one) for one in _of(Refund, project, Refund.id)],
    }  # fmt: skip
    if not whole:
        contents.data = _without_numbers(contents.data)
        contents.left_out.append(("donnees : numéros des pièces d'identité", _NOT_FOR_THEM))
    return contents


def _without_numbers(value):
    if isinstance(value, dict):
        return {name: None if name in _PAPER_NUMBERS else _without_numbers(inner) for name, inner in value.items()}
    return [_without_numbers(one) for one in value] if isinstance(value, list | tuple) else value


def _of(model, project, order):
    return db.session.scalars(select(model).where(model.project_id == project.id).order_by(order))


def _papers(project):
    """`(whether it shows who a person is, name, file)` of every paper of the file; the name says what it proves."""
    for paper in _of(Paper, project, Paper.id):
        yield paper.kind in IDENTITY_PAPERS, f"{paper.kind}-{paper.file.name}", paper.file
    for name, file in _proofs(project):
        yield False, name, file


def _proofs(project):
    for proof in queries.contributions(project):
        yield f"apport-{proof.file.name}", proof.file
    for visit in queries.visits(project):
        for photo in visit.photos:
            yield f"visite-{visit.visited_on}-{photo.file.name}", photo.file
    for expense in _of(Expense, project, Expense.id):
        yield f"depense-{expense.spent_on}-{expense.voucher.name}", expense.voucher
    for proof in _of(ConditionProof, project, ConditionProof.id):
        yield f"{proof.code}-{proof.file.name}", proof.file
    for refund in _of(Refund, project, Refund.id):
        yield f"remboursement-{refund.slip.name}", refund.slip
    closing = queries.closing(project)
    if closing is not None:
        yield f"reception-{closing.scan.name}", closing.scan


def _filed(subjects):
    """What was filed with contracts, amendments and payments: signed papers and receipts, not what was printed here."""
    printed = select(Document.file_id)
    for kind, number in subjects:
        filed = select(StoredFile).where(StoredFile.subject_kind == kind, StoredFile.subject_id == number)
        for file in db.session.scalars(filed.where(StoredFile.id.not_in(printed)).order_by(StoredFile.id)):
            yield f"{kind}-{number}-{file.name}", file


def _row(row) -> dict:
    return {column.key: getattr(row, column.key) for column in row.__mapper__.column_attrs}


archives["project"] = Source(may=_may, gather=_gather)
