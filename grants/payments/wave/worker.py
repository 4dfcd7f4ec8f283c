"""Sending what waits for Wave and asking about what was sent, outside any request.

Before a call that may move money the row says so, and that is committed; after it the answer is written. Whoever dies
between leaves a row at `sending`: it is asked about first, by our reference, and only a payment of which Wave has no trace is
sent again – under the same key, which makes one payment of it anyhow, and only as long as Wave keeps keys.
"""

from datetime import timedelta

from sqlalchemy import or_, select

from grants.core import clock
from grants.core.logs import log
from grants.core.unit_of_work import unit_of_work
from grants.payments.wave.client import Answer, KeyRefused, Wave, client
from grants.payments.wave.models import OPEN, WavePayout

CLAIM = timedelta(minutes=10)
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(hours=1)
# How long the same key surely means the same payment.
KEYS_KEPT = timedelta(hours=24)
# Of one pass; the next one goes on.
MOST = 200


def send_due() -> int:
    """Send and ask what is due; for how many there is a last word. Stops where Wave refuses the key or asks to wait."""
    wave = client()
    if wave is None or not _anything_due():
        return 0
    settled, current = 0, None
    try:
        left = wave.balance()
        for _number in range(MOST):
            claimed = _claim(left)
            if claimed is None:
                break
            payout_id, first, amount = claimed
            current = payout_id
            if first is None:
                continue
            answer = _send(payout_id, wave) if first else _ask(payout_id, wave)
            _note(payout_id, answer)
            settled += answer.state in ("succeeded", "failed")
            if left is not None and first:
                left -= amount + (answer.fee or 0)
            if answer.wait is not None:
                break
    except KeyRefused as refused:
        log.warning("Wave refused the key: %s", refused)
        _key_refused(str(refused), current)
    return settled


def _due():
    now = clock.now()
    return (
        select(WavePayout)
        .where(WavePayout.state.in_(OPEN), WavePayout.try_at <= now)
        .where(or_(WavePayout.claimed_until.is_(None), WavePayout.claimed_until <= now))
        .order_by(WavePayout.try_at, WavePayout.id)
        .limit(1)
    )


def _anything_due() -> bool:
    with unit_of_work() as session:
        return session.scalar(_due()) is not None


def _claim(left: int | None) -> tuple[int, bool | None, int] | None:
    """The next row that is due, claimed: its id, whether it is sent for the first time (None: put off), its amount."""
    with unit_of_work() as session:
        row = session.scalar(_due().with_for_update(of=WavePayout, skip_locked=True))
        if row is None:
            return None
        row.tries += 1
        if row.state != "queued":
            row.claimed_until = clock.now() + CLAIM
            return row.id, False, row.amount
        if left is not None and row.amount > left:
            row.error_code, row.error_text, row.try_at = "low-balance", None, clock.now() + timedelta(minutes=15)
            return row.id, None, row.amount
        _going(row)
        return row.id, True, row.amount


def _going(row: WavePayout) -> None:
    """Write down, before the call, that a call is made that may move money."""
    now = clock.now()
    row.state, row.sends, row.claimed_until = "sending", row.sends + 1, now + CLAIM
    row.first_sent_at = row.first_sent_at or now
    row.error_code = row.error_text = None


def _send(payout_id: int, wave: Wave) -> Answer:
    with unit_of_work() as session:
        row = session.get_one(WavePayout, payout_id)
        session.expunge(row)
    return wave.send(row)


def _ask(payout_id: int, wave: Wave) -> Answer:
    """Ask first; send again, under the same key, only what Wave surely does not have."""
    with unit_of_work() as session:
        row = session.get_one(WavePayout, payout_id)
        session.expunge(row)
    answer = wave.search(row)
    if answer.state != "none":
        return answer
    if row.doubt or clock.now() - row.first_sent_at > KEYS_KEPT:
        return Answer("unknown", code="no-trace", doubt=True)
    with unit_of_work() as session:
        _going(session.get_one(WavePayout, payout_id))
    return wave.send(row)


def _note(payout_id: int, answer: Answer) -> None:
    """Write the answer down. The database keeps a last word as it was."""
    with unit_of_work() as session:
        row = session.scalar(select(WavePayout).where(WavePayout.id == payout_id).with_for_update(of=WavePayout))
        if row.state not in OPEN:
            return
        now = clock.now()
        pause = min(FIRST_WAIT * 2 ** min(max(row.tries, 1) - 1, 10), LONGEST_WAIT)
        row.state, row.claimed_until, row.answered_at = answer.state, None, now
        row.try_at = now + max(pause, answer.wait or timedelta(0))
        row.wave_id, row.fee = answer.wave_id or row.wave_id, answer.fee if answer.fee is not None else row.fee
        row.error_code, row.error_text = answer.code, answer.text or None
        row.doubt = row.doubt or answer.doubt


def _key_refused(code: str, payout_id: int | None) -> None:
    """A refused key moved nothing: what had not left before waits; what may have left stays unknown."""
    later = clock.now() + timedelta(minutes=15)
    with unit_of_work() as session:
        row = session.get(WavePayout, payout_id) if payout_id is not None else None
        if row is not None and row.state in OPEN:
            never_left = row.state == "sending" and row.sends == 1
            row.claimed_until, row.error_code, row.try_at = None, code, later
            if never_left:
                row.state, row.sends, row.first_sent_at = "queued", 0, None
            elif row.state == "sending":
                row.state = "unknown"
        waiting = select(WavePayout).where(WavePayout.state == "queued", WavePayout.try_at <= clock.now())
        for one in session.scalars(waiting):
            one.error_code, one.try_at = code, later
