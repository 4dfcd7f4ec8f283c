"""What is promised about committees, agendas, conflicts, votes and decisions: on both engines."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from grants import journal, lifecycle
from grants.access import policy
from grants.committee import operations, queries, seats
from grants.committee.models import AgendaItem, Vote
from grants.core import clock
from grants.core.database import db
from grants.core.errors import NotFound, Problems, Refused, Stale
from grants.core.unit_of_work import unit_of_work
from grants.funds.models import Transfer
from grants.funds.queries import balance
from tests.stories.committee import awarded, closed, committee, convened, decided, in_session, voted
from tests.stories.rows import again


def places_refused(act) -> set:
    with pytest.raises(Problems) as found:
        act()
    db.session.rollback()
    return {problem.field for problem in found.value.problems}


def item(session, project) -> AgendaItem:
    return queries.item_of(again(session), again(project).reference)


def decide(session, project, decision="award", *, by, **given):
    with unit_of_work():
        return operations.decide(item(session, project), decision, by=again(by), **given)


# ------------------------------------------------------------------------------------------------ committees and seats


def test_a_committee_tells_every_mistake_at_once(house):
    def act():
        seats.found_committee(name=" ", level="regional", place_code="0501", quorum=1, by=house.admin)

    assert places_refused(act) == {"name", "place_code", "quorum"}

    def twin():
        seats.found_committee(name="Un autre", level="regional", place_code="05", quorum=2, by=again(house.admin))

    assert places_refused(twin) == {"place_code"}


def test_only_administrators_found_committees(house):
    with pytest.raises(Refused):
        seats.found_committee(name="Un autre", level="national", place_code=None, quorum=3, by=house.coordinator)


def test_a_seat_needs_its_role_in_the_territory(house, make_person):
    stranger = make_person("member", place="07", name="Ali Maïga")

    def act():
        seats.seat_member(again(house.committee), person=stranger, office="member", by=again(house.admin))

    assert places_refused(act) == {"office"}
    twice = places_refused(
        lambda: seats.seat_member(
            again(house.committee), person=again(house.chair), office="chair", by=again(house.admin)
        )
    )
    assert twice == {"person"}


def test_nobody_is_added_to_a_room_in_which_votes_are_cast(house, waiting_file, make_person):
    late = make_person("member", place="05", name="Tard Venu")
    in_session(house.committee, [waiting_file()])
    with pytest.raises(Refused, match="PV-"):
        seats.seat_member(again(house.committee), person=again(late), office="member", by=again(house.admin))
    with pytest.raises(Refused, match="PV-"):
        seats.change_quorum(again(house.committee), 2, by=again(house.admin))


# ---------------------------------------------------------------------------------------------------- agenda and sight


def test_a_file_is_heard_by_the_committee_of_its_amount_and_territory(house, waiting_file, make_person):
    file = waiting_file()
    elsewhere = [make_person(role, place="07") for role in ("chair", "member", "secretary")]
    other = committee(house.admin, elsewhere[0], [elsewhere[1]], elsewhere[2], place="07", quorum=2)
    national = [make_person(role) for role in ("chair", "member", "secretary")]
    above = committee(house.admin, national[0], [national[1]], national[2], level="national", place=None, quorum=2)
    assert [p.reference for p in queries.waiting(again(house.committee))] == [file.reference]
    assert queries.waiting(again(other)) == [] and queries.waiting(again(above)) == []
    for wrong in (other, above):
        assert places_refused(lambda wrong=wrong: convened(wrong, [file])) == {"files"}


def test_a_file_stands_on_one_open_agenda(house, waiting_file):
    file = waiting_file()
    first = convened(house.committee, [file])
    assert queries.waiting(again(house.committee)) == []
    assert places_refused(lambda: convened(house.committee, [file])) == {"files"}
    with unit_of_work():
        lifecycle.perform(again(first), "cancel", by=again(house.secretary), data={"reason": "Route coupée"})
    assert len(queries.waiting(again(house.committee))) == 1
    convened(house.committee, [file])


def test_members_see_the_files_on_their_agendas_only(house, waiting_file, make_person):
    file, other = waiting_file(), waiting_file()
    unseated = make_person("member", "chair", place="05", name="Sans Siège")

    def sees(person, project):
        return policy.sees(again(person), "projects.view", again(project))

    assert not sees(house.members[0], file) and not sees(house.chair, file)
    assert sees(house.secretary, file)
    session = convened(house.committee, [file])
    assert sees(house.members[0], file) and sees(house.chair, file)
    assert not sees(house.members[0], other) and not sees(unseated, file)
    assert queries.find_session(session.reference, again(house.members[0])) is not None
    assert queries.find_session(session.reference, again(unseated)) is None
    assert policy.roles_on(again(house.chair), again(file)) == {"chair"}


def test_only_its_own_secretary_convenes_and_prepares(house, make_person):
    other = make_person("secretary", place="05", name="Autre Secrétaire")
    for person in (other, house.chair, house.admin):
        with pytest.raises(Refused):
            operations.convene(again(house.committee), held_on=clock.today(), venue="Sévaré", by=again(person))
    past = clock.today() - timedelta(days=1)
    wrong = places_refused(
        lambda: operations.convene(again(house.committee), held_on=past, venue=" ", by=again(house.secretary))
    )
    assert wrong == {"held_on", "venue"}


# ------------------------------------------------------------------------------------------------------- quorum, votes


def reasons(subject, action, person) -> list[str]:
    offer = next(o for o in lifecycle.offers(again(subject), again(person)) if o.action.code == action)
    return [str(reason) for reason in offer.reasons]


def test_a_session_opens_with_attendance_quorum_and_an_agenda(house, waiting_file):
    session = convened(house.committee)
    assert len(reasons(session, "open", house.secretary)) == 2
    with unit_of_work():
        operations.put_on_agenda(again(session), [waiting_file()], by=again(house.secretary))
        present = [house.chair.id, house.members[0].id, house.secretary.id]
        operations.record_attendance(again(session), present, by=again(house.secretary))
    # The secretary is there and does not count.
    (reason,) = reasons(session, "open", house.secretary)
    assert "2" in reason and "3" in reason
    with unit_of_work():
        operations.record_attendance(again(session), [*present, house.vice.id], by=again(house.secretary))
    assert reasons(session, "open", house.secretary) == []


def test_a_vote_counts_once_and_may_change_until_the_decision(house, waiting_file):
    file = waiting_file()
    session = in_session(house.committee, [file])
    member = house.members[0]
    for choice in ("against", "for", "for"):
        with unit_of_work():
            operations.cast_vote(item(session, file), choice, by=again(member))
    rows = db.session.scalars(sa.select(Vote)).all()
    assert [(v.person_id, v.choice) for v in rows] == [(member.id, "for")]
    db.session.rollback()
    db.session.add(Vote(item_id=rows[0].item_id, person_id=member.id, choice="against"))
    with pytest.raises(sa.exc.IntegrityError):
        db.session.flush()
    db.session.rollback()
    voted(session, file)
    decided(session, file)
    with pytest.raises(Refused):
        operations.cast_vote(item(session, file), "against", by=again(member))
    for change in ("UPDATE vote SET choice = 'against'", "DELETE FROM vote", "UPDATE agenda_item SET amount = 1"):
        db.session.rollback()
        with pytest.raises(sa.exc.DatabaseError):
            db.session.execute(sa.text(change))
    db.session.rollback()


def test_who_has_no_vote(house, waiting_file, make_person):
    file = waiting_file()
    session = in_session(house.committee, [file])
    with unit_of_work():
        there = [seat.person_id for seat in again(session).committee.seats if seat.person_id != house.members[1].id]
        operations.record_attendance(again(session), there, by=again(house.secretary))
        operations.declare_conflict(
            item(session, file),
            person=again(house.members[0]),
            reason="Frère de la trésorière",
            by=again(house.members[0]),
        )
    outsider = make_person("member", place="05")
    for person in (*house.members, house.secretary, outsider, house.admin, house.coordinator):
        with pytest.raises(Refused):
            operations.cast_vote(item(session, file), "for", by=again(person))
        db.session.rollback()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Vote)) == 0


def test_a_conflict_takes_the_vote_back_and_the_quorum_falls(house, waiting_file):
    file = waiting_file()
    session = in_session(house.committee, [file])
    voted(session, file)
    for person in (house.members[0], house.members[1]):
        with unit_of_work():
            operations.declare_conflict(item(session, file), person=again(person), reason="Parenté", by=again(person))
    assert len(item(session, file).votes) == 2
    (reason,) = reasons(file, "award", house.chair)
    assert "2" in reason and "3" in reason
    with pytest.raises(Refused):
        decide(session, file, by=house.chair, amount=500_000)
    # What can never be decided does not hold the session up: it comes off the agenda and goes on waiting.
    with unit_of_work():
        operations.take_off(item(session, file), by=again(house.secretary))
    assert [p.id for p in queries.waiting(again(house.committee))] == [file.id]


def test_one_declares_for_oneself_and_only_the_secretary_for_another(house, waiting_file):
    file = waiting_file()
    session = in_session(house.committee, [file])
    with pytest.raises(Refused):
        operations.declare_conflict(
            item(session, file), person=again(house.chair), reason="Parenté", by=again(house.members[0])
        )
    db.session.rollback()
    with unit_of_work():
        operations.declare_conflict(
            item(session, file), person=again(house.chair), reason="Parenté", by=again(house.secretary)
        )
    voted(session, file, but={house.chair.id: None})
    assert len(reasons(file, "award", house.chair)) == 1
    assert reasons(file, "award", house.vice) == []


# ----------------------------------------------------------------------------------------------------------- decisions


def test_an_award_reserves_the_money_and_moves_the_file(house, waiting_file):
    file = awarded(waiting_file(), 1_200_000)
    assert (file.step, file.granted, balance(file).reserved) == ("contract", 1_200_000, 1_200_000)
    line = queries.items_of(file)[0]
    assert (line.decision, line.amount, line.decided_by_id) == ("award", 1_200_000, house.chair.id)
    event = next(e for e in journal.history(file) if e.action == "award")
    assert event.values["votes"] == {"for": 4, "against": 0, "abstain": 0}


def test_an_award_needs_a_majority_an_amount_and_the_money(house, waiting_file):
    file = waiting_file()
    session = in_session(house.committee, [file])
    voted(session, file, "against", but={house.chair.id: "for"})
    assert places_refused(lambda: decide(session, file, by=house.chair)) == {None, "amount"}
    assert places_refused(lambda: decide(session, file, "adjourn", by=house.chair)) == {"reason"}
    voted(session, file)
    assert places_refused(lambda: decide(session, file, "reject", by=house.chair)) == {None, "reason"}
    too_much = again(file).requested + 1
    assert places_refused(lambda: decide(session, file, by=house.chair, amount=too_much)) == {"amount"}
    assert (again(file).step, again(file).granted, item(session, file).decision) == ("committee", None, None)


def test_what_the_envelope_does_not_hold_is_refused_and_nothing_is_left(house, waiting_file):
    files = [waiting_file() for _ in range(4)]
    asked = files[0].requested
    fitting = 5_000_000 // asked
    session = in_session(house.committee, files)
    for file in files:
        voted(session, file)
    for file in files[:fitting]:
        decided(session, file)
    last = files[fitting]
    with pytest.raises(Problems) as refusal:
        decide(session, last, by=house.chair, amount=asked)
    db.session.rollback()
    assert {p.field for p in refusal.value.problems} == {"amount"} and "Mopti" in str(refusal.value)
    assert (again(last).step, again(last).granted, item(session, last).decision) == ("committee", None, None)
    assert again(house.envelope).reserved == fitting * asked
    decided(session, last, amount=5_000_000 - fitting * asked)
    assert again(house.envelope).available == 0


def test_a_double_click_decides_once_and_a_second_chair_is_told(house, waiting_file):
    file = waiting_file()
    session = in_session(house.committee, [file])
    voted(session, file)
    seen = again(file).state_revision
    for _ in range(2):
        decide(session, file, by=house.chair, amount=900_000, expected_revision=seen, idempotency_key="once")
    assert db.session.scalar(sa.select(sa.func.count()).where(Transfer.kind == "reserve")) == 1
    with pytest.raises(Stale, match="Fatoumata Maïga"):
        decide(session, file, by=house.vice, amount=800_000, expected_revision=seen, idempotency_key="other")
    db.session.rollback()
    assert again(file).granted == 900_000


def test_an_adjourned_line_is_not_decided_twice(house, waiting_file):
    file = waiting_file()
    first = in_session(house.committee, [file])
    voted(first, file, "abstain")
    decided(first, file, "adjourn")
    assert (again(file).step, item(first, file).decision) == ("committee", "adjourn")
    with pytest.raises(Refused):
        decide(first, file, "adjourn", by=house.chair, reason="Encore")
    db.session.rollback()
    closed(first)
    second = in_session(house.committee, [file])
    voted(second, file)
    # The old line cannot decide what stands on the new agenda.
    with pytest.raises(Stale):
        decide(first, file, by=house.chair, amount=500_000)
    db.session.rollback()
    decided(second, file, "award", 500_000)


def test_people_stay_apart(house, make_person):
    from tests.stories import groups
    from tests.stories.appraisal import recommended
    from tests.stories.projects import submitted

    doer = make_person("agent", "chair", place="05", name="Deux Casquettes")
    with unit_of_work():
        seats.seat_member(again(house.committee), person=again(doer), office="chair", by=again(house.admin))
    file = submitted(doer, groups.registered_group(doer), house.call)
    recommended(file, house.appraisers)
    session = in_session(house.committee, [file])
    voted(session, file)
    with pytest.raises(Refused):
        decide(session, file, by=doer, amount=500_000)
    db.session.rollback()
    for person in (house.members[0], house.secretary, house.admin, house.coordinator, house.appraisers[0]):
        with pytest.raises(Refused):
            decide(session, file, by=person, amount=500_000)
        db.session.rollback()
    assert item(session, file).decision is None


def test_too_few_votes_do_not_decide(house, waiting_file):
    file = waiting_file()
    session = in_session(house.committee, [file])
    voted(session, file, but={house.members[0].id: None, house.members[1].id: None})
    (reason,) = reasons(file, "award", house.chair)
    assert "Ousmane Tembely" in reason and "Aminata Diallo" in reason


def test_a_rejection_waits_for_the_group_to_be_told_its_reason(house, waiting_file):
    file = waiting_file()
    session = in_session(house.committee, [file])
    voted(session, file, "against")
    decided(session, file, "reject", reason="Hors du marché local.")
    assert (again(file).step, again(file).waits_for) == ("refusal", "agent")
    event = next(e for e in journal.history(file) if e.action == "reject")
    assert event.reason == "Hors du marché local."
    with pytest.raises(NotFound):
        decide(session, file, "postpone", by=house.chair)
