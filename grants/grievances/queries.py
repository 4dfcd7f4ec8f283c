"""What is read of complaints. A sealed one is there only for those who handle complaints where it was lodged."""

from dataclasses import dataclass
from datetime import timedelta

from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import ColumnElement, Select, and_, desc, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from grants.access import policy
from grants.access.models import Person
from grants.access.sign_ins import hasher
from grants.contracts.models import Contract
from grants.core import clock
from grants.core.database import db
from grants.core.errors import NotFound
from grants.core.paging import Page, keyset
from grants.core.reading import once_a_read
from grants.core.references import CODE_SIGNS
from grants.documents.models import Document
from grants.documents.queries import normal_code
from grants.grievances.models import Answer, Complainant, Grievance, Note, Reading
from grants.projects.models import Project

VIEW, SEALED, HANDLE, IDENTITY = "grievances.view", "grievances.sealed", "grievances.handle", "grievances.identity"
# How long a sealed complaint stays open for the person who opened it.
OPEN_FOR = timedelta(minutes=30)
# Checked where there is no such complaint, so that the time of the answer does not tell which exist.
_NOBODY = hasher.hash("no such complaint")
_LOOK_ALIKES = str.maketrans({"O": "Q", "0": "Q", "1": "J", "I": "J", "L": "J", "S": "5", "B": "8", "U": "V"})


@dataclass(frozen=True, slots=True)
class Filters:
    """What narrows the list; empty values narrow nothing. `state` is "open", "closed" or the code of a step."""

    q: str = ""
    category: str = ""
    place: str = ""
    state: str = ""


def _loaded() -> Select:
    return select(Grievance).options(joinedload(Grievance.project).joinedload(Project.group))


def find(reference: str, person) -> Grievance | None:
    """The complaint of a reference where this person may see that it is there, else None."""
    found = db.session.scalar(_loaded().where(Grievance.reference == reference))
    return found if found is not None and policy.sees(person, SEALED if found.sealed else VIEW, found) else None


def visible(reference: str, person) -> Grievance:
    """The complaint of a reference where this person may see that it is there. Raises NotFound."""
    found = find(reference, person)
    if found is None:
        raise NotFound(reference)
    return found


def for_handling(reference: str, person) -> Grievance:
    """The complaint of a reference for one who handles it. Raises NotFound, Refused."""
    found = visible(reference, person)
    policy.require(person, HANDLE, found)
    return found


def listed(person, filters: Filters, *, after: str | None = None, size: int = 25) -> Page:
    """The complaints that are not sealed, the latest first."""
    wanted = _loaded().where(_general(person), *_narrowed(filters))
    return keyset(wanted, order=[desc(Grievance.lodged_at), desc(Grievance.id)], after=after, size=size)


def sealed_listed(person, *, after: str | None = None, size: int = 25) -> Page:
    """The sealed complaints that a person handles, the latest first; nobody else's."""
    wanted = select(Grievance).where(Grievance.sealed, policy.in_sight(person, SEALED, Grievance.place_code))
    return keyset(wanted, order=[desc(Grievance.lodged_at), desc(Grievance.id)], after=after, size=size)


def counts(person) -> dict[str, int]:
    """How many are open and late of those that are not sealed, and how many sealed ones are open: a number, no more."""
    waiting = Grievance.waits_for.is_not(None)
    row = db.session.execute(
        select(
            func.count().filter(~Grievance.sealed, waiting),
            func.count().filter(~Grievance.sealed, waiting, Grievance.due_at < clock.now()),
            func.count().filter(Grievance.sealed, waiting),
        ).where(policy.in_sight(person, VIEW, Grievance.place_code))
    ).one()
    return {"open": row[0], "late": row[1], "sealed": row[2]}


def _general(person) -> ColumnElement:
    return and_(~Grievance.sealed, policy.in_sight(person, VIEW, Grievance.place_code))


def _narrowed(filters: Filters):
    if filters.q:
        text = filters.q.strip().upper()
        on_file = Grievance.project.has(Project.reference.contains(text, autoescape=True))
        yield or_(Grievance.reference.contains(text, autoescape=True), on_file)
    if filters.category:
        yield Grievance.category == filters.category
    if filters.place:
        yield Grievance.place_code.startswith(filters.place, autoescape=True)
    if filters.state == "open":
        yield Grievance.waits_for.is_not(None)
    elif filters.state == "ended":
        yield Grievance.waits_for.is_(None)
    elif filters.state:
        yield Grievance.step == filters.state


