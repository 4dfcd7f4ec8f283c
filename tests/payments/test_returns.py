"""Returns of banks: applied whole or not at all, once, by who may; and what no rule can place, by a person."""

import io
import re
import threading

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from grants import journal
from grants.core import clock
from grants.core.database import db
from grants.core.errors import Problems, Refused
from grants.core.unit_of_work import unit_of_work
from grants.documents import jobs
from grants.documents import queries as documents
from grants.funds import queries as funds
from grants.groups import operations as groups
from grants.lifecycle import registry
from grants.payments import settings
from grants.payments.back import layouts, operations, printing, queries, triage
from grants.payments.back.models import ReturnFile, ReturnRow
from grants.payments.models import PaymentOrder
from tests.access.test_interims import lend
from tests.payments.test_batches import act, another_file
from tests.stories import life
from tests.stories.groups import account_values
from tests.stories.identity import confirmed
from tests.stories.rows import again

READING = layouts.Reading(
    columns=(("reference", "Référence"), ("account", "Compte"), ("amount", "Montant"), ("day", "Date"), ("state", "Statut"),
             ("reason", "Motif"), ("bank_reference", "Transaction")),
    paid="PAYE", failed="REJETE", pending="EN COURS",
)  # fmt: skip
HEAD = "Référence;Compte;Montant;Date;Statut;Motif;Transaction\n"


@pytest.fixture
def two(house):
    """Two payments that left, and the description of the bank's files."""
    house.orders = [
        life.released(house.people, life.prepared(house.people, one))
        for one in (house.project, another_file(house.people))
    ]
    described(house.people)
    return house


def described(people):
    with unit_of_work():
        return operations.save_profile("BNDA", READING, by=again(people.coordinator))


def line(order, state="PAYE", *, amount=None, account="", reason="", transaction="", reference=None):
    order = again(order)
    day = clock.today().strftime("%d/%m/%Y")
    reference = order.sendings[-1].reference if reference is None else reference
    return f"{reference};{account};{amount or order.amount};{day};{state};{reason};{transaction}\n"


def profile():
    return queries.profiles("return")[0]


def applied(text, person, name="retour.csv"):
    with unit_of_work():
        made = operations.apply(text.encode(), profile(), name=name, by=again(person))
    return again(made)


def found(made):
    return [row.finding for row in queries.all_rows(made)]


def refused(statement, **values):
    with pytest.raises(DBAPIError), unit_of_work():
        db.session.execute(sa.text(statement), values)


def test_a_return_confirms_reports_and_opens_the_tranche_again_once(two):
    people, (first, second) = two.people, two.orders
    rows = [line(first, transaction="tx 1"), line(second, "REJETE", reason="AC04"), "OP-X;;5;24/11/2026;PAYE;;\n"]
    with unit_of_work():
        seen = operations.rehearse((HEAD + "".join(rows)).encode(), profile(), by=again(people.officer))
        assert (seen.counts["paid"], seen.counts["failed"], seen.counts["unknown"]) == (1, 1, 1)
    assert [again(one).step for one in (first, second)] == ["sent", "sent"]
    made = applied(HEAD + "".join(rows), people.officer)
    first, second = again(first), again(second)
    assert (first.step, first.bank_reference, first.paid_on) == ("confirmed", "TX 1", clock.today())
    assert second.step == "failed" and "(AC04)" in second.failure and made.reference in second.failure
    assert found(made) == ["matched", "matched", "unknown"] and funds.balance(again(two.project)).paid == first.amount
    assert journal.history(made)[-1].values["sha256"] == made.sha256
    # The same bytes again, by somebody else: named, with who applied them. The same rows in another order: nothing.
    with pytest.raises(Problems) as refusal:
        applied(HEAD + "".join(rows), two.other_officer)
    assert made.reference in str(refusal.value) and people.officer.name in str(refusal.value)
    assert found(applied(HEAD + "".join(reversed(rows)), two.other_officer)) == ["known", "known", "known"]
    assert queries.triage_count() == 1
    # The tranche is open again: the same order goes on, and back to its preparation where the account is another one.
    with unit_of_work():
        group = again(second).project.group
        agent, values = again(people.agent), account_values(holder=group.name)
        account = groups.add_account(group, values, by=agent, identity=confirmed(agent, "add_account", group))
        groups.verify_account(account, how="Appel de la banque", by=again(people.appraisers[0]))
    assert again(second).step == "account_changed"
    order = act(second, "take_account", people.officer)
    assert (order.step, order.tranche_id, order.attempts) == ("prepared", second.tranche_id, 1)
    order = life.released(people, order)
    # Known by account and amount, where the bank has lost our reference.
    text = HEAD + line(order, reference="VIR", account=order.account_number, transaction="TX 2")
    assert found(applied(text, people.officer)) == ["matched"]
    assert (again(order).step, again(order).attempts) == ("confirmed", 2)
    refused(
        "INSERT INTO return_row (file_id, position, key, state, finding) SELECT file_id, 3, key, state, 'unknown' FROM return_row "
        "WHERE id = 1"
    )
    refused("UPDATE return_row SET finding = 'known'")
    refused("DELETE FROM return_file")
    refused("INSERT INTO return_row (file_id, position, key, state, finding) VALUES (1, 4, 'k', 'paid', 'unknown')")
    refused(
        "INSERT INTO return_row (file_id, position, key, state, finding, attempt_id) "
        "SELECT file_id, 3, 'k', state, finding, attempt_id FROM return_row WHERE finding = 'matched'"
    )
    row = queries.triage().items[0].id
    insert = "INSERT INTO return_ruling (row_id, kind, attempt_id, note, by_id, at) VALUES (:row, :kind, :attempt, :note, :by, :at)"
    attempt, common = (
        first.sendings[0].id,
        {"row": row, "by": people.officer.id, "at": clock.now().replace(tzinfo=None)},
    )
    # An end that the attempt did not have (or of which the row says another amount), and nothing without a why.
    for kind, about, note in (("paid", attempt, "pourquoi"), ("failed", attempt, "pourquoi"), ("set_aside", None, "")):
        refused(insert, kind=kind, attempt=about, note=note, **common)
    # Receipts are printed afterwards, each once.
    ids, file_id = [one.id for one in (again(first), again(order))], made.id
    assert printing.unprinted(file_id) == ids[:1]
    db.session.rollback()
    jobs.work()
    jobs.work()
    receipts = [len(documents.documents_of(db.session.get(PaymentOrder, one), "receipt")) for one in ids]
    assert receipts == [1, 1] and printing.unprinted(file_id) == []


