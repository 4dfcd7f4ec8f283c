"""What banks send back by ISO 20022: camt.054 (advices), camt.053 (statements) and pain.002 (states of a batch).

The element names are those of the messages of iso20022.org; every version of a message is read, since what is needed
here has kept its name. A document type, an entity or an address outside the file is refused before anything is read.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from xml.etree.ElementTree import Element, ParseError

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException
from flask_babel import gettext as _

from grants.core.money import MOST
from grants.payments.back.records import MOST_ROWS, Record, Unreadable, short

_SPACE = re.compile(r"\{urn:iso:std:iso:20022:tech:xsd:(camt\.05[34]|pain\.002)\.001\.\d\d\}")
FORMATS = {"camt.053": "camt053", "camt.054": "camt054", "pain.002": "pain002"}
DEEPEST = 40
# What a bank says of a transfer that it was given, until it is settled or refused (external code set of ISO 20022).
_PAID, _FAILED = ("ACSC", "ACCC"), ("RJCT", "CANC")


@dataclass(slots=True)
class Message:
    """What a file says: its kind, the account it is about, the opening and closing balance (francs), and its records."""

    format: str
    account: str | None = None
    opening: int | None = None
    closing: int | None = None
    opened_on: date | None = None
    closed_on: date | None = None
    records: list[Record] = field(default_factory=list)


def read(data: bytes) -> Message:
    """A message of a bank. Raises Unreadable: no XML of the three kinds, cut off, unsafe, or not what it announces."""
    try:
        return _read(data)
    except DefusedXmlException:
        raise Unreadable(_("This file holds instructions that a return does not need: it is refused.")) from None
    except (ParseError, LookupError, UnicodeError):
        raise Unreadable(_("This file is no sound XML: it was cut off or damaged.")) from None


def _read(data: bytes) -> Message:
    message, open_elements, announced = None, [], None
    for event, element in ElementTree.iterparse(
        io.BytesIO(data), events=("start", "end"), forbid_dtd=True, forbid_entities=True, forbid_external=True
    ):
        if event == "start":
            open_elements.append(element)
            if len(open_elements) > DEEPEST:
                raise Unreadable(_("This file is no return or statement of a bank."))
            if message is None:
                message = _begun(element)
            continue
        open_elements.pop()
        name = _name(element)
        done = name in ("Ntry", "TxInfAndSts", "Bal", "Acct", "NbOfNtries")
        if done and not any(_name(one) in ("Ntry", "TxInfAndSts") for one in open_elements):
            parents = [_name(one) for one in open_elements]
            announced = _taken(message, name, element, parents, announced)
            # What was read is let go: a long file takes no more memory than its records.
            if name in ("Ntry", "TxInfAndSts"):
                open_elements[-1].remove(element)
    if message is None or not message.records:
        raise Unreadable(_("This file holds no payment."))
    if announced is not None and announced[0] != announced[1]:
        raise Unreadable(
            _(
                "This file announces %(count)s entries and holds %(found)s: it was cut.",
                count=announced[0],
                found=announced[1],
            )
        )
    return message


def _begun(root: Element) -> Message:
    match = _SPACE.match(root.tag)
    if match is None or _name(root) != "Document":
        raise Unreadable(_("This file is no return or statement of a bank."))
    return Message(FORMATS[match[1]])


def _taken(message: Message, name: str, element: Element, parents: list[str], announced):
    """Take what an element says into the message; return how many entries were announced and how many came."""
    if name == "NbOfNtries" and (element.text or "").strip().isdecimal() and parents[-1] == "TtlNtries":
        return (int(element.text or 0) + (announced[0] if announced else 0), announced[1] if announced else 0)
    if name == "Acct" and parents[-1] in ("Stmt", "Ntfctn"):
        message.account = _find(element, "Id/IBAN") or _find(element, "Id/Othr/Id")
    elif name == "Bal":
        _balance(message, element)
    elif name == "Ntry":
        for record in _entry(element):
            _add(message, record)
        return (announced[0], announced[1] + 1) if announced else None
    elif name == "TxInfAndSts":
        _add(message, _state(element))
    return announced


def _add(message: Message, values: dict) -> None:
    if len(message.records) >= MOST_ROWS:
        raise Unreadable(_("This file has more than %(limit)s rows: send it in parts.", limit=MOST_ROWS))
    values["reference"], values["account"] = short(values["reference"], 60), short(values["account"], 40)
    values["bank_reference"], values["reason"] = short(values["bank_reference"], 60), short(values["reason"], 300)
    values["wording"] = short(values["wording"], 300)
    message.records.append(Record(position=len(message.records) + 1, **values))


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _find(element: Element, path: str) -> str | None:
    """The text at a path of names below an element, in whatever version of the message."""
    found = element.find("/".join(f"{{*}}{name}" for name in path.split("/")))
    return found.text.strip() if found is not None and found.text and found.text.strip() else None


def _first(element: Element, *paths: str) -> str | None:
    return next((text for path in paths if (text := _find(element, path)) is not None), None)


def _amount(element: Element, *paths: str) -> int | None:
    """A whole amount of francs. Raises Unreadable for another currency or for cents."""
    for path in paths:
        found = element.find("/".join(f"{{*}}{name}" for name in path.split("/")))
        if found is None:
            continue
        try:
            exact = Decimal((found.text or "").strip())
            whole = exact.is_finite() and exact == exact.to_integral_value() and 0 <= exact <= MOST
        except InvalidOperation:
            whole = False
        if not whole or found.get("Ccy", "XOF") != "XOF":
            shown = short(f"{found.text} {found.get('Ccy', '')}", 40)
            raise Unreadable(_("“%(text)s” is not an amount in whole francs", text=shown))
        return int(exact)
    return None


def _day(element: Element, *paths: str) -> date | None:
    text = _first(element, *paths)
    if text is None:
        return None
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise Unreadable(_("“%(text)s” is not a day", text=short(text, 40))) from None


def _balance(message: Message, element: Element) -> None:
    code = _find(element, "Tp/CdOrPrtry/Cd")
    amount = _amount(element, "Amt")
    signed = -(amount or 0) if _find(element, "CdtDbtInd") == "DBIT" else amount
    on = _day(element, "Dt/Dt", "Dt/DtTm")
    if code in ("OPBD", "PRCD") and message.opening is None:
        message.opening, message.opened_on = signed, on
    elif code == "CLBD":
        message.closing, message.closed_on = signed, on


def _entry(entry: Element) -> Iterator[dict]:
    """One record a transaction of an entry; one for the entry where it names none."""
    details = entry.findall("{*}NtryDtls/{*}TxDtls")
    booked = _first(entry, "Sts/Cd", "Sts")
    common = {
        "day": _day(entry, "BookgDt/Dt", "BookgDt/DtTm", "ValDt/Dt", "ValDt/DtTm"),
        "bank_reference": _first(entry, "AcctSvcrRef", "NtryRef"),
    }
    back = _find(entry, "RvslInd") in ("true", "1")
    whole = _amount(entry, "Amt")
    for one in details or [entry]:
        amount = _amount(one, "Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/InstdAmt/Amt")
        if amount is None and len(details) <= 1:
            amount = whole
        credit = (_find(one, "CdtDbtInd") or _find(entry, "CdtDbtInd")) == "CRDT"
        reason = _first(one, "RtrInf/Rsn/Cd", "RtrInf/Rsn/Prtry")
        returned = back or reason is not None or one.find("{*}RtrInf") is not None
        yield {
            "state": "pending"
            if booked in ("PDNG", "INFO")
            else "failed"
            if returned
            else "unclear"
            if credit
            else "paid",
            "reference": _first(one, "Refs/EndToEndId", "Refs/InstrId", "Refs/PmtInfId"),
            "account": _first(one, "RltdPties/CdtrAcct/Id/IBAN", "RltdPties/CdtrAcct/Id/Othr/Id"),
            "amount": amount,
            "day": common["day"],
            "bank_reference": _find(one, "Refs/AcctSvcrRef") or common["bank_reference"],
            "reason": " ".join(filter(None, (reason, _find(one, "RtrInf/AddtlInf")))) or None,
            "wording": _first(one, "RmtInf/Ustrd", "AddtlTxInf") or _find(entry, "AddtlNtryInf"),
            "credit": credit,
        }


def _state(info: Element) -> dict:
    """The state of one transfer of a batch."""
    code = _find(info, "TxSts")
    reason = _first(info, "StsRsnInf/Rsn/Cd", "StsRsnInf/Rsn/Prtry")
    return {
        "state": "paid" if code in _PAID else "failed" if code in _FAILED else "pending" if code else "unclear",
        "reference": _first(info, "OrgnlEndToEndId", "OrgnlInstrId"),
        "account": _first(info, "OrgnlTxRef/CdtrAcct/Id/IBAN", "OrgnlTxRef/CdtrAcct/Id/Othr/Id"),
        "amount": _amount(info, "OrgnlTxRef/Amt/InstdAmt"),
        "day": _day(info, "FctvIntrBkSttlmDt/Dt", "AccptncDtTm", "OrgnlTxRef/ReqdExctnDt/Dt", "OrgnlTxRef/ReqdExctnDt"),
        "bank_reference": _find(info, "AcctSvcrRef"),
        "reason": " ".join(filter(None, (reason, _find(info, "StsRsnInf/AddtlInf")))) or None,
        "wording": None,
    }
