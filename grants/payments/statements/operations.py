"""Reading a statement, matching its lines by rule and by hand, and saying what a line is that is none of ours."""

import hashlib

from flask_babel import gettext as _
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from grants import journal
from grants.access import policy
from grants.core import clock
from grants.core.database import db
from grants.core.errors import Problem, Problems, collect
from grants.core.formatting import moment
from grants.core.money import format_francs
from grants.core.references import new_reference
from grants.payments.back import iso, layouts
from grants.payments.back.matching import account_key
from grants.payments.back.models import PROGRAMME, ReturnProfile
from grants.payments.back.records import Record, Unreadable, keys
from grants.payments.out.models import PayerAccount
from grants.payments.statements import movements, queries
from grants.payments.statements.models import Statement, StatementLine, StatementMatch, StatementNote

RIGHT = "payments.reconcile"


def take_over(
    data: bytes, payer: PayerAccount | None, profile: ReturnProfile | None, *, name: str, opening: int | None = None,
    closing: int | None = None, by,
) -> Statement:  # fmt: skip
    """Read a statement of one of our accounts and match what can surely be matched. Nothing in the ledger changes.

    `opening` and `closing` (francs, with their sign) are needed for a table; a message of the bank (camt.053) has its
    own. Raises Problems: unreadable, not this account, read already, or the balances do not add up to the franc.
    """
    policy.require(by, RIGHT, PROGRAMME)
    sha256 = hashlib.sha256(data).hexdigest()
    _refuse_known(sha256)
    collect(Problem(_("Choose the account of the programme."), "payer") if payer is None else None)
    records, opening, closing, from_day, to_day = _read(data, payer, profile, opening, closing)
    records = [one for one in records if one.amount]
    moved, undated = sum(_signed(one) for one in records), any(one.day is None for one in records)
    collect(
        Problem(_("The balance at the beginning is needed."), "opening") if opening is None else None,
        Problem(_("The balance at the end is needed."), "closing") if closing is None else None,
        Problem(_("A line has no day: nothing surely says when its money moved."), "file") if undated else None,
        None if records else Problem(_("This file holds no line."), "file"),
    )  # fmt: skip
    if opening + moved != closing:
        text = _(
            "%(opening)s and what moved make %(sum)s, not %(closing)s: a line is missing, or a balance is wrong.",
            opening=format_francs(opening), sum=format_francs(opening + moved), closing=format_francs(closing),
        )  # fmt: skip
        raise Problems(Problem(text, "closing"))
    days = [one.day for one in records]
    made = Statement(
        reference=new_reference("RL"), payer_id=payer.id, name=name[:160], sha256=sha256,
        from_day=min([*days, *filter(None, [from_day])]), to_day=max([*days, *filter(None, [to_day])]),
        opening=opening, moved=moved, closing=closing, count=len(records), read_by_id=by.id, read_at=clock.now(),
    )  # fmt: skip
    try:
        with db.session.begin_nested():
            db.session.add(made)
            db.session.flush()
            rows = zip(records, keys(records), strict=True)
            db.session.execute(insert(StatementLine), [_line(made, record, key) for record, key in rows])
    except IntegrityError as twice:
        db.session.expire_all()
        _refuse_known(sha256)
        raise Problems(
            Problem(_("Lines of this file stand in an earlier statement of this account."), "file")
        ) from twice
    facts = {"file": made.name, "sha256": sha256, "lines": made.count, "opening": opening, "closing": closing}
    journal.record(made, "read", by=by, data=facts)
    match_by_rule(made, by=by)
    return made


def _refuse_known(sha256: str) -> None:
    there = queries.of_bytes(sha256)
    if there is not None:
        text = _(
            "This very file was read already: %(reference)s, by %(name)s, %(when)s.",
            reference=there.reference, name=there.read_by.name, when=moment(there.read_at),
        )  # fmt: skip
        raise Problems(Problem(text, "file"))


def _read(data: bytes, payer: PayerAccount, profile: ReturnProfile | None, opening, closing):
    try:
        if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
            message = iso.read(data)
            if message.format != "camt053":
                raise Unreadable(_("This is no statement of an account: read it on the page of returns."))
            if message.account and account_key(message.account) != account_key(payer.number):
                raise Unreadable(_("This is the statement of another account, … %(end)s.", end=message.account[-4:]))
            records = [one for one in message.records if one.state != "pending"]
            return (
                records, opening if message.opening is None else message.opening,
                closing if message.closing is None else message.closing, message.opened_on, message.closed_on,
            )  # fmt: skip
        if profile is None:
            raise Problems(Problem(_("Choose the description by which this file is read."), "profile"))
        return layouts.read(layouts.Reading.of(profile.layout), data), opening, closing, None, None
    except Unreadable as refusal:
        raise Problems([Problem(text, "file") for text in refusal.problems]) from refusal


