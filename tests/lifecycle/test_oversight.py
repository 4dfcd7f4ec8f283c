"""What an auditor sees of the journal and of the workflows."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from grants import journal
from grants.core import clock
from grants.core.database import db
from grants.core.unit_of_work import unit_of_work
from grants.journal import checks, registration
from grants.lifecycle import oversight, registry
from tests.stories import grievances
from tests.stories.rows import again


def test_an_auditor_has_the_journal_checked(browser_of, make_person):
    auditor = make_person("auditor")
    with unit_of_work():
        journal.record(auditor, "noted", by=auditor)
        journal.checkpoint()
    browser = browser_of(auditor)
    assert auditor.name in browser.get("/journal").text
    assert browser.get("/journal/check").status_code == 405
    for _twice in range(2):
        assert browser.post("/journal/check").status_code == 302
    waiting = browser.get("/journal").text
    assert "Le journal est en cours de relecture" in waiting and "La chaîne est intacte" not in waiting
    assert [checks.make_waiting(), checks.make_waiting()] == [1, 0]
    page = browser.get("/journal").text
    assert "La chaîne est intacte" in page and f"Demandé par {auditor.name}" in page and "Point de contrôle 1" in page
    export = browser.get("/journal/export")
    lines = export.text.split("\n")
    assert export.mimetype == "application/jsonl" and '"type":"end"' in lines[-2] and len(lines) > 5
    assert browser.get("/journal/export?kind=project&reference=MP-0000").status_code == 404


def test_whatever_acts_are_about_has_a_name_in_words(app):
    """The page never shows the code of a subject: it has a workflow and a title, is a person, or stands in the words."""
    subjects = {
        mapper.class_.__subject__ for mapper in db.Model.registry.mappers if hasattr(mapper.class_, "__subject__")
    }
    assert "books_period" in subjects
    assert not subjects - set(oversight._WORDS) - set(registry.kinds) - {"person"}


def test_the_latest_acts_cost_the_same_however_much_they_are_about(browser_of, make_person, count_queries):
    browser = browser_of(make_person("admin"))
    browser.get("/journal")

    def cost() -> int:
        with count_queries() as count:
            assert browser.get("/journal").status_code == 200
        return count()

    few = cost()
    for number in range(12):
        somebody = make_person("auditor", name=f"Auditeur {number}")
        with unit_of_work():
            journal.record(again(somebody), "noted", by=again(somebody))
    assert cost() == few <= 12


def test_acts_on_what_is_not_for_the_reader_have_no_link(browser_of, make_person):
    complaint, _code = grievances.lodged()
    for role, linked in (("auditor", True), ("admin", False)):
        page = browser_of(make_person(role)).get("/journal").text
        assert complaint.reference in page
        assert (f'href="/grievances/{complaint.reference}"' in page) is linked


def test_a_chain_that_was_rewritten_shows(browser_of, make_person):
    auditor = make_person("auditor")
    with unit_of_work() as session:
        journal.record(auditor, "noted", by=auditor)
        on = " ON journal_event" if db.engine.dialect.name == "postgresql" else ""
        session.execute(sa.text(f"DROP TRIGGER journal_event_no_update{on}"))
        session.execute(sa.text("UPDATE journal_event SET actor_name = 'X' WHERE subject_kind = 'person'"))
    assert [registration.check_journal(), registration.check_journal()] == [1, 0]
    assert "La chaîne est rompue" in browser_of(auditor).get("/journal").text
    made, _waiting = checks.latest()
    assert made.by_id is None and made.broken == 1 and made.breaks[0][3] == "changed"
    # What was found is not made better afterwards.
    for statement in ("UPDATE journal_check SET broken = 0", "DELETE FROM journal_check"):
        with pytest.raises(DBAPIError, match="is kept"), unit_of_work() as session:
            session.execute(sa.text(statement))


def test_a_check_that_died_with_its_worker_is_made_again(app):
    with unit_of_work():
        checks.ask().begun_at = clock.now()
    assert checks.make_waiting() == 0
    with clock.at(clock.now() + checks.LONGEST + timedelta(minutes=1)):
        assert checks.make_waiting() == 1
    assert checks.latest()[0].events is not None


def test_the_workflows_are_drawn(browser_of, make_person):
    browser = browser_of(make_person("auditor"))
    assert "Micro-projet" in browser.get("/workflows").text
    page = browser.get("/workflows/micro-project/3")
    assert "<svg" in page.text and "Proposer au comité" in page.text and "Action(" not in page.text
    assert browser.get("/workflows/micro-project/9").status_code == 404
