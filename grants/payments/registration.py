"""What payments give to the house."""

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from grants import journal
from grants.access import policy
from grants.core import navigation, periodic
from grants.core.database import db
from grants.core.money import format_francs
from grants.documents.ownership import shows_files
from grants.lifecycle import Item, Kind, inbox, register_kind, via
from grants.lifecycle.work import report
from grants.lifecycle.work.figures import figure
from grants.payments import (  # noqa: F401  (importing registers what they hold)
    conditions,
    effects,
    file_section,
    forms,
    guards,
    queries,
    replanning,
    settings,
    wallets,
)
from grants.payments.back import printing  # noqa: F401  (importing registers the job)
from grants.payments.back import queries as back_queries
from grants.payments.back.models import PROGRAMME
from grants.payments.comebacks import effects as _comebacks  # noqa: F401  (importing registers its acts)
from grants.payments.comebacks import forms as _comeback_forms  # noqa: F401
from grants.payments.models import PaymentOrder
from grants.payments.out import queries as out_queries
from grants.payments.statements.models import Statement
from grants.payments.wave import queries as wave_queries
from grants.payments.wave import worker
from grants.projects.models import Project

navigation.entry(50, _l("Payments"), "payments.index", "payments.view")

register_kind(
    Kind(
        code="payment_order",
        model=PaymentOrder,
        load=queries.find,
        url=lambda order: url_for("payments.show", reference=order.reference),
        title=lambda order: _("Tranche %(number)s · %(title)s", number=order.tranche.number, title=order.project.title),
        eager=(joinedload(PaymentOrder.tranche), joinedload(PaymentOrder.project).joinedload(Project.group)),
        words=_l("Payment orders"),
        acting=(joinedload(PaymentOrder.project).load_only(Project.kind, Project.place_code, Project.call_id),),
    )
)


@via("payments.order")
def _where_receipts_are_recorded(project) -> str | None:
    order = queries.current_order(project)
    if order is None:
        return url_for("payments.tranches", reference=project.reference)
    return url_for("payments.show", reference=order.reference)


for _kind, _act, _words in (
    ("project", "lift_condition", _l("Condition lifted for one tranche")),
    ("payment_order", "lift_condition", _l("Condition lifted for one tranche")),
    ("project", "file_proof", _l("Proof of a condition filed")),
    ("payment_order", "part_paid", _l("Part of the payment confirmed")),
    ("payment_order", "part_failed", _l("Failure of a part reported")),
    ("payment_order", "part_unknown", _l("Outcome of a part unknown")),
    ("transmission", "transmit", _l("Batch made")),
    ("transmission", "make_file", _l("File of the batch made")),
    ("payer_account", "open", _l("Account of the programme opened")),
    ("payer_account", "close", _l("Account of the programme closed")),
    ("wallet_profile", "save", _l("List of an operator described")),
    ("payment_setting", "set", _l("Figure of the rules set")),
    ("return_file", "apply", _l("Return applied")),
    ("return_profile", "save", _l("Files of a bank or operator described")),
    ("return_ruling", "rule", _l("Row of a return ruled on")),
    ("bank_statement", "read", _l("Statement read")),
    ("bank_statement", "match", _l("Lines matched")),
    ("bank_statement", "unmatch", _l("Match taken back")),
    ("bank_statement", "explain", _l("Line explained")),
):
    journal.say(_kind, _act, _words)


@periodic.job("wave", order=55)
def _payouts_over_wave() -> int:
    """Send what waits for Wave, and ask about what was sent."""
    return worker.send_due()


@inbox
def _answers_of_wave(person):
    """What Wave has answered and nobody took over yet. One query."""
    number = wave_queries.waits(person) if policy.may(person, "payments.transmit") else 0
    if number:
        yield Item(
            title=ngettext("%(num)d answer of Wave to take over", "%(num)d answers of Wave to take over", number),
            note=_("Payouts over Wave"),
            url=url_for("wave.index"),
            why=_("your role"),
            due_at=None,
        )


@shows_files("transmission")
def _batches(person, transmission_id: int) -> bool:
    return out_queries.sees(person, transmission_id)


@shows_files("return_file")
def _returns(person, file_id: int) -> bool:
    return back_queries.sees(person, file_id)


@shows_files("bank_statement")
def _statements(person, statement_id: int) -> bool:
    return policy.sees(person, "payments.view", PROGRAMME) and db.session.get(Statement, statement_id) is not None


@figure
def _without_an_answer(person) -> dict | None:
    """Payments that left some days ago and of which nobody has said anything, for finance."""
    if not policy.may(person, "payments.reconcile") and not policy.may(person, "payments.verify"):
        return None
    number, _total = back_queries.unpaid_totals(person)
    return {
        "number": number,
        "label": ngettext("payment without an answer", "payments without an answer", number),
        "url": url_for("returns.unpaid"),
        "tone": "late" if number else None,
    }


@report.beside("project", "payment_order")
def _payments_without_an_answer(person) -> tuple[str, str, str] | None:
    """Payments that left some days ago stand at no step of their file: the report of what waits tells them beside it."""
    if not policy.may(person, "payments.view"):
        return None
    number, total = back_queries.unpaid_totals(person)
    if not number:
        return None
    words = ngettext(
        "%(num)d payment of %(total)s left at least %(days)s days ago and has no answer.",
        "%(num)d payments of %(total)s together left at least %(days)s days ago and have no answer.",
        number,
        total=format_francs(total),
        days=settings.value("unpaid_days"),
    )
    return words, url_for("returns.unpaid"), _("See them by age")


@inbox
def _rows_of_returns(person):
    """What banks and operators sent back and no rule could place. One query."""
    if not policy.sees(person, "payments.reconcile", PROGRAMME):
        return
    number = back_queries.triage_count()
    if number:
        yield Item(
            title=ngettext("%(num)d row of a return to be placed", "%(num)d rows of returns to be placed", number),
            note=_("What banks and operators sent back"),
            url=url_for("returns.to_rule"),
            why=_("your role"),
            due_at=None,
        )


@shows_files("payment_order")
def _files(person, order_id: int) -> bool:
    order = db.session.scalar(select(PaymentOrder).where(PaymentOrder.id == order_id))
    return order is not None and policy.sees(person, "payments.follow", order)
