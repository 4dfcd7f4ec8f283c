"""Comparing all counters with their movements, and keeping what was found."""

import time
from collections.abc import Callable

from grants.access import policy
from grants.core.database import db
from grants.funds import queries
from grants.funds.models import LedgerCheck

# What later slices compare besides: each yields a sentence for what does not add up.
_others: list[Callable[[], list[str]]] = []


def also_checks(check: Callable[[], list[str]]) -> Callable:
    """Register a comparison of a later slice; its sentences are kept beside those of the ledger."""
    if check not in _others:
        _others.append(check)
    return check


def check_ledger(*, by=None) -> LedgerCheck:
    """Compare every counter with the sum of its movements, and keep what was found.

    `by` is who asked for it; without anybody it is the nightly check. It changes nothing but the record of itself.
    """
    if by is not None:
        policy.require(by, "funds.check")
    began = time.monotonic()
    found = [str(difference) for difference in queries.check()]
    for check in _others:
        found.extend(check())
    took = round((time.monotonic() - began) * 1000)
    kept = LedgerCheck(by=by, compared=queries.compared(), milliseconds=took, differences=found)
    db.session.add(kept)
    db.session.flush()
    return kept
