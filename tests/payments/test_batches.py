"""Many orders at once: each by the same rules as alone, one password a batch, and files that are made once."""

import csv
import io

import openpyxl
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from grants import journal, lifecycle
from grants.calls.models import Call
from grants.core import clock
from grants.core.database import db
from grants.core.errors import Problems, Refused
from grants.core.unit_of_work import unit_of_work
from grants.documents import queries as documents
from grants.documents import storage
from grants.funds.models import Fund
from grants.groups import operations as groups
from grants.payments import queries, settings
from grants.payments.out import accounts, layouts, operations
from grants.payments.out import queries as out
from grants.payments.out.models import Transmission, TransmissionFile
from tests.payments.test_payment_pages import PASSWORD, with_password
from tests.stories import life
from tests.stories.appraisal import recommended
from tests.stories.committee import awarded
from tests.stories.groups import account_values, verified_group
from tests.stories.identity import confirmed
from tests.stories.projects import submitted
from tests.stories.rows import again

LAYOUT = layouts.Layout(columns=(("msisdn", "Numero"), ("amount", "Montant"), ("reference", "Ref"), ("holder", "Nom")))


def another_file(people):
    """A second file of the same call, ready to be paid."""
    call = db.session.scalar(db.select(Call))
    file = submitted(people.agent, verified_group(people.agent, people.appraisers[0]), again(call))
    return life.contributed(people, life.in_force(people, awarded(recommended(file, people.appraisers))))


def act(order, action, person, **data):
    with unit_of_work():
        row, who = again(order), again(person)
        identity = confirmed(who, action, row) if action == "release" else None
        lifecycle.perform(row, action, by=who, data=data, identity=identity)
    return again(order)


def payer(people, kind="bank", institution="BNDA", number="ML13ML0160120102600100668497"):
    with unit_of_work():
        fund = db.session.scalar(db.select(Fund))
        values = {"fund": fund, "kind": kind, "institution": institution, "number": number, "holder": "Programme"}
        row = accounts.open_payer(values, by=again(people.coordinator))
    return again(row)


def transmitted(people, *orders):
    with unit_of_work():
        made, left = operations.transmit(
            [again(order).reference for order in orders], execution_on=clock.today(), by=again(people.officer)
        )
        found = [one.id for one in made], [one.reason for one in left]
    return [db.session.get(Transmission, one) for one in found[0]], found[1]


def to_wallet(house, operator="Orange Money"):
    with unit_of_work():
        group = again(house.project).group
        values = account_values(holder=group.name, kind="wallet", institution=operator, number="76 12 34 56")
        agent = again(house.people.agent)
        account = groups.add_account(group, values, by=agent, identity=confirmed(agent, "add_account", group))
        groups.verify_account(account, how="Appel de l’opérateur", by=again(house.people.appraisers[0]))


def posted(orders, **more):
    rows = [again(order) for order in orders]
    return {
        "order": [row.reference for row in rows],
        **{f"revision-{row.reference}": row.state_revision for row in rows},
        **more,
    }


def test_each_order_of_a_batch_has_its_own_answer(house, browser_of, make_person):
    people = house.people
    first, second = life.prepared(people, house.project), life.prepared(people, another_file(people))
    verifier, releaser = browser_of(people.controllers[0]), browser_of(with_password(people.controllers[1]))
    shown = verifier.get("/payments/batch/verify")
    assert first.reference in shown.text and second.reference in shown.text
    answer = verifier.post("/payments/batch/verify", posted([first, second]))
    assert answer.status_code == 200
    assert [again(one).step for one in (first, second)] == ["verified", "verified"]
    # One of them is put on hold after the page was loaded: it is refused by itself.
    seen = posted([first, second], password=PASSWORD)
    act(second, "hold", people.coordinator, reason="Conflit dans le groupement.")
    answer = releaser.post("/payments/batch/release", seen)
    assert answer.status_code == 200
    assert [again(one).step for one in (first, second)] == ["sent", "held"]
    assert len(documents.documents_of(again(first), "payment_order")) == 1


def test_the_password_is_asked_once_a_batch_and_without_it_nothing_leaves(house, browser_of):
    people = house.people
    orders = [life.prepared(people, house.project), life.prepared(people, another_file(people))]
    for order in orders:
        act(order, "verify", people.controllers[0])
    releaser = browser_of(with_password(people.controllers[1]))
    for wrong in ({}, {"password": "pas le bon du tout"}):
        answer = releaser.post("/payments/batch/release", posted(orders, **wrong))
        # What was ticked is still ticked.
        assert answer.status_code == 422 and answer.text.count(" checked") == 2
    assert {again(order).step for order in orders} == {"verified"}
    assert releaser.post("/payments/batch/release", posted([], password=PASSWORD)).status_code == 422
    assert releaser.post("/payments/batch/release", posted(orders, password=PASSWORD)).status_code == 200
    assert {again(order).step for order in orders} == {"sent"}


