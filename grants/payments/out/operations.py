"""Making batches: released payments are put together by account, and the files of each batch are made once and kept."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select

from grants import journal
from grants.access import policy
from grants.calls.rules import parse
from grants.core import clock
from grants.core.database import db
from grants.core.errors import Problem, Refused, collect
from grants.core.references import new_reference
from grants.documents import operations as documents
from grants.documents.checking import Examined
from grants.funds.models import Fund
from grants.groups.further_accounts import serves
from grants.payments.models import PaymentAttempt
from grants.payments.out import layouts, pain, papers, queries
from grants.payments.out.models import (
    PayerAccount,
    Transmission,
    TransmissionFile,
    TransmissionItem,
    WalletProfileVersion,
)
from grants.payments.wave import operations as wave
from grants.payments.wave import queries as wave_queries

MIME = {"pain001": "application/xml", "csv": "text/csv"}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A payment that is in no batch, and why."""

    attempt: PaymentAttempt
    reason: str


def transmit(references: list[str], *, execution_on: date | None, by) -> tuple[list[Transmission], list[LeftOut]]:
    """Put released payments into batches, one an account of the programme, and make their files.

    A payment whose fund has no account for it is left out, with the reason. Raises Problems for a day that is past,
    Refused where nothing of what was chosen waits any more. An attempt leaves in one batch only: the database says so.
    """
    policy.require(by, "payments.transmit")
    today = clock.today()
    collect(
        Problem(_("Choose the day on which the bank is to pay."), "execution_on") if execution_on is None else None,
        Problem(_("This day has passed."), "execution_on") if execution_on and execution_on < today else None,
    )
    attempts = queries.waiting(by, right="payments.transmit", references=references)
    if not attempts:
        raise Refused(_("None of these payments waits to leave."))
    payers = _locked_payers()
    groups, left = defaultdict(list), []
    for attempt in attempts:
        fund = attempt.order.project.call.envelope.fund
        payer = _payer_of(attempt, fund, payers)
        if why := _no_longer(attempt):
            left.append(LeftOut(attempt, why))
        elif payer is None:
            left.append(LeftOut(attempt, _no_payer(attempt, fund)))
        else:
            groups[payer].append(attempt)
    return [_batch(payer, chosen, execution_on, by) for payer, chosen in groups.items()], left


def _no_longer(attempt: PaymentAttempt) -> str | None:
    """Why what was released does not leave any more: days may lie between the release and the batch."""
    if attempt.account.number != attempt.account_number or not serves(attempt.account):
        return _("The account was closed or changed since the release: report this sending as failed.")
    if attempt.order.project.step == "suspended":
        return _("The micro-project is suspended.")
    return None


def _locked_payers() -> list[PayerAccount]:
    wanted = select(PayerAccount).where(PayerAccount.closed_at.is_(None)).order_by(PayerAccount.id)
    return list(db.session.scalars(wanted.with_for_update(of=PayerAccount)))


def _payer_of(attempt: PaymentAttempt, fund: Fund, payers: list[PayerAccount]) -> PayerAccount | None:
    """The account of the fund: for a wallet with the same operator, for a bank with the same bank, else with any."""
    here = [one for one in payers if one.fund_id == fund.id and one.kind == attempt.account.kind]
    same = [one for one in here if one.institution.casefold() == attempt.account.institution.casefold()]
    return next(iter(same or (here if attempt.account.kind == "bank" else [])), None)


def _no_payer(attempt: PaymentAttempt, fund: Fund) -> str:
    if attempt.account.kind == "bank":
        return _("The fund %(fund)s has no bank account of the programme.", fund=fund.code)
    return _("The fund %(fund)s has no wallet with %(operator)s.", fund=fund.code, operator=attempt.account.institution)


def _batch(payer: PayerAccount, attempts: list[PaymentAttempt], execution_on: date, by) -> Transmission:
    made = Transmission(
        reference=new_reference("LT"),
        payer_id=payer.id,
        channel=payer.kind,
        count=len(attempts),
        total=sum(one.amount for one in attempts),
        execution_on=execution_on,
        made_by_id=by.id,
        made_at=clock.now(),
    )
    db.session.add(made)
    db.session.flush()
    for position, attempt in enumerate(attempts, 1):
        order = attempt.order
        db.session.add(
            TransmissionItem(
                transmission_id=made.id,
                position=position,
                attempt_id=attempt.id,
                amount=attempt.amount,
                beneficiary=order.project.group.name,
                purpose=f"{order.reference} tranche {order.tranche.number} {order.project.title}"[:140],
            )
        )
    db.session.flush()
    db.session.expire(made, ["items", "files"])
    journal.record(
        made, "transmit", by=by, data={"count": made.count, "total": made.total, "from_ends_in": payer.number[-4:]}
    )
    if wave.carries(payer):
        wave.queue(made, by=by)
    for kind in kinds_of(made):
        if kind != "csv" or profile_of(payer.institution) is not None:
            make_file(made, kind, by=by)
    return made


