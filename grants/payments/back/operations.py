"""Taking over a return: first what would happen, row by row, then all of it in one transaction or nothing."""

import hashlib
from collections import Counter
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from grants import journal, lifecycle
from grants.access import policy
from grants.core import clock
from grants.core.database import db
from grants.core.errors import Problem, Problems, Refused, collect
from grants.core.formatting import moment
from grants.core.portions import insert_rows
from grants.core.references import new_reference
from grants.documents import jobs
from grants.payments.back import iso, layouts, matching, queries, reasons
from grants.payments.back.matching import Finding
from grants.payments.back.models import FOR_A_PERSON, PROGRAMME, ReturnFile, ReturnProfile, ReturnRow
from grants.payments.back.records import Record, Unreadable, keys
from grants.payments.models import PaymentOrder
from grants.payments.splits import operations as parts
from grants.payments.splits import queries as split_queries
from grants.payments.splits.models import PaymentPart

RECEIPTS = "receipts_of_return"


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What applying a file would do: its bytes' digest, its form, the profile that read it, and each row's finding."""

    sha256: str
    format: str
    profile: ReturnProfile | None
    findings: list[Finding]
    keys: list[str]

    @property
    def counts(self) -> Counter:
        """How many rows have each finding, matched ones by what they bring: `paid`, `failed`."""
        return Counter(one.record.state if one.finding == "matched" else one.finding for one in self.findings)

    @property
    def totals(self) -> Counter:
        """The francs of each of these."""
        found: Counter = Counter()
        for one in self.findings:
            found[one.record.state if one.finding == "matched" else one.finding] += one.record.amount or 0
        return found


def read(data: bytes, profile: ReturnProfile | None) -> tuple[str, list[Record]]:
    """The form of a file and its records. Raises Problems at the field that mends it."""
    try:
        if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
            message = iso.read(data)
            if message.format == "camt053":
                raise Unreadable(_("This is a statement of an account: reconcile it on the page of statements."))
            return message.format, message.records
        if profile is None:
            raise Problems(Problem(_("Choose the description by which this file is read."), "profile"))
        form = "xlsx" if data.startswith(b"PK\x03\x04") else "csv"
        return form, layouts.read(layouts.Reading.of(profile.layout), data)
    except Unreadable as refusal:
        raise Problems([Problem(text, "file") for text in refusal.problems]) from refusal


def rehearse(data: bytes, profile: ReturnProfile | None, *, by) -> Rehearsal:
    """Read a return as it would be applied, and change nothing. Raises Problems: unreadable, or applied already."""
    policy.require(by, "payments.reconcile", PROGRAMME)
    sha256 = hashlib.sha256(data).hexdigest()
    _refuse_known(sha256)
    form, records = read(data, profile)
    said = keys(records)
    known = queries.rows_of_keys(said)
    earlier = {record.position: known[key] for record, key in zip(records, said, strict=True) if key in known}
    found = matching.plan(records, queries.book(), earlier, today=clock.today(), by_id=by.id, own=queries.own(by))
    return Rehearsal(sha256, form, profile if form in ("csv", "xlsx") else None, found, said)


def _refuse_known(sha256: str) -> None:
    there = queries.file_of(sha256)
    if there is not None:
        text = _(
            "This very file was applied already: %(reference)s, by %(name)s, %(when)s.",
            reference=there.reference, name=there.applied_by.name, when=moment(there.applied_at),
        )  # fmt: skip
        raise Problems(Problem(text, "file"))


def apply(data: bytes, profile: ReturnProfile | None, *, name: str, by) -> ReturnFile:
    """Apply a return: keep every row, confirm what was paid, report what was refused; all of it or nothing.

    Receipts are printed afterwards, by a job. Raises Problems where the file was applied already (also by somebody
    else at the same moment) or where a payment moved meanwhile; what was done until then is undone by the caller's
    savepoint.
    """
    rehearsal = rehearse(data, profile, by=by)
    made = ReturnFile(
        reference=new_reference("RP"), name=name[:160], sha256=rehearsal.sha256, format=rehearsal.format,
        profile_id=rehearsal.profile.id if rehearsal.profile else None, count=len(rehearsal.findings),
        applied_by_id=by.id, applied_at=clock.now(),
    )  # fmt: skip
    try:
        with db.session.begin_nested():
            db.session.add(made)
            db.session.flush()
            _act(rehearsal.findings, made, by)
            rows = zip(rehearsal.findings, rehearsal.keys, strict=True)
            insert_rows(ReturnRow.__table__, [_row(made, finding, key) for finding, key in rows])
    except IntegrityError as twice:
        # Somebody else applied this file, or one with the same rows, at the same moment.
        db.session.expire_all()
        _refuse_known(rehearsal.sha256)
        raise Problems(
            Problem(_("Somebody else has just applied a file with the same rows: read it again."), "file")
        ) from twice
    journal.record(
        made, "apply", by=by,
        data={"file": made.name, "sha256": made.sha256, "rows": made.count, **dict(sorted(rehearsal.counts.items()))},
    )  # fmt: skip
    if rehearsal.counts["paid"]:
        jobs.ask(RECEIPTS, made, by=by)
    return made


def _act(findings: list[Finding], made: ReturnFile, by) -> None:
    """Take the act of each matched row, the orders always in the same sequence: all those of whole payments at once."""
    matched = sorted((one for one in findings if one.finding == "matched"), key=lambda one: one.payment.order_id)
    in_parts = split_queries.parts_of_attempts([one.payment.attempt_id for one in matched])
    whole = [one for one in matched if one.payment.attempt_id not in in_parts]
    refused = {}
    try:
        asked = [_asked(one.payment.order_id, one.record, _origin(made, one), later=True) for one in whole]
        lifecycle.perform_each(PaymentOrder, asked, by=by)
    except lifecycle.NotAll as refusals:
        refused = {whole[place].record.position: why for place, why in refusals.refusals.items()}
    for one in matched:
        if (part := in_parts.get(one.payment.attempt_id)) is not None:
            try:
                _settle_part(part, one.record, origin=_origin(made, one), later=True, by=by)
            except (Refused, Problems) as refusal:
                refused[one.record.position] = refusal
    told = (_("Row %(number)s: %(text)s", number=number, text=str(why)) for number, why in sorted(refused.items()))
    collect(*(Problem(text, "file") for text in told))


def _origin(made: ReturnFile, one: Finding) -> str:
    return f"{made.reference}/{one.record.position}"


def settle(order: PaymentOrder, said, *, origin: str, by, part: PaymentPart | None = None) -> None:
    """Confirm or report as failed what a row says of an order, through the one engine. `origin` names the row.

    `part`: of an order that leaves in several parts, the one that the row is about.
    """
    if part is not None:
        _settle_part(part, said, origin=origin, later=False, by=by)
        return
    asked = _asked(order.id, said, origin, later=False)
    lifecycle.perform(order, asked.action, by=by, data=asked.data)


def _asked(order_id: int, said, origin: str, *, later: bool) -> lifecycle.Asked:
    """The act by which a row is taken over. `later`: the receipt is printed afterwards, by whoever applies many at once."""
    if said.state != "paid":
        return lifecycle.Asked(order_id, "report_failure", {"reason": _why(said, origin)})
    # Where the bank gives no reference, the row of the file is what can be found again.
    reference = matching.bank_reference_of(said) or origin
    data = {"paid_on": said.day, "bank_reference": reference, "receipt_later": later}
    return lifecycle.Asked(order_id, "confirm", data)


def _why(said, origin: str) -> str:
    why = reasons.in_words(said.reason) or _("Refused by the bank or the operator, without a reason")
    return f"{why} [{origin}]"[:300]


def _settle_part(part: PaymentPart, said, *, origin: str, later: bool, by) -> None:
    if said.state == "paid":
        reference = matching.bank_reference_of(said) or origin
        parts.settle(part, "paid", paid_on=said.day, reference=reference, receipt_later=later, by=by)
    else:
        parts.settle(part, "failed", detail=_why(said, origin), by=by)


def _row(made: ReturnFile, one: Finding, key: str) -> dict:
    record = one.record
    return {
        "file_id": made.id, "position": record.position, "key": key, "earlier_id": one.earlier_id,
        "reference": record.reference, "account": record.account, "amount": record.amount, "day": record.day,
        "state": record.state, "bank_reference": record.bank_reference, "reason": record.reason, "wording": record.wording,
        "finding": one.finding, "found_by": one.found_by, "attempt_id": one.payment.attempt_id if one.payment else None,
    }  # fmt: skip


def save_profile(name: str, reading: layouts.Reading, *, by) -> ReturnProfile:
    """Keep a description as the next version under its name. An unchanged one makes no version."""
    policy.require(by, "payments.configure")
    name = " ".join((name or "").split())
    current = next((one for one in queries.profiles() if one.name == name), None)
    collect(
        None if name else Problem(_("Give the list a name."), "name"),
        None if reading.purpose in layouts.PURPOSES else Problem(_("Say what the files are."), "purpose"),
        *reading.problems(),
    )
    if current is not None and current.layout == reading.data():
        return current
    made = ReturnProfile(
        name=name, number=current.number + 1 if current else 1, purpose=reading.purpose, layout=reading.data(),
        made_by_id=by.id, made_at=clock.now(),
    )  # fmt: skip
    try:
        with db.session.begin_nested():
            db.session.add(made)
            db.session.flush()
    except IntegrityError as twice:
        raise Problems(
            Problem(_("Somebody else has just changed this description: look at it first."), "name")
        ) from twice
    journal.record(made, "save", by=by, data={"name": name, "version": made.number})
    return made


def to_triage(findings: list[Finding]) -> int:
    """How many rows a person must look at."""
    return sum(one.finding in FOR_A_PERSON for one in findings)
