"""What a person makes of a row that could not be placed: the end of a payment, a doubt about it, or nothing and why."""

from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from grants import journal, lifecycle
from grants.access import policy
from grants.core import clock
from grants.core.database import db
from grants.core.errors import Problem, Problems, collect
from grants.core.money import format_francs
from grants.payments.back import operations, queries
from grants.payments.back.models import FOR_A_PERSON, PROGRAMME, ReturnRow, ReturnRuling
from grants.payments.back.records import Record
from grants.payments.models import PaymentAttempt, PaymentOrder
from grants.payments.splits import queries as splits

KINDS = ("paid", "failed", "unknown", "set_aside")


def rule(
    row: ReturnRow, kind: str, *, order: str = "", day: date | None = None, bank_reference: str = "", note: str = "", by
) -> ReturnRuling:
    """Rule on a row: `paid`, `failed` or `unknown` of an order (by its reference), or `set_aside` with a note.

    A payment of another amount than the row's is not confirmed. Raises Problems, Refused.
    """
    policy.require(by, "payments.reconcile", PROGRAMME)
    db.session.execute(select(ReturnRow.id).where(ReturnRow.id == row.id).with_for_update())
    found = queries.awaited_order(order) if kind != "set_aside" and order.strip() else None
    note = " ".join((note or "").split())[:300]
    collect(
        Problem(_("Choose what this row says."), "kind") if kind not in KINDS else None,
        _open(row),
        Problem(_("No payment that is awaited has this reference."), "order")
        if kind != "set_aside" and found is None
        else None,
        Problem(_("Say why, in a few words."), "note") if kind in ("set_aside", "unknown") and len(note) < 5 else None,
        _whole(row, kind, found),
        Problem(_("The day of the payment is needed."), "day") if kind == "paid" and day is None else None,
    )
    try:
        with db.session.begin_nested():
            # Which attempt it is is read before it has its end.
            attempt_id = _attempt(found, row).id if found else None
            if kind != "set_aside":
                _settle(row, kind, found, day, bank_reference, note, by)
            made = ReturnRuling(
                row_id=row.id, kind=kind, attempt_id=attempt_id, note=note, by_id=by.id,
                at=clock.now(),
            )  # fmt: skip
            db.session.add(made)
            db.session.flush()
    except Problems as refusal:
        # The engine's own fields are called otherwise here.
        raise Problems(
            [Problem(str(one), "day" if one.field == "paid_on" else one.field) for one in refusal.problems]
        ) from None
    except IntegrityError as twice:
        raise Problems(Problem(_("Somebody else has just ruled on this row."))) from twice
    db.session.expire(row, ["ruling"])
    journal.record(
        made, "rule", by=by, reason=note or None,
        data={"row": f"{row.file.reference}/{row.position}", "kind": kind, "order": found.reference if found else None},
    )  # fmt: skip
    return made


def _open(row: ReturnRow) -> Problem | None:
    if row.finding not in FOR_A_PERSON or db.session.scalar(
        select(ReturnRuling.id).where(ReturnRuling.row_id == row.id)
    ):
        return Problem(_("Nothing is left to be said about this row."))
    return None


def _whole(row: ReturnRow, kind: str, order: PaymentOrder | None) -> Problem | None:
    if kind != "paid" or order is None or row.amount in (None, order.amount) or splits.open_part(order, row.amount):
        return None
    text = _(
        "The row says %(said)s, the order %(ordered)s: a part is not a payment. Say that the outcome is unknown, and clear it "
        "with the bank.",
        said=format_francs(row.amount), ordered=format_francs(order.amount),
    )  # fmt: skip
    return Problem(text, "kind")


def _settle(row: ReturnRow, kind: str, order: PaymentOrder, day, bank_reference: str, note: str, by) -> None:
    origin = f"{row.file.reference}/{row.position}"
    if kind == "unknown":
        # One whose outcome is unknown already stays so.
        if order.step == "sent":
            lifecycle.perform(order, "report_unknown", by=by, data={"reason": f"{note} [{origin}]"[:300]})
        return
    said = Record(
        position=row.position, state=kind, day=day, bank_reference=bank_reference or row.bank_reference,
        reason=note or row.reason,
    )  # fmt: skip
    operations.settle(order, said, origin=origin, part=splits.open_part(order, row.amount), by=by)


def _attempt(order: PaymentOrder, row: ReturnRow) -> PaymentAttempt:
    part = splits.open_part(order, row.amount)
    if part is not None:
        return part.attempts[-1]
    return db.session.scalars(
        select(PaymentAttempt).where(PaymentAttempt.order_id == order.id, PaymentAttempt.number == order.attempts)
    ).one()
