"""Filing a paper that proves a condition, and lifting a condition for one tranche."""

from flask_babel import gettext as _

from grants import journal
from grants.access import policy, role_label
from grants.calls import rules as call_rules
from grants.core import clock
from grants.core.database import db
from grants.core.errors import Problem, Problems, Refused, collect
from grants.documents.operations import attach
from grants.lifecycle import hold
from grants.payments import queries
from grants.payments.evidence.models import PROVEN, ConditionLift, ConditionProof
from grants.payments.evidence.queries import words
from grants.payments.models import Tranche

# While money is still to be paid.
OPEN = ("contribution", "disbursement", "followup")
LONGEST = 300


def file_proof(project, code: str, values: dict, *, by) -> ConditionProof:
    """File a paper that proves a condition. `values`: proven_on, note, proof (uploads)."""
    policy.require(by, "followup.accept" if code == "works_accepted" else "followup.prove", project)
    if code not in PROVEN:
        raise Refused(_("This condition is not proven by a paper."))
    if project.step not in OPEN:
        raise Refused(_("This file stands at another step: this cannot be recorded on it now."))
    day, note = values.get("proven_on"), (values.get("note") or "").strip()
    collect(
        Problem(_("The day is needed."), "proven_on") if day is None else None,
        Problem(_("This day is still to come."), "proven_on") if day is not None and day > clock.today() else None,
        Problem(_("Write what was done, and who was there."), "note") if len(note) < 5 else None,
        None if values.get("proof") else Problem(_("Add the signed paper."), "proof"),
    )
    file = attach(values["proof"][0], project, by=by)
    proof = ConditionProof(project=project, code=code, proven_on=day, note=note[:LONGEST], file=file, by=by)
    db.session.add(proof)
    db.session.flush()
    journal.record(
        project, "file_proof", by=by, data={"condition": code, "day": day, "note": proof.note, "sha256": file.sha256}
    )
    return proof


def may_lift(tranche: Tranche, code: str, person) -> bool:
    """Whether the rules of the call let this person lift a condition of a tranche now."""
    role = call_rules.parse(tranche.project.call.rules).lifting.get(code)
    return role is not None and role in policy.roles_on(person, tranche.project) and not _why_not(tranche, code, person)


def lift_condition(tranche: Tranche, code: str, *, reason: str, by) -> ConditionLift:
    """Lift a condition for one tranche, by the role that the rules of the call name, apart from the people of its payment.

    Raises Refused with everything that stands in the way, Problems for the reason. The signature, the verified account
    and the people of the payment cannot be lifted by anybody: the database knows no such row.
    """
    project = tranche.project
    policy.require(by, "payments.lift", project)
    hold(project)
    role = call_rules.parse(project.call.rules).lifting.get(code)
    if role is None:
        raise Refused(_("Nobody may lift this condition."))
    if role not in policy.roles_on(by, project):
        raise Refused(_("Your role does not allow this here. It is for: %(roles)s.", roles=role_label(role)))
    if gaps := _why_not(tranche, code, by):
        raise Refused(*gaps)
    reason = (reason or "").strip()
    if not 10 <= len(reason) <= LONGEST:
        raise Problems(Problem(_("Say why, in a sentence of %(most)s signs at most.", most=LONGEST), "reason"))
    lift = ConditionLift(tranche=tranche, code=code, role=role, reason=reason, by=by)
    db.session.add(lift)
    db.session.flush()
    data = {"condition": code, "tranche": tranche.number, "role": role}
    journal.record(project, "lift_condition", by=by, reason=reason, data=data)
    if (order := queries.live_order(tranche)) is not None:
        journal.record(order, "lift_condition", by=by, reason=reason, data=data)
    return lift


def _why_not(tranche: Tranche, code: str, by) -> list[str]:
    order = queries.live_order(tranche)
    reasons = []
    if code not in tranche.conditions:
        reasons.append(_("This tranche does not have the condition “%(condition)s”.", condition=words(code)))
    if tranche.project.step not in OPEN or tranche.cancelled_at is not None:
        reasons.append(_("This file stands at another step: this cannot be recorded on it now."))
    if order is not None and order.sent_at is not None:
        reasons.append(_("The order %(reference)s has been sent.", reference=order.reference))
    if order is not None and policy.are_one(by, _hands(order), "payments.lift", tranche.project):
        reasons.append(_("You take part in the payment of this tranche: somebody else lifts its conditions."))
    return reasons


def _hands(order) -> frozenset[int]:
    """Who took part in a payment, and for whom."""
    people = {order.prepared_by_id, order.verified_by_id, order.released_by_id} - {None}
    return journal.hands(order, "prepare", "retry", "take_account", "verify", "release") | people
