"""Credit transfers for a bank: ISO 20022 pain.001.001.09.

The schema of the standard accepts amounts of zero and with decimals: whole francs above zero, the number of payments and
their sum are rules of ours. Banks of the UEMOA have no BIC in what they publish: an agent is named by its bank code,
the first five signs of the RIB (`Othr/Id`).
"""

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from datetime import date, datetime

from grants.payments.out.layouts import latin

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
# By whom the call lets the fees be borne; shared: whose account it is bears what its own bank asks.
CHARGES = {"programme": "DEBT", "group": "CRED", "shared": "SHAR"}
# The signs that every clearing takes (EPC 217-08).
_OTHER = re.compile(r"[^A-Za-z0-9/?:().,'+ -]")


@dataclass(frozen=True, slots=True)
class Payment:
    """One transfer. Amount in whole francs."""

    reference: str
    amount: int
    name: str
    iban: str
    purpose: str
    fees_borne_by: str = "shared"


@dataclass(frozen=True, slots=True)
class Batch:
    """What leaves one account together. `made_at` in UTC; `execution_on` is the day on which the bank is to pay."""

    reference: str
    made_at: datetime
    execution_on: date
    payer: str
    iban: str
    payments: tuple[Payment, ...]


def build(batch: Batch) -> bytes:
    """The file for the bank; the same batch gives the same bytes. Raises ValueError for what must never be sent."""
    _check(batch)
    ET.register_namespace("", NAMESPACE)
    root = ET.Element(f"{{{NAMESPACE}}}Document")
    initiation = _add(root, "CstmrCdtTrfInitn")
    count, total = str(len(batch.payments)), str(sum(one.amount for one in batch.payments))
    head = _add(initiation, "GrpHdr")
    _add(head, "MsgId", batch.reference)
    _add(head, "CreDtTm", batch.made_at.strftime("%Y-%m-%dT%H:%M:%SZ"))
    _add(head, "NbOfTxs", count)
    _add(head, "CtrlSum", total)
    _add(_add(head, "InitgPty"), "Nm", sign(batch.payer, 70))
    group = _add(initiation, "PmtInf")
    _add(group, "PmtInfId", batch.reference)
    _add(group, "PmtMtd", "TRF")
    _add(group, "NbOfTxs", count)
    _add(group, "CtrlSum", total)
    _add(_add(group, "ReqdExctnDt"), "Dt", batch.execution_on.isoformat())
    _add(_add(group, "Dbtr"), "Nm", sign(batch.payer, 70))
    account = _add(group, "DbtrAcct")
    _add(_add(account, "Id"), "IBAN", batch.iban)
    _add(account, "Ccy", "XOF")
    _agent(group, "DbtrAgt", batch.iban)
    for one in batch.payments:
        _transfer(group, one)
    ET.indent(root)
    return ET.tostring(root, encoding="UTF-8", xml_declaration=True) + b"\n"


def _check(batch: Batch) -> None:
    if not batch.payments:
        raise ValueError("a batch without payments")
    for one in batch.payments:
        if not isinstance(one.amount, int) or isinstance(one.amount, bool) or one.amount <= 0:
            raise ValueError(f"{one.reference}: {one.amount!r} is no whole amount above zero")
        if not 0 < len(one.reference) <= 35 or _OTHER.search(one.reference):
            raise ValueError(f"{one.reference!r} cannot be a reference between banks")
    if len({one.reference for one in batch.payments}) != len(batch.payments):
        raise ValueError("two payments with one reference")
    if len(batch.reference) > 35:
        raise ValueError(batch.reference)


def _transfer(group: ET.Element, one: Payment) -> None:
    transfer = _add(group, "CdtTrfTxInf")
    name = _add(transfer, "PmtId")
    _add(name, "InstrId", one.reference)
    _add(name, "EndToEndId", one.reference)
    amount = _add(_add(transfer, "Amt"), "InstdAmt", str(one.amount))
    amount.set("Ccy", "XOF")
    _add(transfer, "ChrgBr", CHARGES[one.fees_borne_by])
    _agent(transfer, "CdtrAgt", one.iban)
    _add(_add(transfer, "Cdtr"), "Nm", sign(one.name, 70))
    _add(_add(_add(transfer, "CdtrAcct"), "Id"), "IBAN", one.iban)
    _add(_add(transfer, "RmtInf"), "Ustrd", sign(one.purpose, 140))


def _agent(parent: ET.Element, tag: str, iban: str) -> None:
    _add(_add(_add(_add(parent, tag), "FinInstnId"), "Othr"), "Id", iban[4:9])


def _add(parent: ET.Element, tag: str, text: str | None = None) -> ET.Element:
    element = ET.SubElement(parent, f"{{{NAMESPACE}}}{tag}")
    element.text = text
    return element


def sign(text: str, most: int) -> str:
    """A text in the signs that banks exchange, cut to its length; never empty."""
    plain = " ".join(_OTHER.sub(" ", latin(text)).split())
    # Two rules of the interbank set: no slash at either end, no two in a row.
    plain = re.sub(r"//+", "/", plain).strip("/ ")[:most].strip("/ ")
    return plain or "-"
