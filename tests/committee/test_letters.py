"""Letters of a session: one for each decided file, made in the background, once."""

import pytest
from sqlalchemy import select

from grants.committee.models import AgendaItem
from grants.core.database import db
from grants.core.unit_of_work import unit_of_work
from grants.documents import batch, jobs
from grants.documents.models import Document, Job
from tests.stories import life
from tests.stories.rows import again


def letters():
    db.session.rollback()
    return list(db.session.scalars(select(Document).where(Document.kind.in_(("award_letter", "rejection_letter")))))


@pytest.mark.stands("awarded")
def test_closing_a_session_writes_the_letters_once_and_says_what_was_decided(people, project, browser_of):
    session = db.session.scalar(select(AgendaItem)).session
    session_reference = session.reference
    if session.step == "in_session":
        with unit_of_work():
            life.lifecycle.perform(again(session), "close", by=again(people.chair), data={})
    db.session.rollback()
    job = db.session.scalar(select(Job).where(Job.kind == "letters"))
    assert job.state == "waiting" and letters() == []
    jobs.work()
    db.session.rollback()
    assert db.session.scalar(select(Job.state).where(Job.kind == "letters")) == "done"
    (letter,) = letters()
    project = again(project)
    assert (letter.kind, letter.subject_id) == ("award_letter", project.id)
    assert letter.parameters["amount"] == project.granted and letter.parameters["minutes"] == session_reference
    assert letter.parameters["appeal_days"] == 15 and letter.parameters["appeal_until"] is None
    assert len(letter.copies) == 2
    code = letter.code
    # Asked for again (a worker that was killed after its last letter): nothing is written twice.
    with unit_of_work():
        there = db.session.scalar(select(AgendaItem)).session
        jobs.ask("letters", there, by=again(people.chair))
    jobs.work()
    assert len(letters()) == 1
    agent = browser_of(again(people.agent))
    assert agent.get(f"/documents/{code}.pdf").data.startswith(b"%PDF-")


def test_batch_that_is_stopped_goes_on_with_what_is_left(people, app):
    project_id, chair_id = life.awarded_file(people).id, people.chair.id
    from grants.committee import letters as letters_room
    from grants.documents import operations
    from grants.projects.models import Project

    item_id = db.session.scalar(select(AgendaItem.id))
    db.session.rollback()

    def draw(number):
        project = db.session.get_one(Project, project_id)
        reference = f"LA-{number}"
        if db.session.scalar(select(Document.id).where(Document.reference == reference)):
            return None
        item = db.session.get_one(AgendaItem, item_id)
        return operations.draw_up("award_letter", project, reference=reference,
                                  context=letters_room.context(item, reference, 1, None))  # fmt: skip

    pieces = batch.issue_many(range(7), draw, by_id=chair_id)
    assert [next(pieces), next(pieces)] == [0, 1]
    pieces.close()
    assert len(letters()) == 2
    assert list(batch.issue_many(range(7), draw, by_id=chair_id)) == list(range(7))
    assert sorted(one.reference for one in letters()) == [f"LA-{number}" for number in range(7)]
