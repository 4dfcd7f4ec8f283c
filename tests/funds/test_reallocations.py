"""Money moves between envelopes with two people, with both legs, and never below what is promised: whatever asks."""

# ruff: noqa: S608 (the attacks are statements put together)

import threading

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from grants.core.database import db
from grants.core.errors import Problems, Refused, Stale
from grants.core.references import new_uuid
from grants.core.unit_of_work import unit_of_work
from grants.funds import operations as funds
from grants.funds import queries
from grants.funds.models import Envelope, Fund, Reallocation, Transfer
from tests.stories.funds import envelope as other_fund
from tests.stories.rows import again


@pytest.fixture
def pair(house, make_person):
    """A second envelope of the same fund, and the finance people."""
    with unit_of_work() as session:
        fund = session.get_one(Fund, house.envelope.fund_id)
        second = funds.open_envelope("PCS-GAO-2026", "Microprojets de Gao", fund=fund, by=house.coordinator)
    house.second = second
    house.officer, house.controller = make_person("finance_officer"), make_person("finance_controller")
    return house


def proposed(pair, amount=2_000_000, by=None, source=None, target=None):
    with unit_of_work():
        return funds.propose_reallocation(
            again(source or pair.envelope), again(target or pair.second), amount, paper="Lettre 2026-19",
            reason="La région de Gao a plus de dossiers.", key=new_uuid(), by=by or pair.officer,
        )  # fmt: skip


def confirmed(proposal, by):
    with unit_of_work():
        return funds.confirm_reallocation(again(proposal), by=again(by))


def ceilings(pair):
    db.session.rollback()
    return again(pair.envelope).ceiling, again(pair.second).ceiling


def test_two_people_move_money_and_both_legs_are_there(pair):
    proposal = proposed(pair)
    assert ceilings(pair) == (10_000_000, 0)
    confirmed(proposal, pair.controller)
    assert ceilings(pair) == (8_000_000, 2_000_000)
    legs = db.session.scalars(sa.select(Transfer).where(Transfer.reallocation_id == proposal.id)).all()
    assert {(leg.kind, leg.amount, leg.by_id) for leg in legs} == {
        ("shift_out", 2_000_000, pair.controller.id),
        ("shift_in", 2_000_000, pair.controller.id),
    }
    assert db.session.get_one(Fund, pair.envelope.fund_id).endowed == 10_000_000
    assert queries.check() == []


def test_nobody_confirms_alone_twice_or_without_the_right(pair):
    proposal = proposed(pair, by=pair.coordinator)
    for person in (pair.coordinator, pair.officer, pair.agent, pair.admin):
        with pytest.raises(Refused):
            confirmed(proposal, person)
        db.session.rollback()
    confirmed(proposal, pair.controller)
    with pytest.raises(Stale):
        confirmed(proposal, pair.controller)
    db.session.rollback()
    assert ceilings(pair) == (8_000_000, 2_000_000)


def test_the_proposer_forges_a_confirmation_in_vain(pair, browser_of):
    proposal = proposed(pair, by=pair.coordinator)
    browser = browser_of(pair.coordinator)
    browser.get(f"/funds/transfers/{proposal.reference}")
    assert browser.post(f"/funds/transfers/{proposal.reference}/confirm").status_code == 403
    assert browser_of(pair.officer).post(f"/funds/transfers/{proposal.reference}/confirm").status_code == 403
    assert ceilings(pair) == (10_000_000, 0)
    assert browser_of(pair.controller).post(f"/funds/transfers/{proposal.reference}/confirm").status_code == 302
    assert browser_of(pair.controller).post(f"/funds/transfers/{proposal.reference}/confirm").status_code == 409
    assert ceilings(pair) == (8_000_000, 2_000_000)


def test_what_is_promised_does_not_move(pair):
    with unit_of_work():
        funds.reserve(pair.project(), 9_000_000, key="a", reference="R", by=pair.coordinator)
    with pytest.raises(funds.NotEnough):
        proposed(pair, 1_000_001)
    db.session.rollback()
    proposal = proposed(pair, 1_000_000)
    with unit_of_work():
        funds.reserve(pair.project(), 1, key="b", reference="R", by=pair.coordinator)
    # The award came first: the confirmation is told, and nothing has moved.
    with pytest.raises(funds.NotEnough):
        confirmed(proposal, pair.controller)
    db.session.rollback()
    assert ceilings(pair) == (10_000_000, 0)
    assert again(proposal).state == "proposed"


def test_all_that_is_wrong_with_a_proposal_is_told_at_once(pair):
    elsewhere = other_fund(pair.coordinator, code="AUTRE-2026")
    with pytest.raises(Problems) as found, unit_of_work():
        funds.propose_reallocation(
            again(pair.envelope), again(elsewhere), 0, paper=" ", reason="court", key="k", by=pair.officer
        )
    assert {problem.field for problem in found.value.problems} == {"target", "amount", "paper", "reason"}
    with pytest.raises(Problems), unit_of_work():
        funds.propose_reallocation(
            again(pair.envelope), again(pair.envelope), 1, paper="x", reason="assez long", key="k", by=pair.officer
        )


