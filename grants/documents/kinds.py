"""The kinds of documents that are issued, each with its template, the data it needs, and its version.

A change of a template that anyone could read in the document takes a new version: it is printed on every page.
"""

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from grants.documents import contexts, contexts_after, contexts_amendment, contexts_minutes, contexts_visit


@dataclass(frozen=True, slots=True)
class Kind:
    """``name`` in the reader's language, ``template`` in templates/documents, ``schema`` of its context."""

    name: object
    template: str
    version: str
    schema: type


KINDS = {
    "contract": Kind(_l("Contract"), "contract.html", "2.1", contexts.Contract),
    "amendment": Kind(_l("Amendment"), "amendment.html", "1.2", contexts_amendment.Amendment),
    "amendment_refusal": Kind(
        _l("Letter about a refused amendment"), "amendment_refusal.html", "1.0", contexts_amendment.AmendmentRefusal
    ),
    "minutes": Kind(_l("Minutes of the session"), "minutes.html", "1.5", contexts_minutes.Minutes),
    "award_letter": Kind(_l("Award letter"), "award_letter.html", "1.2", contexts_after.Letter),
    "rejection_letter": Kind(_l("Letter of refusal"), "rejection_letter.html", "1.3", contexts_after.Letter),
    "appeal_letter": Kind(_l("Letter about an appeal"), "appeal_letter.html", "1.1", contexts_after.AppealLetter),
    "visit_report": Kind(_l("Report of a visit"), "visit_report.html", "1.1", contexts_visit.VisitReport),
    "acceptance": Kind(_l("Acceptance minutes"), "acceptance.html", "1.1", contexts_after.Acceptance),
    "closing_report": Kind(_l("Closing report"), "closing_report.html", "1.2", contexts_after.ClosingReport),
    "payment_order": Kind(_l("Payment order"), "payment_order.html", "1.3", contexts.PaymentOrder),
    "transfer_letter": Kind(_l("Letter of transfer"), "transfer_letter.html", "1.1", contexts.TransferLetter),
    "recovery_letter": Kind(
        _l("Letter about money to be given back"), "recovery_letter.html", "1.2", contexts_after.RecoveryLetter
    ),
    "refund_receipt": Kind(_l("Receipt for a refund"), "refund_receipt.html", "1.1", contexts_after.RefundReceipt),
    "receipt": Kind(_l("Receipt"), "receipt.html", "1.2", contexts.Receipt),
}
