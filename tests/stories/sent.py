"""Many payments that left, made at once: copies of one that was played, each a file of its own."""

from types import SimpleNamespace

import sqlalchemy as sa

from grants.contracts.models import Contract
from grants.core import clock
from grants.core.database import db
from grants.core.portions import insert_rows
from grants.funds.models import AwardBalance, Envelope, Fund, Transfer
from grants.journal import Event
from grants.journal.chain import GENESIS, digest
from grants.journal.models import Head
from grants.lifecycle.waiting import FAR, Stay, Timer
from grants.payments.models import PaymentAttempt, PaymentOrder, Tranche
from grants.projects.models import Project

FIRST = 1_000_000
# What has happened to an order until it leaves.
UNTIL_SENT = ("prepare", "verify", "release")


def sent_copies(order: PaymentOrder, count: int, *, first: int = FIRST, places: tuple[str, ...] = ()) -> list[str]:
    """`count` payments like `order`, which was released: sent, awaited, with their ledger and their journal.

    Their files lie at `places` in turn (where the file of `order` lies, if none are given). Returns the references by which
    banks know them.
    """
    place = places or (order.place_code,)
    numbers = range(first, first + count)
    _enough(order, count)
    project, contract, tranche, sent, attempt = (
        _row(model, key)
        for model, key in ((Project, order.project_id), (Contract, order.tranche.contract_id), (Tranche, order.tranche_id),
                           (PaymentOrder, order.id), (PaymentAttempt, order.sendings[0].id))
    )  # fmt: skip
    code = {n: place[n % len(place)] for n in numbers}
    waiting = {"step": "sent", "waits_for": "finance_officer", "paid_on": None, "bank_reference": None, "attempts": 1,
               "failure": None, "received_on": None, "received_by": None, "receipt_id": None, "document_id": None,
               "live": True, "state_revision": 3}  # fmt: skip
    _insert(Project, ({**project, "id": n, "uuid": f"{n:036}", "reference": f"C-{n}", "place_code": code[n],
                       "step": "disbursement"} for n in numbers))  # fmt: skip
    _insert(Contract, ({**contract, "id": n, "project_id": n, "reference": f"CT-{n}"} for n in numbers))
    _insert(Tranche, ({**tranche, "id": n, "project_id": n, "contract_id": n, "number": 1, "amount": order.amount,
                       "held": 0, "retention": False} for n in numbers))  # fmt: skip
    _ledger(order, numbers)
    _insert(PaymentOrder, ({**sent, **waiting, "id": n, "project_id": n, "tranche_id": n, "reference": f"OP-{n}",
                            "place_code": code[n]} for n in numbers))  # fmt: skip
    _insert(PaymentAttempt, ({**attempt, "id": n, "order_id": n, "number": 1, "reference": f"OP-{n}", "key": f"{n:036}"}
                             for n in numbers))  # fmt: skip
    _journal(order, numbers)
    _waiting(order, code)
    return [f"OP-{n}" for n in numbers]


def _row(model, key) -> dict:
    return dict(db.session.execute(sa.select(model.__table__).where(model.id == key)).mappings().one())


def _insert(model, rows) -> None:
    db.session.execute(sa.insert(model.__table__), list(rows))


def _enough(order: PaymentOrder, count: int) -> None:
    """As much agreed and in the envelope as the copies take."""
    envelope = db.session.get_one(Envelope, _balance(order)["envelope_id"])
    more = order.amount * count
    fund = Fund.__table__
    db.session.execute(
        sa.update(fund)
        .where(fund.c.id == envelope.fund_id)
        .values(agreed=fund.c.agreed + more, agreed_cents=(fund.c.agreed + more) * 100, rate=10_000, currency="XOF",
                prefinanced=True)
    )  # fmt: skip
    db.session.execute(
        sa.insert(Transfer.__table__).values(key=f"copies:{clock.now()}", kind="endow", envelope_id=envelope.id, amount=more,
                                             reference="copies", at=clock.now())
    )  # fmt: skip


def _balance(order: PaymentOrder) -> dict:
    table = AwardBalance.__table__
    return dict(db.session.execute(sa.select(table).where(table.c.project_id == order.project_id)).mappings().one())


def _ledger(order: PaymentOrder, numbers) -> None:
    envelope = _balance(order)["envelope_id"]
    _insert(AwardBalance, ({"project_id": n, "envelope_id": envelope, "reserved": 0, "committed": 0, "paid": 0,
                            "justified": 0, "refunded": 0, "written_off": 0} for n in numbers))  # fmt: skip
    for kind in ("reserve", "commit"):
        # One statement, so that the counters move once.
        rows = [{"key": f"{kind}:C-{n}", "kind": kind, "envelope_id": envelope, "project_id": n, "amount": order.amount,
                 "reference": f"C-{n}", "at": order.sent_at} for n in numbers]  # fmt: skip
        insert_rows(Transfer.__table__, rows)


def _journal(order: PaymentOrder, numbers) -> None:
    table = Event.__table__
    wanted = sa.select(table).where(
        table.c.subject_kind == "payment_order", table.c.subject_id == order.id, table.c.action.in_(UNTIL_SENT)
    )
    found = db.session.execute(wanted.order_by(table.c.seq).limit(len(UNTIL_SENT))).mappings()
    events = [{**row, "seq": seq} for seq, row in enumerate(found, 1)]
    rows, heads = [], []
    for n in numbers:
        before = GENESIS
        for event in events:
            row = {name: value for name, value in event.items() if name != "id"} | {
                "subject_id": n,
                "prev_hash": before,
            }
            before = row["hash"] = digest(SimpleNamespace(**row))
            rows.append(row)
        heads.append({"subject_kind": "payment_order", "subject_id": n, "seq": len(events), "hash": before})
    _insert(Event, rows)
    _insert(Head, heads)


def _waiting(order: PaymentOrder, code: dict[int, str]) -> None:
    about = {"subject_kind": "payment_order"}
    stay = {**about, "workflow_version_id": order.workflow_version_id, "step": "sent", "waits_for": "finance_officer",
            "category": order.project.kind, "entered_at": order.step_since, "due_at": order.due_at,
            "order_at": order.due_at or FAR}  # fmt: skip
    _insert(Stay, ({**stay, "subject_id": n, "place_code": place} for n, place in code.items()))
    if order.due_at:
        for rule in range(2):
            _insert(Timer, ({**about, "subject_id": n, "rule": f"sent/{rule}", "due_at": order.due_at, "tries": 0}
                            for n in code))  # fmt: skip
