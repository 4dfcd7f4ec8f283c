"""How tranches follow another amount of a grant: what is paid or ordered stays, the rest shares what is left."""

from flask_babel import gettext as _

from grants.calls import rules as call_rules
from grants.contracts import queries as contracts
from grants.contracts.amendments import money
from grants.core import clock
from grants.core.database import db
from grants.core.errors import Problem, Problems
from grants.core.money import format_francs, share
from grants.payments import queries
from grants.payments.models import Tranche
from grants.projects.models import Project


def now(project: Project) -> list[dict]:
    """The tranches that count now: number, percent of the grant, amount and what is kept back in francs, state.

    The state is `paid`, `ordered` or `open`; `retention` marks the tranche that pays what was kept back of works.
    """
    return [
        {
            "id": one.id, "number": one.number, "percent": one.percent, "amount": one.amount, "held": one.held,
            "retention": one.retention, "state": _state(one),
        }
        for one in queries.tranches(project)
        if one.cancelled_at is None
    ]  # fmt: skip


def preview(project: Project, amount: int) -> tuple[list[dict], list[dict]]:
    """The tranches as they are (see `now`), and what they become for a grant of `amount` francs; 0 is no longer paid.

    Open tranches keep their proportions; where none is left, a further one takes what is added. What is kept back of
    works follows by the share of the call. Raises Problems for an amount below what is paid or ordered.
    """
    before = now(project)
    kept = next((row for row in before if row["retention"] and row["state"] == "open"), None)
    settled = [row for row in before if row["state"] != "open"]
    # What was kept back of a paid tranche is owed as well, as long as it was not paid out.
    bound = sum(row["amount"] + (row["held"] if kept else 0) for row in settled)
    if amount < bound:
        text = _(
            "%(settled)s is paid or ordered already: the grant cannot become %(amount)s.",
            settled=format_francs(bound),
            amount=format_francs(amount),
        )
        raise Problems(Problem(text, "amount"))
    percent = call_rules.parse(project.call.rules).retention_percent if kept else 0
    open_ = [row for row in before if row["state"] == "open" and not row["retention"]]
    parts = dict(zip([row["id"] for row in open_], _shared(open_, amount - bound), strict=True))
    after = [_changed(row, parts[row["id"]], percent, amount) if row["id"] in parts else row for row in before]
    if not open_ and amount > bound:
        number = kept["number"] if kept else max((one.number for one in queries.tranches(project)), default=0) + 1
        fresh = {"id": None, "number": number, "retention": False, "state": "open"}
        after.append(_changed(fresh, amount - bound, percent, amount))
        if kept:
            after = [row | {"number": number + 1} if row["retention"] else row for row in after]
    if kept:
        held = sum(row["held"] for row in after)
        after = [row | {"amount": held} if row["retention"] else row for row in after]
    return before, sorted(after, key=lambda row: row["number"])


def _changed(row: dict, whole: int, percent: int, grant: int) -> dict:
    held = share(whole, percent)
    return row | {"amount": whole - held, "held": held, "percent": round(100 * whole / grant)}


def _state(tranche: Tranche) -> str:
    if queries.is_paid(tranche):
        return "paid"
    return "open" if queries.live_order(tranche) is None else "ordered"


def _shared(rows: list[dict], rest: int) -> list[int]:
    """What is left, in the proportions of these tranches; the last one takes what rounding leaves. Francs."""
    whole = sum(row["amount"] + row["held"] for row in rows)
    parts = [rest * (row["amount"] + row["held"]) // whole for row in rows[:-1]]
    return [*parts, rest - sum(parts)] if rows else []


def apply(project: Project, rows: list[dict]) -> None:
    """Make the tranches of the live contract what the rows say. The database refuses it for one that is ordered."""
    there = {one.id: one for one in queries.tranches(project)}
    # From the last one on: a tranche that moves up makes room for another.
    for row in sorted(rows, key=lambda row: -row["number"]):
        tranche = there.get(row["id"])
        if tranche is None:
            tranche = _further(project, row)
            db.session.add(tranche)
        tranche.number, tranche.percent, tranche.held = row["number"], row["percent"], row["held"]
        if row["amount"]:
            tranche.amount = row["amount"]
        else:
            tranche.cancelled_at = clock.now()
        db.session.flush()


def _further(project: Project, row: dict) -> Tranche:
    rules = call_rules.parse(project.call.rules)
    return Tranche(
        project_id=project.id,
        contract_id=contracts.live(project).id,
        conditions=list(rules.conditions_for(row["number"])),
    )


money.plans(money.Planner(now, preview, apply))
