"""Moving money: one verb, one movement, refused by the database where the money is not there.

Each verb of the ledger takes the amount in whole francs, a `key` by which it happens once (the same key with the same
content returns the first movement, with other content raises `Problems`), a `reference` that says what it is for, and
the acting person. Where the money is not there it raises `NotEnough`, which names the envelope and what is left.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from grants import journal
from grants.access import policy
from grants.core.database import db
from grants.core.errors import Problem, Problems, collect
from grants.core.money import MOST, format_francs
from grants.core.portions import among, insert_each, portions
from grants.funds.models import AwardBalance, Envelope, Fund, Transfer
from grants.funds.operations.wording import missing
from grants.lifecycle import registry

# Called with new movements, in their transaction.
_followers: list[Callable[[Sequence[Transfer]], object]] = []


def follow_movements(follower: Callable[[Sequence[Transfer]], object]) -> Callable:
    """Register what a later slice does with new movements, one or many. What it raises undoes them."""
    if follower not in _followers:
        _followers.append(follower)
    return follower


def tell(movements: Sequence[Transfer]) -> None:
    """Hand new movements to those who follow."""
    for follower in _followers:
        follower(movements)


class NotEnough(Problems):
    """The money is not there. `left` is what may still be moved, in francs."""

    def __init__(self, message: str, left: int):
        super().__init__(Problem(message, field="amount"))
        self.left = left


# ------------------------------------------------------------------------------------------------- filling envelopes


def endow(envelope: Envelope, amount: int, *, key: str, reference: str, by) -> Transfer:
    """Put money into an envelope: its ceiling rises by the amount."""
    return _fill(envelope, "endow", amount, key=key, reference=reference, by=by)


def withdraw(envelope: Envelope, amount: int, *, key: str, reference: str, by) -> Transfer:
    """Take out of an envelope what is still available."""
    return _fill(envelope, "withdraw", amount, key=key, reference=reference, by=by)


def _fill(envelope, kind, amount, *, key, reference, by) -> Transfer:
    policy.require(by, "funds.manage")
    collect(missing(reference, "reference"), amount_problem(amount))
    locked(envelope.id, None)
    before = envelope.ceiling
    transfer = _move(envelope.id, None, kind, amount, key=key, reference=reference, by=by)
    if envelope.ceiling != before:
        journal.record(envelope, kind, by=by, data={"amount": amount, "reference": reference})
    return transfer


def amount_problem(amount: int | None) -> Problem | None:
    if isinstance(amount, int) and not isinstance(amount, bool) and 0 < amount <= MOST:
        return None
    return Problem(_("The amount must be a whole number of francs above zero."), "amount")


# --------------------------------------------------------------------------------------------------------- the ledger


def reserve(project, amount: int, *, key: str, reference: str, by) -> Transfer:
    """Set money aside for a micro-project, from the envelope of its call (decision of the committee)."""
    return _move_for(project, "reserve", amount, key=key, reference=reference, by=by)


def release(project, amount: int, *, key: str, reference: str, by) -> Transfer:
    """Give what was reserved back to the envelope."""
    return _move_for(project, "release", amount, key=key, reference=reference, by=by)


def commit(project, amount: int, *, key: str, reference: str, by) -> Transfer:
    """Turn what was reserved into a commitment (signed contract)."""
    return _move_for(project, "commit", amount, key=key, reference=reference, by=by)


def uncommit(project, amount: int, *, key: str, reference: str, by) -> Transfer:
    """Give what was committed and not paid back to the envelope (termination)."""
    return _move_for(project, "uncommit", amount, key=key, reference=reference, by=by)


def pay(project, amount: int, *, key: str, reference: str, by) -> Transfer:
    """Record that a part of the commitment was paid."""
    return _move_for(project, "pay", amount, key=key, reference=reference, by=by)


def justify(project, amount: int, *, key: str, reference: str, by) -> Transfer:
    """Record that a part of what was paid is justified."""
    return _move_for(project, "justify", amount, key=key, reference=reference, by=by)


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment of many: the file (its id, and the envelope of its call), francs, the key and what it is for."""

    project: object
    amount: int
    key: str
    reference: str


def pay_each(payments: Sequence[Payment], *, by) -> list[Transfer]:
    """Record many payments as `pay` records one, all or none. The number of questions does not grow with theirs.

    Raises what the first that may not be made would raise.
    """
    db.session.flush()
    held = _envelopes_of([one.project.id for one in payments])
    wanted = []
    for one in payments:
        collect(amount_problem(one.amount))
        envelope_id = held.get(one.project.id) or one.project.call.envelope_id
        wanted.append(
            _wanted(envelope_id, one.project.id, "pay", one.amount, key=one.key, reference=one.reference, by=by)
        )
    return _move_each(wanted)


def _envelopes_of(project_ids: list[int]) -> dict[int, int]:
    found = {}
    for some in portions(project_ids):
        rows = select(AwardBalance.project_id, AwardBalance.envelope_id).where(among(AwardBalance.project_id, some))
        found |= dict(db.session.execute(rows).all())
    return found


