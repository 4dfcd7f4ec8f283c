"""What one row of a file of a bank or an operator says, whatever the form of the file; and files that cannot be read."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

MOST_ROWS = 20_000


class Unreadable(Exception):
    """A file is refused as a whole; `problems` say why in words for the person."""

    def __init__(self, *problems: str):
        self.problems = problems
        super().__init__("; ".join(problems))


@dataclass(frozen=True, slots=True)
class Record:
    """A row: whose payment, how much (francs, never below zero), when, and what became of it.

    `position` is the row's number in the file, from 1. `credit` says that money came in.
    """

    position: int
    state: str
    reference: str | None = None
    account: str | None = None
    amount: int | None = None
    day: date | None = None
    bank_reference: str | None = None
    reason: str | None = None
    wording: str | None = None
    credit: bool = False
    balance: int | None = None


def keys(records: Iterable[Record]) -> list[str]:
    """What tells each row in another file, wherever it stands there. Rows that say the same are told apart by their count."""
    seen: Counter = Counter()
    found = []
    for one in records:
        said = (
            one.state, one.reference, one.account, one.amount, one.day, one.bank_reference, one.reason, one.wording, one.credit,
        )  # fmt: skip
        seen[said] += 1
        found.append(hashlib.sha256(repr((*said, seen[said])).encode()).hexdigest())
    return found


def short(text: str | None, limit: int) -> str | None:
    """A text on one line, without control signs, no longer than a column; None where nothing is left."""
    if text is None:
        return None
    plain = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return plain[:limit] or None