def test_a_cut_file_a_late_one_and_two_at_once(two, app, monkeypatch):
    people, (first, second) = two.people, two.orders
    text = HEAD + line(first, transaction="A") + line(second, transaction="B")
    for cut in (text[:-20], text[: len(HEAD) + 9], HEAD, text.replace("PAYE;;B", 'PAYE;"')):
        with pytest.raises(Problems):
            applied(cut, people.officer)
    # The second order moves between the reading and the act: the first is not confirmed either.
    confirm = registry.effects["payments.mark_confirmed"]

    def late(order, act):
        if order.id == second.id:
            raise Refused("moved")
        return confirm(order, act)

    with monkeypatch.context() as patched:
        patched.setitem(registry.effects, "payments.mark_confirmed", late)
        with pytest.raises(Problems):
            applied(text, people.officer)
    assert [again(one).step for one in (first, second)] == ["sent", "sent"]
    assert db.session.scalar(sa.select(sa.func.count(ReturnFile.id))) == 0
    answers, start, kind = [], threading.Barrier(2), type(again(people.officer))
    ids = [people.officer.id, two.other_officer.id]

    def one(person_id):
        with app.app_context():
            start.wait()
            try:
                with unit_of_work():
                    operations.apply(text.encode(), profile(), name="r.csv", by=db.session.get(kind, person_id))
                answers.append("applied")
            except Problems:
                answers.append("refused")
            finally:
                db.session.remove()

    db.session.rollback()
    pair = [threading.Thread(target=one, args=(person_id,)) for person_id in ids]
    for thread in pair:
        thread.start()
    for thread in pair:
        thread.join()
    assert sorted(answers) == ["applied", "refused"]
    assert [again(one).step for one in (first, second)] == ["confirmed", "confirmed"]
    assert db.session.scalar(sa.select(sa.func.count(ReturnRow.id))) == 2


