"""Statements of our accounts: read once and whole, matched by rule and by hand, and the difference to the franc."""

import io
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from grants.core import clock
from grants.core.database import db
from grants.core.errors import Problems, Refused
from grants.core.unit_of_work import unit_of_work
from grants.funds import operations as funds
from grants.funds.models import Fund, Transfer
from grants.payments.back import layouts
from grants.payments.back import operations as returns
from grants.payments.back import queries as back
from grants.payments.statements import operations, queries
from grants.payments.statements.models import Statement, StatementLine, StatementMatch
from tests.payments.test_batches import act, another_file, payer, transmitted
from tests.stories import life
from tests.stories.rows import again

READING = layouts.Reading(
    columns=(
        ("day", "Date"),
        ("wording", "Libellé"),
        ("bank_reference", "Réf"),
        ("debit", "Débit"),
        ("credit", "Crédit"),
    ),
    purpose="statement",
)
HEAD = "Date;Libellé;Réf;Débit;Crédit\n"


@pytest.fixture
def bank(house):
    """Two payments that were paid from one account of the programme, and how its statements are read."""
    people = house.people
    house.payer = payer(people)
    orders = [life.released(people, life.prepared(people, one)) for one in (house.project, another_file(people))]
    (house.batch,), _left = transmitted(people, *orders)
    house.orders = [
        act(order, "confirm", people.officer, paid_on=clock.today(), bank_reference=f"AVIS {number}")
        for number, order in enumerate(orders, 1)
    ]
    with unit_of_work():
        returns.save_profile("Relevés", READING, by=again(people.coordinator))
    return house


def day(ago=0):
    return (clock.today() - timedelta(days=ago)).strftime("%d/%m/%Y")


def read(house, text, opening, closing, by=None):
    with unit_of_work():
        made = operations.take_over(
            text.encode(), again(house.payer), back.profiles("statement")[0], name="releve.csv", opening=opening, closing=closing,
            by=again(by or house.people.officer),
        )  # fmt: skip
    return again(made)


def ledger():
    db.session.rollback()
    return db.session.execute(sa.select(sa.func.count(Transfer.id), sa.func.sum(Transfer.amount))).one()


def refused(statement, **values):
    with pytest.raises(DBAPIError), unit_of_work():
        db.session.execute(sa.text(statement), values)


def test_a_statement_is_matched_and_compared_to_the_franc(bank, make_person):
    people, (first, second) = bank.people, bank.orders
    before, start = ledger(), 10_000_000
    lines = [
        f"{day()};VIR {first.reference};BK1;{first.amount};\n", f"{day()};VIR SANS RAISON;BK2;{second.amount};\n",
        f"{day()};FRAIS DE TENUE;BK3;1180;\n", f"{day()};=VERSEMENT();BK4;;500000\n",
    ]  # fmt: skip
    end = start - first.amount - second.amount - 1_180 + 500_000
    text = HEAD + "".join(lines)
    for wrong, opening, closing in (
        (text, start, end + 1),
        (HEAD + "".join(lines[:3]), start, end),
        (text, None, end),
        (text[:-8], start, end),
    ):
        with pytest.raises(Problems):
            read(bank, wrong, opening, closing)
    with pytest.raises(Refused):
        read(bank, text, start, end, by=people.controllers[0])
    made = read(bank, text, start, end)
    rows = queries.lines(made).items
    assert [len(row.matches) for row in rows] == [1, 1, 0, 0] and ledger() == before
    found = queries.compare(made)
    assert (found.difference, found.not_in_books, found.not_at_bank, found.gaps) == (
        498_820,
        498_820,
        0,
        0,
    ) and found.adds_up
    # The same bytes, and the same lines in another file, are told.
    with pytest.raises(Problems) as refusal:
        read(bank, text, start, end, by=bank.other_officer)
    assert made.reference in str(refusal.value)
    with pytest.raises(Problems):
        read(bank, HEAD + lines[2], end, end - 1_180)
    # A fee is explained and stays in the difference; money of a donor is entered in the books and then matched.
    with unit_of_work():
        operations.explain(queries.line(rows[2].id), "Frais de tenue de compte", by=again(people.officer))
        fund = db.session.scalar(sa.select(Fund))
        funds.record_receipt(fund, **_received(), by=again(people.officer))
    with unit_of_work():
        assert operations.match_by_rule(again(made), by=again(people.officer)) == 1
    found = queries.compare(again(made))
    assert (found.difference, found.explained, found.adds_up) == (-1_180, -1_180, True)
    # A wrong match is taken back, with a reason, and put right by hand.
    line = rows[0]
    with pytest.raises(Problems), unit_of_work():
        operations.unmatch(queries.line(line.id), " ", by=again(people.officer))
    with unit_of_work():
        operations.unmatch(queries.line(line.id), "Un autre paiement", by=again(people.officer))
    found = queries.compare(again(made))
    assert [one.order for one in found.missing] == [first.reference] and found.adds_up and found.difference == -1_180
    key = found.missing[0].key
    for ticked in ([], ["attempt-999"], [key, "receipt-1"]):
        with pytest.raises(Problems), unit_of_work():
            operations.match(queries.line(line.id), ticked, by=again(people.officer))
    with unit_of_work():
        operations.match(queries.line(line.id), [key], by=again(people.officer))
    with pytest.raises(Problems), unit_of_work():
        operations.explain(queries.line(line.id), "Encore une fois", by=again(people.officer))
    # The next statement begins elsewhere: the gap is shown, and still all adds up.
    later = read(bank, HEAD + f"{day()};FRAIS;BK9;100;\n", end + 7, end - 93)
    found = queries.compare(later)
    assert found.gaps == 7 and found.adds_up and found.difference == -1_180 - 100 + 7
    for statement in (
        "UPDATE statement_match SET amount = -1",
        "UPDATE statement_line SET amount = 1",
        "DELETE FROM bank_statement",
        "UPDATE bank_statement SET closing = 1",
        "INSERT INTO statement_match (line_id, attempt_id, amount, at) SELECT line_id, attempt_id, amount, at FROM statement_match",
        f"INSERT INTO statement_match (line_id, transfer_id, amount, at) SELECT {rows[2].id}, 1, -999999, at FROM statement_match LIMIT 1",  # noqa: S608
        "INSERT INTO bank_statement (reference, payer_id, name, sha256, from_day, to_day, opening, moved, closing, count, read_by_id, "
        "read_at) SELECT 'X', payer_id, name, 'x', from_day, to_day, 1, 1, 1, 1, read_by_id, read_at FROM bank_statement LIMIT 1",
    ):
        refused(statement)
    assert ledger() == before