def test_the_same_person_does_not_come_twice_by_the_batch(house, browser_of, make_person):
    people = house.people
    everything = with_password(make_person("finance_officer", "finance_controller"))
    order = life.prepared(people, house.project)
    browser = browser_of(everything)
    assert browser.post("/payments/batch/verify", posted([order])).status_code == 200
    assert again(order).verified_by_id == everything.id
    browser.post("/payments/batch/release", posted([order], password=PASSWORD))
    assert again(order).step == "verified"
    other = browser_of(with_password(people.controllers[0]))
    # Whoever prepared it has no right here at all.
    assert browser_of(people.officer).post("/payments/batch/release", posted([order])).status_code == 403
    other.post("/payments/batch/release", posted([order], password=PASSWORD))
    assert again(order).step == "sent"


def test_forged_references_and_other_territories_find_nothing(house, browser_of, make_person):
    order = life.prepared(house.people, house.project)
    stranger = browser_of(make_person("finance_controller", place="01"))
    assert order.reference not in stranger.get("/payments/batch/verify").text
    answer = stranger.post("/payments/batch/verify", posted([order]))
    assert answer.status_code == 200 and house.project.title not in answer.text
    assert stranger.post("/payments/batch/verify", {"order": ["<b>", "OP-1", "é" * 999]}).status_code == 200
    assert stranger.get("/payments/batch/cancel").status_code == 404
    assert again(order).step == "prepared"


def test_a_batch_has_its_files_and_the_same_bytes_for_ever(house):
    people = house.people
    payer(people)
    orders = [life.released(people, life.prepared(people, one)) for one in (house.project, another_file(people))]
    (batch,), left = transmitted(people, *orders)
    assert left == [] and (batch.count, batch.total) == (2, sum(order.amount for order in orders))
    kept = {file.kind: (file.sha256, storage.get(file.sha256)) for file in batch.files}
    assert set(kept) == {"pain001", "letter", "list"}
    text = kept["pain001"][1].decode()
    assert all(f"<EndToEndId>{order.reference}</EndToEndId>" in text for order in map(again, orders))
    assert kept["letter"][1].startswith(b"%PDF")
    rows = list(openpyxl.load_workbook(io.BytesIO(kept["list"][1])).active.values)
    assert [row[6] for row in rows[1:]] == [again(order).amount for order in orders]
    with unit_of_work():
        for kind in kept:
            assert operations.make_file(again(batch), kind, by=again(people.officer)).sha256 == kept[kind][0]
    assert db.session.scalar(sa.select(sa.func.count(TransmissionFile.id))) == 3
    with unit_of_work():
        for statement in (
            "UPDATE transmission SET total = 1",
            "DELETE FROM transmission_item",
            "DELETE FROM transmission_file",
        ):
            with pytest.raises(DBAPIError), db.session.begin_nested():
                db.session.execute(sa.text(statement))


def test_a_payment_leaves_in_one_batch_only(house):
    people = house.people
    payer(people)
    order = life.released(people, life.prepared(people, house.project))
    transmitted(people, order)
    with pytest.raises(Refused):
        transmitted(people, order)
    twin = (
        "INSERT INTO transmission_item (transmission_id, position, attempt_id, amount, beneficiary, purpose) "
        "SELECT transmission_id, 2, attempt_id, amount, beneficiary, purpose FROM transmission_item"
    )
    with pytest.raises(DBAPIError), unit_of_work():
        db.session.execute(sa.text(twin))
    # What failed leaves again as another attempt, under another reference.
    act(order, "report_failure", people.officer, reason="Intitulé différent selon la banque")
    order = life.released(people, act(order, "retry", people.officer))
    (batch,), _left = transmitted(people, order)
    assert batch.items[0].attempt.reference == f"{order.reference}-2"


def test_what_was_not_released_or_has_no_account_is_left_out(house):
    people = house.people
    prepared = life.prepared(people, house.project)
    with pytest.raises(Refused):
        transmitted(people, prepared)
    order = life.released(people, prepared)
    made, left = transmitted(people, order)
    assert made == [] and len(left) == 1
    assert out.waiting_count(again(people.officer)) == 1


def test_a_day_that_is_past_and_a_person_without_the_right_make_no_batch(house):
    order = life.released(house.people, life.prepared(house.people, house.project))
    with unit_of_work():
        yesterday = clock.today().replace(year=2020)
        with pytest.raises(Problems):
            operations.transmit([order.reference], execution_on=yesterday, by=again(house.people.officer))
        with pytest.raises(Refused):
            operations.transmit([order.reference], execution_on=clock.today(), by=again(house.people.controllers[0]))


