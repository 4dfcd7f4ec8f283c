"""What is read about the texts of contracts: which one holds for a file on a day."""

from collections.abc import Mapping
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from grants.contracts.clauses.parts import parts
from grants.contracts.models import ClauseSet, ClauseVersion
from grants.core.database import db
from grants.core.errors import NotFound, Refused


def texts_for(call_id: int | None, kind: str | None, on: date) -> Mapping[str, ClauseVersion]:
    """The version of each part that holds for a call and a kind on a day: the most specific text, and its newest version.

    Raises Refused where a part has no text at all.
    """
    rows = db.session.scalars(
        select(ClauseVersion)
        .join(ClauseVersion.clause_set)
        .options(contains_eager(ClauseVersion.clause_set))
        .where(
            ClauseVersion.published_at.is_not(None),
            ClauseVersion.valid_from <= on,
            or_(ClauseSet.call_id.is_(None), ClauseSet.call_id == call_id),
            or_(ClauseSet.kind.is_(None), ClauseSet.kind == kind),
        )
    )
    found: dict[str, ClauseVersion] = {}
    for row in sorted(rows, key=_weight):
        found[row.clause_set.part] = row
    missing = [part.heading for code, part in parts().items() if code not in found]
    if missing:
        raise Refused(_("These parts of the contract have no text yet: %(parts)s.", parts=" · ".join(missing)))
    return {code: found[code] for code in parts()}


def _weight(version: ClauseVersion):
    """A call says more than a kind, a later day more than an earlier one."""
    scope = version.clause_set
    return (scope.call_id is not None, scope.kind is not None, version.valid_from, version.number)


def sets() -> list[ClauseSet]:
    """All texts with their versions, in the order of the contract, the general one of a part first."""
    order = list(parts())
    rows = db.session.scalars(select(ClauseSet).options(joinedload(ClauseSet.call), selectinload(ClauseSet.versions)))
    return sorted(rows, key=lambda one: (order.index(one.part), one.call_id or 0, one.kind or ""))


def set_of(code: str) -> ClauseSet:
    """The set of a code. Raises NotFound."""
    found = db.session.scalar(
        select(ClauseSet)
        .options(
            joinedload(ClauseSet.call),
            selectinload(ClauseSet.versions).options(
                joinedload(ClauseVersion.written_by), joinedload(ClauseVersion.published_by)
            ),
        )
        .where(ClauseSet.code == code)
    )
    if found is None:
        raise NotFound(code)
    return found


def version_of(found: ClauseSet, number: int) -> ClauseVersion:
    """A version of a set by its number. Raises NotFound."""
    for version in found.versions:
        if version.number == number:
            return version
    raise NotFound(f"{found.code} {number}")


def history(found: ClauseSet) -> list[ClauseVersion]:
    """The versions of a set, the newest first."""
    return sorted(found.versions, key=lambda one: one.number, reverse=True)
