"""What holds now after the amendments of a contract, and the amendments themselves."""

from collections.abc import Iterable

from sqlalchemy import select

from grants.access import policy
from grants.committee.models import AgendaItem
from grants.contracts import queries as contracts
from grants.contracts.amendments.models import Amendment
from grants.core.database import db
from grants.core.errors import NotFound
from grants.core.reading import once_a_read, only_reading


@once_a_read
def of_project(project) -> list[Amendment]:
    """The changes of a file's contracts that were ever proposed, the first before."""
    query = select(Amendment).where(Amendment.project_id == project.id).order_by(Amendment.id)
    return list(db.session.scalars(query))


def of_contract(contract) -> list[Amendment]:
    """The changes of a contract that were ever proposed, the first before."""
    return [one for one in of_project(contract.project) if one.contract_id == contract.id]


def last_in_force(project) -> Amendment | None:
    """The change that holds now, if there was one: each one begins from the one before."""
    return _latest(one for one in of_project(project) if one.in_force_at is not None)


def _latest(in_force: Iterable[Amendment]) -> Amendment | None:
    return max(in_force, key=lambda one: (one.in_force_at, one.id), default=None)


def granted_lines(project) -> list[dict]:
    """The budget lines that the grant pays, as they hold now: position, label, amount in francs, and what else they say."""
    revision = project.last_revision
    lines = enumerate(revision.content["budget"] if revision else [], start=1)
    found = [{**line, "position": position} for position, line in lines if line["paid_by"] == "grant"]
    changed = last_in_force(project) if project.granted is not None else None
    if changed is None:
        return found
    now = {line["position"]: line["amount"] for line in changed.after["lines"]}
    return [{**line, "amount": now.get(line["position"], line["amount"])} for line in found]


def amount(contract) -> int:
    """The grant as it holds now, in francs: what the contract says, or the last amendment that changed it."""
    if only_reading():
        told = (one for one in of_contract(contract) if one.in_force_at is not None and one.amount_after is not None)
        last = _latest(told)
        return contract.amount if last is None else last.amount_after
    # Columns, not rows: another transaction may have changed what this one read before it held the lock.
    changed = (
        select(Amendment.amount_after)
        .where(
            Amendment.contract_id == contract.id,
            Amendment.in_force_at.is_not(None),
            Amendment.amount_after.is_not(None),
        )
        .order_by(Amendment.in_force_at.desc(), Amendment.id.desc())
    )
    return db.session.scalar(changed.limit(1)) or contract.amount


def being_signed(project) -> Amendment | None:
    """The printed amendment of the amount that waits for its signatures, if there is one: no tranche is ordered meanwhile."""
    printed = (one for one in of_project(project) if one.amount_after is not None and one.document_id is not None)
    return next((one for one in printed if one.waits_for is not None), None)


def decision(amendment) -> AgendaItem | None:
    """The line of an agenda on which a committee granted the amount of an amendment, if it did."""
    query = select(AgendaItem).where(
        AgendaItem.matter_kind == Amendment.__subject__,
        AgendaItem.matter_id == amendment.id,
        AgendaItem.decision == "award",
    )
    return db.session.scalar(query)


def under_way(project) -> Amendment | None:
    """The change of a file's contract that nobody has settled yet, if there is one."""
    return next((one for one in of_project(project) if one.waits_for is not None), None)


def months(contract) -> int:
    """How long the contract runs now, in months."""
    changed = last_in_force(contract.project)
    return changed.after["months"] if changed is not None else contract.months


def find(reference: str, person) -> Amendment | None:
    """The amendment of a reference where this person sees its file, else None."""
    found = db.session.scalar(select(Amendment).where(Amendment.reference == reference))
    return found if found is not None and policy.sees(person, "contracts.view", found.project) else None


def visible(reference: str, person) -> Amendment:
    """The same; raises NotFound."""
    found = find(reference, person)
    if found is None:
        raise NotFound(reference)
    return found


def may_propose(project, person):
    """The contract of a file of which this person may propose a change now, else None."""
    if not policy.sees(person, "contracts.amend", project):
        return None
    contract = contracts.live(project)
    if contract is None or contract.in_force_at is None:
        return None
    return contract if all(one.waits_for is None for one in of_contract(contract)) else None
