"""Pages of long lists by key: the next page begins after the last row seen, however far down the list is."""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, and_, or_

from grants.core.database import db


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of a list and the token by which the next ones are asked for (None at the end)."""

    items: list
    next: str | None


def keyset(select: Select, *, order: list, after: str | None = None, size: int = 50) -> Page:
    """Run a select of one entity, ordered by columns of which the last is unique.

    `order` holds columns, or `desc(column)`; none of them may be NULL. A token that makes no sense begins at the top.
    """
    columns = [getattr(o, "element", o) for o in order]
    if after and (values := values_of(after, columns)):
        steps = []
        for i, (clause, column) in enumerate(zip(order, columns, strict=True)):
            falling = clause is not column
            beyond = column < values[i] if falling else column > values[i]
            steps.append(and_(*(c == v for c, v in zip(columns[:i], values[:i], strict=True)), beyond))
        select = select.where(or_(*steps))
    rows = db.session.execute(select.add_columns(*columns).order_by(*order).limit(size + 1)).unique().all()
    items = [row[0] for row in rows[:size]]
    token = _token(list(rows[size - 1][-len(columns) :])) if len(rows) > size else None
    return Page(items, token)


def _token(values: list) -> str:
    plain = [v.isoformat() if isinstance(v, (date, datetime)) else v for v in values]
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def values_of(token: str, columns: list) -> list | None:
    """The values of the columns in the last row before the page that a token asks for; None if it is no token."""
    try:
        plain = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        if not isinstance(plain, list) or len(plain) != len(columns):
            return None
        return [_typed(value, column.type.python_type) for value, column in zip(plain, columns, strict=True)]
    except (ValueError, TypeError, binascii.Error):
        return None


def _typed(value, kind: type):
    if kind in (date, datetime):
        return kind.fromisoformat(value)
    if not isinstance(value, kind):
        raise ValueError(value)
    return value
