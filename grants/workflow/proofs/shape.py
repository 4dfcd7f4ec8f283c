"""The shape of a definition: no orphan, no dead end, nobody forgotten, nobody left behind."""

from collections.abc import Iterator

from grants.workflow.definition import Definition, Step
from grants.workflow.faults import Fault
from grants.workflow.proofs.known import Known
from grants.workflow.walk import Graph


def shape(definition: Definition, graph: Graph, known: Known) -> Iterator[Fault]:
    """Every step can be reached and left, has an owner and a time limit, and none that files stand at is gone."""
    file = definition.file
    if not definition.ends:
        yield Fault("no_ends", file)
    reached = graph.walk()
    if definition.start in definition.steps:
        for code in (*definition.steps, *definition.ends):
            if code not in reached and not _obsolete(definition, code):
                yield Fault("unreachable", file, code, data={"start": definition.start})
    finishing = graph.leading_to(definition.ends)
    for step in definition.steps.values():
        if definition.ends and step.code not in finishing:
            path = reached.path(step.code) if step.code in reached else ()
            yield Fault("no_way_out", file, step.code, path=path)
        yield from _waiting(step, file)
    yield from _taken_out(definition, known)


def _obsolete(definition: Definition, code: str) -> bool:
    return code in definition.steps and definition.steps[code].obsolete


def _waiting(step: Step, file: str | None) -> Iterator[Fault]:
    if not step.owner:
        yield Fault("no_owner", file, step.code)
    if step.within is None and step.late:
        yield Fault("late_without_deadline", file, step.code)
    elif step.within is None and not step.pauses:
        yield Fault("no_deadline", file, step.code)


def _taken_out(definition: Definition, known: Known) -> Iterator[Fault]:
    """Nothing leads into an obsolete step but another obsolete one, and no file loses the ground it stands on."""
    file = definition.file
    if _obsolete(definition, definition.start):
        yield Fault("starts_obsolete", file, definition.start)
    for step, action in definition.acts():
        if not step.obsolete and _obsolete(definition, action.to):
            path = (step.code, action.code, action.to)
            yield Fault("leads_to_obsolete", file, step.code, action.code, path, {"value": action.to})
    for code, count in known.standing.items():
        if count and code not in definition.steps:
            yield Fault("step_removed", file, code, data={"count": count})