def refund(project, amount: int, *, key: str, reference: str, by) -> Transfer:
    """Record that the group gave a part of what was paid back."""
    return _move_for(project, "refund", amount, key=key, reference=reference, by=by)


def write_off(project, amount: int, *, key: str, reference: str, by) -> Transfer:
    """Give up a part of what was paid. The database wants the decision of a committee, which `key` names."""
    return _move_for(project, "write_off", amount, key=key, reference=reference, by=by)


def reverse_pay(transfer: Transfer, *, key: str, reference: str, by) -> Transfer:
    """Take a payment back as if it had not been made (the money came back from the bank). Once for each payment."""
    return _reverse(transfer, "pay", key=key, reference=reference, by=by)


def reverse_justify(transfer: Transfer, *, key: str, reference: str, by) -> Transfer:
    """Take an accepted justification back. Once for each."""
    return _reverse(transfer, "justify", key=key, reference=reference, by=by)


def _move_for(project, kind, amount, *, key, reference, by) -> Transfer:
    collect(amount_problem(amount))
    db.session.flush()
    balance = db.session.get(AwardBalance, project.id)
    envelope_id = balance.envelope_id if balance else project.call.envelope_id
    return _move(envelope_id, project.id, kind, amount, key=key, reference=reference, by=by)


def _reverse(transfer, kind, *, key, reference, by) -> Transfer:
    if transfer.kind != kind:
        raise Problems(_("This movement cannot be taken back in this way."))
    place = (transfer.envelope_id, transfer.project_id, f"reverse_{kind}", transfer.amount)
    return _move(*place, key=key, reference=reference, by=by, reversal_of=transfer.id)


def _move(envelope_id, project_id, kind, amount, *, key, reference, by, reversal_of=None) -> Transfer:
    """Insert the movement, or give back the one that has this key already."""
    context = {"key": key, "reference": reference, "by": by, "reversal_of": reversal_of}
    return _move_each([_wanted(envelope_id, project_id, kind, amount, **context)])[0]


def _wanted(envelope_id, project_id, kind, amount, *, key, reference, by, reversal_of=None) -> Transfer:
    return Transfer(
        key=key,
        kind=kind,
        envelope_id=envelope_id,
        project_id=project_id,
        amount=amount,
        reference=reference,
        reversal_of_id=reversal_of,
        by_id=by.id if by else None,
    )


def _move_each(wanted: list[Transfer]) -> list[Transfer]:
    """Insert movements, in this order. The check under the lock is for the words; the database has the last one."""
    envelopes, balances = _locked_each(wanted)
    before = _same_keys(wanted)
    new = [one for one in wanted if one.key not in before]
    _check(new, envelopes, balances)
    try:
        with db.session.begin_nested():
            insert_each(new)
    except IntegrityError:
        envelopes, balances = _locked_each(wanted)
        if len(wanted) == 1 and (before := _same_keys(wanted)):
            return [before[one.key] for one in wanted]
        _check(new, envelopes, balances)
        raise
    # The trigger has moved the counters: they are read again where somebody looks at them.
    for row in (*envelopes.values(), *balances.values()):
        db.session.expire(row)
    if new:
        tell(new)
    return [before.get(one.key, one) for one in wanted]


def _check(wanted: list[Transfer], envelopes: dict[int, Envelope], balances: dict[int, AwardBalance]) -> None:
    """Raise what stands against the first movement that may not be made, what the ones before it take counted in."""
    moved, spent, funds = Counter(), Counter(), {}
    for one in wanted:
        envelope, balance = envelopes[one.envelope_id], balances.get(one.project_id)
        if one.reversal_of_id is not None and _reversed(one.reversal_of_id):
            raise Problems(_("This movement has been taken back already."))
        _keeps_the_purpose(one.kind, envelope, one.project_id)
        left = _left(one.kind, envelope, balance)
        bound = (one.kind, one.project_id or one.envelope_id)
        if one.kind == "reserve":
            bound = (one.kind, one.envelope_id)
        if left is not None and one.amount > left - moved[bound]:
            raise _not_enough(one.kind, envelope, left - moved[bound])
        moved[bound] += one.amount
        if one.kind == "pay":
            if envelope.fund_id not in funds:
                funds[envelope.fund_id] = _fund_now(envelope)
            _came_from_the_donor(funds[envelope.fund_id], one.amount, spent[envelope.fund_id])
            spent[envelope.fund_id] += one.amount


def locked(envelope_id: int, project_id: int | None) -> tuple[Envelope, AwardBalance | None]:
    """The envelope and the balance as they are now, held until the transaction ends; a first balance is empty."""
    envelopes, balances = _locked_each([Transfer(envelope_id=envelope_id, project_id=project_id)])
    return envelopes[envelope_id], balances.get(project_id)


