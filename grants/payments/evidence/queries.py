"""What is read about proofs and lifts."""

from calendar import monthrange
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from grants import journal
from grants.access import policy
from grants.access.models import Person
from grants.calls import rules as call_rules
from grants.calls.labels import CONDITION_LABELS
from grants.core.database import db
from grants.core.reading import once_a_read
from grants.payments.evidence.models import ConditionLift, ConditionProof

# The rights by which somebody takes part in a payment.
_PAYING = ("payments.prepare", "payments.verify")


@once_a_read
def lifts(tranche) -> list[ConditionLift]:
    """The conditions lifted for a tranche, in order."""
    wanted = select(ConditionLift).where(ConditionLift.tranche_id == tranche.id).order_by(ConditionLift.id)
    return list(db.session.scalars(wanted.options(joinedload(ConditionLift.by).lazyload(Person.grants))))


@once_a_read
def proofs(project) -> list[ConditionProof]:
    """The papers that prove conditions of a file's tranches, the latest first."""
    wanted = select(ConditionProof).where(ConditionProof.project_id == project.id).order_by(ConditionProof.id.desc())
    names = joinedload(ConditionProof.by).lazyload(Person.grants)
    return list(db.session.scalars(wanted.options(names, joinedload(ConditionProof.file))))


def proof(project, code: str) -> ConditionProof | None:
    """The latest proof of one condition."""
    return next((one for one in proofs(project) if one.code == code), None)


def guaranteed_until(project, accepted: ConditionProof) -> date:
    """The last day of the guarantee of works that were accepted, by the rules of the call."""
    months = accepted.proven_on.month - 1 + call_rules.parse(project.call.rules).retention_months
    year, month = accepted.proven_on.year + months // 12, months % 12 + 1
    return date(year, month, min(accepted.proven_on.day, monthrange(year, month)[1]))


def not_apart(tranche, by) -> list[str]:
    """Why this person may not take part in the payment of a tranche: they lifted a condition of it."""
    return [
        _("You lifted the condition “%(condition)s” for this tranche: other people pay it.", condition=words(lift.code))
        for lift in lifts(tranche)
        if any(policy.are_one(by, _hands(lift, tranche), right, tranche.project) for right in _PAYING)
    ]


def _hands(lift: ConditionLift, tranche) -> frozenset[int]:
    """Who lifted a condition, and for whom."""
    facts = {"condition": lift.code, "tranche": tranche.number}
    return journal.hands(tranche.project, "lift_condition", **facts) | {lift.by_id}


def words(code: str) -> str:
    """A condition in words."""
    own = {"works_accepted": _("The works are accepted"), "guarantee_over": _("The guarantee is over")}
    return str(own.get(code) or CONDITION_LABELS.get(code, code))
