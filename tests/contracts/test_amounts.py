"""Another amount of a grant: proposed, decided in a session, reserved, signed, committed; and all that it may never be."""

import threading

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from grants import lifecycle
from grants.access.models import Person
from grants.committee import operations as committee_operations
from grants.committee import queries as committees
from grants.committee.models import AgendaItem, Committee, Session
from grants.contracts.amendments import letters, queries
from grants.contracts.amendments.models import Amendment
from grants.core import clock
from grants.core.database import db
from grants.core.errors import Problems, Refused, Stale
from grants.core.unit_of_work import unit_of_work
from grants.documents import jobs
from grants.documents.models import Document
from grants.funds import operations as funds
from grants.funds.models import Transfer
from grants.funds.queries import balance
from grants.payments import conditions
from grants.payments import operations as orders
from grants.payments import queries as payments
from grants.payments.models import Tranche
from grants.projects.models import Project
from tests.contracts.test_amendments import ISSUE, act, propose, scan
from tests.stories import committee as sittings
from tests.stories import life
from tests.stories.rows import again

pytestmark = pytest.mark.stands("contributed")


def lines(project, francs: int) -> dict:
    """The budget lines with some francs added to the first."""
    now = {line["position"]: line["amount"] for line in queries.granted_lines(again(project))}
    first = next(iter(now))
    return now | {first: now[first] + francs}


def asked(people, project, francs: int) -> Amendment:
    """A change of the grant by some francs, put before the committee."""
    amendment = propose(project, people.agent, lines=lines(project, francs))
    return act(amendment, "put_before", people.coordinator)


def our_committee() -> Committee:
    return db.session.scalar(sa.select(Committee).order_by(Committee.id))


def granted(people, amendment, decision: str = "award") -> Amendment:
    session = sittings.heard(our_committee(), amendment, "for" if decision == "award" else "against")
    sittings.decided(session, again(amendment).project, decision, amount=1)
    return again(amendment)


def signed(amendment, people) -> Amendment:
    return act(amendment, "record_signature", people.coordinator, signed_on=clock.today(), place="Sofara", scan=scan())


def directly(table, row, **values) -> None:
    """What a program that goes round the house would write."""
    with unit_of_work():
        db.session.execute(sa.update(table).where(table.id == row.id).values(**values))


def test_the_session_of_its_region_decides_an_increase_and_reserves_it(people, project, browser_of, make_person):
    before, envelope = again(project).granted, again(project).call.envelope
    left = envelope.available
    amendment = propose(project, people.agent, lines=lines(project, 100_000))
    assert (amendment.amount_before, amendment.amount_after, amendment.by_notice) == (before, before + 100_000, False)
    for action in ("take_note", "accept"):
        with pytest.raises(Refused):
            act(amendment, action, people.coordinator, **ISSUE)
    forged = browser_of(people.agent).post(f"/act/amendment/{amendment.reference}/put_before", {})
    assert forged.status_code == 403 and again(amendment).step == "proposed"
    amendment = act(amendment, "put_before", people.coordinator)
    with pytest.raises(Refused):
        act(amendment, "award", people.chair, amount=amendment.amount_after)

    # Another region's session has nothing to decide here, and its secretary does not even see it.
    other = {role: make_person(role, place="07") for role in ("chair", "secretary")}
    members = [make_person("member", place="07") for _ in range(3)]
    elsewhere = sittings.committee(people.admin, other["chair"], members, other["secretary"], place="07")
    with pytest.raises(Problems):
        sittings.heard(elsewhere, amendment)
    assert browser_of(other["secretary"]).get(f"/amendments/{amendment.reference}").status_code == 404
    secretary = browser_of(people.secretary)
    assert secretary.get(f"/amendments/{amendment.reference}").status_code == 200

    with unit_of_work():
        convened = sittings.convened(our_committee())
    room = f"/committee/sessions/{again(convened).reference}"
    assert amendment.reference in secretary.get(f"{room}/agenda").text
    assert secretary.post(f"{room}/agenda", {"files": [amendment.reference]}).status_code == 302
    assert committees.changes_waiting(our_committee()) == []
    with unit_of_work():
        session, by = again(convened), again(people.secretary)
        committee_operations.record_attendance(session, [seat.person_id for seat in session.committee.seats], by=by)
        lifecycle.perform(session, "open", by=by)
    chair = browser_of(people.chair)
    assert "100" in chair.get(f"{room}/files/{project.reference}").text
    sittings.voted(again(convened), again(project))
    # The amount of a change is not for the room to choose.
    decide = f"{room}/files/{project.reference}/decision"
    assert chair.post(decide, {"decision": "award", "amount": "9", "once": "x1"}).status_code == 302
    amendment = again(amendment)
    item = queries.decision(amendment)
    assert (amendment.step, item.amount, item.drawn) == ("granted", before + 100_000, 100_000)
    assert balance(again(project)).reserved == 100_000 and again(envelope).available == left - 100_000
    assert again(project).granted == before