def test_a_refused_transfer_stays_readable_and_moves_nothing(pair):
    proposal = proposed(pair)
    with unit_of_work():
        funds.refuse_reallocation(again(proposal), reason="La lettre n’est pas signée.", by=again(pair.controller))
    with pytest.raises(Stale):
        confirmed(proposal, pair.controller)
    db.session.rollback()
    own = proposed(pair)
    with unit_of_work():
        funds.refuse_reallocation(again(own), reason="Erreur de montant de ma part", by=again(pair.officer))
    assert ceilings(pair) == (10_000_000, 0)


def test_a_form_sent_twice_proposes_once(pair, browser_of):
    browser = browser_of(pair.officer)
    values = {
        "source": "PCS-MOPTI-2026", "target": "PCS-GAO-2026", "amount": "1 000 000", "paper": "Lettre 7",
        "reason": "Plus de dossiers à Gao", "once": "the-same",
    }  # fmt: skip
    first = browser.post("/funds/transfers/new", values)
    assert first.status_code == 302
    assert browser.post("/funds/transfers/new", values).location == first.location
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Reallocation)) == 1
    wrong = browser.post("/funds/transfers/new", {**values, "amount": "99 000 000", "once": "other"})
    assert wrong.status_code == 422
    assert "n’a plus que" in wrong.text


# -------------------------------------------------------------------------------------- around the operations, in SQL


def test_sql_cannot_go_round_the_second_person(pair, engine):
    proposal = proposed(pair)
    me, two = pair.officer.id, pair.controller.id
    insert = (
        "INSERT INTO transfer (key, kind, envelope_id, amount, reference, reallocation_id, at) VALUES "
        "('x', '{kind}', {envelope}, {amount}, 'attack', {of}, '2026-11-24 10:00:00')"
    )
    born = (
        "INSERT INTO reallocation (reference, key, source_id, target_id, amount, paper, reason, proposed_by_id, proposed_at, "
        "refusal{more}) VALUES ('VE-X', 'x', {source}, {target}, {amount}, 'p', 'r', {me}, '2026-11-24 10:00:00', ''{values})"
    )
    one, other = pair.envelope.id, pair.second.id
    attacks = [
        f"UPDATE reallocation SET confirmed_by_id = {me}, confirmed_at = '2026-11-24 10:00:00'",
        "UPDATE reallocation SET confirmed_at = '2026-11-24 10:00:00'",
        f"UPDATE reallocation SET confirmed_by_id = {two}",
        "UPDATE reallocation SET amount = 1",
        f"UPDATE reallocation SET source_id = {other}, target_id = {one}",
        f"UPDATE reallocation SET proposed_by_id = {two}",
        "DELETE FROM reallocation",
        insert.format(kind="shift_in", envelope=other, amount=2_000_000, of=proposal.id),
        insert.format(kind="shift_in", envelope=other, amount=2_000_000, of="NULL"),
        insert.format(kind="endow", envelope=other, amount=2_000_000, of=proposal.id),
        born.format(source=one, target=one, amount=5, me=me, more="", values=""),
        born.format(source=one, target=other, amount=0, me=me, more="", values=""),
        born.format(
            source=one, target=other, amount=5, me=me, more=", confirmed_by_id, confirmed_at",
            values=f", {two}, '2026-11-24 10:00:00'",
        ),
    ]  # fmt: skip
    for statement in attacks:
        with pytest.raises(DBAPIError), unit_of_work() as session:
            session.execute(sa.text(statement))
        db.session.rollback()
    assert ceilings(pair) == (10_000_000, 0)
    confirmed(proposal, pair.controller)
    for statement in (
        "UPDATE reallocation SET confirmed_at = NULL, confirmed_by_id = NULL",
        "UPDATE reallocation SET refusal = 'non'",
        insert.format(kind="shift_in", envelope=other, amount=2_000_000, of=proposal.id),
        insert.format(kind="shift_out", envelope=other, amount=2_000_000, of=proposal.id),
    ):
        with pytest.raises(DBAPIError), unit_of_work() as session:
            session.execute(sa.text(statement))
        db.session.rollback()
    assert ceilings(pair) == (8_000_000, 2_000_000)
    assert queries.check() == []


def test_sql_that_confirms_moves_both_legs_or_neither(pair):
    with unit_of_work():
        funds.reserve(pair.project(), 9_000_000, key="a", reference="R", by=pair.coordinator)
    proposal = proposed(pair, 1_000_000)
    with unit_of_work():
        funds.reserve(pair.project(), 1, key="b", reference="R", by=pair.coordinator)
    statement = f"UPDATE reallocation SET confirmed_by_id = {pair.controller.id}, confirmed_at = '2026-11-24 10:00:00'"
    with pytest.raises(DBAPIError), unit_of_work() as session:
        session.execute(sa.text(statement))
    db.session.rollback()
    assert ceilings(pair) == (10_000_000, 0)
    assert again(proposal).state == "proposed"
    assert queries.check() == []


