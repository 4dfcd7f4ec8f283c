"""Promises: on every path, or the definition is refused with the path that breaks one.

"Never X without Y" holds exactly when every path to X goes through Y: Y dominates X.
"""

from collections.abc import Iterator, Sequence
from itertools import permutations

from grants.workflow.definition import SYSTEM, Definition, Promise
from grants.workflow.faults import Fault
from grants.workflow.proofs.names import action_codes
from grants.workflow.proofs.paths import Happened, Paths, gifts
from grants.workflow.walk import Edge


def promises(definition: Definition, paths: Paths, promised: Sequence[Promise], *, prefix: str = "") -> Iterator[Fault]:
    """A fault for every requirement that can be gone around, and for every pair that one person can do."""
    requirements = [(name, promise.renewed) for promise in promised for name in promise.without]
    surely = paths.surely(requirements)
    for promise in promised:
        for requirement in promise.without if promise.never else ():
            yield from _never_without(definition, paths, promise, requirement, surely, prefix)
        for cited in promise.by_people:
            yield from _by_people(definition, paths, cited, prefix)
        for cited in promise.confirmed:
            yield from _confirmed(definition, paths, cited, prefix)
    yield from _apart(definition, paths, promised, prefix)


def _never_without(
    definition: Definition,
    paths: Paths,
    promise: Promise,
    requirement: str,
    surely: Happened,
    prefix: str,
) -> Iterator[Fault]:
    """At most one fault, with a shortest path that reaches the target without the requirement."""
    key = (requirement, promise.renewed)
    kind, _, code = promise.never.partition(":")

    def broken(step: str, action: str | None, path: tuple[str, ...]) -> Fault:
        data = {"never": promise.never, "value": requirement}
        return Fault(f"{prefix}promise_broken", definition.file, step, action, path, data)

    if kind == "step":
        if surely.reaches(code) and not surely.holds(key, code):
            yield broken(code, None, paths.without(requirement, renewed=promise.renewed).path(code))
        return
    for edge in paths.graph.giving(promise.never):
        unmet = surely.reaches(edge.source) and not surely.holds(key, edge.source)
        if unmet and not _in_the_same_act(edge, promise.never, requirement):
            walk = paths.without(requirement, renewed=promise.renewed)
            path = (*walk.path(edge.source), edge.action.code, edge.target)
            yield broken(edge.source, edge.action.code, path)
            return


def _in_the_same_act(edge: Edge, never: str, requirement: str) -> bool:
    """Whether the act that reaches the target meets the requirement itself, and before it."""
    kind, _, code = requirement.partition(":")
    if kind == "step" or requirement not in gifts(edge):
        return False
    if kind == "effect" and never.startswith("effect:"):
        # Effects happen in the order in which they are written.
        does = edge.action.does
        return does.index(code) < does.index(never.removeprefix("effect:"))
    return True


def _by_people(definition: Definition, paths: Paths, cited: str, prefix: str) -> Iterator[Fault]:
    """A fault for every act that brings this about and is open to the system."""
    data = {"value": cited}
    if cited == f"action:{definition.created_as}" and SYSTEM in definition.created_by:
        yield Fault(f"{prefix}people_broken", definition.file, None, definition.created_as, data=data)
    for edge in paths.graph.giving(cited):
        if SYSTEM in edge.action.by:
            path = (edge.source, edge.action.code, edge.target)
            yield Fault(f"{prefix}people_broken", definition.file, edge.source, edge.action.code, path, data)


def _confirmed(definition: Definition, paths: Paths, cited: str, prefix: str) -> Iterator[Fault]:
    """A fault for every act that brings this about and asks for no password."""
    for edge in paths.graph.giving(cited):
        if not edge.action.confirm_identity:
            path = (edge.source, edge.action.code, edge.target)
            data = {"value": cited}
            yield Fault(f"{prefix}confirmed_broken", definition.file, edge.source, edge.action.code, path, data)


def _apart(definition: Definition, paths: Paths, promised: Sequence[Promise], prefix: str) -> Iterator[Fault]:
    """A fault for every act that can come after one that it must be apart from, without excluding its doer."""
    there = action_codes(definition)
    pairs = dict.fromkeys(
        pair for promise in promised for pair in permutations([code for code in promise.apart if code in there], 2)
    )
    possibly = paths.possibly(first for first, _second in pairs)
    for first, second in pairs:
        for edge in paths.graph.giving(f"action:{second}"):
            excluded = first in edge.action.apart_from
            if not excluded and possibly.holds(first, edge.source):
                path = (*paths.following(first).path(edge.source), second, edge.target)
                data = {"other": first, "value": second}
                yield Fault(f"{prefix}apart_broken", definition.file, edge.source, second, path, data)
