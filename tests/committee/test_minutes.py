"""What is promised about minutes, quotas and mandates: on both engines."""

import pytest

from grants import journal, lifecycle
from grants.committee import operations, queries, seats
from grants.core.errors import Refused
from grants.core.unit_of_work import unit_of_work
from tests.stories.committee import awarded, closed, decided, in_session, people_of, signed, voted
from tests.stories.rows import again


def reasons(subject, action, person) -> list[str]:
    offer = next(o for o in lifecycle.offers(again(subject), again(person)) if o.action.code == action)
    return [str(reason) for reason in offer.reasons]


def test_minutes_are_written_at_the_close_and_signed_with_their_scan(house, waiting_file):
    best, other = waiting_file(5), waiting_file(3)
    session = in_session(house.committee, [other, best])
    voted(session, best)
    voted(session, other, "abstain")
    decided(session, best, amount=1_000_000, conditions="Vaccination à l’achat\nRegistre du troupeau")
    assert len(reasons(session, "close", house.chair)) == 1
    decided(session, other, "adjourn")
    session = closed(session)
    document = session.minutes
    assert (session.step, document.reference) == ("minutes", session.reference)
    told = document.parameters
    assert [r["reference"] for r in told["rulings"]] == [best.reference, other.reference]
    assert told["rulings"][0]["conditions"] == ["Vaccination à l’achat", "Registre du troupeau"]
    assert (told["envelope_before"], told["quorum"], told["members"]) == (5_000_000, 3, 4)
    assert len(reasons(session, "sign", house.secretary)) == 1
    session = signed(session)
    assert session.step == "signed" and session.signed_scan.name == "pv-signe.pdf"
    with pytest.raises(Refused):
        operations.file_scan(again(session), None, by=again(house.secretary))


def test_quotas_follow_what_was_awarded(house, waiting_file):
    awarded(waiting_file(women=20, men=2, youth=3), 900_000)
    awarded(waiting_file(women=2, men=20, youth=18), 300_000)
    assert [(q.what, q.share, q.met) for q in queries.quotas([again(house.call)])] == [
        ("women", 75, True),
        ("youth", 25, False),
    ]


def test_people_of_a_committee_are_those_of_its_present_seats(house):
    with unit_of_work():
        seat = next(s for s in again(house.committee).seats if s.person_id == house.vice.id)
        seats.end_seat(seat, by=again(house.admin))
        seats.end_seat(seat, by=again(house.admin))
    assert [p.name for p in people_of(house.committee, "chair")] == ["Fatoumata Maïga"]
    ended = [e for e in journal.history(again(house.committee)) if e.action == "end_seat"]
    assert len(ended) == 1
