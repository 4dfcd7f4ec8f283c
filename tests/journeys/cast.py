"""Everybody of a journey with their browsers, and what is known so far."""

from pathlib import Path

from flask_babel import force_locale, gettext

from grants.core.database import db
from grants.followup import queries as followup
from grants.funds import queries as funds
from grants.payments import queries as payments
from grants.projects.models import Project
from tests.journeys.people import DESK, PHONE, Visitor
from tests.journeys.weighing import Findings

# Works on a telephone.
_ON_PHONES = ("agent", "member", "monitor")
# Works with a browser that runs no scripts.
_WITHOUT_SCRIPTS = ("appraiser2", "finance_officer1")


class Play:
    """Everybody with their browsers, and what is known so far (references by name)."""

    def __init__(
        self, browser, address: str, logins: dict[str, str], folder: Path, findings: Findings, app, *, shots=None
    ):
        self.browser, self.address, self.logins, self.folder = browser, address, logins, folder
        self.findings, self.app, self.shots = findings, app, shots
        self.known: dict[str, str] = {}
        self.visitors: dict[str, Visitor] = {}
        self.last: Visitor | None = None

    def french(self, text: str) -> str:
        """What a page in French shows for this text of the programs."""
        with self.app.test_request_context(), force_locale("fr"):
            return gettext(text)

    def person(self, part: str) -> Visitor:
        """This person in their own browser, signed in since they first came."""
        if part not in self.visitors:
            visitor = Visitor(
                self.browser,
                self.address,
                self.findings,
                self.french,
                size=PHONE if part.startswith(_ON_PHONES) else DESK,
                scripts=part not in _WITHOUT_SCRIPTS,
                shots=self.shots,
            )
            self.visitors[part] = self.last = visitor
            visitor.sign_in(self.logins[part])
        self.last = self.visitors[part]
        return self.last

    def stranger(self) -> Visitor:
        """Somebody without an account, on a telephone."""
        self.last = Visitor(self.browser, self.address, self.findings, self.french, size=PHONE, shots=self.shots)
        return self.last

    # What the people read on paper: the amounts that they then type.

    def _file(self) -> Project:
        return db.session.scalar(db.select(Project).where(Project.reference == self.known["file"]))

    def own_share(self) -> tuple[int, int]:
        """What the group promised to bring: in cash, in kind. Francs."""
        with self.app.app_context():
            file = self._file()
            return file.own_cash, file.own_kind

    def tranches(self) -> int:
        """In how many parts the grant is paid."""
        with self.app.app_context():
            return len(payments.tranches(self._file()))

    def paid_tranches(self) -> int:
        """How many of them are paid."""
        with self.app.app_context():
            return len(followup.paid_tranches(self._file()))

    def unjustified(self) -> int:
        """Francs that the group received and has not accounted for."""
        with self.app.app_context():
            return funds.balance(self._file()).unjustified

    def at_file(self, part: str) -> Visitor:
        """This person looking at the file."""
        visitor = self.person(part)
        visitor.go(f"/projects/{self.known['file']}")
        return visitor