def test_a_granted_increase_is_committed_by_its_signature_and_paid(people, project, client):
    before = again(project).granted
    amendment = granted(people, asked(people, project, 100_000))
    amendment = act(amendment, "issue", people.coordinator, **ISSUE)
    tranche = payments.next_unpaid(payments.tranches(again(project)))
    assert any(amendment.reference in gap for gap in conditions.missing(tranche))
    with pytest.raises(Refused):
        life.prepared(people, project)
    with pytest.raises(DBAPIError):
        directly(Amendment, amendment, in_force_at=clock.now(), signed_on=clock.today(), scan_id=1)
    with pytest.raises(DBAPIError):
        directly(Amendment, amendment, amount_after=before + 900_000)
    amendment = signed(amendment, people)
    assert amendment.step == "in_force" and again(project).granted == before + 100_000
    held = balance(again(project))
    assert (held.committed, held.reserved) == (before + 100_000, 0)
    found = payments.tranches(again(project))
    assert sum(one.amount for one in found) == before + 100_000
    assert [one.amount for one in found] == [row["amount"] for row in amendment.after["tranches"]]
    moves = db.session.scalars(sa.select(Transfer).where(Transfer.reference == amendment.reference)).all()
    assert {move.kind: move.amount for move in moves} == {"reserve": 100_000, "commit": 100_000}
    assert again(amendment.contract.document).state == "amended"
    assert amendment.reference in client.get(f"/v/{amendment.contract.document.code}").text
    order = life.prepared(people, project)
    with pytest.raises(DBAPIError):
        directly(Tranche, order.tranche, amount=1)
    with unit_of_work():
        found = funds.check_ledger()
        assert found.differences == []
    session = sittings.closed(again(db.session.scalar(sa.select(Session).order_by(Session.id.desc()))))
    told = db.session.get_one(Document, session.minutes_id).parameters
    assert [(one["before"], one["asked"]) for one in told["changes"]] == [(before, before + 100_000)]
    assert told["drawn"] == 100_000 and told["rulings"] == []


def test_a_decrease_never_goes_below_what_is_paid(people, project):
    project = life.paid(people, project)
    grant, paid = again(project).granted, balance(again(project)).paid
    with pytest.raises(Problems) as problems:
        propose(project, people.agent, lines=lines(project, paid - grant - 1))
    assert any(problem.field.startswith("line_") for problem in problems.value.problems)
    left = again(project).call.envelope.available
    amendment = granted(people, asked(people, project, paid - grant))
    assert balance(again(project)).reserved == 0
    amendment = signed(act(amendment, "issue", people.coordinator, **ISSUE), people)
    assert balance(again(project)).committed == paid == again(project).granted
    assert again(project).call.envelope.available == left + grant - paid
    rest = [one for one in payments.tranches(again(project)) if one.number > 1]
    assert rest and all(one.cancelled_at is not None for one in rest)
    # What was granted again after all is paid as a further tranche.
    amendment = signed(
        act(granted(people, asked(people, project, 50_000)), "issue", people.coordinator, **ISSUE), people
    )
    further = payments.next_unpaid(payments.tranches(again(project)))
    assert (further.amount, further.number) == (50_000, len(rest) + 2) and amendment.number == 2


def test_the_letters_of_the_session_tell_a_refused_amount_once(people, project):
    amendment = granted(people, asked(people, project, 100_000), "reject")
    assert amendment.step == "refused" and letters.issued(amendment) is None
    session = sittings.closed(again(db.session.scalar(sa.select(Session).order_by(Session.id.desc()))))
    jobs.work()
    db.session.rollback()
    letter = letters.issued(again(amendment))
    told = letter.parameters
    assert (told["refused_by"]["minutes"], told["reason"]) == (
        again(session).reference,
        heard_on(again(amendment)).reason,
    )
    assert (told["grant"], told["grant_asked"]) == (again(project).granted, again(project).granted + 100_000)
    assert [line["after"] - line["before"] for line in told["lines"]] == [100_000]
    # Asked for again, it is not written twice.
    with unit_of_work():
        jobs.ask("letters", again(session), by=again(people.chair))
    jobs.work()
    db.session.rollback()
    written = sa.select(sa.func.count()).where(Document.kind == letters.KIND)
    assert db.session.scalar(written) == 1