def _signed(record: Record) -> int:
    return record.amount if record.credit else -record.amount


def _line(made: Statement, record: Record, key: str) -> dict:
    return {
        "statement_id": made.id, "payer_id": made.payer_id, "position": record.position, "key": key, "day": record.day,
        "amount": _signed(record), "reference": record.reference, "bank_reference": record.bank_reference,
        "wording": record.wording,
    }  # fmt: skip


def match_by_rule(statement: Statement, *, by) -> int:
    """Match what can surely be matched now; how many lines were."""
    policy.require(by, RIGHT, PROGRAMME)
    _lock(statement.payer_id)
    found = movements.pairs(queries.open_lines(statement), movements.of_account(statement.payer))
    for line, chosen in found:
        _put(line, chosen, None)
    db.session.flush()
    if found:
        journal.record(statement, "match", by=by, data={"lines": len(found)})
    return len(found)


def _lock(payer_id: int) -> None:
    """Let two people match the lines of one account one after the other."""
    db.session.execute(select(PayerAccount.id).where(PayerAccount.id == payer_id).with_for_update())


def _put(line: StatementLine, chosen: list[movements.Movement], by) -> None:
    for one in chosen:
        column = {"attempt": "attempt_id", "receipt": "receipt_id", "transfer": "transfer_id"}[one.kind]
        values = {column: one.id, "line_id": line.id, "amount": one.amount, "by_id": by.id if by else None}
        db.session.add(StatementMatch(**values, at=clock.now()))


def match(line: StatementLine, chosen: list[str], *, by) -> None:
    """Match a line with movements (by their keys) that make its amount to the franc. Raises Problems."""
    policy.require(by, RIGHT, PROGRAMME)
    _lock(line.payer_id)
    known = {one.key: one for one in movements.of_account(line.statement.payer) if one.line_id is None}
    found = [known[key] for key in dict.fromkeys(chosen) if key in known]
    total = sum(one.amount for one in found)
    collect(
        _open(line),
        None if found and len(found) == len(set(chosen)) else Problem(_("Tick movements that are on no line yet."), "movement"),
        Problem(
            _("What is ticked makes %(sum)s, the line %(amount)s.", sum=format_francs(total), amount=format_francs(line.amount)),
            "movement",
        )
        if found and total != line.amount
        else None,
    )  # fmt: skip
    try:
        with db.session.begin_nested():
            _put(line, found, by)
            db.session.flush()
    except IntegrityError as twice:
        raise Problems(Problem(_("Somebody else has just matched one of these."))) from twice
    db.session.expire(line, ["matches"])
    facts = {"line": line.position, "movements": [one.order or one.references[0] for one in found]}
    journal.record(line.statement, "match", by=by, data=facts)


def _open(line: StatementLine) -> Problem | None:
    there = select(StatementMatch.id).where(StatementMatch.line_id == line.id).limit(1)
    noted = select(StatementNote.id).where(StatementNote.line_id == line.id)
    if db.session.scalar(there) is not None or db.session.scalar(noted) is not None:
        return Problem(_("This line is matched or explained already."))
    return None


def unmatch(line: StatementLine, reason: str, *, by) -> None:
    """Take back the matches of a line, with a reason in the journal. Raises Problems."""
    policy.require(by, RIGHT, PROGRAMME)
    _lock(line.payer_id)
    db.session.refresh(line, ["matches"])
    reason = " ".join((reason or "").split())
    collect(
        None if line.matches else Problem(_("This line is not matched.")),
        None if len(reason) >= 5 else Problem(_("Say why, in a few words."), "reason"),
    )
    for one in list(line.matches):
        db.session.delete(one)
    db.session.flush()
    db.session.expire(line, ["matches"])
    journal.record(line.statement, "unmatch", by=by, data={"line": line.position}, reason=reason)


def explain(line: StatementLine, text: str, *, by) -> None:
    """Say what a line is that is none of our movements, such as a fee. It stays in the difference. Raises Problems."""
    policy.require(by, RIGHT, PROGRAMME)
    _lock(line.payer_id)
    text = " ".join((text or "").split())[:300]
    collect(_open(line), None if len(text) >= 5 else Problem(_("Say what it is, in a few words."), "text"))
    db.session.add(StatementNote(line_id=line.id, text=text, by_id=by.id, at=clock.now()))
    db.session.flush()
    db.session.expire(line, ["note"])
    journal.record(line.statement, "explain", by=by, data={"line": line.position}, reason=text)
