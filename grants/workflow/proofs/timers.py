"""What the system does by itself when time has passed: it must be able to, and it must come to rest."""

from collections.abc import Iterator

from grants.workflow.definition import SYSTEM, Action, Definition, Step
from grants.workflow.faults import Fault
from grants.workflow.walk import Edge


def timers(definition: Definition) -> Iterator[Fault]:
    """Each action that a rule takes is one that the system may and can take, and no file goes round by itself.

    What asks for a person's password is never the system's.
    """
    timed = list(_timed(definition))
    for step, action in timed:
        here = (definition.file, step.code, action.code)
        if SYSTEM not in action.by:
            yield Fault("timer_not_allowed", *here)
        if action.asks or action.via:
            yield Fault("timer_cannot_answer", *here)
    yield from _loops(definition, timed)
    for step, action in definition.acts():
        if action.confirm_identity and SYSTEM in action.by:
            yield Fault("system_confirms", definition.file, step.code, action.code)
    taken = {(step.code, action.code) for step, action in timed}
    for step, action in definition.acts():
        if set(action.by) == {SYSTEM} and (step.code, action.code) not in taken:
            yield Fault("never_taken", definition.file, step.code, action.code)


def _timed(definition: Definition) -> Iterator[tuple[Step, Action]]:
    for step in definition.steps.values():
        for code in dict.fromkeys(late.takes for late in step.late):
            if code in step.actions:
                yield step, step.actions[code]


def _loops(definition: Definition, timed: list[tuple[Step, Action]]) -> Iterator[Fault]:
    """Each loop that a file would go round with nobody touching it, named once."""
    out: dict[str, list[Edge]] = {}
    for step, action in timed:
        out.setdefault(step.code, []).append(Edge(step.code, action))
    finished: set[str] = set()
    for start in out:
        # Depth first, by hand: a chain of steps may be longer than Python's own stack.
        trail: list[Edge] = []
        on_trail = {start: 0}
        choices = [iter(out[start])] if start not in finished else []
        while choices:
            edge = next(choices[-1], None)
            if edge is None:
                choices.pop()
                place = trail.pop().target if trail else start
                finished.add(place)
                on_trail.pop(place, None)
            elif edge.target in on_trail:
                loop = [*trail[on_trail[edge.target] :], edge]
                path = [loop[0].source, *(piece for one in loop for piece in (one.action.code, one.target))]
                yield Fault("timer_loop", definition.file, edge.source, edge.action.code, tuple(path))
            elif edge.target in out and edge.target not in finished:
                trail.append(edge)
                on_trail[edge.target] = len(trail)
                choices.append(iter(out[edge.target]))