def heard_on(amendment) -> AgendaItem:
    return db.session.scalar(sa.select(AgendaItem).where(AgendaItem.matter_id == amendment.id))


def test_what_the_envelope_does_not_hold_is_not_granted(people, project):
    envelope = again(project).call.envelope
    with pytest.raises(Problems) as problems:
        propose(project, people.agent, lines=lines(project, envelope.available + 1))
    assert envelope.name in str(problems.value)
    amendment = asked(people, project, 100_000)
    session = sittings.heard(our_committee(), amendment)
    with unit_of_work():
        full = again(envelope)
        funds.withdraw(full, full.available - 99_999, key="w", reference="Retrait", by=again(people.coordinator))
    with pytest.raises(Refused) as refusal:
        sittings.decided(session, project)
    assert again(envelope).name in str(refusal.value)
    assert balance(again(project)).reserved == 0 and again(amendment).step == "before_committee"
    with unit_of_work():
        funds.endow(again(envelope), 1, key="e", reference="Dotation", by=again(people.coordinator))
    sittings.decided(session, project)
    assert again(envelope).available == 0
    # A second page of the same decision is told that somebody was quicker; the money moved once.
    with pytest.raises((Stale, Refused)):
        sittings.decided(session, project)
    assert balance(again(project)).reserved == 100_000
    amendment = act(amendment, "give_up", people.coordinator, reason="Le groupement y renonce.")
    assert (amendment.step, balance(again(project)).reserved, again(envelope).available) == ("withdrawn", 0, 100_000)


def test_a_change_lapses_with_its_file_and_leaves_the_agenda(people, project):
    amendment = granted(people, asked(people, project, 100_000))
    envelope = again(project).call.envelope
    amendment = act(amendment, "issue", people.coordinator, **ISSUE)
    with pytest.raises(Refused):
        act(amendment, "lapse", people.coordinator)
    with unit_of_work():
        lifecycle.perform(
            again(project), "suspend", by=again(people.coordinator), data={"reason": "Le bureau s’est dissous."}
        )
    with unit_of_work():
        lifecycle.perform(
            again(project), "terminate", by=again(people.coordinator), data={"reason": "Le bureau s’est dissous."}
        )
    amendment = again(amendment)
    assert (amendment.step, amendment.document.state) == ("withdrawn", "cancelled")
    held = balance(again(project))
    assert (held.reserved, held.committed) == (0, 0)
    assert again(envelope).available == again(envelope).ceiling


def test_half_a_change_stands_on_no_agenda(people, project):
    with unit_of_work():
        session = sittings.convened(our_committee())
    for half in ({"matter_kind": "amendment", "matter_id": 1, "before": 5, "asked": 5}, {"before": 5}):
        with pytest.raises(DBAPIError), unit_of_work():
            db.session.add(AgendaItem(session_id=session.id, project_id=project.id, position=1, **half))


def test_a_signature_and_an_order_at_once_leave_one_truth(app, people, project):
    """Whoever comes first: no tranche is ordered at an amount that the signed paper does not say."""
    amendment = granted(people, asked(people, project, 100_000))
    start, results = threading.Barrier(2), []
    names = (again(amendment).id, again(project).id, again(people.coordinator).id, again(people.officer).id)

    def print_it():
        change = db.session.get_one(Amendment, names[0])
        lifecycle.perform(change, "issue", by=db.session.get_one(Person, names[2]), data=ISSUE)

    def order_it():
        found = payments.tranches(db.session.get_one(Project, names[1]))
        orders.prepare(payments.next_unpaid(found), by=db.session.get_one(Person, names[3]))

    def attempt(act):
        with app.app_context():
            start.wait()
            try:
                with unit_of_work():
                    act()
                results.append("done")
            except Exception as refused:  # noqa: BLE001 (what was refused, and by whom, is what is looked at)
                results.append(type(refused).__name__)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=attempt, args=(act,)) for act in (print_it, order_it)]
    db.session.rollback()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    amendment = again(amendment)
    assert "done" in results, results
    first = payments.tranches(again(project))[0]
    ordered = next(iter(first.orders), None)
    if amendment.step == "to_sign":
        # An order that was quicker stands in the printed table as it is; one that came later was refused.
        row = amendment.after["tranches"][0]
        assert row["state"] == ("ordered" if ordered else "open")
        assert ordered is None or row["amount"] == ordered.amount
        amendment = signed(amendment, people)
        assert sum(one.amount for one in payments.tranches(again(project))) == amendment.amount_after
