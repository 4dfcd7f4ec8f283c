"""The life of a complaint: acknowledged, examined, answered, contested, closed; never closed without an answer."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from grants import journal
from grants.core import clock
from grants.core.database import db
from grants.core.errors import Problems, Refused
from grants.core.unit_of_work import unit_of_work
from grants.grievances import operations, queries
from grants.grievances.models import Complainant, Grievance, Note, Reading
from grants.lifecycle import timers
from grants.messages.models import Notice
from tests.stories import grievances as story
from tests.stories.rows import again


@pytest.fixture
def officer(make_person):
    return make_person("grievance_officer", place="05")


@pytest.fixture
def other(make_person):
    return make_person("grievance_officer", place="05")


def fields(problems) -> set:
    return {one.field for one in problems.value.problems}


def test_from_the_public_page_to_the_end(app, officer):
    grievance, code = story.lodged(name="Awa Diarra", phone="+22366712345", may_contact=True)
    assert (grievance.step, grievance.channel, grievance.registered_by_id) == ("received", "page", None)
    assert grievance.reference.startswith("GV-") and code.replace("-", "") not in grievance.code_hash
    assert queries.complainant(grievance, officer).name == "Awa Diarra"
    grievance = story.closed(officer, grievance)
    assert grievance.step == "closed" and grievance.told_how == "phone" and grievance.due_at is None
    assert [event.action for event in reversed(journal.history(grievance))] == [
        "lodge",
        "acknowledge",
        "answer",
        "close",
    ]
    assert queries.answers(grievance)[0].measure == story.ANSWER["measure"]


def test_nothing_of_what_is_said_stands_in_the_journal(app, officer, other):
    grievance, _code = story.lodged(name="Awa Diarra")
    grievance = story.answered(officer, grievance)
    story.act(officer, grievance, "contest", words="La réponse ne parle pas du second versement.")
    with unit_of_work():
        operations.add_note(again(grievance), "Entendu la présidente du groupement.", by=again(other))
    story.act(other, grievance, "answer_again", **story.ANSWER)
    told = " ".join(f"{event.data} {event.reason}" for event in journal.history(again(grievance)))
    for words in (story.WORDS, "Awa", "banque", "second versement", "présidente"):
        assert words not in told


def test_a_contested_answer_is_examined_by_another_person_and_once(app, officer, other):
    grievance, _code = story.lodged()
    grievance = story.answered(officer, grievance)
    grievance = story.act(other, grievance, "contest", words="La réponse ne parle pas du second versement.")
    assert grievance.step == "reexamining"
    with pytest.raises(Refused) as refusal:
        story.act(officer, grievance, "answer_again", **story.ANSWER)
    assert "Répondre" in str(refusal.value)
    grievance = story.act(other, grievance, "answer_again", **{**story.ANSWER, "finding": "partly"})
    assert grievance.step == "final"
    with pytest.raises(Refused):
        story.act(other, grievance, "contest", words="Encore une fois, non.")
    assert [one.finding for one in queries.answers(grievance)] == ["founded", "partly"]


def test_all_that_is_missing_is_said_at_once(app, officer):
    with pytest.raises(Problems) as found:
        story.lodged(category="money!", place_code="99", words="Trop court.", may_contact=True)
    assert fields(found) == {"category", "place_code", "words", "phone"}
    with pytest.raises(Problems) as found:
        story.registered(officer, channel="page", file_named="MP-2026-9999-A")
    assert fields(found) == {"channel", "file_named"}
    grievance, _code = story.lodged()
    story.examined(officer, grievance)
    with pytest.raises(Problems) as found:
        story.act(officer, grievance, "answer", finding="founded", answer="Oui.", measure="")
    assert fields(found) == {"answer", "measure"}
    assert again(grievance).step == "examining"


def test_nobody_is_told_before_the_answer(app, officer):
    grievance, _code = story.lodged()
    grievance = story.answered(officer, grievance)
    with pytest.raises(Problems) as found:
        story.act(officer, grievance, "close", told_how="phone", told_on=clock.today() - timedelta(days=1))
    assert fields(found) == {"told_on"}


def test_an_officer_of_another_region_does_nothing_here(app, make_person):
    stranger = make_person("grievance_officer", place="07")
    grievance, _code = story.lodged()
    assert queries.find(grievance.reference, stranger) is None
    with pytest.raises(Refused):
        story.examined(stranger, grievance)
    with pytest.raises(Problems) as found:
        story.registered(stranger)
    assert fields(found) == {"place_code"}


def test_who_waits_too_long_is_told_of_and_the_delay_closes_what_was_answered(app, officer, make_person):
    coordinator = make_person("coordinator")
    grievance, _code = story.lodged()
    with clock.at(clock.now() + timedelta(days=12)):
        timers.fire_due()
    told = set(db.session.scalars(sa.select(Notice.person_id)))
    assert told == {officer.id, coordinator.id}
    grievance = story.answered(officer, grievance)
    with clock.at(clock.now() + timedelta(days=16)):
        timers.fire_due()
    assert again(grievance).step == "closed"
    assert journal.last_event(again(grievance)).actor_id is None


def test_a_complaint_set_aside_says_why(app, officer):
    grievance, _code = story.lodged()
    with pytest.raises(Problems):
        story.act(officer, grievance, "declare_inadmissible", why="Non.")
    grievance = story.act(officer, grievance, "declare_inadmissible", why="Elle concerne un autre programme, à Ségou.")
    assert grievance.step == "inadmissible" and grievance.end_reason
    with pytest.raises(Refused):
        story.classified(officer, grievance)


def test_a_referred_complaint_comes_back_with_an_answer(app, officer):
    grievance, _code = story.lodged(category="group")
    grievance = story.examined(officer, grievance)
    with pytest.raises(Problems) as found:
        story.act(officer, grievance, "refer", service="police", words="Non.")
    assert fields(found) == {"service", "words"}
    words = "Le chef de village réunit les deux familles."
    story.act(officer, grievance, "refer", service="mediation", words=words)
    assert db.session.scalar(sa.select(Note.service)) == "mediation"
    assert story.act(officer, grievance, "record_outcome", **story.ANSWER).step == "answered"


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE grievance SET words = 'autre chose'",
        "UPDATE grievance SET sealed = false",
        "UPDATE grievance SET step = 'closed'",
        "UPDATE grievance SET step = 'withdrawn'",
        "UPDATE grievance SET holds_payments = true",
        "DELETE FROM grievance",
        "DELETE FROM grievance_reading",
    ],
)
def test_the_database_keeps_it(app, officer, change):
    grievance, _code = story.lodged(category="sea_sh", words=story.SECRET)
    with unit_of_work():
        operations.open_sealed(again(grievance), "Premier examen de la plainte", by=again(officer))
    with pytest.raises(sa.exc.DatabaseError), unit_of_work():
        db.session.execute(sa.text(change))
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Reading)) == 1


def test_the_same_form_sent_twice_is_one_complaint(app):
    with unit_of_work():
        first, code = operations.lodge(story.values(), token="019d-one", address="10.0.0.1")
    with unit_of_work():
        second, nothing = operations.lodge(story.values(), token="019d-one", address="10.0.0.1")
    assert code and nothing is None and first.id == second.id
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Grievance)) == 1


def test_nobody_needs_to_say_who_they_are(app):
    story.lodged()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Complainant)) == 0


def test_lodging_is_slowed_down_after_the_first_few(app):
    for _number in range(5):
        story.lodged()
    with pytest.raises(Problems):
        story.lodged()
    story.lodged(address="10.0.0.2")
