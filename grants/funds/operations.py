"""Opening funds and moving money: one verb, one movement, refused by the database where the money is not there.

Each verb of the ledger takes the amount in whole francs, a `key` by which it happens once (the same key with the same
content returns the first movement, with other content raises `Problems`), a `reference` that says what it is for, and
the acting person. Where the money is not there it raises `NotEnough`, which names the envelope and what is left.
"""

import re

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from grants import journal
from grants.access import policy
from grants.core.database import db
from grants.core.errors import Problem, Problems, collect
from grants.core.money import MOST, format_francs
from grants.funds.models import AwardBalance, Donor, Envelope, Fund, Transfer


class NotEnough(Problems):
    """The money is not there. `left` is what may still be moved, in francs."""

    def __init__(self, message: str, left: int):
        super().__init__(Problem(message, field="amount"))
        self.left = left


# ------------------------------------------------------------------------------------------- donors, funds, envelopes


def open_donor(code: str, name: str, *, by) -> Donor:
    """Register who gives the money. Raises `Problems` for a code that is taken or badly written."""
    policy.require(by, "funds.manage")
    collect(_code_problem(Donor, code, 20), _missing(name, "name"))
    donor = Donor(code=code, name=name)
    db.session.add(donor)
    db.session.flush()
    journal.record(donor, "open", by=by, data={"code": code, "name": name})
    return donor


def open_fund(code: str, name: str, *, agreement: str, donor: Donor | None, opens_on, closes_on, by) -> Fund:
    """Register an agreement with a donor, from its first to its last day."""
    policy.require(by, "funds.manage")
    collect(
        _code_problem(Fund, code, 20),
        _missing(name, "name"),
        _missing(agreement, "agreement"),
        Problem(_("Choose the donor."), "donor") if donor is None else None,
        Problem(_("The last day comes before the first."), "closes_on") if closes_on < opens_on else None,
    )
    fund = Fund(code=code, name=name, agreement=agreement, donor_id=donor.id, opens_on=opens_on, closes_on=closes_on)
    db.session.add(fund)
    db.session.flush()
    journal.record(fund, "open", by=by, data={"code": code, "agreement": agreement, "donor": donor.code})
    return fund


def open_envelope(code: str, name: str, *, fund: Fund | None, by) -> Envelope:
    """Open an envelope in a fund. It is empty until it is endowed."""
    policy.require(by, "funds.manage")
    collect(
        _code_problem(Envelope, code, 30),
        _missing(name, "name"),
        Problem(_("Choose the fund."), "fund") if fund is None else None,
    )
    envelope = Envelope(code=code, name=name, fund_id=fund.id)
    db.session.add(envelope)
    db.session.flush()
    journal.record(envelope, "open", by=by, data={"code": code, "fund": fund.code})
    return envelope


def endow(envelope: Envelope, amount: int, *, key: str, reference: str, by) -> Transfer:
    """Put money into an envelope: its ceiling rises by the amount."""
    return _fill(envelope, "endow", amount, key=key, reference=reference, by=by)


def withdraw(envelope: Envelope, amount: int, *, key: str, reference: str, by) -> Transfer:
    """Take out of an envelope what is still available."""
    return _fill(envelope, "withdraw", amount, key=key, reference=reference, by=by)


def _fill(envelope, kind, amount, *, key, reference, by) -> Transfer:
    policy.require(by, "funds.manage")
    collect(_missing(reference, "reference"), _amount_problem(amount))
    _locked(envelope.id, None)
    before = envelope.ceiling
    transfer = _move(envelope.id, None, kind, amount, key=key, reference=reference, by=by)
    if envelope.ceiling != before:
        journal.record(envelope, kind, by=by, data={"amount": amount, "reference": reference})
    return transfer


def _code_problem(model, code: str, longest: int) -> Problem | None:
    if not code or len(code) > longest or not re.fullmatch(r"[A-Z0-9][A-Z0-9-]+", code):
        text = _(
            "A code has capital letters, digits and hyphens, %(most)s signs at most: PCS-MOPTI-2026.", most=longest
        )
        return Problem(text, "code")
    if db.session.scalar(select(model.id).where(model.code == code)) is not None:
        return Problem(_("The code %(code)s is taken.", code=code), "code")
    return None