# --------------------------------------------------------------------------------------------------------- two at once


def at_once(app, *acts):
    """Let acts run in threads of their own at the same moment; what each raised, by its name."""
    start, errors = threading.Barrier(len(acts)), []

    def one(act):
        with app.app_context():
            try:
                start.wait(10)
                act()
            except Exception as error:  # noqa: BLE001 (the test looks at what it was)
                errors.append(type(error).__name__)
            finally:
                db.session.remove()

    db.session.rollback()
    threads = [threading.Thread(target=one, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return sorted(errors)


def test_two_confirmations_at_once_move_once(pair, app, make_person):
    proposal, second = proposed(pair), make_person("finance_controller")
    number, people = proposal.id, (pair.controller.id, second.id)

    def confirm(by_id):
        from grants.access.models import Person

        with unit_of_work() as session:
            funds.confirm_reallocation(session.get_one(Reallocation, number), by=session.get_one(Person, by_id))

    assert at_once(app, *(lambda by=by: confirm(by) for by in people)) == ["Stale"]
    assert ceilings(pair) == (8_000_000, 2_000_000)


def test_a_transfer_and_an_award_at_once_never_take_the_same_franc(pair, app):
    proposal = proposed(pair, 7_000_000)
    project = pair.project()
    ids = {"proposal": proposal.id, "project": project.id, "by": pair.controller.id}

    def confirm():
        from grants.access.models import Person

        with unit_of_work() as session:
            by = session.get_one(Person, ids["by"])
            funds.confirm_reallocation(session.get_one(Reallocation, ids["proposal"]), by=by)

    def award():
        from grants.projects.models import Project

        with unit_of_work() as session:
            found = session.get_one(Project, ids["project"])
            funds.reserve(found, 7_000_000, key="award", reference="R", by=None)

    assert at_once(app, confirm, award) == ["NotEnough"]
    found = again(pair.envelope)
    assert (found.ceiling, found.reserved) in ((3_000_000, 0), (10_000_000, 7_000_000))
    assert queries.check() == []


def test_crossing_transfers_do_not_lock_each_other_out(pair, app):
    confirmed(proposed(pair, 5_000_000), pair.controller)
    there = [proposed(pair, 1000 + n) for n in range(4)]
    back = [proposed(pair, 2000 + n, source=pair.second, target=pair.envelope) for n in range(4)]
    by_id, numbers = pair.controller.id, ([one.id for one in there], [one.id for one in back])

    def confirm(which):
        from grants.access.models import Person

        for number in which:
            with unit_of_work() as session:
                funds.confirm_reallocation(session.get_one(Reallocation, number), by=session.get_one(Person, by_id))

    assert at_once(app, *(lambda which=which: confirm(which) for which in numbers)) == []
    assert sum(ceilings(pair)) == 10_000_000
    assert queries.check() == []


def test_an_envelope_for_a_region_takes_no_file_of_another(pair):
    with unit_of_work() as session:
        fund = session.get_one(Fund, pair.envelope.fund_id)
        gao = funds.open_envelope("GAO", "Gao seulement", fund=fund, place_code="07", by=pair.coordinator)
        funds.endow(gao, 5_000_000, key="e", reference="L", by=pair.coordinator)
        kind = funds.open_envelope("MOTO", "Motos seulement", fund=fund, kind="moto_taxi", by=pair.coordinator)
        funds.endow(kind, 5_000_000, key="f", reference="L", by=pair.coordinator)
    from tests.stories.calls import open_call

    for number, closed_to_it in enumerate((gao, kind)):
        house_call = open_call(pair.admin, again(closed_to_it))
        pair.call = house_call
        from grants.projects import operations as projects
        from tests.stories.groups import registered_group

        with unit_of_work():
            group = registered_group(by=pair.agent)
        with unit_of_work():
            file = projects.start_draft(
                call=again(house_call), group=group, kind="livestock", title="Embouche", by=pair.agent
            )
        with pytest.raises(Problems), unit_of_work():
            funds.reserve(again(file), 1000, key=f"r{number}", reference="R", by=pair.coordinator)
        db.session.rollback()
        with unit_of_work() as session:
            session.execute(
                sa.text(
                    "INSERT INTO award_balance (project_id, envelope_id, reserved, committed, paid, justified, refunded, "
                    f"written_off) VALUES ({file.id}, {closed_to_it.id}, 0, 0, 0, 0, 0, 0)"
                )
            )
        with pytest.raises(DBAPIError), unit_of_work() as session:
            session.execute(
                sa.text(
                    "INSERT INTO transfer (key, kind, envelope_id, project_id, amount, reference, at) VALUES "
                    f"('x', 'reserve', {closed_to_it.id}, {file.id}, 5, 'attack', '2026-11-24 10:00:00')"
                )
            )
        db.session.rollback()
    assert db.session.scalar(sa.select(sa.func.sum(Envelope.reserved))) == 0
