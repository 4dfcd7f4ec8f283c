"""Moving the running files of a workflow from one published version to another: all of them, or none.

The one place beside `perform` and `begin` in which a step changes. The rows are held until the transaction ends, so who
acts on a file meanwhile waits, and is then told that it has moved (its `state_revision` has gone on).
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from flask_babel import gettext as _
from sqlalchemy import select

from grants import journal
from grants.access import policy
from grants.core import clock
from grants.core.database import db
from grants.core.errors import NotFound, Problem, Problems, Stale
from grants.core.texts import language
from grants.lifecycle import registry
from grants.lifecycle.holidays import calendar
from grants.lifecycle.models import WorkflowVersion
from grants.lifecycle.versions.histories import MOVED, histories
from grants.lifecycle.versions.published import HOUSE_PROMISES, definition_by_id, version_of
from grants.workflow import due, load_promises
from grants.workflow.moving import Plan, plan


@journal.wording.otherwise
def _words(event):
    if event.action != MOVED or not {"from", "to"} <= event.values.keys():
        return None
    return _(
        "Moved from version %(old)s of the workflow to version %(new)s",
        old=event.values["from"],
        new=event.values["to"],
    )


@dataclass(frozen=True, slots=True)
class Move:
    """What a move would do, or did: between which versions, the verdict on each file, how many stand where and go where."""

    source: WorkflowVersion
    target: WorkflowVersion
    plan: Plan
    # The files by their reference.
    files: Mapping[str, object] = field(default_factory=dict, repr=False)

    @property
    def routes(self) -> list[tuple[str, str, int]]:
        """(step before, step after, files), for the files that fit."""
        counted = Counter((v.step, v.to) for v in self.plan.verdicts if v.to and not v.obstacles)
        return [(before, after, count) for (before, after), count in counted.items()]


def try_move(name: str, source: int, target: int, mapping: Mapping[str, str], *, by) -> Move:
    """What the move of all running files from version `source` to `target` would do. Changes nothing.

    `mapping` leads from steps of the old version to steps of the new one, the others lead to themselves. Raises NotFound
    for a version that is not published, Problems where the two are the same, Refused.
    """
    policy.require(by, "workflow.manage")
    before, after = _versions(name, source, target)
    return _planned(before, after, mapping, _running(before))


def move(
    name: str, source: int, target: int, mapping: Mapping[str, str], *, by, expected_files: int | None = None
) -> Move:
    """Move all running files, with one event on each. All or nothing.

    Raises Problems with every file that does not fit, Stale where another number of files is under way than was seen
    (`expected_files`), and what `try_move` raises.
    """
    policy.require(by, "workflow.manage")
    before, after = _versions(name, source, target)
    rows = _running(before, lock=True)
    if expected_files is not None and expected_files != len(rows):
        raise Stale(_("Other files are under way than a moment ago. Look at the report again before you go on."))
    found = _planned(before, after, mapping, rows)
    if not found.plan.fits:
        raise Problems(refusals(found))
    _put(found, rows, by)
    return found


def refusals(found: Move) -> list[Problem]:
    """Everything in the way of a move, each file by its name."""
    locale = language()
    listed = [Problem(problem.text(locale)) for problem in found.plan.problems]
    for verdict in found.plan.refused:
        listed += [Problem(f"{verdict.reference} — {obstacle.text(locale)}") for obstacle in verdict.obstacles]
    return listed


def _versions(name: str, source: int, target: int) -> tuple[WorkflowVersion, WorkflowVersion]:
    rows = [version_of(name, number) for number in (source, target)]
    if None in rows:
        raise NotFound(name)
    if source == target:
        raise Problems(_("The files run on this version already."))
    return rows[0], rows[1]


def _running(version: WorkflowVersion, *, lock: bool = False) -> list:
    """The files under way on a version, in one order for everybody so that nobody waits in a ring."""
    model = registry.kinds[version.subject].model
    query = (
        select(model).where(model.workflow_version_id == version.id, model.waits_for.is_not(None)).order_by(model.id)
    )
    if lock:
        query = query.with_for_update(of=model)
    return list(db.session.scalars(query.execution_options(populate_existing=True)).unique())


def _planned(before: WorkflowVersion, after: WorkflowVersion, mapping: Mapping[str, str], rows: list) -> Move:
    house = load_promises(HOUSE_PROMISES)
    old, new = definition_by_id(before.id), definition_by_id(after.id)
    found = plan(
        old, new, mapping, histories(rows) if rows else [], house_promises=house,
        name_words=registry.words_of_names(),
    )  # fmt: skip
    return Move(before, after, found, {row.reference: row for row in rows})


def _put(found: Move, rows: list, by) -> None:
    """Point every row to the new version and its new step, and write its event."""
    definition, days, now = definition_by_id(found.target.id), calendar(), clock.now()
    places = {verdict.reference: verdict.to for verdict in found.plan.verdicts}
    facts = {"workflow": found.target.name, "from": found.source.version, "to": found.target.version}
    table = registry.kinds[found.target.subject].model.__table__
    changes = []
    for row in rows:
        to = places[row.reference]
        step = definition.steps[to]
        # Who stays at a step has been waited for all along; a new step begins with its whole time.
        since = row.step_since if to == row.step else now
        changes.append(
            {
                "its_id": row.id,
                "workflow_version_id": found.target.id,
                "step": to,
                "step_since": since,
                "waits_for": step.owner,
                "due_at": due(since, step.within, days) if step.within else None,
                "state_revision": row.state_revision + 1,
            }
        )
    befores = {row.id: row.step for row in rows}
    if changes:
        db.session.connection().execute(table.update().where(table.c.id == db.bindparam("its_id")), changes)
    for row in rows:
        db.session.expire(row)
    for change, row in zip(changes, rows, strict=True):
        event = journal.record(row, MOVED, by=by, data=facts, from_step=befores[row.id], to_step=change["step"])
        for listener in registry.listeners:
            listener(row, event, definition, None)
    facts = {**facts, "files": len(rows), "map": dict(sorted((v.step, v.to) for v in found.plan.verdicts))}
    journal.record(_Version(found.target.id), MOVED, by=by, data=facts)


@dataclass(frozen=True, slots=True)
class _Version:
    """A published version as the journal's subject."""

    id: int
    __subject__ = "workflow_version"
