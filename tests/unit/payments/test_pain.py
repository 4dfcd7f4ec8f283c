"""The file for the bank: accepted by the schema of the standard, whole francs, its own sums; the same bytes each time."""

import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import sepaxml
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from grants.payments.out import pain

SCHEMA = etree.XMLSchema(etree.parse(Path(sepaxml.__file__).parent / "schemas" / "pain.001.001.09.xsd"))
NS = {"p": pain.NAMESPACE}
ONE = pain.Payment(
    reference="OP-2026-0101-K",
    amount=750_000,
    name="Coopérative Bɛnkadi <Ɲɛtaa> & fils",
    iban="ML13ML0160120102600100668497",
    purpose="OP-2026-0101-K tranche 1 Embouche ovine – « Sofara »",
)
BATCH = pain.Batch(
    reference="LT-2026-0012-K",
    made_at=datetime(2026, 5, 4, 9, 30, tzinfo=UTC),
    execution_on=date(2026, 5, 6),
    payer="Programme d’appui à la cohésion sociale",
    iban="ML03D00890170001002120000447",
    payments=(ONE, replace(ONE, reference="OP-2026-0102-L-2", amount=1)),
)


def accepted(data: bytes) -> bool:
    return SCHEMA.validate(etree.fromstring(data))


def test_the_schema_accepts_it_and_the_sums_are_those_of_the_payments():
    data = pain.build(BATCH)
    assert accepted(data), SCHEMA.error_log
    root = ET.fromstring(data)
    assert {one.text for one in root.findall(".//p:CtrlSum", NS)} == {"750001"}
    assert {one.text for one in root.findall(".//p:NbOfTxs", NS)} == {"2"}
    amounts = root.findall(".//p:InstdAmt", NS)
    assert [(one.text, one.get("Ccy")) for one in amounts] == [("750000", "XOF"), ("1", "XOF")]
    assert [one.text for one in root.findall(".//p:EndToEndId", NS)] == ["OP-2026-0101-K", "OP-2026-0102-L-2"]
    assert root.find(".//p:CdtrAgt//p:Othr/p:Id", NS).text == "ML016"
    assert root.find(".//p:DbtrAgt//p:Othr/p:Id", NS).text == "D0089"
    assert root.find(".//p:Cdtr/p:Nm", NS).text == "Cooperative Benkadi Nyetaa fils"


@pytest.mark.parametrize(("borne_by", "charges"), [("programme", "DEBT"), ("group", "CRED"), ("shared", "SHAR")])
def test_the_bank_is_told_who_bears_the_fees_of_each_transfer(borne_by, charges):
    data = pain.build(replace(BATCH, payments=(replace(ONE, fees_borne_by=borne_by),)))
    assert accepted(data), SCHEMA.error_log
    assert [one.text for one in ET.fromstring(data).findall(".//p:ChrgBr", NS)] == [charges]


def test_the_same_batch_gives_the_same_bytes():
    assert pain.build(BATCH) == pain.build(replace(BATCH))


@pytest.mark.parametrize("amount", [0, -1, 750_000.0, "750000", True, None])
def test_what_is_no_whole_amount_above_zero_is_never_written(amount):
    with pytest.raises(ValueError, match="whole amount"):
        pain.build(replace(BATCH, payments=(replace(ONE, amount=amount),)))


@pytest.mark.parametrize("reference", ["", "x" * 36, "OP_1", "OP\n1", "OP<1>"])
def test_a_reference_that_banks_would_cut_or_change_is_never_written(reference):
    with pytest.raises(ValueError, match="reference"):
        pain.build(replace(BATCH, payments=(replace(ONE, reference=reference),)))


def test_two_payments_never_share_a_reference_and_a_batch_is_never_empty():
    with pytest.raises(ValueError, match="one reference"):
        pain.build(replace(BATCH, payments=(ONE, ONE)))
    with pytest.raises(ValueError, match="without payments"):
        pain.build(replace(BATCH, payments=()))


@settings(max_examples=60, deadline=None)
@given(name=st.text(max_size=300), purpose=st.text(max_size=300), amount=st.integers(1, 999_999_999_999))
def test_whatever_a_group_is_called_the_schema_accepts_the_file(name, purpose, amount):
    data = pain.build(replace(BATCH, payer=name, payments=(replace(ONE, name=name, purpose=purpose, amount=amount),)))
    assert accepted(data), SCHEMA.error_log
    for text in (pain.sign(name, 70), pain.sign(purpose, 140)):
        assert 0 < len(text) <= 140 and text.isascii()
        assert "//" not in text and text.strip("/ ") == text
