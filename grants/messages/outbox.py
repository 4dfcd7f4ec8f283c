"""Sending what waits in the outbox, outside any request: claimed, sent, noted, each in a transaction of its own.

At least once: whoever dies between sending and noting leaves a claim that lapses, and the mail goes again under the same
Message-ID. A server that does not answer is asked again later and later; what it refuses for good is given up.
"""

from datetime import timedelta
from email import utils
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY

from flask import current_app
from sqlalchemy import or_, select

from grants.core import clock
from grants.core.logs import log
from grants.core.unit_of_work import unit_of_work
from grants.messages.models import Mail
from grants.messages.transports import NotSent, Transport, transport

CLAIM = timedelta(minutes=10)
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=2), timedelta(hours=6)
# News of last week helps nobody.
TOO_OLD = timedelta(days=3)
# Of one pass; the next one goes on.
MOST = 500


def send_due() -> int:
    """Send the mails whose time has come; how many left. Stops at the first sign that the server is not there."""
    carrier = transport(current_app.config["MAIL"])
    if carrier is None:
        return 0
    sent = 0
    try:
        for _number in range(MOST):
            mail_id = _claim()
            if mail_id is None:
                break
            outcome = _send(mail_id, carrier)
            if outcome is None:
                break
            sent += outcome
    finally:
        carrier.close()
    return sent


def _claim() -> int | None:
    """The oldest mail that is due and that nobody else holds, claimed; None where there is none."""
    now = clock.now()
    with unit_of_work() as session:
        mail = session.scalar(
            select(Mail)
            .where(Mail.sent_at.is_(None), Mail.given_up_at.is_(None), Mail.try_at <= now)
            .where(or_(Mail.claimed_until.is_(None), Mail.claimed_until <= now))
            .order_by(Mail.try_at, Mail.id)
            .limit(1)
            .with_for_update(of=Mail, skip_locked=True)
        )
        if mail is None:
            return None
        mail.attempts += 1
        mail.claimed_until = now + CLAIM
        return mail.id


def _send(mail_id: int, carrier: Transport) -> int | None:
    """Send a claimed mail: 1 sent, 0 not sent, None where the server should be left alone for a while."""
    with unit_of_work() as session:
        mail = session.get_one(Mail, mail_id)
        reason = _moot(mail)
        message = None if reason else _message(mail)
    if reason:
        _give_up(mail_id, reason)
        return 0
    try:
        carrier.send(message)
    except NotSent as failure:
        log.warning("mail %s did not leave: %s", mail_id, failure)
        if failure.for_good:
            _give_up(mail_id, str(failure))
            return 0
        _postpone(mail_id, str(failure))
        return 0 if failure.only_this else None
    with unit_of_work() as session:
        mail = session.get_one(Mail, mail_id)
        mail.sent_at, mail.claimed_until, mail.failure = clock.now(), None, None
    return 1


def _moot(mail: Mail) -> str | None:
    """Why a mail is not sent any more."""
    if not mail.person.active:
        return "the account is closed"
    if mail.person.email != mail.address:
        return "the address has changed"
    if mail.created_at < clock.now() - TOO_OLD:
        return mail.failure or "it had waited too long"
    return None


def _message(mail: Mail) -> EmailMessage:
    message = EmailMessage(policy=SMTP_POLICY)
    message["Message-ID"] = mail.message_id
    message["Date"] = utils.format_datetime(mail.created_at)
    message["From"] = current_app.config["MAIL_FROM"]
    message["To"] = mail.address
    message["Subject"] = mail.subject
    # Answering machines leave it alone.
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.body)
    # The content sets all headers of its own anew.
    message["Content-Language"] = mail.locale
    return message


def _give_up(mail_id: int, reason: str) -> None:
    with unit_of_work() as session:
        mail = session.get_one(Mail, mail_id)
        mail.given_up_at, mail.claimed_until, mail.failure = clock.now(), None, reason[:300]


def _postpone(mail_id: int, reason: str) -> None:
    with unit_of_work() as session:
        mail = session.get_one(Mail, mail_id)
        wait = min(FIRST_WAIT * 2 ** min(mail.attempts - 1, 12), LONGEST_WAIT)
        mail.try_at, mail.claimed_until, mail.failure = clock.now() + wait, None, reason[:300]
