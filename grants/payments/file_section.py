"""The tranches of a file: on its page, and on a page of their own."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from grants.access import policy
from grants.core.formatting import day
from grants.core.texts import pick
from grants.lifecycle import definition_of
from grants.payments import conditions, queries
from grants.payments.evidence import queries as evidence
from grants.payments.evidence.models import PROVEN
from grants.payments.evidence.operations import may_lift
from grants.payments.models import PaymentOrder, Tranche
from grants.projects.sections import section

# At these steps it can be told what the next tranche still needs.
_LOOKED_AT = (conditions.PAYABLE_STEP, "contribution", "followup", "suspended")


@dataclass(frozen=True, slots=True)
class Line:
    """A tranche as it is shown: its state in words, its order, and what it needs where it is the next to be paid."""

    tranche: Tranche
    state: str
    tone: str
    order: PaymentOrder | None
    order_url: str | None
    findings: list[conditions.Finding]
    next: bool

    @property
    def ready(self) -> bool:
        return self.next and all(finding.met for finding in self.findings)


def lines(project, person) -> list[Line]:
    """The tranches of a file, in order."""
    found = queries.tranches(project)
    following = queries.next_unpaid(found)
    return [_line(project, person, tranche, following) for tranche in found]


def _line(project, person, tranche: Tranche, following: Tranche | None) -> Line:
    order = queries.live_order(tranche)
    shown = order is not None and policy.sees(person, "payments.follow", order)
    is_next = tranche is following and order is None and project.step in _LOOKED_AT
    return Line(
        tranche,
        *_state(tranche, order, is_next),
        order=order,
        order_url=url_for("payments.show", reference=order.reference) if shown else None,
        findings=conditions.findings(tranche) if is_next else [],
        next=is_next,
    )


def _state(tranche: Tranche, order: PaymentOrder | None, is_next: bool) -> tuple[str, str]:
    if tranche.cancelled_at is not None:
        return _("Cancelled"), "neutral"
    if order is None:
        return (_("Next to be paid"), "now") if is_next else (_("To come"), "neutral")
    if order.received_on is not None:
        return _("Received on %(day)s", day=day(order.received_on)), "ok"
    label = pick(definition_of(order).place(order.step).label)
    return label, "late" if order.step == "failed" else "done" if order.paid_on is not None else "now"


def may_prepare(project, person, shown: list[Line]) -> Line | None:
    """The tranche for which this person may prepare an order now, or None."""
    if project.step != conditions.PAYABLE_STEP or not policy.sees(person, "payments.prepare", project):
        return None
    if any(line.order is not None and line.order.received_on is None for line in shown):
        return None
    return next((line for line in shown if line.ready), None)


def may_choose(project, person, shown: list[Line]) -> Line | None:
    """The tranche for which this person may choose another way to pay: only the limits of the wallet stand in the way."""
    if project.step != conditions.PAYABLE_STEP or not policy.sees(person, "payments.prepare", project):
        return None
    if any(line.order is not None and line.order.received_on is None for line in shown):
        return None
    gaps = ((line, [one.code for one in line.findings if not one.met]) for line in shown if line.next)
    return next((line for line, codes in gaps if codes == ["wallet_limits"]), None)


@section("money", order=70, title=_l("Money"), template="payments/section.html", right="contracts.view",
         part="money")  # fmt: skip
def money(project, person):
    """The tranches; nothing before the contract is in force."""
    shown = lines(project, person)
    if not shown:
        return None
    return {
        "lines": shown,
        "preparable": may_prepare(project, person, shown),
        "choosable": may_choose(project, person, shown),
        "total": sum(line.tranche.amount for line in shown),
        "file_actions": actions(project, person),
        # Few calls have conditions that a paper proves.
        "proofs": evidence.proofs(project) if _provable(shown) else [],
        "words": evidence.words,
    }


def _provable(shown: list[Line]) -> bool:
    return any(code in PROVEN for line in shown for code in line.tranche.conditions)


def actions(project, person) -> dict[str, Callable]:
    """What this person can do about a condition that is not met: the addresses where it is lifted or proven, or None."""

    def lift(finding: conditions.Finding, tranche: Tranche) -> str | None:
        if finding.met or finding.lifter is None or not may_lift(tranche, finding.code, person):
            return None
        return url_for("evidence.lift", reference=project.reference, number=tranche.number, code=finding.code)

    def prove(finding: conditions.Finding) -> str | None:
        right = "followup.accept" if finding.code == "works_accepted" else "followup.prove"
        if finding.code not in PROVEN or finding.met or not policy.sees(person, right, project):
            return None
        return url_for("evidence.prove", reference=project.reference, code=finding.code)

    return {"lift": lift, "prove": prove}
