"""What an auditor sees of the journal and of the workflows."""

import sqlalchemy as sa

from grants import journal
from grants.core.database import db
from grants.core.unit_of_work import unit_of_work


def test_an_auditor_has_the_journal_checked(browser_of, make_person):
    auditor = make_person("auditor")
    with unit_of_work():
        journal.record(auditor, "noted", by=auditor)
        journal.checkpoint()
    browser = browser_of(auditor)
    assert auditor.name in browser.get("/journal").text
    page = browser.get("/journal/check")
    assert "La chaîne est intacte" in page.text and "Point de contrôle 1" in page.text
    export = browser.get("/journal/export")
    lines = export.text.split("\n")
    assert export.mimetype == "application/jsonl" and '"type":"end"' in lines[-2] and len(lines) > 5
    assert browser.get("/journal/export?kind=project&reference=MP-0000").status_code == 404


def test_a_chain_that_was_rewritten_shows(browser_of, make_person):
    auditor = make_person("auditor")
    with unit_of_work() as session:
        journal.record(auditor, "noted", by=auditor)
        on = " ON journal_event" if db.engine.dialect.name == "postgresql" else ""
        session.execute(sa.text(f"DROP TRIGGER journal_event_no_update{on}"))
        session.execute(sa.text("UPDATE journal_event SET actor_name = 'X' WHERE subject_kind = 'person'"))
    assert "La chaîne est rompue" in browser_of(auditor).get("/journal/check").text


def test_the_workflows_are_drawn(browser_of, make_person):
    browser = browser_of(make_person("auditor"))
    assert "Micro-projet" in browser.get("/workflows").text
    page = browser.get("/workflows/micro-project/2")
    assert "<svg" in page.text and "Proposer au comité" in page.text and "Action(" not in page.text
    assert browser.get("/workflows/micro-project/9").status_code == 404
