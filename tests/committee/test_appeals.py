"""Refusals told to groups, and appeals against them: lodged in time, examined by another, decided in a session."""

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa

from grants import journal, lifecycle
from grants.access.models import Person
from grants.appraisal import operations as appraisal
from grants.committee import queries
from grants.committee.appeals.models import Appeal, RefusalNotice
from grants.core import clock
from grants.core.database import db
from grants.core.errors import Problems, Refused, Stale
from grants.core.unit_of_work import unit_of_work
from grants.documents import jobs
from grants.documents.models import Document
from grants.lifecycle import timers
from grants.projects.models import Project
from tests.stories import groups
from tests.stories.appeals import FINDING, REASONS, act, admitted, lodged, refused, told
from tests.stories.appraisal import all_yes
from tests.stories.committee import closed, decided, in_session, voted
from tests.stories.projects import submitted, upload
from tests.stories.rows import again


def ineligible(house):
    """A file that an appraiser declared ineligible."""
    project = submitted(house.agent, groups.registered_group(house.agent), house.call)
    with unit_of_work():
        file, person = again(project), again(house.appraisers[0])
        answers = all_yes(file) | {"no_debt": {"answer": "no", "note": "Récépissé manquant."}}
        appraisal.answer_eligibility(file, answers, by=person)
    return act(project, "declare_ineligible", house.appraisers[0], reason="Le groupement n’a pas de récépissé.")


def letters(*kinds):
    db.session.rollback()
    return list(db.session.scalars(sa.select(Document).where(Document.kind.in_(kinds)).order_by(Document.id)))


def reasons(project, action, person):
    offer = next(one for one in lifecycle.offers(again(project), again(person)) if one.action.code == action)
    db.session.rollback()
    return [str(reason) for reason in offer.reasons]


def test_an_appeal_against_a_committee_is_heard_and_granted(house, waiting_file, browser_of, make_person):
    file = told(refused(house.committee, waiting_file()), house.agent)
    assert (file.step, file.waits_for) == ("appeal_window", "agent")
    notice = db.session.scalar(sa.select(RefusalNotice))
    assert (notice.against, notice.until) == ("rejected", clock.today() + timedelta(days=15))
    assert file.due_at.astimezone(clock.BAMAKO).date() == notice.until
    # On the telephone of the agent, with a photo; every mistake at once first.
    agent = browser_of(again(house.agent))
    path = f"/act/project/{file.reference}/lodge_appeal"
    answer = agent.post(path, {"state_revision": file.state_revision, "once": "a", "reasons": "court"})
    assert answer.status_code == 422 and answer.text.count('aria-invalid="true"') >= 3
    sent = {
        "state_revision": file.state_revision, "once": "b", "lodged_on": f"{clock.today():%d/%m/%Y}", "way": "spoken",
        "spoken_by": "Mariam Traoré, présidente", "reasons": REASONS,
    }  # fmt: skip
    assert agent.post(path, sent).status_code == 302
    file = again(file)
    appeal = db.session.scalar(sa.select(Appeal))
    assert (file.step, appeal.reasons, appeal.taken_by_id) == ("appeal_check", REASONS, house.agent.id)
    (receipt,) = letters("appeal_letter")
    assert receipt.parameters["what"] == "receipt" and receipt.parameters["reasons"] == REASONS
    # Sent twice by a poor network: the first answer again. Lodged twice: refused, with what was lodged.
    assert agent.post(path, sent).status_code == 302
    with pytest.raises(Stale):
        lodged(file, house.agent)
    db.session.rollback()
    file = admitted(file, house.coordinator)
    assert file.step == "appeal_hearing" and file in queries.waiting(again(house.committee))
    session = in_session(house.committee, [file])
    voted(session, file, "for")
    room = browser_of(again(house.chair)).get(f"/committee/sessions/{session.reference}/files/{file.reference}")
    # Whoever votes reads what was refused and why, what the group says and what was found.
    assert all(said in room.text for said in (REASONS, FINDING, "Hors du marché local."))
    assert 'value="reopen_appraisal"' in room.text and "reopen_eligibility" not in room.text
    assert 'name="amount"' not in room.text
    with pytest.raises(Problems):
        decided(session, file, "uphold_refusal")  # there is a majority for the appeal
    db.session.rollback()
    file = decided(session, file, "reopen_appraisal", reason="Le forage change l’appréciation du risque.")
    assert (file.step, again(appeal).outcome) == ("appraisal", "granted")
    assert queries.item_of(again(session), file.reference).decision == "reopen"
    closed(session)
    jobs.work()
    answer = letters("appeal_letter")[-1]
    assert answer.parameters["what"] == "granted" and "forage" in answer.parameters["reason"]
    file = again(file)
    page = agent.get(f"/projects/{file.reference}?part=decision")
    assert REASONS in page.text and answer.code in page.text
    # The letters carry the number of the appeal, and are told from one another.
    tail = again(appeal).reference.removeprefix("RC-")
    assert (again(receipt).reference, again(answer).reference) == (f"AR-{tail}", f"RR-{tail}")
    assert "Accusé de réception du recours" in page.text and "Réponse au recours" in page.text
    # It is recommended again, and a committee may grant it now.
    file = act(file, "recommend", house.appraisers[0])
    session = in_session(house.committee, [file])
    voted(session, file)
    assert decided(session, file, amount=500_000).step == "contract"


