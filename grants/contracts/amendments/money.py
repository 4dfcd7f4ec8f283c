"""What another amount of a grant does to the envelope and to the tranches.

More is reserved when the committee decides and committed when the signed amendment comes into force; less gives back what
is committed and not paid. Payments, a later slice, say how the tranches follow.
"""

from collections.abc import Callable
from dataclasses import dataclass

from flask_babel import gettext as _

from grants.contracts.amendments.models import Amendment
from grants.core.errors import Refused
from grants.funds import operations as ledger
from grants.funds.queries import balance


@dataclass(frozen=True, slots=True)
class Planner:
    """How tranches follow another amount: `preview(project, amount)` returns the rows before and after and raises Problems
    where it cannot be; `apply(project, rows)` makes the tranches what the rows say, `now(project)` returns them as they are."""

    now: Callable
    preview: Callable
    apply: Callable


_planners: list[Planner] = []


def plans(planner: Planner) -> None:
    """Register who plans the tranches."""
    _planners[:] = [planner]


def preview(project, amount: int) -> tuple[list[dict], list[dict]]:
    """The tranches as they are and as they would be: id (None: a new one), number, percent, amount (0: not paid), state."""
    return _planners[0].preview(project, amount)


def now(project) -> list[dict]:
    """The tranches as they are."""
    return _planners[0].now(project)


def reserve(amendment: Amendment, *, by) -> None:
    """Set aside what the grant grows by."""
    if amendment.difference > 0:
        ledger.reserve(amendment.project, amendment.difference, **_movement("reserve", amendment, by))


def release(amendment: Amendment, *, by) -> int:
    """Give back what was set aside and is still reserved; returns the francs."""
    held = balance(amendment.project)
    left = min(max(0, amendment.difference), held.reserved if held is not None else 0)
    if left:
        ledger.release(amendment.project, left, **_movement("release", amendment, by))
    return left


def settle(amendment: Amendment, *, by) -> None:
    """Commit what was reserved, or give back what is promised no longer, and make the tranches follow.

    Raises Refused where the tranches are no longer as the signed paper says.
    """
    if amendment.difference > 0:
        ledger.commit(amendment.project, amendment.difference, **_movement("commit", amendment, by))
    elif amendment.difference < 0:
        ledger.uncommit(amendment.project, -amendment.difference, **_movement("uncommit", amendment, by))
    _before, planned = preview(amendment.project, amendment.amount_after)
    if planned != amendment.after["tranches"]:
        raise Refused(outdated())
    _planners[0].apply(amendment.project, planned)


def outdated() -> str:
    """Why a printed amendment no longer fits."""
    return _(
        "A tranche was ordered or paid since the amendment was printed: its table of tranches no longer holds. "
        "Give the amendment up and have the change decided anew."
    )


def _movement(verb: str, amendment: Amendment, by) -> dict:
    return {"key": f"{verb}:{amendment.reference}", "reference": amendment.reference, "by": by}
