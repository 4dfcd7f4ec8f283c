"""Many documents, set on all cores: each core has a press of its own, and one thread here files what comes out.

What is drawn up is read in short transactions, what is set is filed in short transactions: between them nothing is
held, so people go on working, and a stop or a `kill -9` loses no more than what is in the presses.
"""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from queue import SimpleQueue

from flask_babel import force_locale

from grants.access.models import Person
from grants.core.database import db, mode
from grants.core.unit_of_work import unit_of_work
from grants.documents.models import Document
from grants.documents.operations import Draft, put_down
from grants.documents.rendering import pressed
from grants.documents.sandbox import Press


def cores() -> int:
    """How many presses work at once: one for each core that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def presses(count: int):
    """A queue of running presses; they end with the context."""
    with ExitStack() as stack:
        free = SimpleQueue()
        for _number in range(count):
            press = Press()
            stack.callback(press.close)
            free.put(press)
        yield free


def issue_many(
    wanted: Iterable[object],
    draw: Callable[[object], Draft | None],
    *,
    by_id: int | None,
    filed: Callable[[Document], None] = lambda document: None,
) -> Iterator[object]:
    """Issue a document for each of `wanted` (plain keys); yields each key once its document is filed.

    `draw(key)` runs in a reading transaction and returns a draft, or None where there is nothing to do (any more).
    `filed(document)` runs in the transaction that files it.
    """
    count = cores()
    with presses(count) as free, ThreadPoolExecutor(count) as pool:
        waiting: deque = deque()
        try:
            for key in wanted:
                draft = _drawn(draw, key)
                waiting.append((key, draft, pool.submit(_set, free, draft) if draft is not None else None))
                # Two for each press: none of them waits for this thread, and memory stays what it is.
                while len(waiting) >= 2 * count:
                    yield _put(waiting.popleft(), by_id, filed)
            while waiting:
                yield _put(waiting.popleft(), by_id, filed)
        finally:
            for _key, _draft, future in waiting:
                if future is not None:
                    future.cancel()


def _drawn(draw, key):
    with mode("read"), force_locale("fr"):
        try:
            return draw(key)
        finally:
            db.session.rollback()
            db.session.remove()


def _set(free, draft):
    press = free.get()
    try:
        return pressed(draft.kind, draft.whole, press=press)
    finally:
        free.put(press)


def _put(waiting, by_id, filed):
    key, draft, future = waiting
    if draft is not None:
        copies = future.result()
        with unit_of_work():
            by = db.session.get_one(Person, by_id) if by_id is not None else None
            filed(put_down(draft, copies, by=by))
        db.session.remove()
    return key
