"""Reads that several parts of one page ask for: asked of the database once while nothing can change."""

from collections.abc import Callable
from functools import wraps

from flask import has_request_context, request

from grants.core.unit_of_work import SAFE_METHODS

_KEPT = "benkan.reads"


def once_a_read(find: Callable) -> Callable:
    """Keep what `find(subject, *rest)` found until the end of a request that only reads.

    Such a request runs in a transaction that the database keeps from writing, so the answer cannot grow old. In any
    other request, and outside requests, every call asks anew. `rest` must be hashable; callers do not change the answer.
    """

    @wraps(find)
    def asked(subject, *rest):
        if not has_request_context() or request.method not in SAFE_METHODS or subject.id is None:
            return find(subject, *rest)
        kept = request.environ.setdefault(_KEPT, {})
        key = (find, type(subject), subject.id, rest)
        if key not in kept:
            kept[key] = find(subject, *rest)
        return kept[key]

    return asked
