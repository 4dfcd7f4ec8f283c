"""One order in which rows are held, so that no two acts wait for each other in a circle.

A file comes before all that is part of it: its contract, amendments, orders, visits and claims. Of several, the one
with the lower id comes first. What lies outside the file (accounts, the envelope, its fund) is held after it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable

from sqlalchemy import select

from grants.core.database import db
from grants.core.portions import among, portions
from grants.lifecycle import registry


def hold(*subjects, wait: bool = True) -> bool:
    """Hold subjects, each with the one that it is part of before it, until the transaction ends, and read them as they are.

    Without `wait` what somebody else holds is not waited for: whether all are held. Whoever acts on several subjects in one
    transaction holds them all at once, before the first. (SQLite holds the whole file already.)
    """
    db.session.flush()
    wholes = [one if one.whole is None else one.whole for one in subjects]
    parts = [one for one in subjects if one.whole is not None]
    return _held(wholes, wait) and _held(parts, wait)


def hold_each(model: type, ids: Collection[int]) -> dict[int, object]:
    """`hold` for many subjects of one kind, by their ids; those that are there, with what acting on them reads."""
    db.session.flush()
    _hold_wholes_of(model, ids)
    kind = registry.kinds.get(model.__subject__)
    eager = kind.acting if kind and len(ids) > 1 else ()
    return _rows(model, ids, *eager)


def _hold_wholes_of(model: type, ids: Collection[int]) -> None:
    """Hold what subjects of one kind are part of, before they are held themselves. It is not read: there may be thousands."""
    if not model.__part_of__:
        return
    relation = getattr(model, model.__part_of__).property
    (key,), whole = relation.local_columns, relation.mapper.class_
    found: set[int] = set()
    for some in portions(sorted(ids)):
        found.update(db.session.scalars(select(key).where(among(model.id, some))))
    for some in portions(sorted(found)):
        wanted = select(whole.id).where(among(whole.id, some)).order_by(whole.id)
        db.session.execute(wanted.with_for_update(key_share=True)).all()


def _held(rows: Iterable, wait: bool) -> bool:
    ids = defaultdict(set)
    for row in rows:
        ids[type(row)].add(row.id)
    held = sum(len(_rows(model, ids[model], wait=wait)) for model in sorted(ids, key=lambda model: model.__tablename__))
    return held == sum(map(len, ids.values()))


def _rows(model: type, ids: Collection[int], *options, wait: bool = True) -> dict[int, object]:
    found = {}
    # Always in the same order, so that two who take many never wait for each other in a circle.
    for some in portions(sorted(ids)):
        wanted = select(model).where(among(model.id, some)).order_by(model.id).options(*options)
        # Its key does not change: whoever only adds a row that points to it need not wait, nor be waited for.
        wanted = wanted.with_for_update(of=model, key_share=True, skip_locked=not wait)
        rows = db.session.scalars(wanted.execution_options(populate_existing=True)).unique()
        found |= {one.id: one for one in rows}
    return found
