"""The chart of accounts and the rules of booking: shipped ones put in place, others made on screen by a controller."""

import re
import tomllib
from pathlib import Path

from flask_babel import gettext as _
from sqlalchemy import func, select

from grants import journal
from grants.access import policy
from grants.books.labels import CASH, CHANNEL_LABELS, movement_label
from grants.books.models import CHANNELS, Account, BookingRule
from grants.books.queries import rules
from grants.core import clock
from grants.core.database import db
from grants.core.errors import Problem, Problems, collect
from grants.funds.models import MOVEMENTS

SHIPPED = Path(__file__).parent.parent / "sycebnl.toml"


class _Chart:
    """The chart as a whole has a history: accounts have numbers of their own kind, not those of subjects."""

    __subject__ = "book_chart"
    id = 1


CHART = _Chart()


def bookable() -> tuple[str, ...]:
    """What can be booked by a rule: the movements of the ledger that take nothing back, and the money of donors."""
    return ("receipt", "return", *(kind for kind in MOVEMENTS if kind not in rules.REVERSALS))


def install_chart() -> int:
    """Put the shipped accounts and rules in place where a database has none of its own; how many rules were new.

    A rule is shipped as its first version: what a programme changed since stays as it is.
    """
    data = tomllib.loads(SHIPPED.read_text(encoding="utf-8"))
    there = set(db.session.scalars(select(Account.number)))
    for row in data["account"]:
        if row["number"] not in there:
            db.session.add(Account(number=row["number"], name=row["name"]))
    db.session.flush()
    known = {(rule.movement, rule.channel) for rule in rules.versions()}
    made = 0
    for row in data["rule"]:
        key = (row["movement"], row.get("channel", "any"))
        if key in known or key[0] not in bookable():
            continue
        first, second = [*row["pairs"], [None, None], [None, None]][:2]
        db.session.add(
            BookingRule(
                movement=key[0], channel=key[1], version=1, debit=first[0], credit=first[1], also_debit=second[0],
                also_credit=second[1],
            )
        )  # fmt: skip
        made += 1
    db.session.flush()
    return made


def open_account(number: str, name: dict, *, by) -> Account:
    """Open an account. `name` is `{fr, en}`. Raises `Problems` for a number that is taken or not one."""
    policy.require(by, "books.manage")
    number = (number or "").strip()
    taken = bool(number) and db.session.get(Account, number) is not None
    collect(
        Problem(_("An account has 2 to 10 digits, for example 47112."), "number")
        if not re.fullmatch(r"[1-9][0-9]{1,9}", number)
        else None,
        Problem(_("The account %(number)s is there already.", number=number), "number") if taken else None,
        *_name_problems(name),
    )
    account = Account(number=number, name=name, by_id=by.id)
    db.session.add(account)
    db.session.flush()
    journal.record(CHART, "open_account", by=by, data={"account": number, "name": name})
    return account


def rename_account(account: Account, name: dict, *, by) -> Account:
    """Write the name of an account anew; its number and its entries stay."""
    policy.require(by, "books.manage")
    collect(*_name_problems(name))
    before = account.name
    account.name, account.by_id, account.at = name, by.id, clock.now()
    db.session.flush()
    if before != name:
        journal.record(CHART, "rename_account", by=by, data={"account": account.number, "from": before, "to": name})
    return account


def _name_problems(name: dict) -> list[Problem]:
    return [
        Problem(_("This is needed."), f"name_{language}")
        for language in ("fr", "en")
        if not (name.get(language) or "").strip()
    ]


def set_rule(
    movement: str, channel: str, pairs: list[tuple[str | None, str | None]], *, reason: str, by
) -> BookingRule:
    """Book a kind of movement otherwise from now on: one or two pairs of accounts debited and credited, or none.

    It makes a new version; what was booked stays. Raises `Problems`, all at once.
    """
    policy.require(by, "books.manage")
    if movement not in bookable() or channel not in CHANNELS:
        raise Problems(_("This cannot be booked."))
    found = [tuple(side or None for side in pair) for pair in pairs]
    filled = [pair for pair in found if pair != (None, None)]
    fields = (("debit", "credit"), ("also_debit", "also_credit"))
    known = set(db.session.scalars(select(Account.number)))
    problems = []
    for pair, names in zip([*found, (None, None), (None, None)][:2], fields, strict=True):
        if (pair[0] is None) != (pair[1] is None):
            empty = names[0] if pair[0] is None else names[1]
            problems.append(Problem(_("A pair needs the account debited and the account credited."), empty))
        elif pair[0] is not None and pair[0] == pair[1]:
            problems.append(Problem(_("Debit and credit must be two different accounts."), names[1]))
        problems.extend(
            Problem(_("The chart has no account %(number)s.", number=side), name)
            for side, name in zip(pair, names, strict=True)
            if side is not None and side not in known
        )
    if not filled and movement in CASH:
        problems.append(Problem(_("Money that moves through a bank or a wallet is always booked."), "debit"))
    collect(
        *problems,
        Problem(_("Say why, in a sentence."), "reason") if len((reason or "").strip()) < 10 else None,
    )
    return _new_version(movement, channel, filled, reason.strip(), by)


def _new_version(movement: str, channel: str, pairs: list, reason: str, by) -> BookingRule:
    newest = select(func.max(BookingRule.version)).where(
        BookingRule.movement == movement, BookingRule.channel == channel
    )
    first, second = [*pairs, (None, None), (None, None)][:2]
    rule = BookingRule(
        movement=movement, channel=channel, version=(db.session.scalar(newest) or 0) + 1, debit=first[0],
        credit=first[1], also_debit=second[0], also_credit=second[1], reason=reason, by_id=by.id,
    )  # fmt: skip
    db.session.add(rule)
    db.session.flush()
    words = f"{movement_label(movement)} ({CHANNEL_LABELS[channel]})"
    data = {"movement": words, "version": rule.version, "pairs": [list(pair) for pair in rule.pairs]}
    journal.record(rule, "change", by=by, reason=reason, data=data)
    return rule
