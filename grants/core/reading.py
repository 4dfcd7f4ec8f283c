"""Reads that several parts of one page ask for: asked of the database once while nothing can change."""

from collections.abc import Callable
from functools import wraps

from flask import has_request_context, request

from grants.core.unit_of_work import SAFE_METHODS

_KEPT = "benkan.reads"


def only_reading() -> bool:
    """Whether this request only reads: its transaction is kept from writing, so what it has read cannot grow old."""
    return has_request_context() and request.method in SAFE_METHODS


def once_a_read(find: Callable) -> Callable:
    """Keep what `find(subject, *rest)` found until the end of a request that only reads.

    Such a request runs in a transaction that the database keeps from writing, so the answer cannot grow old. In any
    other request, and outside requests, every call asks anew. `rest` must be hashable; callers do not change the answer.
    """

    @wraps(find)
    def asked(subject, *rest):
        if not only_reading() or subject.id is None:
            return find(subject, *rest)
        kept = request.environ.setdefault(_KEPT, {})
        key = (find, type(subject), subject.id, rest)
        if key not in kept:
            kept[key] = find(subject, *rest)
        return kept[key]

    return asked
