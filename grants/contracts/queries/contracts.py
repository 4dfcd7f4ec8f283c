"""What is read about contracts."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from grants.access import policy
from grants.contracts.models import Contract, ContractClause
from grants.contracts.models.clauses import ClauseVersion
from grants.core.database import db
from grants.core.errors import NotFound
from grants.core.reading import once_a_read, only_reading
from grants.documents.models import StoredFile
from grants.projects.models import Project


def live(project: Project) -> Contract | None:
    """The contract of a file that was issued and not cancelled."""
    if only_reading():
        found = latest(project)
        return found if found is not None and found.cancelled_at is None else None
    return db.session.scalar(
        select(Contract)
        .options(joinedload(Contract.document), joinedload(Contract.scan))
        .where(Contract.project_id == project.id, Contract.cancelled_at.is_(None))
    )


@once_a_read
def latest(project: Project) -> Contract | None:
    """The live contract of a file, else the last one that was cancelled."""
    return db.session.scalars(
        select(Contract)
        .options(joinedload(Contract.document), joinedload(Contract.scan))
        .where(Contract.project_id == project.id)
        .order_by(Contract.cancelled_at.is_not(None), Contract.id.desc())
        .limit(1)
    ).first()


def find(reference: str, person) -> Contract | None:
    """The contract of a reference where this person sees its file, else None."""
    contract = db.session.scalar(
        select(Contract)
        .options(joinedload(Contract.document), joinedload(Contract.scan), joinedload(Contract.project))
        .where(Contract.reference == reference)
    )
    if contract is None or not policy.sees(person, "contracts.view", contract.project):
        return None
    return contract


def visible(reference: str, person) -> Contract:
    """As `find`; raises NotFound where there is none for this person."""
    contract = find(reference, person)
    if contract is None:
        raise NotFound(reference)
    return contract


def scan_files(contract: Contract) -> list[StoredFile]:
    """The files of the signed paper, in order: those filed last, where it was filed more than once."""
    if contract.scan_id is None:
        return []
    return list(
        db.session.scalars(
            select(StoredFile)
            .where(
                StoredFile.subject_kind == contract.__subject__,
                StoredFile.subject_id == contract.id,
                StoredFile.id >= contract.scan_id,
            )
            .order_by(StoredFile.id)
        )
    )


def printed_texts(contract: Contract) -> list[ContractClause]:
    """Which versions of the texts a contract was printed with."""
    return list(
        db.session.scalars(
            select(ContractClause)
            .options(joinedload(ContractClause.version).selectinload(ClauseVersion.clause_set))
            .where(ContractClause.contract_id == contract.id)
            .order_by(ContractClause.id)
        )
    )
