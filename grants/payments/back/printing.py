"""Printing the receipts of a return that was applied, one by one, in the background."""

from collections.abc import Iterator

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from grants.access import policy
from grants.access.models import Person
from grants.core.database import db
from grants.core.unit_of_work import unit_of_work
from grants.documents import jobs
from grants.documents.models import Document, Job
from grants.payments import papers
from grants.payments import queries as payments
from grants.payments.back.models import PROGRAMME, ReturnRow
from grants.payments.back.operations import RECEIPTS
from grants.payments.models import PaymentAttempt, PaymentOrder


def _may(person, _job) -> bool:
    return policy.sees(person, "payments.reconcile", PROGRAMME)


def unprinted(file_id: int) -> list[int]:
    """The orders that a return confirmed and whose receipt is not printed yet."""
    printed = (
        select(Document.id)
        .where(
            Document.kind == "receipt",
            Document.subject_kind == PaymentOrder.__subject__,
            Document.subject_id == PaymentOrder.id,
        )
        .exists()
    )
    wanted = (
        select(PaymentOrder.id)
        .join(PaymentAttempt, PaymentAttempt.order_id == PaymentOrder.id)
        .join(ReturnRow, ReturnRow.attempt_id == PaymentAttempt.id)
        .where(
            ReturnRow.file_id == file_id,
            ReturnRow.finding == "matched",
            ReturnRow.state == "paid",
            # An order that leaves in several parts is receipted once the whole is paid.
            PaymentOrder.paid_on.is_not(None),
            ~printed,
        )
        .distinct()
        .order_by(PaymentOrder.id)
    )
    return list(db.session.scalars(wanted))


@jobs.runs(RECEIPTS, _l("Receipts of a return"), may=_may)
def print_receipts(job: Job) -> Iterator[tuple[int, int]]:
    """Print what is not printed yet, an order a piece: a worker that dies leaves nothing twice and nothing out."""
    left = unprinted(job.subject_id)
    total = len(left)
    db.session.rollback()
    for done, order_id in enumerate(left, 1):
        with unit_of_work():
            # Another worker may have been quicker.
            if order_id in unprinted(job.subject_id):
                order = db.session.scalar(payments.loaded().where(PaymentOrder.id == order_id))
                papers.issue_receipt_form(order, by=db.session.get(Person, job.made_by_id))
        yield done, total
