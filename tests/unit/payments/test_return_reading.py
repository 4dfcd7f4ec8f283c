"""Reading what banks and operators send back, and finding the payment of each row: pure, and made to be attacked."""

import io
from datetime import date

import openpyxl
import pytest

from grants.payments.back import iso, layouts, matching
from grants.payments.back.records import Record, Unreadable, keys

TODAY = date(2026, 11, 24)
READING = layouts.Reading(
    columns=(("reference", "Référence"), ("account", "Numéro"), ("amount", "Montant"), ("day", "Date"), ("state", "Statut"),
             ("reason", "Motif"), ("bank_reference", "Transaction")),
    paid="SUCCESS, Payé", failed="FAILED", pending="PENDING",
)  # fmt: skip
HEAD = "Numéro;Référence;Montant;Date;Statut;Motif;Transaction\n"
LINE = "22366712345;OP-2026-0001-K;750 000;20/11/2026;success;;TX-9\n"
SPACE = "urn:iso:std:iso:20022:tech:xsd:camt.054.001."
NOTE = """<?xml version="1.0"?><Document xmlns="{space}"><BkToCstmrDbtCdtNtfctn><Ntfctn>
<Acct><Id><IBAN>ML13ML0160120102600100668497</IBAN></Id></Acct>
<TxsSummry><TtlNtries><NbOfNtries>{announced}</NbOfNtries></TtlNtries></TxsSummry>{entries}</Ntfctn></BkToCstmrDbtCdtNtfctn></Document>"""
ENTRY = """<Ntry><Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>{status}</Sts><BookgDt><Dt>2026-11-20</Dt></BookgDt>
<AcctSvcrRef>BK-1</AcctSvcrRef><NtryDtls>{details}</NtryDtls></Ntry>"""
DETAIL = """<TxDtls><Refs><EndToEndId>{reference}</EndToEndId></Refs><AmtDtls><TxAmt><Amt Ccy="XOF">{amount}</Amt></TxAmt></AmtDtls>
<RltdPties><CdtrAcct><Id><IBAN>ML13ML0160120102600100668497</IBAN></Id></CdtrAcct></RltdPties>{more}</TxDtls>"""
RETURNED = "<RtrInf><Rsn><Cd>AC04</Cd></Rsn><AddtlInf>compte clos</AddtlInf></RtrInf>"


def note(*entries, version="08", announced=None):
    filled = NOTE.format(space=SPACE + version, entries="".join(entries), announced=announced or len(entries))
    return filled.encode()


def entry(details=None, *, amount="750000", status="BOOK", currency="XOF"):
    details = details or DETAIL.format(reference="OP-2026-0001-K", amount=amount, more="")
    return ENTRY.format(amount=amount, status=status, currency=currency, details=details)


def refused(read, *args):
    with pytest.raises(Unreadable) as found:
        read(*args)
    return found.value.problems


@pytest.fixture(autouse=True)
def _words(monkeypatch):
    for module in (iso, layouts):
        monkeypatch.setattr(module, "_", lambda message, /, **values: message % values)
    monkeypatch.setattr(layouts.clock, "today", lambda: TODAY)


def test_a_table_is_read_by_its_headings_wherever_they_stand():
    (one,) = layouts.read(READING, (HEAD + LINE).encode())
    assert (one.reference, one.amount, one.day, one.state) == ("OP-2026-0001-K", 750_000, date(2026, 11, 20), "paid")
    assert (one.account, one.bank_reference, one.reason) == ("22366712345", "TX-9", None)
    # The same rows as a workbook, in another order of columns, with what a spreadsheet makes of numbers and days.
    book, content = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["Statut", "Date", "Montant", "Référence", "Numéro", "Motif", "Transaction"])
    book.active.append(["PAYE", date(2026, 11, 20), 750000, "OP-2026-0001-K", 22366712345, None, "TX-9"])
    book.save(content)
    (same,) = layouts.read(READING, content.getvalue())
    assert (same.reference, same.amount, same.day, same.state, same.account) == (
        one.reference, one.amount, one.day, one.state, one.account,
    )  # fmt: skip