def of_project(project, person) -> list[Grievance]:
    """The complaints about a file that this person may read, the latest first; sealed ones are never among them."""
    found = [one for one in _about(project) if not one.sealed and policy.sees(person, VIEW, one)]
    return found[:20]


def suspends_payments(project) -> bool:
    """Whether an open complaint, sealed or not, keeps the next tranche of a file from being paid."""
    return any(one.holds_payments and one.waits_for is not None for one in _about(project))


@once_a_read
def _about(project) -> list[Grievance]:
    wanted = select(Grievance).where(Grievance.project_id == project.id)
    return list(db.session.scalars(wanted.order_by(desc(Grievance.lodged_at), desc(Grievance.id))))


def by_token(token: str) -> Grievance | None:
    """What was lodged with a form."""
    return db.session.scalar(select(Grievance).where(Grievance.token == token))


def project_named(text: str) -> Project | None:
    """The file that a person means: by its reference, its contract's, or the code printed on its contract."""
    plain = text.strip().upper()
    if not plain:
        return None
    found = db.session.scalar(select(Project).where(Project.reference == plain))
    if found is not None:
        return found
    printed = or_(Contract.reference == plain, Document.code == (normal_code(plain) or ""))
    return db.session.scalar(
        select(Project)
        .join(Contract, Contract.project_id == Project.id)
        .outerjoin(Document, Document.id == Contract.document_id)
        .where(printed)
        .limit(1)
    )


def complainant(grievance: Grievance, person) -> Complainant | None:
    """Who complains, for those who may know it; None where nobody said, or for anybody else."""
    if not policy.sees(person, IDENTITY, grievance):
        return None
    return db.session.get(Complainant, grievance.id)


def answers(grievance: Grievance) -> list[Answer]:
    """The answers given, in order."""
    wanted = select(Answer).options(joinedload(Answer.by).lazyload(Person.grants))
    return list(db.session.scalars(wanted.where(Answer.grievance_id == grievance.id).order_by(Answer.number)))


def notes(grievance: Grievance) -> list[Note]:
    """What was written down while it was examined, in order."""
    wanted = select(Note).options(joinedload(Note.by).lazyload(Person.grants))
    return list(db.session.scalars(wanted.where(Note.grievance_id == grievance.id).order_by(Note.id)))


def contested(grievance: Grievance) -> bool:
    """Whether the first answer was contested."""
    wanted = select(Note.id).where(Note.grievance_id == grievance.id, Note.kind == "contest")
    return db.session.scalar(wanted.limit(1)) is not None


# ------------------------------------------------------------------------------------------------- sealed ones


def opened_until(grievance: Grievance, person):
    """Until when a sealed complaint is open for a person who said why they read it; None where it is shut."""
    last = db.session.scalar(
        select(func.max(Reading.at)).where(
            Reading.grievance_id == grievance.id, Reading.person_id == person.id, Reading.purpose.is_not(None)
        )
    )
    return last + OPEN_FOR if last is not None and last + OPEN_FOR > clock.now() else None


def readings(grievance: Grievance, *, limit: int = 30) -> list[Reading]:
    """Who opened a sealed complaint and why, the latest first. (Each look at it is kept too.)"""
    wanted = select(Reading).options(joinedload(Reading.person).lazyload(Person.grants))
    wanted = wanted.where(Reading.grievance_id == grievance.id, Reading.purpose.is_not(None))
    return list(db.session.scalars(wanted.order_by(desc(Reading.id)).limit(limit)))


# ------------------------------------------------------------------------------------- following without an account


def followed(reference: str, code: str) -> Grievance | None:
    """The complaint of a reference for one who knows its code, else None; as long in coming where there is none."""
    wanted = select(Grievance).options(selectinload(Grievance.answers))
    found = db.session.scalar(wanted.where(Grievance.reference == reference.strip().upper()))
    try:
        hasher.verify(found.code_hash if found is not None else _NOBODY, normal(code))
    except (VerificationError, InvalidHashError):
        return None
    return found


def normal(code: str) -> str:
    """A code as it is kept, from what somebody typed: no hyphens or spaces, and signs that look alike read as what they are."""
    plain = "".join(sign for sign in code.upper() if sign.isalnum()).translate(_LOOK_ALIKES)
    return "".join(sign for sign in plain if sign in CODE_SIGNS)