def kinds_of(transmission: Transmission) -> tuple[str, ...]:
    """The files that a batch has: for a bank the transfers, the letter and the list; for an operator its own list."""
    if transmission.channel == "bank":
        return ("pain001", "letter", "list")
    # What leaves over Wave's interface is not handed over as a file too.
    return ("list",) if wave_queries.of_batch(transmission.id) else ("csv", "list")


def profile_of(operator: str) -> WalletProfileVersion | None:
    """The layout of an operator's list as it is today."""
    for profile in queries.profiles():
        if profile.operator.casefold() == operator.casefold():
            return profile.current
    return None


def make_file(transmission: Transmission, kind: str, *, by) -> TransmissionFile:
    """The file of a batch; one that was made is returned as it was made. Raises Refused where it cannot be made."""
    policy.require(by, "payments.transmit")
    made = db.session.scalar(
        select(TransmissionFile).where(
            TransmissionFile.transmission_id == transmission.id, TransmissionFile.kind == kind
        )
    )
    if made is not None:
        return made
    if kind not in kinds_of(transmission):
        raise Refused(_("This batch has no such file."))
    version = profile_of(transmission.payer.institution) if kind == "csv" else None
    if kind == "csv" and version is None:
        raise Refused(_("No list is described for %(operator)s.", operator=transmission.payer.institution))
    file = (
        papers.issue_letter(transmission, by=by).file if kind == "letter" else _stored(transmission, kind, version, by)
    )
    made = TransmissionFile(
        transmission_id=transmission.id,
        kind=kind,
        file_id=file.id,
        sha256=file.sha256,
        profile_version_id=version.id if version else None,
        made_by_id=by.id,
        made_at=clock.now(),
    )
    db.session.add(made)
    db.session.flush()
    db.session.expire(transmission, ["files"])
    journal.record(transmission, "make_file", by=by, data={"kind": kind, "sha256": file.sha256})
    return made


def _stored(transmission: Transmission, kind: str, version: WalletProfileVersion | None, by):
    content = {
        "pain001": lambda: pain.build(batch_of(transmission)),
        "csv": lambda: layouts.render(layouts.Layout.of(version.layout), lines_of(transmission)),
        "list": lambda: papers.workbook(transmission),
    }[kind]
    with force_locale("fr"):
        data = content()
    ending = {"pain001": "xml", "csv": "csv", "list": "xlsx"}[kind]
    examined = Examined(
        kind="sheet", mime=MIME.get(kind, XLSX), sha256="", data=data, name=f"{transmission.reference}.{ending}"
    )
    return documents.store(examined, by=by, subject=transmission)


def batch_of(transmission: Transmission) -> pain.Batch:
    """A batch as the bank is told of it."""
    return pain.Batch(
        reference=transmission.reference,
        made_at=transmission.made_at,
        execution_on=transmission.execution_on,
        payer=transmission.payer.holder,
        iban=transmission.payer.number,
        payments=tuple(
            pain.Payment(
                reference=item.attempt.reference,
                amount=item.amount,
                name=item.attempt.account.holder,
                iban=item.attempt.account_number,
                purpose=item.purpose,
                fees_borne_by=_fees_borne_by(item),
            )
            for item in transmission.items
        ),
    )


def _fees_borne_by(item) -> str:
    """Who bears the fees of a transfer: what the call of its micro-project says."""
    return parse(item.attempt.order.project.call.rules).fees_borne_by


def lines_of(transmission: Transmission) -> list[layouts.Line]:
    """A batch as an operator of wallets is told of it."""
    return [
        layouts.Line(
            position=item.position,
            number=item.attempt.account_number,
            amount=item.amount,
            holder=item.attempt.account.holder,
            beneficiary=item.beneficiary,
            reference=item.attempt.reference,
            purpose=item.purpose,
            day=transmission.execution_on,
            fees_borne_by=_fees_borne_by(item),
        )
        for item in transmission.items
    ]