def _locked_each(movements: list[Transfer]) -> tuple[dict[int, Envelope], dict[int, AwardBalance]]:
    """The envelopes and balances of movements as they are now, held until the transaction ends; a first balance is empty.

    Always the envelopes first, and each in the order of their ids: two movements never wait for each other in a circle.
    """
    fresh = {"populate_existing": True}
    ids = sorted({one.envelope_id for one in movements})
    held = select(Envelope).where(Envelope.id.in_(ids)).order_by(Envelope.id).with_for_update(of=Envelope)
    envelopes = {one.id: one for one in db.session.scalars(held.execution_options(**fresh))}
    of = {one.project_id: one.envelope_id for one in movements if one.project_id is not None}
    balances: dict[int, AwardBalance] = {}
    for some in portions(sorted(of)):
        held = select(AwardBalance).where(among(AwardBalance.project_id, some)).order_by(AwardBalance.project_id)
        rows = db.session.scalars(held.with_for_update().execution_options(**fresh))
        balances |= {one.project_id: one for one in rows}
    first = [AwardBalance(project_id=one, envelope_id=of[one]) for one in of if one not in balances]
    if first:
        db.session.add_all(first)
        db.session.flush()
    return envelopes, balances | {one.project_id: one for one in first}


def _same_keys(wanted: list[Transfer]) -> dict[str, Transfer]:
    """The movements that have one of the keys already, if their content is the same; `Problems` if one is another."""
    there: dict[str, Transfer] = {}
    for some in portions([one.key for one in wanted]):
        there |= {one.key: one for one in db.session.scalars(select(Transfer).where(among(Transfer.key, some)))}
    same = ("kind", "envelope_id", "project_id", "amount", "reference", "reversal_of_id")
    for one in wanted:
        found = there.get(one.key)
        if found is not None and any(getattr(found, name) != getattr(one, name) for name in same):
            raise Problems(_("This movement was recorded before with other content: %(key)s.", key=one.key))
    return there


def _reversed(transfer_id: int) -> bool:
    return db.session.scalar(select(Transfer.id).where(Transfer.reversal_of_id == transfer_id)) is not None


def _left(kind: str, envelope: Envelope, balance: AwardBalance | None) -> int | None:
    """How much a movement of this kind may still move, in francs; None where nothing bounds it."""
    if kind in ("reserve", "withdraw"):
        return envelope.available
    if kind == "endow":
        return _fund_now(envelope).free
    if kind in ("release", "commit"):
        return balance.reserved
    if kind in ("uncommit", "pay"):
        return balance.committed - balance.paid
    if kind in ("justify", "refund", "write_off", "reverse_pay"):
        return balance.unjustified
    if kind == "reverse_justify":
        return balance.justified
    return None


def _fund_now(envelope: Envelope) -> Fund:
    """The fund of an envelope as it is now, held until the transaction ends."""
    return db.session.execute(
        select(Fund)
        .where(Fund.id == envelope.fund_id)
        .with_for_update(of=Fund)
        .execution_options(populate_existing=True)
    ).scalar_one()


def _came_from_the_donor(fund: Fund, amount: int, moved: int) -> None:
    """No more is paid out of a fund than came from its donor, unless the agreement is pre-financed; so says the database.

    `moved` is what other movements of this moment take from it.
    """
    if not fund.prefinanced and amount > fund.in_hand - moved:
        raise NotEnough(short_of_money(fund, amount), fund.in_hand - moved)


def short_of_money(fund: Fund, amount: int) -> str:
    """That a fund has not enough from its donor in hand, in words."""
    return _(
        "Of the money of %(donor)s (%(fund)s), %(left)s is in hand and %(amount)s is to be paid: record what came, or mark "
        "the agreement as pre-financed.",
        donor=fund.donor.name,
        fund=fund.code,
        left=format_francs(max(0, fund.in_hand)),
        amount=format_francs(amount),
    )


def _keeps_the_purpose(kind: str, envelope: Envelope, project_id: int | None) -> None:
    """An envelope for a region or a kind of micro-project is spent on nothing else; the database refuses it too."""
    if kind != "reserve" or (envelope.place_code is None and envelope.kind is None):
        return
    project = db.session.get_one(registry.kinds["project"].model, project_id)
    if not project.place_code.startswith(envelope.place_code or "") or envelope.kind not in (None, project.kind):
        text = _("The envelope “%(name)s” is for another region or another kind of micro-project.", name=envelope.name)
        raise Problems(Problem(text, "amount"))


def _not_enough(kind: str, envelope: Envelope, left: int) -> NotEnough:
    shown = format_francs(left)
    if kind == "endow":
        text = _("Of what was agreed with the donor, only %(left)s is in no envelope yet.", left=shown)
    elif kind in ("reserve", "withdraw"):
        text = _("The envelope “%(name)s” has only %(left)s available.", name=envelope.name, left=shown)
    elif kind in ("release", "commit"):
        text = _("Only %(left)s is reserved for this micro-project.", left=shown)
    elif kind in ("uncommit", "pay"):
        text = _("Only %(left)s of the commitment remains to be paid.", left=shown)
    elif kind == "reverse_justify":
        text = _("Only %(left)s is justified on this micro-project.", left=shown)
    else:
        text = _("Only %(left)s of what was paid still has to be justified.", left=shown)
    return NotEnough(text, left)