@pytest.mark.parametrize("engine", ["sqlite"])
def test_a_person_places_what_no_rule_can_and_only_who_may(two, make_person):
    people, (first, second) = two.people, two.orders
    text = HEAD + line(first, amount=1_000) + line(second, reference="VIR 77") + "=CMD();;7;24/11/2026;PAYE;;\n"
    for person in (people.controllers[0], make_person("finance_officer", place="05"), people.agent):
        with pytest.raises(Refused):
            applied(text, person)
    rows = queries.all_rows(applied(text, people.officer))
    assert [row.finding for row in rows] == ["amount", "unknown", "unknown"]

    def ruled(row, kind, by=people.officer, **given):
        with unit_of_work():
            triage.rule(queries.row(row.id), kind, **given, by=again(by))

    def wrong(row, kind, *fields, **given):
        with pytest.raises(Problems) as refusal:
            ruled(row, kind, **given)
        assert {problem.field for problem in refusal.value.problems} == set(fields)

    wrong(rows[0], "paid", "kind", order=first.reference, day=clock.today())
    wrong(rows[0], "paid", "order", "day", order="OP-1")
    wrong(rows[0], "everything", "kind", "order")
    wrong(rows[1], "paid", "day", order=second.reference, day=clock.today().replace(year=2020))
    wrong(rows[2], "set_aside", "note", note=" x ")
    with pytest.raises(Refused):
        ruled(rows[2], "set_aside", by=people.controllers[0], note="Paiement d’un autre projet")
    ruled(rows[0], "unknown", order=first.reference, note="La banque n’a payé qu’une partie.")
    assert again(first).step == "unknown" and again(first).paid_on is None
    ruled(rows[1], "paid", order=second.reference, day=clock.today(), bank_reference="VIR 77")
    assert again(second).bank_reference == "VIR 77" and len(documents.documents_of(again(second), "receipt")) == 1
    ruled(rows[2], "set_aside", note="Paiement d’un autre projet")
    wrong(rows[2], "set_aside", None, note="Encore une fois")
    assert queries.triage_count() == 0
    # Who released a payment does not confirm it, neither by a file nor by a ruling.
    both = make_person("finance_officer", "finance_controller")
    order = act(act(first, "report_failure", people.officer, reason="Compte bloqué"), "retry", people.officer)
    order = act(act(order, "verify", people.controllers[0]), "release", both)
    (row,) = queries.all_rows(applied(HEAD + line(order), both))
    assert row.finding == "own" and again(order).step == "sent"
    with pytest.raises(Refused):
        ruled(row, "paid", by=both, order=order.reference, day=clock.today())
    ruled(row, "paid", order=order.reference, day=clock.today())
    assert again(order).bank_reference == f"{again(row).file.reference}/1"


def test_a_payment_released_in_ones_name_is_left_to_another_person_and_the_others_are_applied(two, make_person):
    people, (first, second) = two.people, two.orders
    # Both roles, so that what was lent is what the other released with.
    both, interim = make_person("finance_officer", "finance_controller"), make_person("appraiser")
    lend(both, interim, "finance_controller")
    order = act(act(first, "report_failure", people.officer, reason="Compte bloqué"), "retry", people.officer)
    order = act(act(order, "verify", people.controllers[0]), "release", interim)
    assert order.released_by_id == interim.id
    text = HEAD + line(order) + line(second)
    made = applied(text, both)
    assert found(made) == ["own", "matched"]
    assert (again(order).step, again(second).step) == ("sent", "confirmed")
    row = queries.all_rows(made)[0]
    with unit_of_work():
        triage.rule(queries.row(row.id), "paid", order=order.reference, day=clock.today(), by=again(people.officer))
    assert again(order).step == "confirmed"


@pytest.mark.parametrize("engine", ["sqlite"])
def test_the_pages_show_before_they_apply_and_let_nobody_else_in(two, browser_of, make_person):
    people, (first, second) = two.people, two.orders
    officer = browser_of(people.officer)
    text = (HEAD + line(first, transaction="A") + line(second, reference="=1+1", amount=9)).encode()

    def post(data=text, name="retour.csv", **over):
        values = {"profile": str(profile().id), "file": (io.BytesIO(data), name), **over}
        return officer.post("/payments/back/read", values, content_type="multipart/form-data")

    shown = post()
    assert shown.status_code == 200 and first.reference in shown.text and again(first).step == "sent"
    seen = re.search(r'name="seen" value="(\w+)"', shown.text)[1]
    assert post(do="apply", seen="0" * 64).status_code == 200 and again(first).step == "sent"
    assert post(do="apply", seen=seen, profile="").status_code == 422 and again(first).step == "sent"
    assert post(do="apply", seen=seen).status_code == 302 and again(first).step == "confirmed"
    made = db.session.scalar(sa.select(ReturnFile))
    twice = post(name="autre-nom.csv")
    assert twice.status_code == 422 and made.reference in twice.text
    for data, name in (
        (b"%PDF-1.7", "x.pdf"),
        (b"\x00\x01\x02", "x.csv"),
        (b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "x.xml"),
    ):
        assert post(data, name).status_code == 422
    base, row = f"/payments/back/files/{made.reference}", queries.triage().items[0]
    for path in (
        "/payments/back/",
        base,
        f"{base}?finding=unknown",
        "/payments/back/triage",
        f"/payments/back/rows/{row.id}",
        "/",
    ):
        assert officer.get(path, follow_redirects=True).status_code == 200
    # Texts that would run as formulas do not, in what is taken away.
    assert ";'=1+1;" in officer.get(f"{base}.csv").text and officer.get(f"{base}.xlsx").status_code == 200
    file = next(iter(documents.files_of(made)))
    assert officer.get(f"/files/{file.uuid}").headers["Content-Disposition"].startswith("attachment")
    regional, agent = browser_of(make_person("monitor", place="05")), browser_of(people.agent)
    for path in (base, f"{base}.csv", "/payments/back/triage", f"/payments/back/rows/{row.id}", f"/files/{file.uuid}"):
        assert regional.get(path).status_code == 404 and agent.get(path).status_code in (403, 404)
    ruling, place = {"kind": "set_aside", "note": "Paiement d’un autre projet"}, f"/payments/back/rows/{row.id}"
    assert browser_of(people.controllers[0]).post(place, ruling).status_code == 403
    assert browser_of(make_person("finance_officer", place="05")).post(place, ruling).status_code == 404
    assert officer.post(place, {"kind": "set_aside", "note": ""}).status_code == 422
    assert officer.post(place, ruling).status_code == 302 and officer.get(place).status_code == 200


