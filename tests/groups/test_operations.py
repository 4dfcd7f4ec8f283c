"""What is promised about groups, through the operations: on both engines."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from grants import journal
from grants.core import clock
from grants.core.database import db
from grants.core.errors import Problems, Refused
from grants.core.unit_of_work import unit_of_work
from grants.groups import guards, operations, queries
from grants.groups.models import Group, Officer, PaymentAccount
from tests.stories.groups import account_values, group_values, officer_values, registered_group, verified_group
from tests.stories.identity import confirmed


@pytest.fixture
def agent(make_person):
    return make_person("agent", place="05", name="Seydou Kampo")


@pytest.fixture
def appraiser(make_person):
    return make_person("appraiser", place="05", name="Fanta Diarra")


def fields_refused(call) -> set:
    with pytest.raises(Problems) as found:
        call()
    return {problem.field for problem in found.value.problems}


def test_a_group_is_registered_with_reference_and_journal(agent):
    group = registered_group(agent, name="Coopérative Benkadi des femmes")
    assert group.reference.startswith(f"GR-{clock.today().year}-0001-")
    assert group.search_name == "benkadi femmes"
    assert {o.office for o in group.officers} == {"president", "treasurer", "secretary"}
    assert group.account.verified_at is None
    assert [e.action for e in reversed(journal.history(group))] == ["register", *["appoint"] * 3, "add_account"]
    assert "66710001" not in "".join(e.data for e in journal.history(group))


def test_all_problems_of_a_group_are_told_at_once(agent):
    wrong = group_values(
        name=" ", village="", place_code="0701", women=0, men=0, youth=4, registration_date=None, kind="club",
        consent_witness="", language="klingon", activity="x", registration_authority="y" * 121,
    )  # fmt: skip
    assert fields_refused(lambda: operations.register(wrong, by=agent)) == {
        "name", "village", "place_code", "women", "youth", "registration_date", "kind", "consent_witness", "language",
        "registration_authority",
    }  # fmt: skip
    db.session.rollback()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Group)) == 0


@pytest.mark.parametrize("place", ["", "05", "9999", "0701", "04010101"])
def test_a_place_must_exist_be_deep_enough_and_lie_in_the_territory(agent, place):
    assert fields_refused(lambda: operations.register(group_values(place), by=agent)) == {"place_code"}


def test_a_receipt_belongs_to_one_group_of_a_region(agent, make_person):
    registered_group(agent, registration_number="0123/P-CM-2021")
    again = group_values(registration_number="N° 123 / P CM 2021".removeprefix("N° "))
    with pytest.raises(Problems, match="GR-"):
        operations.register(again, by=agent)
    db.session.rollback()
    elsewhere = make_person("agent", place="07")
    registered_group(elsewhere, place="0701", registration_number="0123/P-CM-2021")


def test_of_a_group_out_of_sight_nothing_is_told(agent, make_person):
    registered_group(agent, place="0501", registration_number="77/2021")
    neighbour = make_person("agent", place="0502")
    with pytest.raises(Problems) as found:
        operations.register(group_values("0502", registration_number="77/2021"), by=neighbour)
    assert "GR-" not in str(found.value)


def test_the_same_phone_sending_twice_makes_one_group(agent):
    uuid = "01932c07-209c-7000-8000-000000000001"
    with unit_of_work():
        first = operations.register(group_values(), by=agent, uuid=uuid)
        second = operations.register(group_values(), by=agent, uuid=uuid)
        assert first is second


def test_what_was_corrected_stands_in_the_journal_without_telephones(agent):
    group = registered_group(agent)
    with unit_of_work():
        operations.correct(group, {"women": 30, "phone": "+22376000000"}, by=agent)
        operations.correct(group, {"women": 30}, by=agent)
    events = [e for e in journal.history(group) if e.action == "correct"]
    assert len(events) == 1
    assert events[0].values["changed"] == {"women": [24, 30], "phone": True}


def test_a_group_cannot_be_moved_out_of_the_territory(agent):
    group = registered_group(agent)
    assert fields_refused(lambda: operations.correct(group, {"place_code": "0701"}, by=agent)) == {"place_code"}
    assert group.place_code == "0501"


def test_a_new_officer_ends_the_mandate_of_the_one_before(agent):
    group = registered_group(agent)
    with unit_of_work():
        operations.appoint(group, "treasurer", officer_values("treasurer", name="Mariam Sow"), by=agent)
    rows = db.session.scalars(
        sa.select(Officer).where(Officer.group_id == group.id, Officer.office == "treasurer")
    ).all()
    assert [(o.name, o.ended_on) for o in rows] == [("Fanta Coulibaly", clock.today()), ("Mariam Sow", None)]
    assert queries.officer(group, "treasurer").name == "Mariam Sow"


def test_all_problems_of_an_officer_are_told_at_once(agent):
    group = registered_group(agent)
    wrong = {"name": "", "sex": "", "mandate_from": None, "paper_kind": "nina", "paper_number": ""}
    found = fields_refused(lambda: operations.appoint(group, "mayor", wrong, by=agent))
    assert found == {"office", "name", "sex", "mandate_from", "paper_number"}
    today = clock.today()
    backwards = officer_values(mandate_from=today, mandate_until=today - timedelta(days=1))
    assert fields_refused(lambda: operations.appoint(group, "president", backwards, by=agent)) == {"mandate_until"}


@pytest.mark.parametrize(
    "over",
    [
        {"number": "ML16 0100 1000 0000 0000 0199"},
        {"number": "12345"},
        {"kind": "wallet", "number": "20 22 23 24"},
        {"kind": "wallet", "number": "+33 6 12 34 56 78"},
        {"kind": "wallet", "number": ""},
    ],
)
def test_a_number_that_fails_its_own_check_is_no_account(agent, over):
    group = registered_group(agent)
    assert fields_refused(lambda: operations.add_account(group, account_values(**over), by=agent)) == {"number"}


def test_an_account_serves_one_group_only(agent):
    first, second = registered_group(agent), registered_group(agent)
    taken = account_values(number=first.account.number)
    assert fields_refused(lambda: operations.add_account(second, taken, by=agent)) == {"number"}


def test_the_database_keeps_an_account_for_one_group(agent):
    first, second = registered_group(agent), registered_group(agent)
    with pytest.raises(sa.exc.IntegrityError):
        db.session.execute(
            sa.update(PaymentAccount).where(PaymentAccount.id == second.account.id).values(number=first.account.number)
        )


def test_a_new_account_closes_the_old_and_must_be_verified_anew(agent, appraiser):
    group = verified_group(agent, appraiser)
    with unit_of_work():
        operations.add_account(group, {"kind": "wallet", "institution": "Wave", "number": "76 12 34 56",
                                       "holder": "Aïssata Dembélé"}, by=agent,
                               identity=confirmed(agent, "add_account", group))  # fmt: skip
    assert (group.account.number, group.account.verified_at) == ("+22376123456", None)
    closed = db.session.scalars(sa.select(PaymentAccount).where(PaymentAccount.closed_at.is_not(None))).all()
    assert len(closed) == 1


def test_nobody_verifies_an_account_they_entered(make_person):
    both = make_person("agent", "appraiser", place="05")
    group = registered_group(both)
    with pytest.raises(Refused):
        operations.verify_account(group.account, how="RIB vu", by=both)


def test_the_database_too_refuses_one_person_for_two(agent):
    group = registered_group(agent)
    statement = sa.update(PaymentAccount).where(PaymentAccount.id == group.account.id)
    with pytest.raises(sa.exc.IntegrityError, match="two_people"):
        db.session.execute(statement.values(verified_by_id=agent.id, verified_at=clock.now()))


def test_an_account_is_verified_once_and_only_while_it_holds(agent, appraiser, make_person):
    group = verified_group(agent, appraiser)
    second = make_person("monitor", place="05")
    with pytest.raises(Refused, match="Fanta Diarra"):
        operations.verify_account(group.account, how="RIB vu", by=second)
    old = group.account
    with unit_of_work():
        operations.add_account(group, account_values(), by=agent, identity=confirmed(agent, "add_account", group))
    with pytest.raises(Refused):
        operations.verify_account(old, how="RIB vu", by=second)


def test_who_verifies_says_what_they_saw(agent, appraiser):
    group = registered_group(agent)
    call = lambda: operations.verify_account(group.account, how=" ok ", by=appraiser)  # noqa: E731
    assert fields_refused(call) == {"how"}


def test_roles_and_territories_bound_every_act(agent, make_person):
    group = registered_group(agent)
    stranger, reader = make_person("agent", "appraiser", place="07"), make_person("auditor")
    for person in (stranger, reader):
        for call in (
            lambda by: operations.correct(group, {"women": 1}, by=by),
            lambda by: operations.appoint(group, "president", officer_values(), by=by),
            lambda by: operations.add_account(group, account_values(), by=by),
            lambda by: operations.verify_account(group.account, how="RIB vu", by=by),
        ):
            with pytest.raises(Refused):
                call(person)
    with pytest.raises(Refused):
        operations.register(group_values(), by=reader)


def test_groups_alike_are_found_in_the_cercle_whatever_the_spelling(agent):
    group = registered_group(agent, name="Coopérative Benkadi des femmes de Sofara")
    registered_group(agent, place="0502", name="Benkadi des femmes de Sofara")
    assert [g.reference for g in queries.alike("SCOOPS BENKADI FEMMES SOFARA", "05010101", person=agent)] == [
        group.reference
    ]
    assert queries.alike("Sabougnouma", "0501", person=agent) == []


class Asking:
    """What the guards look at."""

    def __init__(self, group):
        self.group = group


def reasons(guard, group) -> list[str]:
    return [reason.in_locale("en") for reason in guard(Asking(group), None)]


def test_the_guards_name_everything_that_is_missing(agent, appraiser):
    with unit_of_work():
        group = operations.register(group_values(consent_on=None, registration_number=None), by=agent)
        operations.note_officer(group, "president", {"name": "Aïssata Dembélé"}, by=agent)
    assert len(reasons(guards.fit_to_apply, group)) == 5
    assert len(reasons(guards.account_verified, group)) == 1
    assert any("Aïssata" in reason for reason in reasons(guards.mandates_valid, group))
    whole = registered_group(agent)
    assert reasons(guards.fit_to_apply, whole) == []
    assert len(reasons(guards.account_verified, whole)) == 1
    whole = verified_group(agent, appraiser)
    assert reasons(guards.account_verified, whole) == reasons(guards.mandates_valid, whole) == []
    with clock.at(clock.now() + timedelta(days=1000)):
        assert len(reasons(guards.mandates_valid, whole)) == 3