def test_an_appeal_against_ineligibility_goes_back_to_the_check_and_ends_when_it_is_upheld(house, browser_of):
    file = ineligible(house)
    (letter,) = letters("rejection_letter")
    assert letter.parameters["committee"] is None and "récépissé" in letter.parameters["reason"]
    page = browser_of(again(house.agent)).get(f"/projects/{file.reference}?part=decision")
    assert letter.code in page.text and page.text.count(letter.parameters["reason"]) >= 1
    file = lodged(told(file, house.agent), house.agent, papers=[upload("recepisse.pdf")])
    assert reasons(file, "admit_appeal", house.appraisers[0])
    file = admitted(file, house.coordinator)
    session = in_session(house.committee, [file])
    voted(session, file, "for")
    assert any(file.reference in r for r in reasons(file, "reopen_appraisal", house.chair))
    file = decided(session, file, "reopen_eligibility", reason="Le récépissé est là.")
    assert file.step == "eligibility"
    # Refused anew, for another reason: that refusal may be contested too, once; upheld is the end.
    file = act(file, "declare_ineligible", house.appraisers[0], reason="Le village est hors zone.")
    file = admitted(lodged(told(file, house.agent), house.agent), house.coordinator)
    closed(session)
    session = in_session(house.committee, [file])
    voted(session, file, "against")
    file = decided(session, file, "uphold_refusal", reason="Le village est hors de la zone de l’appel.")
    assert (file.step, file.waits_for) == ("rejected", None)
    with pytest.raises(Stale):
        lodged(file, house.agent)
    db.session.rollback()
    minutes = closed(session).minutes.parameters
    assert [one["decided"] for one in minutes["appeals"]] == ["uphold"] and minutes["rulings"] == []
    jobs.work()
    assert [one.parameters["what"] for one in letters("appeal_letter")] == ["receipt", "receipt", "granted", "upheld"]


def test_too_late_by_a_stranger_or_by_the_same_person_is_refused(house, waiting_file, browser_of, make_person):
    file = told(refused(house.committee, waiting_file()), house.agent)
    today = clock.today()
    stranger = make_person("agent", place="04")
    path = f"/act/project/{file.reference}/lodge_appeal"
    sent = {"state_revision": file.state_revision, "once": "x", "reasons": REASONS}
    assert browser_of(again(stranger)).post(path, sent).status_code == 404
    assert browser_of(again(house.secretary)).post(path, sent).status_code in (403, 409, 422)
    with pytest.raises(Problems) as found:
        lodged(file, house.agent, today + timedelta(days=1), reasons="court", spoken_by=" ", way="sung")
    assert {problem.field for problem in found.value.problems} == {"lodged_on", "reasons", "spoken_by", "way"}
    db.session.rollback()
    with pytest.raises(Problems):
        lodged(file, house.agent, today - timedelta(days=1))  # before the group was told
    db.session.rollback()
    with clock.at(clock.now() + timedelta(days=17)):
        with pytest.raises(Problems) as found:
            lodged(file, house.agent, clock.today())
        assert found.value.problems[0].field == "lodged_on"
        db.session.rollback()
        # The database itself refuses what comes too late.
        notice = db.session.scalar(sa.select(RefusalNotice.id))
        row = {
            "reference": "RC-1", "project_id": file.id, "notice_id": notice, "lodged_on": clock.today(), "way": "spoken",
            "spoken_by": "X", "reasons": REASONS, "taken_by_id": house.agent.id, "taken_at": clock.now(), "finding": "",
        }  # fmt: skip
        with pytest.raises(sa.exc.DBAPIError):
            db.session.execute(Appeal.__table__.insert().values(row))
        db.session.rollback()
        # Written in time and brought in the days of grace: taken in.
        file = lodged(file, house.coordinator, today + timedelta(days=15), way="written")
    with pytest.raises(Refused):
        admitted(file, house.coordinator)  # who took it in does not examine it
    db.session.rollback()
    other = make_person("coordinator")
    file = act(file, "dismiss_appeal", other, reason="La personne n’est pas mandatée par le groupement.")
    assert file.step == "rejected" and db.session.scalar(sa.select(Appeal.outcome)) == "inadmissible"
    assert letters("appeal_letter")[-1].parameters["what"] == "inadmissible"
    with pytest.raises(sa.exc.DBAPIError):
        db.session.execute(sa.update(Appeal).values(outcome="granted"))
    db.session.rollback()


def test_the_window_closes_by_itself_after_the_days_of_grace(house, waiting_file):
    file = told(refused(house.committee, waiting_file()), house.agent)
    with clock.at(clock.now() + timedelta(days=16)):
        timers.fire_due()
        assert again(file).step == "appeal_window"
    with clock.at(clock.now() + timedelta(days=21)):
        assert reasons(file, "lodge_appeal", house.agent)
        timers.fire_due()
        assert again(file).step == "rejected"
        timers.fire_due()
    assert [event.action for event in journal.history(again(file))].count("close_window") == 1


def test_two_lodge_the_same_appeal_at_once_and_one_is_told(app, house, waiting_file):
    file = told(refused(house.committee, waiting_file()), house.agent)
    ids, reference = (house.agent.id, house.coordinator.id), file.id
    db.session.rollback()
    gate, outcomes = threading.Barrier(2), []

    def lodge(person_id):
        with app.app_context():
            values = {"lodged_on": clock.today(), "way": "spoken", "spoken_by": "M. Traoré", "reasons": REASONS}
            gate.wait()
            try:
                with unit_of_work():
                    person, subject = db.session.get(Person, person_id), db.session.get(Project, reference)
                    lifecycle.perform(subject, "lodge_appeal", by=person, data=values)
                outcomes.append("done")
            except (Stale, Refused) as told_why:
                outcomes.append(type(told_why).__name__)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=lodge, args=(one,)) for one in ids]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    assert sorted(outcomes) == ["Stale", "done"]
    db.session.rollback()
    assert db.session.scalar(sa.select(sa.func.count(Appeal.id))) == 1
    assert len(letters("appeal_letter")) == 1
