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
from grants.documents.rendering import Copies, RenderingFailed, pressed
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

    def put(_key, draft, copies):
        if draft is None:
            return
        if isinstance(copies, RenderingFailed):
            raise copies
        with unit_of_work():
            by = db.session.get_one(Person, by_id) if by_id is not None else None
            filed(put_down(draft, copies, by=by))

    yield from set_many(wanted, draw, put)


def set_many(
    wanted: Iterable[object],
    draw: Callable[[object], object],
    put: Callable[[object, object, Copies | RenderingFailed | None], None],
) -> Iterator[object]:
    """Draw up each of `wanted` (plain keys), set what is a draft, and put it down; yields each key once that is done.

    `draw(key)` runs in a reading transaction. `put(key, drawn, copies)` runs afterwards, in the order of the keys, and opens
    its own transactions; `copies` is None where `draw` returned no draft, and the failure where it could not be set.
    """
    count = cores()
    with presses(count) as free, ThreadPoolExecutor(count) as pool:
        waiting: deque = deque()
        try:
            for key in wanted:
                drawn = _drawn(draw, key)
                waiting.append((key, drawn, pool.submit(_set, free, drawn) if isinstance(drawn, Draft) else None))
                # Two for each press: none of them waits for this thread, and memory stays what it is.
                while len(waiting) >= 2 * count:
                    yield _put(put, *waiting.popleft())
            while waiting:
                yield _put(put, *waiting.popleft())
        finally:
            for _key, _drawn_up, future in waiting:
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
    except RenderingFailed as failed:
        return failed
    finally:
        free.put(press)


def _put(put, key, drawn, future):
    put(key, drawn, future.result() if future is not None else None)
    db.session.remove()
    return key
