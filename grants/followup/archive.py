"""What the archive of a micro-project holds: its papers, its documents, its data and its history."""

import re

from sqlalchemy import select

from grants.access import policy
from grants.committee.models import AgendaItem
from grants.contracts.amendments.models import Amendment
from grants.contracts.models import Contract
from grants.core.database import db
from grants.documents import jobs
from grants.documents.archiving import NOT_FOR_THEM, PAPER_NAMES, Contents, Source, archives
from grants.documents.models import Document, Job, StoredFile
from grants.followup import queries
from grants.followup.models import Expense, PlannedVisit, Refund
from grants.followup.recovery.models import Recovery, WriteOff
from grants.payments.evidence.models import ConditionLift, ConditionProof
from grants.payments.models import PaymentOrder, Tranche
from grants.projects.models import Paper, Project, Revision

# Papers that show who a person is, by their kind: licences, identity cards.
IDENTITY_PAPERS = frozenset({"driver_papers", "identity", "identity_papers", "officer_papers"})
# Where those who sign write what papers they have: what was filed, by the kind of thing with which it was.
SIGNED = frozenset({Contract.__subject__, Amendment.__subject__, PaymentOrder.__subject__})
_NUMBER = re.compile(r"[\w-]*\d[\w-]{3,}")
_HIDDEN = "(numéro non communiqué)"


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
    contents.identity = whole
    for identity, name, file in [*_filed(contents.subjects[1:]), *_papers(project)]:
        (contents.withheld if identity and not whole else contents.papers).append((name, file))
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
        contents.left_out.append(("donnees : numéros des pièces d'identité", NOT_FOR_THEM))
    return contents


def _without_numbers(data):
    """The data without the numbers of people's papers, also where a text names them: the articles of a contract do."""
    numbers = {number for said in _said(data) for number in _NUMBER.findall(said)}
    written = re.compile("|".join(map(re.escape, sorted(numbers, key=len, reverse=True)))) if numbers else None
    return _hidden(data, written)


def _said(value):
    for name, inner in value.items() if isinstance(value, dict) else enumerate(value):
        if name in PAPER_NAMES and isinstance(inner, str):
            yield inner
        elif isinstance(inner, dict | list | tuple):
            yield from _said(inner)


def _hidden(value, written):
    if isinstance(value, dict):
        return {name: None if name in PAPER_NAMES else _hidden(inner, written) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_hidden(one, written) for one in value]
    return written.sub(_HIDDEN, value) if written and isinstance(value, str) else value


def _of(model, project, order):
    return db.session.scalars(select(model).where(model.project_id == project.id).order_by(order))


def _papers(project):
    """`(whether it shows who a person is, name, file)` of every paper of the file; the name says what it proves."""
    for paper in _of(Paper, project, Paper.id):
        yield paper.kind in IDENTITY_PAPERS, f"{paper.kind}-{paper.file.name}", paper.file
    for name, file in _proofs(project):
        yield False, name, file
    closing = queries.closing(project)
    if closing is not None:
        # Who received what was built or bought signs with the paper that shows who it is.
        yield True, f"reception-{closing.scan.name}", closing.scan


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


def _filed(subjects):
    """As `_papers`, of what was filed with contracts, amendments, payments: signed papers, not what was printed here."""
    printed = select(Document.file_id)
    for kind, number in subjects:
        filed = select(StoredFile).where(StoredFile.subject_kind == kind, StoredFile.subject_id == number)
        for file in db.session.scalars(filed.where(StoredFile.id.not_in(printed)).order_by(StoredFile.id)):
            yield kind in SIGNED, f"{kind}-{number}-{file.name}", file


def _row(row) -> dict:
    return {column.key: getattr(row, column.key) for column in row.__mapper__.column_attrs}


archives["project"] = Source(may=_may, gather=_gather)