def test_a_table_that_cannot_be_read_wholly_is_not_read_at_all():
    wrong = HEAD + LINE + "1;2;sept mille;20/11/2026;SUCCESS;;\n" + "1;2;75,50;31/02/2026;SUCCESS;;\n" + "1;2;3\n"
    problems = refused(layouts.read, READING, wrong.encode())
    assert [text.split(":")[0] for text in problems] == ["Line 3", "Line 4", "Line 5"]
    assert refused(layouts.read, READING, (HEAD + '1;"2;3').encode())
    assert refused(layouts.read, READING, HEAD.encode()) and refused(layouts.read, READING, b"")
    assert refused(layouts.read, READING, "Numéro;Référence\n1;2".encode())
    assert refused(layouts.read, READING, (HEAD + LINE).encode("cp1252"))
    assert refused(layouts.read, READING, b"PK\x03\x04 no workbook")
    assert refused(layouts.read, READING, (HEAD + LINE * 20_100).encode())


def test_lines_around_a_table_signs_and_forms_of_days_are_described():
    bare = layouts.Reading(
        columns=(("reference", ""), ("", ""), ("amount", ""), ("day", "")), header=False, skip=2, foot=1,
        separator="bar", encoding="cp1252", amount="point", day="ymd",
    )  # fmt: skip
    text = "Relevé\n\nOP-1|x|1,250,000.00|20261120\nOP-2|x|\xa0500 F CFA|2026-11-21 10:00\nTotal||1,250,500|\n"
    assert [(one.reference, one.amount, one.state) for one in layouts.read(bare, text.encode("cp1252"))] == [
        ("OP-1", 1_250_000, "paid"), ("OP-2", 500, "paid"),
    ]  # fmt: skip
    statement = layouts.Reading(
        columns=(("day", "Date"), ("wording", "Libellé"), ("debit", "Débit"), ("credit", "Crédit")), purpose="statement"
    )
    rows = layouts.read(
        statement, "Date;Libellé;Débit;Crédit\n20/11/2026;=1+1;750.000,00;\n21/11/2026;Don;;5000\n".encode()
    )
    assert [(one.amount, one.credit) for one in rows] == [(750_000, False), (5_000, True)]


@pytest.mark.parametrize("version", ["02", "04", "08", "11"])
def test_an_advice_of_a_bank_is_read_in_every_version(version):
    back = DETAIL.format(reference="OP-2026-0002-L", amount="500000", more=RETURNED)
    two = DETAIL.format(reference="OP-3", amount="100", more="") + DETAIL.format(
        reference="OP-4", amount="200", more=""
    )
    data = note(
        entry(), entry(back, amount="500000"), entry(status="<Cd>PDNG</Cd>"), entry(two, amount="300"), version=version
    )
    found = iso.read(data)
    assert (found.format, found.account) == ("camt054", "ML13ML0160120102600100668497")
    assert [(one.reference, one.amount, one.state) for one in found.records] == [
        ("OP-2026-0001-K", 750_000, "paid"), ("OP-2026-0002-L", 500_000, "failed"), ("OP-2026-0001-K", 750_000, "pending"),
        ("OP-3", 100, "paid"), ("OP-4", 200, "paid"),
    ]  # fmt: skip
    assert found.records[1].reason == "AC04 compte clos"