def test_a_wallet_is_paid_by_the_list_of_its_operator(house):
    people = house.people
    to_wallet(house)
    with unit_of_work():
        # The tranche is small enough here only once the law allows more.
        settings.put("wallet_cap", 50_000_000, from_day=clock.today(), reason="essai", by=again(people.coordinator))
        settings.put(
            "wallet_month_cap", 50_000_000, from_day=clock.today(), reason="essai", by=again(people.coordinator)
        )
    payer(people, "wallet", "orange money", "MARCHAND-17")
    order = life.released(people, life.prepared(people, house.project))
    (batch,), _left = transmitted(people, order)
    # No list is described yet: it is made once there is one.
    assert {file.kind for file in batch.files} == {"list"}
    with unit_of_work():
        first = accounts.save_profile(None, "Orange", "Orange Money", LAYOUT, by=again(people.coordinator))
        assert (
            accounts.save_profile(first.profile, "Orange", "Orange Money", LAYOUT, by=again(people.coordinator))
            is first
        )
        made = operations.make_file(again(batch), "csv", by=again(people.officer))
        digest, number = made.sha256, made.profile_version.number
    rows = list(csv.reader(io.StringIO(storage.get(digest).decode()), delimiter=";"))
    assert rows[1][:3] == ["76123456", str(order.amount), order.reference] and number == 1
    with unit_of_work():
        # Another description makes another version, and leaves what was made as it is.
        changed = layouts.Layout(columns=LAYOUT.columns, number="country")
        assert (
            accounts.save_profile(
                again(first).profile, "Orange", "Orange Money", changed, by=again(people.coordinator)
            ).number
            == 2
        )
        assert operations.make_file(again(batch), "csv", by=again(people.officer)).sha256 == digest


def test_a_tranche_beyond_the_limit_of_a_wallet_is_not_prepared(house):
    people = house.people
    to_wallet(house)
    amount = queries.tranches(again(house.project))[0].amount
    with unit_of_work():
        settings.put("wallet_cap", amount - 1, from_day=clock.today(), reason="essai", by=again(people.coordinator))
    with pytest.raises(Refused):
        life.prepared(people, house.project)
    with unit_of_work():
        settings.put("wallet_cap", amount, from_day=clock.today(), reason="essai", by=again(people.coordinator))
        settings.put(
            "wallet_month_cap", amount - 1, from_day=clock.today(), reason="essai", by=again(people.coordinator)
        )
    with pytest.raises(Refused):
        life.prepared(people, house.project)
    with unit_of_work():
        settings.put("wallet_month_cap", amount, from_day=clock.today(), reason="essai", by=again(people.coordinator))
    assert life.prepared(people, house.project).step == "prepared"


def test_figures_hold_from_their_day_and_are_not_rewritten(house):
    people = house.people
    assert settings.value("levy") == 100 and settings.withdrawal_cost(1_000_001) == 20_001
    with unit_of_work():
        with pytest.raises(Refused):
            settings.put("levy", 50, from_day=clock.today(), reason="essai", by=again(people.officer))
        later = clock.today().replace(year=clock.today().year + 1)
        settings.put("levy", 150, from_day=later, reason="Loi de finances", by=again(people.coordinator))
        assert (settings.value("levy"), settings.value("levy", later)) == (100, 150)
        for wrong in ({"amount": None}, {"amount": 10_001}, {"from_day": None}, {"reason": " "}):
            given = {"amount": 1, "from_day": later, "reason": "Décret"} | wrong
            with pytest.raises(Problems):
                settings.put("levy", given.pop("amount"), **given, by=again(people.coordinator))
    with pytest.raises(DBAPIError), unit_of_work():
        db.session.execute(sa.text("UPDATE payment_setting SET value = 0"))


def test_an_account_of_the_programme_is_checked_and_is_one_a_bank(house):
    people = house.people
    with pytest.raises(Problems) as found:
        payer(people, number="ML13ML0160120102600100668498")
    assert [problem.field for problem in found.value.problems] == ["number"]
    row = payer(people)
    with pytest.raises(Problems):
        payer(people)
    with unit_of_work():
        accounts.close_payer(again(row), by=again(people.coordinator))
        with pytest.raises(Refused):
            accounts.close_payer(again(row), by=again(people.coordinator))
    assert payer(people).id != row.id
    assert journal.last_event(again(row)).action == "close"


