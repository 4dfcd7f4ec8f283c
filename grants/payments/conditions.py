"""What must be true before a tranche is paid: each condition is registered with its check, and answers with its evidence.

A later slice registers what only it can know: `@condition("visit_on_track", _l("Visit on track"))` over `check(tranche)`,
which yields a reason (text or `lifecycle.Reason`) for each thing that is missing, and `Evidence(text)` for what was found.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from grants.access import role_label
from grants.calls import rules as call_rules
from grants.contracts import queries as contracts
from grants.contracts.amendments.queries import being_signed
from grants.core import clock
from grants.core.formatting import day
from grants.core.money import format_francs, share
from grants.core.texts import language, pick
from grants.funds import operations as funds
from grants.funds.queries import balance
from grants.groups.guards import account_verified as account_gaps
from grants.lifecycle import Reason, definition_of
from grants.payments import queries
from grants.payments.evidence import queries as evidence
from grants.payments.evidence.models import ConditionLift
from grants.payments.models import Tranche
from grants.payments.queries import tranches

PAYABLE_STEP = "disbursement"


@dataclass(frozen=True, slots=True)
class Evidence:
    """How a condition is met: the paper, the day, the figure."""

    text: object


@dataclass(frozen=True, slots=True)
class Finding:
    """A condition of a tranche as it stands now: its words, what is missing, and the evidence of what is there."""

    code: str
    label: str
    missing: tuple[str, ...]
    evidence: tuple[str, ...]
    lift: ConditionLift | None = None
    lifter: str | None = None  # the role that may lift it, where the call names one

    @property
    def met(self) -> bool:
        return not self.missing or self.lift is not None

    @property
    def lifted(self) -> str | None:
        """Who lifted it, when and why."""
        return lifted_words(self.lift) if self.lift is not None else None

    @property
    def told(self) -> str:
        """The evidence in one line, or who lifted it and why."""
        if self.missing and self.lift is not None:
            return self.lifted
        return "\u00a0; ".join(self.evidence)


def lifted_words(lift: ConditionLift) -> str:
    """Who lifted a condition, when and why."""
    return _(
        "lifted on %(day)s by %(name)s, %(role)s: %(reason)s",
        day=day(lift.at),
        name=lift.by.name,
        role=role_label(lift.role),
        reason=lift.reason,
    )


@dataclass(frozen=True, slots=True)
class _Condition:
    code: str
    label: object
    check: Callable[[Tranche], Iterable[object]]


_conditions: dict[str, _Condition] = {}
# What later slices ask of every tranche.
_always: list[str] = []
# What every tranche needs, whatever its call says.
ALWAYS = ("not_suspended", "wallet_limits", "donor_money")


def condition(code: str, label: object, *, always: bool = False) -> Callable:
    """Register the check of a condition. A later slice that knows more takes the place of an earlier one.

    One that is `always` asked holds for every tranche, whatever its call says.
    """

    def register(check: Callable) -> Callable:
        _conditions[code] = _Condition(code, label, check)
        if always and code not in _always:
            _always.append(code)
        return check

    return register


def findings(tranche: Tranche) -> list[Finding]:
    """Every condition of a tranche as it stands now. One that nobody can check is not met."""
    lifted = {lift.code: lift for lift in evidence.lifts(tranche)}
    lifters = call_rules.parse(tranche.project.call.rules).lifting
    return [
        _finding(code, tranche, lifted.get(code), lifters.get(code))
        for code in dict.fromkeys((*tranche.conditions, *ALWAYS, *_always))
    ]


def missing(tranche: Tranche, *, but: tuple[str, ...] = ()) -> list[str]:
    """Everything that stands in the way of a tranche, in words; without what was lifted for it.

    `but` leaves out conditions that are looked at elsewhere.
    """
    found = (one for one in findings(tranche) if not one.met and one.code not in but)
    return [reason for one in found for reason in one.missing]


def missing_of(code: str, tranche: Tranche) -> tuple[str, ...]:
    """What one condition of a tranche misses, whoever asks for it."""
    lifted = {lift.code: lift for lift in evidence.lifts(tranche)}
    found = _finding(code, tranche, lifted.get(code), None)
    return () if found.met else found.missing


def is_lifted(code: str, tranche: Tranche | None) -> bool:
    """Whether a condition was lifted for a tranche."""
    return tranche is not None and any(lift.code == code for lift in evidence.lifts(tranche))


def _finding(code: str, tranche: Tranche, lift: ConditionLift | None, lifter: str | None) -> Finding:
    known = _conditions.get(code)
    if known is None:
        gaps = (_("The condition “%(code)s” cannot be checked here.", code=code),)
        return Finding(code, code, gaps, (), lift, lifter)
    found = list(known.check(tranche))
    gaps = tuple(_text(one) for one in found if not isinstance(one, Evidence))
    proofs = tuple(str(one.text) for one in found if isinstance(one, Evidence))
    return Finding(code, str(known.label), gaps, proofs, lift, lifter)


def _text(reason: object) -> str:
    return reason.in_locale(language()) if isinstance(reason, Reason) else str(reason)


@condition("contract_in_force", _l("Contract signed and in force"))
def contract_in_force(tranche: Tranche):
    """The very contract of this tranche holds."""
    contract = contracts.live(tranche.project)
    if contract is None or contract.in_force_at is None or contract.id != tranche.contract_id:
        if contract is None:
            yield Reason(
                _("The contract of tranche %(number)s no longer holds: a new one is issued.", number=tranche.number)
            )
        else:
            yield Reason(_("The contract %(reference)s is not in force.", reference=contract.reference))
    else:
        text = _("%(reference)s, signed on %(day)s", reference=contract.reference, day=day(contract.signed_on))
        yield Evidence(text)


@condition("account_verified", _l("Account verified by a second person"))
def account_verified(tranche: Tranche):
    """Where the money goes was checked by somebody other than who entered it."""
    yield from account_gaps(tranche.project, None)
    account = tranche.project.group.account
    if account is not None and account.verified_at is not None:
        text = _(
            "%(institution)s, ending in %(end)s, verified on %(day)s by %(name)s",
            institution=account.institution,
            end=account.number[-4:],
            day=day(account.verified_at),
            name=account.verified_by.name,
        )
        yield Evidence(text)


@condition("previous_justified", _l("Earlier tranches justified"))
def previous_justified(tranche: Tranche):
    """What was paid before is justified or given back: the last tranche at the share of the call, the others whole."""
    previous = next((one for one in _siblings(tranche) if one.number == tranche.number - 1), None)
    if previous is None:
        return
    percent = call_rules.parse(tranche.project.call.rules).justify_percent
    before = sum(one.amount for one in _siblings(tranche) if one.number < previous.number)
    needed = before + share(previous.amount, percent)
    held = balance(tranche.project)
    done = held.paid - held.unjustified
    text = _(
        "%(done)s justified, %(needed)s needed",
        done=format_francs(done),
        needed=format_francs(needed),
    )
    if done < needed:
        yield Reason(text)
    else:
        yield Evidence(text)


def _siblings(tranche: Tranche) -> list[Tranche]:
    """The tranches of the same contract."""
    return [one for one in tranches(tranche.project) if one.contract_id == tranche.contract_id]


@condition("training_held", _l("Training held"))
def training_held(tranche: Tranche):
    """A training of the group is on file."""
    yield from _proven("training_held", tranche, _("No training of the group is recorded."))


@condition("works_accepted", _l("Works accepted"))
def works_accepted(tranche: Tranche):
    """The minutes of the acceptance of the works are on file."""
    yield from _proven("works_accepted", tranche, _("The acceptance of the works is not recorded."))


@condition("guarantee_over", _l("Guarantee over"))
def guarantee_over(tranche: Tranche):
    """The months of guarantee since the acceptance of the works have passed."""
    accepted = evidence.proof(tranche.project, "works_accepted")
    if accepted is None:
        yield Reason(_("The guarantee runs from the acceptance of the works."))
        return
    until = evidence.guaranteed_until(tranche.project, accepted)
    text = _("The guarantee runs until %(day)s.", day=day(until))
    yield Reason(text) if until > clock.today() else Evidence(text)


def _proven(code: str, tranche: Tranche, otherwise: str):
    found = evidence.proof(tranche.project, code)
    if found is None:
        yield Reason(otherwise)
    else:
        yield Evidence(f"{day(found.proven_on)} · {found.note}")


@condition("not_suspended", _l("Payments open"))
def not_suspended(tranche: Tranche):
    """The file stands at the step in which tranches are paid, and this one was not cancelled."""
    if tranche.cancelled_at is not None:
        yield Reason(
            _("Tranche %(number)s was cancelled on %(day)s.", number=tranche.number, day=day(tranche.cancelled_at))
        )
    if (signing := being_signed(tranche.project)) is not None:
        text = _(
            "Amendment no. %(number)s (%(reference)s) changes the tranches and waits for its signatures.",
            number=signing.number,
            reference=signing.reference,
        )
        yield Reason(text)
    if tranche.project.step == "suspended":
        since = day(tranche.project.step_since)
        yield Reason(_("The micro-project is suspended since %(day)s: the coordinator resumes it.", day=since))
    elif tranche.project.step != PAYABLE_STEP:
        label = pick(definition_of(tranche.project).place(tranche.project.step).label)
        yield Reason(_("The file is not at the step in which a tranche is paid, but at “%(step)s”.", step=label))
    else:
        yield Evidence(_("neither suspended nor terminated"))


@condition("donor_money", _l("Money of the donor in hand"))
def donor_money(tranche: Tranche):
    """What came from the donor covers this tranche beside what was sent and is not confirmed yet."""
    fund = tranche.project.call.envelope.fund
    if fund.prefinanced:
        yield Evidence(_("%(fund)s is pre-financed by the programme", fund=fund.code))
        return
    needed = tranche.amount + queries.on_its_way(fund, besides=tranche)
    if needed > fund.in_hand:
        yield Reason(funds.short_of_money(fund, needed))
    else:
        yield Evidence(_("%(left)s in hand (%(fund)s)", left=format_francs(fund.in_hand), fund=fund.code))