@pytest.mark.parametrize("engine", ["sqlite"])
def test_descriptions_on_screen_payments_by_age_and_the_cost_of_rows(house, browser_of, make_person, count_queries):
    people = house.people
    browser = browser_of(people.coordinator)
    assert browser.get("/payments/back/profile").status_code == 200
    given = {
        "name": "Orange", "purpose": "return", "header": "y", "skip": "0", "foot": "0", "separator": "semicolon",
        "encoding": "utf-8-sig", "amount": "point", "day": "ymd", "paid": "SUCCESS", "failed": "FAILED", "pending": "",
        "sample": "REF;AMT;DAY;ST\nOP-1;500.00;2026-11-20;SUCCESS",
        "columns-0-what": "reference", "columns-0-title": "REF", "columns-1-what": "amount", "columns-1-title": "AMT",
        "columns-2-what": "day", "columns-2-title": "DAY", "columns-3-what": "state", "columns-3-title": "ST",
    }  # fmt: skip
    shown = browser.post("/payments/back/profile", given | {"preview": "1"})
    assert shown.status_code == 200 and "OP-1" in shown.text and queries.profiles() == []
    assert (
        "AMT\u00a0»" in browser.post("/payments/back/profile", given | {"preview": "1", "sample": "REF;DAY\n1;2"}).text
    )
    assert browser.post("/payments/back/profile", given | {"columns-1-what": ""}).status_code == 422
    assert browser.post("/payments/back/profile", given).status_code == 302
    assert browser.post(f"/payments/back/profile/{profile().id}", given | {"paid": "SUCCESS, OK"}).status_code == 302
    assert profile().number == 2
    assert browser_of(people.officer).post("/payments/back/profile", given).status_code == 403
    # Payments by age.
    order = life.released(people, life.prepared(people, house.project))
    assert queries.unpaid_totals(again(people.officer)) == (0, 0)
    with unit_of_work():
        settings.put("unpaid_days", 0, from_day=clock.today(), reason="essai", by=again(people.coordinator))
    assert queries.unpaid_totals(again(people.officer)) == (1, order.amount)
    officer = browser_of(people.officer)
    for path in ("/payments/back/unpaid", "/payments?view=waiting", "/"):
        answer = officer.get(path, follow_redirects=True)
        assert answer.status_code == 200 and ("/payments/back/unpaid" in answer.text or order.reference in answer.text)
    assert order.reference not in browser_of(make_person("monitor", place="01")).get("/payments/back/unpaid").text
    # The report of what waits tells it too, beside files and beside orders.
    leader = browser_of(again(people.coordinator))
    for kind, there in (("project", True), ("payment_order", True), ("recovery", False)):
        assert ("/payments/back/unpaid" in leader.get(f"/waiting?kind={kind}").text) is there

    def cost(rows):
        text = "REF;AMT;DAY;ST\n" + "".join(f"OP-{rows}-{n};5;2026-11-20;OK\n" for n in range(rows))
        with unit_of_work():
            by, how = again(people.officer), profile()
            with count_queries() as count:
                made = operations.apply(text.encode(), how, name="r.csv", by=by)
            return count(), made.reference

    (few, _reference), (many, reference) = cost(20), cost(60)
    assert many == few

    def page_cost(path):
        officer.get(path)
        with count_queries() as count:
            assert officer.get(path).status_code == 200
        return count()

    assert max(map(page_cost, (f"/payments/back/files/{reference}", "/payments/back/triage", "/payments/back/"))) <= 12
