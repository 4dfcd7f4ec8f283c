"""How a mail leaves: over SMTP, into a folder, into the log, or not at all (`BENKAN_MAIL`)."""

import re
import smtplib
import ssl
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from grants.core.logs import log

TIMEOUT = 20
_LOCAL = {"localhost", "127.0.0.1", "::1"}


class NotSent(Exception):
    """The mail did not leave.

    `for_good`: no further attempt can help, the address does not exist. `only_this`: the server is there and takes others.
    """

    def __init__(self, why: str, *, for_good: bool = False, only_this: bool = False):
        super().__init__(why)
        self.for_good, self.only_this = for_good, only_this


class Transport(Protocol):
    """What carries mails."""

    def send(self, message: EmailMessage) -> None:
        """Hand one mail over. Raises NotSent."""

    def close(self) -> None:
        """End the connection, if there is one."""


class Smtp:
    """A mail server. One connection serves several mails.

    `smtp://` switches to TLS (STARTTLS) before anything is said, unless the server is this very machine; `smtps://`
    begins with it.
    """

    def __init__(self, address: str):
        parts = urlsplit(address)
        self.tls_first = parts.scheme == "smtps"
        self.host = parts.hostname or "localhost"
        self.port = parts.port or (465 if self.tls_first else 587)
        self.user, self.password = unquote(parts.username or ""), unquote(parts.password or "")
        self._connection: smtplib.SMTP | None = None

    def send(self, message: EmailMessage) -> None:
        try:
            if self._connection is None:
                self._connection = self._connect()
            self._connection.send_message(message)
        except smtplib.SMTPRecipientsRefused as refused:
            code, words = next(iter(refused.recipients.values()))
            raise NotSent(_said(code, words), for_good=500 <= code < 600, only_this=True) from refused
        except smtplib.SMTPResponseException as answer:
            self.close()
            # 5xx about the mail itself is final; about sign-in or the sender it is for whoever runs the server.
            final = isinstance(answer, smtplib.SMTPDataError) and 500 <= answer.smtp_code < 600
            raise NotSent(_said(answer.smtp_code, answer.smtp_error), for_good=final) from answer
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            raise NotSent(f"{type(error).__name__}: {error}") from error

    def _connect(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self.tls_first:
            connection = smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT, context=context)
        else:
            connection = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT)
            if self.host not in _LOCAL:
                connection.starttls(context=context)
        if self.user:
            connection.login(self.user, self.password)
        return connection

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection.quit()
            except (OSError, smtplib.SMTPException):
                connection.close()


class Folder:
    """Each mail as a file, named by its Message-ID: sent again, it is the same file."""

    def __init__(self, path: str):
        self.path = Path(path)

    def send(self, message: EmailMessage) -> None:
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            name = re.sub(r"[^A-Za-z0-9.@-]", "_", message["Message-ID"].strip("<>"))
            partly = self.path / f".{name}"
            partly.write_bytes(message.as_bytes())
            partly.replace(self.path / f"{name}.eml")
        except OSError as error:
            raise NotSent(str(error)) from error

    def close(self) -> None:
        """Nothing is held open."""


class Log:
    """To whom and about what, in the log; for development."""

    def send(self, message: EmailMessage) -> None:
        log.info("mail", extra={"fields": {"to": message["To"], "subject": message["Subject"]}})

    def close(self) -> None:
        """Nothing is held open."""


def transport(address: str) -> Transport | None:
    """What carries mails by the setting `BENKAN_MAIL`; None where mails are not sent at all."""
    if not address:
        return None
    scheme = urlsplit(address).scheme
    if scheme in ("smtp", "smtps"):
        return Smtp(address)
    if scheme == "file":
        return Folder(unquote(urlsplit(address).path))
    return Log()


def _said(code: int, words: bytes | str) -> str:
    text = words.decode(errors="replace") if isinstance(words, bytes) else words
    return f"{code} {' '.join(text.split())}"
