"""Putting a batch into Wave's outbox, and taking over what Wave answered."""

from dataclasses import dataclass

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from grants import lifecycle
from grants.access import policy
from grants.core import clock
from grants.core.database import db
from grants.core.errors import Problems, Refused
from grants.payments.out.models import PayerAccount, Transmission
from grants.payments.splits import operations as splits
from grants.payments.splits.models import PaymentPart
from grants.payments.wave import queries
from grants.payments.wave.client import WORDS
from grants.payments.wave.models import WavePayout


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one answer: taken over into its order, or not and why."""

    payout: WavePayout
    reasons: tuple[str, ...]


def carries(payer: PayerAccount) -> bool:
    """Whether payments of an account of the programme leave over Wave's interface: it is on, for this very wallet."""
    config = current_app.config
    here = payer.kind == "wallet" and payer.institution.casefold() == "wave"
    return bool(config["WAVE_KEY"]) and here and payer.number == config["WAVE_ACCOUNT"]


def queue(transmission: Transmission, *, by) -> None:
    """Put every payment of a batch into the outbox, in the transaction that makes the batch."""
    policy.require(by, "payments.transmit")
    now = clock.now()
    for item in transmission.items:
        attempt = item.attempt
        db.session.add(
            WavePayout(
                attempt_id=attempt.id,
                transmission_id=transmission.id,
                key=attempt.key,
                reference=attempt.reference,
                amount=item.amount,
                mobile=attempt.account_number,
                name=attempt.account.holder,
                purpose=item.purpose,
                try_at=now,
                queued_by_id=by.id,
                queued_at=now,
            )
        )
    db.session.flush()


def take_over(*, by) -> list[Taken]:
    """Confirm what Wave has paid and report what it refused, each order by itself. A person stands for it."""
    policy.require(by, "payments.transmit")
    found = queries.answered(by)
    lifecycle.hold(*(payout.attempt.order for payout in found))
    return [_take(payout, by) for payout in found]


def _take(payout: WavePayout, by) -> Taken:
    try:
        with db.session.begin_nested():
            _settle(payout, by)
    except Refused as refused:
        return Taken(payout, tuple(map(str, refused.reasons)))
    except Problems as found:
        return Taken(payout, tuple(map(str, found.problems)))
    except IntegrityError:
        return Taken(payout, (_("Somebody else has just done this."),))
    return Taken(payout, ())


def _settle(payout: WavePayout, by) -> None:
    day = payout.answered_at.astimezone(clock.BAMAKO).date()
    words = _("Wave: %(words)s", words=said(payout))
    order = payout.attempt.order
    if payout.attempt.part_id is not None:
        part = db.session.scalar(select(PaymentPart).where(PaymentPart.id == payout.attempt.part_id))
        if payout.state == "succeeded":
            splits.settle(part, "paid", by=by, paid_on=day, reference=payout.wave_id)
        else:
            splits.settle(part, "failed", by=by, detail=words)
    elif payout.state == "succeeded":
        lifecycle.perform(order, "confirm", by=by, data={"paid_on": day, "bank_reference": payout.wave_id})
    else:
        lifecycle.perform(order, "report_failure", by=by, data={"reason": words})


def said(payout: WavePayout) -> str:
    """What Wave said of a payout, in words; empty where it said nothing yet."""
    if payout.error_code is None:
        return ""
    known = WORDS.get(payout.error_code)
    return str(known) if known else f"{payout.error_code} {payout.error_text or ''}".strip()