def test_an_unsafe_cut_or_foreign_message_is_refused():
    good = note(entry())
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    outside = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    for doctype in (bomb, outside, b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">'):
        assert refused(iso.read, good.replace(b"<Document", doctype + b"<Document"))
    assert all(refused(iso.read, good[:cut]) for cut in (10, len(good) // 2, len(good) - 12))
    assert refused(iso.read, note(entry(), announced=2))
    assert refused(iso.read, note(entry(amount="750000.50"))) and refused(iso.read, note(entry(currency="EUR")))
    assert refused(iso.read, note(entry(amount="NaN"))) and refused(iso.read, note(entry(amount="-5")))
    assert refused(iso.read, good.replace(b"camt.054", b"pacs.008")) and refused(iso.read, b"<html><p>504</p></html>")
    assert refused(iso.read, b"<a>" * 100_000)


def test_states_of_a_batch_are_read():
    rows = "".join(
        f"<TxInfAndSts><OrgnlEndToEndId>OP-{code}</OrgnlEndToEndId><TxSts>{code}</TxSts><StsRsnInf><Rsn><Cd>AC01</Cd></Rsn></StsRsnInf>"
        "</TxInfAndSts>"
        for code in ("ACSC", "RJCT", "ACSP")
    )
    text = (
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt><OrgnlPmtInfAndSts>'
        f"{rows}</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>"
    )
    assert [one.state for one in iso.read(text.encode()).records] == ["paid", "failed", "pending"]


def payment(number, **over):
    given = {
        "attempt_id": number, "order_id": number, "order_reference": f"OP-{number}", "reference": f"OP-{number}", "amount": 750_000,
        "account": "ML13ML0160120102600100668497", "sent_on": date(2026, 11, 19), "awaited": True, "released_by_id": 7,
    }  # fmt: skip
    return matching.Payment(**given | over)


def row(position, **over):
    given = {"state": "paid", "reference": f"OP-{position}", "amount": 750_000, "day": date(2026, 11, 20)}
    return Record(position=position, **given | over)


def planned(payments, *records, by_id=1, earlier=None):
    found = matching.plan(records, matching.Book(payments), earlier or {}, today=TODAY, by_id=by_id)
    return [one.finding for one in found]


def test_our_reference_comes_first_then_account_and_amount_where_they_fit_one():
    wallet = payment(2, account="+22366712345", amount=5_000)
    assert planned([payment(1), wallet], row(1, reference="op 1")) == ["matched"]
    assert planned([payment(1), wallet], row(9, reference="?", account="00223 66 71 23 45", amount=5_000)) == [
        "matched"
    ]
    assert planned(
        [wallet, payment(3, account="66712345", amount=5_000)], row(9, account="66712345", amount=5_000)
    ) == ["ambiguous"]
    assert planned([wallet], row(9, account="66712345", amount=5_001)) == ["unknown"]
    # Two payments of the bank for one that we expect, known only by their account.
    twice = [row(8, account="66712345", amount=5_000, bank_reference=text) for text in ("A", "B")]
    assert planned([wallet], *twice) == ["contradicts", "contradicts"]


@pytest.mark.parametrize(
    ("over", "finding"),
    [
        ({"amount": 749_999}, "amount"), ({"amount": None}, "amount"), ({"day": None}, "unclear"), ({"day": date(2026, 11, 18)}, "unclear"),
        ({"day": date(2026, 11, 25)}, "unclear"), ({"state": "unclear"}, "unclear"), ({"state": "pending"}, "pending"),
        ({"account": "ML13ML0160120102600100668498"}, "account"), ({"account": "ML0160120102600100668497"}, "matched"),
        ({"state": "failed", "amount": None, "day": None}, "matched"), ({"state": "failed", "amount": 1}, "amount"),
        ({"bank_reference": "used"}, "taken"),
    ],
)  # fmt: skip
def test_what_does_not_fit_wholly_goes_to_a_person(over, finding):
    other = payment(2, reference="OP-2", end="paid", bank_reference="USED", awaited=False)
    assert planned([payment(1), other], row(1, **over)) == [finding]


def test_what_is_known_changes_nothing_and_what_contradicts_goes_to_a_person():
    paid = payment(1, awaited=False, end="paid", bank_reference="TX")
    assert planned([paid], row(1, bank_reference="tx")) == ["known"] and planned([paid], row(1)) == ["known"]
    assert planned([paid], row(1, bank_reference="TX2")) == ["contradicts"]
    assert planned([paid], row(1, state="failed")) == ["contradicts"]
    assert planned([payment(1, awaited=False, end="failed")], row(1)) == ["contradicts"]
    assert planned([payment(1)], row(1), row(2, reference="OP-1")) == ["matched", "known"]
    assert planned([payment(1)], row(1), row(2, reference="OP-1", state="failed")) == ["contradicts", "contradicts"]
    assert planned([payment(1), payment(2)], row(1, bank_reference="Z"), row(2, bank_reference="Z")) == [
        "taken",
        "taken",
    ]
    assert planned([payment(1)], row(1), by_id=7) == ["own"]
    assert planned([payment(1)], row(1), earlier={1: 55}) == ["known"]


def test_the_order_of_rows_makes_no_difference():
    payments = [payment(number) for number in range(1, 30)]
    rows = [row(n, reference=f"OP-{n % 25}", state=("paid", "failed", "pending")[n * 7 % 3]) for n in range(1, 40)]

    def by_row(sequence):
        found = matching.plan(sequence, matching.Book(payments), {}, today=TODAY, by_id=1)
        return sorted((one.record.reference, one.record.state, one.finding) for one in found)

    shuffled = rows[1::2] + rows[::-2]
    assert by_row(rows) == by_row(shuffled)
    assert sorted(keys(rows)) == sorted(keys(shuffled)) and len(set(keys(rows * 2))) == len(rows) * 2
