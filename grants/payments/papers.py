"""The papers of a payment: the order that goes to the bank, and the receipt that the group signs."""

from flask_babel import force_locale
from flask_babel import gettext as _

from grants.calls import rules as call_rules
from grants.contracts.models import Contract
from grants.contracts.parties import condition_words, group_party, micro_project, payee, programme, terms
from grants.core import clock
from grants.core.database import db
from grants.core.references import new_reference
from grants.documents import operations as documents
from grants.documents import queries as document_queries
from grants.documents.models import Document
from grants.groups.accounts import show_number
from grants.payments import conditions, queries
from grants.payments.models import PaymentOrder
from grants.payments.splits import queries as splits


def issue_order(order: PaymentOrder, *, by) -> Document:
    """Print the order as it leaves, with the evidence of each condition. An earlier attempt's print is cancelled."""
    before = order.document
    project, contract = order.project, db.session.get_one(Contract, order.tranche.contract_id)
    rules = call_rules.parse(project.call.rules)
    with force_locale("fr"):
        found = conditions.findings(order.tranche)
    # What every payment needs beside the contract's own conditions has no line in the contract.
    seen = [
        {"name": _capital(condition_words(one.code, rules)), "target": one.told or "constaté"}
        for one in found
        if one.code in order.tranche.conditions
    ]
    envelope = project.call.envelope
    context = {
        "programme": programme(project),
        "reference": order.reference,
        "on": clock.today(),
        "project": micro_project(project),
        "group_name": project.group.name,
        "contract": contract.reference,
        "tranche": order.tranche.number,
        "tranches": len(queries.tranches(project)),
        "amount": order.amount,
        "payee": payee(order.account, call_rules.parse(project.call.rules)),
        "transfers": [
            {
                "holder": one.account.holder,
                "account": f"{one.account.institution}, {show_number(one.account.kind, one.account_number)}",
                "on": one.leaves_on,
                "amount": one.amount,
            }
            for one in splits.parts(order)
        ],
        "payer": f"{envelope.fund.name}, enveloppe «\u00a0{envelope.name}\u00a0» ({envelope.code})",
        "object": f"Tranche {order.tranche.number} de la subvention «\u00a0{project.title}\u00a0»",
        "conditions": seen,
        "prepared_by": order.prepared_by.name,
        "verified_by": order.verified_by.name,
        "released_by": order.released_by.name,
    }
    order.document = documents.issue("payment_order", order, reference=order.reference, context=context, by=by)
    if before is not None:
        with force_locale("fr"):
            documents.replace(before, order.document, by=by, reason=_("Another attempt at the same payment"))
    db.session.flush()
    return order.document


def issue_receipt_form(order: PaymentOrder, *, by) -> Document:
    """Print the receipt for the group to sign, once the money has left; day and reader are filled in by hand.

    One that is printed again takes the place of the one before: nobody signs two for the same money.
    """
    before = receipt_form(order)
    project, contract = order.project, db.session.get_one(Contract, order.tranche.contract_id)
    context = {
        "programme": programme(project),
        "reference": (reference := new_reference("DC")),
        "on": clock.today(),
        "project": micro_project(project),
        "group": group_party(project.group),
        "contract": contract.reference,
        "order": order.reference,
        "tranche": order.tranche.number,
        "tranches": len(queries.tranches(project)),
        "amount": order.amount,
        "fees": None,
        "mode": terms()["payment_modes"][order.account.kind],
        "institution": order.account.institution,
        "transaction": order.bank_reference,
        "received_on": None,
        "reading": {
            "language": contract.read_in or project.group.language or "français",
            "place": None,
            "on": None,
            "reader": None,
            "reader_paper": None,
        },
        "witnesses": [],
    }
    made = documents.issue("receipt", order, reference=reference, context=context, by=by)
    if before is not None:
        with force_locale("fr"):
            documents.replace(before, made, by=by, reason=_("Printed again"))
    return made


def receipt_form(order: PaymentOrder) -> Document | None:
    """The receipt printed for an order, to be signed by the group."""
    return next(iter(document_queries.documents_of(order, "receipt")), None)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