def test_from_the_release_to_the_file_in_the_browser(house, browser_of, make_person):
    people = house.people
    admin, officer = browser_of(people.coordinator), browser_of(people.officer)
    fund = db.session.scalar(db.select(Fund)).id
    account = {"fund": fund, "kind": "bank", "institution": "BNDA", "number": "ML13 ML01", "holder": "Programme"}
    assert admin.post("/payments/out/setup/account", account).status_code == 422
    account["number"] = "ML13 ML01 6012 0102 6001 0066 8497"
    assert admin.post("/payments/out/setup/account", account).status_code == 302
    assert officer.post("/payments/out/setup/account", account).status_code == 403
    order = life.released(people, life.prepared(people, house.project))
    assert order.reference in officer.get("/payments/out/").text
    day = clock.today().strftime("%d/%m/%Y")
    assert officer.post("/payments/out/", {"order": order.reference, "execution_on": ""}).status_code == 422
    assert officer.post("/payments/out/", {"execution_on": day}).status_code == 422
    assert officer.post("/payments/out/", {"order": order.reference, "execution_on": day}).status_code == 200
    batch = db.session.scalar(db.select(Transmission))
    shown = officer.get(f"/payments/out/{batch.reference}")
    assert shown.status_code == 200 and again(order).account_number not in shown.text
    assert batch.reference in officer.get(f"/payments/{order.reference}").text
    file = next(one for one in again(batch).files if one.kind == "pain001").file
    answer = officer.get(f"/files/{file.uuid}")
    assert answer.status_code == 200 and answer.headers["Content-Disposition"].startswith("attachment")
    stranger = browser_of(make_person("monitor", place="01"))
    assert stranger.get(f"/payments/out/{batch.reference}").status_code == 404
    assert stranger.get(f"/files/{file.uuid}").status_code == 404
    assert batch.reference not in stranger.get("/payments/out/").text
    assert officer.post(f"/payments/out/{batch.reference}/csv").status_code == 403


def test_a_list_is_described_with_a_sample_before_it_is_kept(house, browser_of):
    browser = browser_of(house.people.coordinator)
    assert "66712345" in browser.get("/payments/out/setup/list").text
    given = {
        "name": "Moov", "operator": "Moov Money", "header": "y", "separator": "bar", "encoding": "utf-8", "amount": "point",
        "number": "country", "quoting": "needed", "day": "iso",
        "columns-0-what": "msisdn", "columns-0-title": "MSISDN", "columns-1-what": "amount", "columns-1-title": "AMT",
        "columns-2-what": "reference", "columns-2-title": "", "columns-3-what": "beneficiary", "columns-3-title": "NAME",
    }  # fmt: skip
    shown = browser.post("/payments/out/setup/list", given | {"preview": "1"})
    assert "22366712345|750000.00|OP-2026-0001-K" in shown.text
    # A name that would run as a formula is made plain in the sample too.
    assert "|&#39;=Jeunes; de Konna" in shown.text
    assert out.profiles() == []
    wrong = browser.post("/payments/out/setup/list", given | {"columns-1-what": "", "name": ""})
    assert wrong.status_code == 422 and "Moov Money" in wrong.text
    assert browser.post("/payments/out/setup/list", given | {"separator": "%%", "encoding": "rot13"}).status_code == 422
    assert browser.post("/payments/out/setup/list", given).status_code == 302
    profile = out.profiles()[0]
    assert browser.post(f"/payments/out/setup/list/{profile.id}", given | {"day": "slashes"}).status_code == 302
    assert [one.number for one in again(profile).versions] == [1, 2]
    assert browser.get("/payments/out/setup").status_code == 200
    figure = {"code": "levy", "amount": "1,555", "from_day": "01/01/2027", "reason": "Loi"}
    assert browser.post("/payments/out/setup/figure", figure).status_code == 422
    assert browser.post("/payments/out/setup/figure", figure | {"amount": "1,5"}).status_code == 302
    assert browser.post("/payments/out/setup/list/9999", given).status_code == 404


def test_three_times_the_payments_cost_the_same(house, browser_of, count_queries):
    people = house.people
    payer(people)
    officer, controller = browser_of(people.officer), browser_of(people.controllers[0])

    def cost(browser, path):
        browser.get(path)
        with count_queries() as count:
            assert browser.get(path).status_code == 200
        return count()

    one = life.prepared(people, house.project)
    found = [cost(controller, "/payments/batch/verify")]
    others = [life.prepared(people, another_file(people)) for _ in range(2)]
    assert cost(controller, "/payments/batch/verify") == found[0] <= 12
    one = life.released(people, one)
    before = cost(officer, "/payments/out/")
    others = [life.released(people, order) for order in others]
    assert cost(officer, "/payments/out/") == before <= 12
    (single,), _left = transmitted(people, one)
    (many,), _left = transmitted(people, *others)
    single, many = again(single).reference, again(many).reference
    assert cost(officer, f"/payments/out/{many}") == cost(officer, f"/payments/out/{single}") <= 14
