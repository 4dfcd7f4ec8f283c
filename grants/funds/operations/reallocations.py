"""Transfers between envelopes: one person proposes, another confirms or refuses."""

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from grants import journal
from grants.access import policy
from grants.core import clock
from grants.core.database import db
from grants.core.errors import Problem, Problems, Refused, Stale, collect
from grants.core.money import format_francs
from grants.core.references import new_reference
from grants.funds.models import Envelope, Reallocation, Transfer
from grants.funds.operations.ledger import NotEnough, amount_problem, tell
from grants.funds.operations.wording import missing


def propose_reallocation(
    source: Envelope | None, target: Envelope | None, amount: int | None, *, paper: str, reason: str, key: str, by
) -> Reallocation:
    """Propose to move `amount` francs from one envelope to another of the same fund. Nothing moves yet.

    The same `key` proposes once. Raises `Problems` where less than the amount is available now.
    """
    policy.require(by, "funds.propose")
    if (before := db.session.scalar(select(Reallocation).where(Reallocation.key == key))) is not None:
        return before
    collect(
        Problem(_("Choose the envelope."), "source") if source is None else None,
        Problem(_("Choose the envelope."), "target") if target is None else None,
        Problem(_("Choose two different envelopes."), "target")
        if source is not None and target is not None and source.id == target.id
        else None,
        Problem(_("Both envelopes must belong to the same fund: money stays with its donor."), "target")
        if source is not None and target is not None and source.fund_id != target.fund_id
        else None,
        amount_problem(amount),
        missing(paper, "paper"),
        Problem(_("Say why, in a sentence."), "reason") if len((reason or "").strip()) < 10 else None,
    )
    if amount > source.available:
        raise _not_enough(source)
    proposal = Reallocation(
        reference=new_reference("VE"), key=key, source=source, target=target, amount=amount, paper=paper.strip(),
        reason=reason.strip(), proposed_by=by,
    )  # fmt: skip
    db.session.add(proposal)
    db.session.flush()
    data = {"from": source.code, "to": target.code, "amount": amount, "paper": proposal.paper}
    journal.record(proposal, "propose", by=by, reason=proposal.reason, data=data)
    return proposal


def confirm_reallocation(proposal: Reallocation, *, by) -> Reallocation:
    """Confirm a proposal of somebody else: the database moves both legs in this transaction, or neither.

    Raises `Refused` for its proposer, `Stale` where it has ended, `NotEnough` where the money has gone meanwhile.
    """
    _second_person(proposal, by)
    source, target = _both_locked(proposal)
    if proposal.amount > source.available:
        raise _not_enough(source)
    try:
        with db.session.begin_nested():
            proposal.confirmed_by, proposal.confirmed_at = by, clock.now()
    except IntegrityError as refused:
        _both_locked(proposal)
        if proposal.amount > source.available:
            raise _not_enough(source) from refused
        raise
    _both_locked(proposal)
    data = {"from": source.code, "to": target.code, "amount": proposal.amount, "reference": proposal.reference}
    journal.record(proposal, "confirm", by=by, data=data)
    journal.record(source, "shift_out", by=by, data=data)
    journal.record(target, "shift_in", by=by, data=data)
    legs = select(Transfer).where(Transfer.reallocation_id == proposal.id).order_by(Transfer.id)
    tell(db.session.scalars(legs).all())
    return proposal


def refuse_reallocation(proposal: Reallocation, *, reason: str, by) -> Reallocation:
    """Refuse a proposal, or take back one's own. It stays readable, and moves nothing."""
    policy.require(by, "funds.propose" if proposal.proposed_by_id == by.id else "funds.confirm")
    _still_open(proposal)
    collect(Problem(_("Say why, in a sentence."), "reason") if len((reason or "").strip()) < 10 else None)
    proposal.refused_by, proposal.refused_at, proposal.refusal = by, clock.now(), reason.strip()
    db.session.flush()
    journal.record(proposal, "refuse", by=by, reason=proposal.refusal)
    return proposal


def _second_person(proposal: Reallocation, by) -> None:
    policy.require(by, "funds.confirm")
    _still_open(proposal)
    if proposed_by(proposal, by):
        raise why_not_alone(proposal, by)


def proposed_by(proposal: Reallocation, by) -> bool:
    """Whether this person proposed it, or their interim."""
    return policy.are_one(by, {proposal.proposed_by_id} | journal.hands(proposal, "propose"), "funds.confirm")


def why_not_alone(proposal: Reallocation, by) -> Refused:
    """The refusal for whom `proposed_by` concerns."""
    return policy.one_hand(by, proposal.proposed_by, _("You proposed this transfer: another person must confirm it."))


def _still_open(proposal: Reallocation) -> None:
    """The proposal as it is now, held until the transaction ends. Raises `Stale` where somebody has ended it."""
    db.session.flush()
    db.session.refresh(proposal, with_for_update={"of": Reallocation})
    if proposal.state != "proposed":
        who = proposal.confirmed_by or proposal.refused_by
        text = {
            "confirmed": _("%(name)s has already confirmed this transfer.", name=who.name),
            "refused": _("%(name)s has already refused this transfer.", name=who.name),
        }
        raise Stale(text[proposal.state])


def _both_locked(proposal: Reallocation) -> tuple[Envelope, Envelope]:
    """Both envelopes, always in the same order: two transfers never wait for each other in a circle."""
    wanted = select(Envelope).where(Envelope.id.in_((proposal.source_id, proposal.target_id))).order_by(Envelope.id)
    found = db.session.scalars(wanted.with_for_update(of=Envelope).execution_options(populate_existing=True)).unique()
    envelopes = {envelope.id: envelope for envelope in found}
    return envelopes[proposal.source_id], envelopes[proposal.target_id]


def _not_enough(source: Envelope) -> Problems:
    text = _(
        "The envelope “%(name)s” has only %(left)s available.",
        name=source.name,
        left=format_francs(source.available),
    )
    return NotEnough(text, source.available)
