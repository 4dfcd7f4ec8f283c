"""One micro-project from the group to the closed file, by everybody who has a part in it, in a real browser."""

import os
import shutil
import time

import pytest
from playwright.sync_api import sync_playwright

from grants.core.database import db
from grants.funds import queries as funds
from grants.funds.models import Envelope
from grants.journal.queries import check_all
from grants.projects.models import Project
from tests.journeys import house
from tests.journeys.cast import Play
from tests.journeys.stages import STAGES
from tests.journeys.weighing import FIRST_REQUESTS, FIRST_VISIT, KB, Findings

_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@pytest.fixture
def play(tmp_path):
    """An installation that answers, and a browser for everybody. BENKAN_SHOTS names a folder for pictures of all pages."""
    chromium = os.environ.get("BENKAN_CHROMIUM") or shutil.which("chromium")
    if not chromium:
        pytest.skip("no browser here: install Debian's chromium, or name one in BENKAN_CHROMIUM")
    port = house.free_port()
    app = house.make_house(tmp_path, port)
    logins = house.populate(app)
    with house.serving(app, port) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=_ARGUMENTS)
        yield Play(browser, address, logins, tmp_path, Findings(), app, shots=os.environ.get("BENKAN_SHOTS"))
        browser.close()


@pytest.mark.journey
@pytest.mark.slow
def test_from_the_group_to_the_closed_file_in_a_browser(play, capsys):
    lines = [""]
    for stage in STAGES:
        began = time.monotonic()
        stage(play)
        lines.append(f"{stage.__name__:<58}{time.monotonic() - began:>7.1f} s")
    with capsys.disabled():
        # The weights are printed with every run: a page that grows is seen before it is over its budget.
        print("\n".join([*lines, play.findings.table()]))  # noqa: T201
    _the_books_agree(play)
    _the_pages_keep_their_promises(play.findings)


def _the_books_agree(play) -> None:
    """What the pages did is what the operations promise: the journal holds, and every franc is accounted for."""
    with play.app.app_context():
        file = db.session.scalar(db.select(Project).where(Project.reference == play.known["file"]))
        money, envelope = funds.balance(file), db.session.scalar(db.select(Envelope))
        assert file.step == "closed"
        assert (money.paid, money.justified, money.unjustified) == (file.granted, file.granted, 0)
        assert (envelope.committed, envelope.paid, envelope.justified) == (file.granted,) * 3
        assert funds.check() == []
        count, breaks = check_all()
        assert breaks == [] and count > 40
        db.session.remove()


def _the_pages_keep_their_promises(findings: Findings) -> None:
    """No barrier, no error in a console, and no page heavier than its budget."""
    assert findings.barriers == {}
    assert findings.console == []
    assert findings.html and "OVER" not in findings.table(), findings.table()
    for visit, (size, requests) in findings.first_visits.items():
        assert size <= FIRST_VISIT * KB and requests <= FIRST_REQUESTS, visit
