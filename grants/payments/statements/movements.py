"""What we know to have moved on an account of the programme, and which lines of a statement it is."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import aliased

from grants.calls.models import Call
from grants.core import clock
from grants.core.database import db
from grants.core.reading import once_a_read
from grants.funds.models import Envelope, FundReceipt, Transfer
from grants.groups.models import Group, PaymentAccount
from grants.payments.back.matching import reference_key
from grants.payments.comebacks.models import PaymentReturn
from grants.payments.models import AttemptOutcome, PaymentAttempt, PaymentOrder
from grants.payments.out.models import PayerAccount, Transmission, TransmissionItem
from grants.payments.statements.models import StatementLine, StatementMatch
from grants.projects.models import Project

# Days between what we wrote down and what the bank did that still make a match by amount alone.
NEAR = 5


@dataclass(frozen=True, slots=True)
class Movement:
    """Money on our account: what it is, when, how much (francs, below zero what went out), under which references.

    `kind` is `attempt`, `receipt` or `transfer`; `line_id` is the line on which it stands, `statement_id` that line's statement.
    """

    kind: str
    id: int
    day: date
    amount: int
    references: tuple[str, ...]
    name: str
    order: str | None = None
    batch: str | None = None
    line_id: int | None = None
    statement_id: int | None = None

    @property
    def key(self) -> str:
        return f"{self.kind}-{self.id}"


@once_a_read
def of_account(payer: PayerAccount) -> list[Movement]:
    """The movements of an account, by day: payments that left it, and for a bank money of donors and of groups."""
    found = _payments(payer)
    if payer.kind == "bank":
        found += _receipts(payer) + _refunds(payer)
    return sorted(found, key=lambda one: (one.day, one.kind, one.id))


def _payments(payer: PayerAccount) -> list[Movement]:
    """Payments that left in a batch of this account; of those in no batch, the ones of its fund and kind."""
    paid, match, batch = aliased(AttemptOutcome), aliased(StatementMatch), aliased(Transmission)
    back, back_match, back_line = aliased(Transfer), aliased(StatementMatch), aliased(StatementLine)
    # A part of an order that leaves in several has a day of its own, before the whole is paid.
    paid_on = func.coalesce(paid.paid_on, PaymentOrder.paid_on, PaymentReturn.returned_on)
    rows = db.session.execute(
        select(
            PaymentAttempt.id, PaymentAttempt.amount, PaymentAttempt.reference, PaymentOrder.reference, paid_on,
            paid.bank_reference, Group.name, batch.reference, match.line_id, StatementLine.statement_id,
            back.id.label("back_id"), PaymentReturn.returned_on,
            (PaymentReturn.amount - PaymentReturn.fee).label("arrived"),
            PaymentReturn.bank_reference.label("back_reference"), back_match.line_id.label("back_line_id"),
            back_line.statement_id.label("back_statement_id"),
        )
        .join(paid, and_(paid.attempt_id == PaymentAttempt.id, paid.state == "paid"))
        .join(PaymentOrder, PaymentOrder.id == PaymentAttempt.order_id)
        .join(Project, Project.id == PaymentOrder.project_id)
        .join(Group, Group.id == Project.group_id)
        .join(Call, Call.id == Project.call_id)
        .join(Envelope, Envelope.id == Call.envelope_id)
        .join(PaymentAccount, PaymentAccount.id == PaymentAttempt.account_id)
        .outerjoin(TransmissionItem, TransmissionItem.attempt_id == PaymentAttempt.id)
        .outerjoin(batch, batch.id == TransmissionItem.transmission_id)
        .outerjoin(match, match.attempt_id == PaymentAttempt.id)
        .outerjoin(StatementLine, StatementLine.id == match.line_id)
        .outerjoin(
            PaymentReturn,
            and_(PaymentReturn.attempt_id == PaymentAttempt.id, PaymentReturn.confirmed_at.is_not(None)),
        )
        .outerjoin(back, back.reversal_of_id == PaymentReturn.pay_id)
        .outerjoin(back_match, back_match.transfer_id == back.id)
        .outerjoin(back_line, back_line.id == back_match.line_id)
        .where(
            or_(
                batch.payer_id == payer.id,
                and_(batch.id.is_(None), Envelope.fund_id == payer.fund_id, PaymentAccount.kind == payer.kind),
            )
        )
    ).all()  # fmt: skip
    left = [
        Movement("attempt", row[0], row[4], -row[1], (row[2], row[5]), row[6], row[3], row[7], *row[8:10])
        for row in rows
    ]
    return left + _came_back(rows)


def _receipts(payer: PayerAccount) -> list[Movement]:
    match = aliased(StatementMatch)
    rows = db.session.execute(
        select(FundReceipt, match.line_id, StatementLine.statement_id)
        .outerjoin(match, match.receipt_id == FundReceipt.id)
        .outerjoin(StatementLine, StatementLine.id == match.line_id)
        .where(FundReceipt.fund_id == payer.fund_id)
    )
    return [
        Movement(
            "receipt", one.id, one.moved_on, one.amount if one.kind == "receipt" else -one.amount, (one.bank_reference,),
            payer.fund.code, line_id=line_id, statement_id=statement_id,
        )
        for one, line_id, statement_id in rows
    ]  # fmt: skip


def _refunds(payer: PayerAccount) -> list[Movement]:
    match = aliased(StatementMatch)
    rows = db.session.execute(
        select(Transfer, Group.name, match.line_id, StatementLine.statement_id)
        .join(Envelope, Envelope.id == Transfer.envelope_id)
        .join(Project, Project.id == Transfer.project_id)
        .join(Group, Group.id == Project.group_id)
        .outerjoin(match, match.transfer_id == Transfer.id)
        .outerjoin(StatementLine, StatementLine.id == match.line_id)
        .where(Transfer.kind == "refund", Envelope.fund_id == payer.fund_id)
    )
    return [
        Movement(
            "transfer", one.id, one.at.astimezone(clock.BAMAKO).date(), one.amount, (one.reference,), name, line_id=line_id,
            statement_id=statement_id,
        )
        for one, name, line_id, statement_id in rows
    ]  # fmt: skip


def _came_back(rows) -> list[Movement]:
    """What of these payments came back: one movement for each that the ledger took back, as it arrived."""
    found: dict[int, list] = defaultdict(list)
    for row in rows:
        if row.back_id is not None:
            found[row.back_id].append(row)
    return [
        Movement(
            "transfer", back_id, max(one.returned_on for one in same), sum(one.arrived for one in same),
            tuple(dict.fromkeys(text for one in same for text in (one[3], one.back_reference, one[2]) if text)),
            same[0][6], same[0][3], line_id=same[0].back_line_id, statement_id=same[0].back_statement_id,
        )
        for back_id, same in found.items()
    ]  # fmt: skip


def pairs(lines: Iterable, movements: Iterable[Movement]) -> list[tuple[object, list[Movement]]]:
    """Which open movements each open line surely is: by a reference and the amount, as a whole batch, or by amount and day.

    By amount and day only where one line and one movement fit each other and nothing else.
    """
    lines, free = list(lines), {one.key: one for one in movements if one.line_id is None}
    found, taken = [], set()

    def take(line, chosen: list[Movement]) -> None:
        found.append((line, chosen))
        taken.add(line.id)
        for one in chosen:
            free.pop(one.key)

    for line in lines:
        said = _said(line)
        fitting = [one for one in free.values() if one.amount == line.amount and _named(one, said)]
        if len(fitting) == 1:
            take(line, fitting)
    for line in lines:
        if line.id not in taken and (whole := _batch(line, free.values())):
            take(line, whole)
    rest = [line for line in lines if line.id not in taken]
    near = {line.id: [one for one in free.values() if _near(line, one)] for line in rest}
    wanted = defaultdict(list)
    for line in rest:
        for one in near[line.id]:
            wanted[one.key].append(line.id)
    for line in rest:
        fitting = near[line.id]
        if len(fitting) == 1 and wanted[fitting[0].key] == [line.id]:
            take(line, fitting)
    return found


def _said(line) -> str:
    return " ".join(reference_key(text) for text in (line.reference, line.bank_reference, line.wording) if text)


def _named(one: Movement, said: str) -> bool:
    return any(len(key) >= 4 and key in said for key in map(reference_key, filter(None, one.references)))


def _batch(line, free: Iterable[Movement]) -> list[Movement]:
    """The movements of one batch that make the amount of a line, where its reference is named or the days are near."""
    batches = defaultdict(list)
    for one in free:
        if one.batch:
            batches[one.batch].append(one)
    whole = [
        chosen
        for batch, chosen in batches.items()
        if sum(one.amount for one in chosen) == line.amount
        and (reference_key(batch) in _said(line) or all(abs((line.day - one.day).days) <= NEAR for one in chosen))
    ]
    return whole[0] if len(whole) == 1 and len(whole[0]) > 1 else []


def _near(line, one: Movement) -> bool:
    return one.amount == line.amount and abs((line.day - one.day).days) <= NEAR
