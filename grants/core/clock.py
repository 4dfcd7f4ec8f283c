"""The only source of time: everything that asks what time it is asks here, so that tests and demo data can say."""

import contextvars
from contextlib import contextmanager
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

# Mali keeps UTC all year; the zone is named all the same so that the code says what it means.
BAMAKO = ZoneInfo("Africa/Bamako")

_set = contextvars.ContextVar("clock", default=None)


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return _set.get() or datetime.now(UTC)


def today() -> date:
    """The present day in Bamako."""
    return now().astimezone(BAMAKO).date()


@contextmanager
def at(instant: datetime):
    """Inside, the present is `instant` (aware)."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs its time zone")
    token = _set.set(instant.astimezone(UTC))
    try:
        yield
    finally:
        _set.reset(token)