def _missing(text: str | None, field: str) -> Problem | None:
    return None if (text or "").strip() else Problem(_("This is needed."), field)


def _amount_problem(amount: int | None) -> Problem | None:
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


def refund(project, amount: int, *, key: str, reference: str, by) -> Transfer:
    """Record that the group gave a part of what was paid back."""
    return _move_for(project, "refund", amount, key=key, reference=reference, by=by)


def reverse_pay(transfer: Transfer, *, key: str, reference: str, by) -> Transfer:
    """Take a payment back as if it had not been made (the money came back from the bank). Once for each payment."""
    return _reverse(transfer, "pay", key=key, reference=reference, by=by)


def reverse_justify(transfer: Transfer, *, key: str, reference: str, by) -> Transfer:
    """Take an accepted justification back. Once for each."""
    return _reverse(transfer, "justify", key=key, reference=reference, by=by)


def _move_for(project, kind, amount, *, key, reference, by) -> Transfer:
    collect(_amount_problem(amount))
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
    """Insert the movement. The check under the lock is for the words; the database has the last one."""
    envelope, balance = _locked(envelope_id, project_id)
    wanted = Transfer(
        key=key,
        kind=kind,
        envelope_id=envelope_id,
        project_id=project_id,
        amount=amount,
        reference=reference,
        reversal_of_id=reversal_of,
        by_id=by.id if by else None,
    )
    if (before := _same_key(wanted)) is not None:
        return before
    if reversal_of is not None and _reversed(reversal_of):
        raise Problems(_("This movement has been taken back already."))
    left = _left(kind, envelope, balance)
    if left is not None and amount > left:
        raise _not_enough(kind, envelope, left)
    try:
        with db.session.begin_nested():
            db.session.add(wanted)
    except IntegrityError as refused:
        envelope, balance = _locked(envelope_id, project_id)
        if (before := _same_key(wanted)) is not None:
            return before
        left = _left(kind, envelope, balance)
        if left is not None and amount > left:
            raise _not_enough(kind, envelope, left) from refused
        raise
    # The trigger has moved the counters: read them again.
    _locked(envelope_id, project_id)
    return wanted


def _locked(envelope_id: int, project_id: int | None) -> tuple[Envelope, AwardBalance | None]:
    """The envelope and the balance as they are now, held until the transaction ends; a first balance is empty.

    Always the envelope first: two movements never wait for each other in a circle.
    """
    fresh = {"populate_existing": True}
    envelope = db.session.execute(
        select(Envelope).where(Envelope.id == envelope_id).with_for_update(of=Envelope).execution_options(**fresh)
    ).scalar_one()
    if project_id is None:
        return envelope, None
    balance = db.session.scalar(
        select(AwardBalance).where(AwardBalance.project_id == project_id).with_for_update().execution_options(**fresh)
    )
    if balance is None:
        balance = AwardBalance(project_id=project_id, envelope_id=envelope_id)
        db.session.add(balance)
        db.session.flush()
    return envelope, balance


def _same_key(wanted: Transfer) -> Transfer | None:
    """The movement that has this key already, if its content is the same; `Problems` if it is another."""
    found = db.session.scalar(select(Transfer).where(Transfer.key == wanted.key))
    if found is None:
        return None
    same = ("kind", "envelope_id", "project_id", "amount", "reference", "reversal_of_id")
    if any(getattr(found, name) != getattr(wanted, name) for name in same):
        raise Problems(_("This movement was recorded before with other content: %(key)s.", key=wanted.key))
    return found


def _reversed(transfer_id: int) -> bool:
    return db.session.scalar(select(Transfer.id).where(Transfer.reversal_of_id == transfer_id)) is not None


def _left(kind: str, envelope: Envelope, balance: AwardBalance | None) -> int | None:
    """How much a movement of this kind may still move, in francs; None where nothing bounds it."""
    if kind in ("reserve", "withdraw"):
        return envelope.available
    if kind in ("release", "commit"):
        return balance.reserved
    if kind in ("uncommit", "pay"):
        return balance.committed - balance.paid
    if kind in ("justify", "refund", "reverse_pay"):
        return balance.unjustified
    if kind == "reverse_justify":
        return balance.justified
    return None


def _not_enough(kind: str, envelope: Envelope, left: int) -> NotEnough:
    shown = format_francs(left)
    if kind in ("reserve", "withdraw"):
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