def _received():
    return {
        "kind": "receipt",
        "amount": 500_000,
        "cents": 50_000_000,
        "key": "don-17",
        "moved_on": clock.today(),
        "bank_reference": "DON 17",
    }


@pytest.mark.parametrize("engine", ["sqlite"])
def test_the_pages_of_statements_and_a_message_of_the_bank(bank, browser_of, make_person, count_queries):
    people, orders = bank.people, bank.orders
    total = sum(order.amount for order in orders)
    officer = browser_of(people.officer)
    entry = (
        f'<Ntry><Amt Ccy="XOF">{total}</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>{clock.today()}</Dt></BookgDt>'
        f"<AddtlNtryInf>LOT {bank.batch.reference}</AddtlNtryInf></Ntry>"
        f'<Ntry><Amt Ccy="XOF">250</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>{clock.today()}</Dt></BookgDt>'
        "<AddtlNtryInf>=FRAIS()</AddtlNtryInf></Ntry>"
    )

    def message(account="ML13ML0160120102600100668497", closing=5_000_000):
        balances = "".join(
            f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy='XOF'>{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd>"
            f"<Dt><Dt>{clock.today()}</Dt></Dt></Bal>"
            for code, amount in (("OPBD", closing + total + 250), ("CLBD", closing))
        )
        return (
            '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt>'
            f"<Acct><Id><IBAN>{account}</IBAN></Id></Acct>{balances}{entry}</Stmt></BkToCstmrStmt></Document>"
        ).encode()

    def post(data, who=officer, **over):
        values = {"payer": str(again(bank.payer).id), "profile": "", "file": (io.BytesIO(data), "releve.xml"), **over}
        return who.post("/payments/statements/read", values, content_type="multipart/form-data")

    assert officer.get("/payments/statements/read").status_code == 200
    assert post(message(account="ML13ML0160120102600100668498")).status_code == 422
    assert post(message(), payer="").status_code == 422 and post(b"Date;x\n").status_code == 422
    assert post(message().replace(b"camt.053", b"camt.054")).status_code == 422
    assert post(message()).status_code == 302
    made = db.session.scalar(sa.select(Statement))
    batch, fee = queries.lines(made).items
    # A bank that books a batch as one line: all its payments stand on it.
    assert len(batch.matches) == 2 and not fee.matches and queries.compare(made).adds_up
    base = f"/payments/statements/{made.reference}"
    for path in (
        "/payments/statements/",
        base,
        f"{base}?view=all",
        f"/payments/statements/lines/{batch.id}",
        f"/payments/statements/lines/{fee.id}",
    ):
        assert officer.get(path).status_code == 200
    assert "'=FRAIS()" in officer.get(f"{base}.csv").text and officer.get(f"{base}.xlsx").status_code == 200
    line = f"/payments/statements/lines/{fee.id}"
    controller, regional = browser_of(people.controllers[0]), browser_of(make_person("finance_officer", place="05"))
    assert controller.get(base).status_code == 200 and regional.get(base).status_code == 404
    for where, data in (
        (f"{line}/explain", {"text": "Frais bancaires"}),
        (f"{line}/match", {"movement": "attempt-1"}),
        (f"{base}/match", {}),
    ):
        assert controller.post(where, data).status_code == 403 and regional.post(where, data).status_code == 404
    assert officer.post(f"{line}/match", {"movement": "attempt-1"}).status_code == 422
    assert officer.post(f"{line}/explain", {"text": ""}).status_code == 422
    assert officer.post(f"{line}/explain", {"text": "Frais bancaires"}).status_code == 302
    back_ = f"/payments/statements/lines/{batch.id}/unmatch"
    assert (
        officer.post(back_, {"reason": ""}).status_code == 422
        and officer.post(back_, {"reason": "Lot défait"}).status_code == 302
    )
    assert db.session.scalar(sa.select(sa.func.count(StatementMatch.id))) == 0
    assert officer.post(f"{base}/match").status_code == 302
    assert db.session.scalar(sa.select(sa.func.count(StatementMatch.id))) == 2
    officer.get(base)
    with count_queries() as count:
        assert officer.get(f"{base}?view=all").status_code == 200
    assert count() <= 12 and db.session.scalar(sa.select(sa.func.count(StatementLine.id))) == 2
