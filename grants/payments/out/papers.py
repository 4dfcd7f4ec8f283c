"""What a bank that takes paper gets with a batch: the letter of transfer, and the list as a workbook."""

from flask_babel import gettext as _

from grants.contracts.parties import programme
from grants.documents import operations as documents
from grants.documents.models import Document
from grants.groups.accounts import show_number
from grants.payments.out.models import Transmission
from grants.projects.takeaway import as_xlsx


def issue_letter(transmission: Transmission, *, by) -> Document:
    """Print the letter that asks the bank to pay the batch, for two signatories."""
    payer = transmission.payer
    context = {
        "programme": programme(transmission.items[0].attempt.order.project),
        "reference": transmission.reference,
        "on": transmission.execution_on,
        "bank": payer.institution,
        "account": show_number(payer.kind, payer.number),
        "holder": payer.holder,
        "fund": payer.fund.name,
        "count": transmission.count,
        "total": transmission.total,
        "transfers": [
            {
                "number": item.position,
                "name": item.attempt.account.holder,
                "institution": item.attempt.account.institution,
                "account": show_number(item.attempt.account.kind, item.attempt.account_number),
                "order": item.attempt.reference,
                "amount": item.amount,
            }
            for item in transmission.items
        ],
    }
    return documents.issue("transfer_letter", transmission, reference=transmission.reference, context=context, by=by)


def workbook(transmission: Transmission) -> bytes:
    """The batch as a workbook; nothing in it runs as a formula."""
    heading = [
        _("No."), _("Our reference"), _("Group"), _("Account holder"), _("Bank or operator"), _("Account"), _("Amount"),
        _("Purpose"),
    ]  # fmt: skip
    rows = [
        [
            item.position, item.attempt.reference, item.beneficiary, item.attempt.account.holder,
            item.attempt.account.institution, item.attempt.account_number, item.amount, item.purpose,
        ]
        for item in transmission.items
    ]  # fmt: skip
    return as_xlsx(heading, rows, transmission.reference)
