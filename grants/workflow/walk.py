"""Walks over a definition: where a file can get to, and by which path."""

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from grants.workflow.definition import Action, Definition


@dataclass(frozen=True, slots=True)
class Edge:
    """An action together with the step it leaves."""

    source: str
    action: Action

    @property
    def target(self) -> str:
        return self.action.to


class Walk:
    """Every place that was reached, and how; breadth first, so that paths are short."""

    def __init__(self, came_by: Mapping[str, Edge | None], prefixes: Mapping[str, tuple[str, ...]]) -> None:
        self._came_by, self._prefixes = came_by, prefixes

    def __contains__(self, place: str) -> bool:
        return place in self._came_by

    def path(self, place: str) -> tuple[str, ...]:
        """Step, action, step … to ``place``, beginning where the file began."""
        tail: list[str] = []
        edge = self._came_by[place]
        while edge is not None:
            tail += [place, edge.action.code]
            place = edge.source
            edge = self._came_by[place]
        return (*self._prefixes.get(place, (place,)), *reversed(tail))


class Graph:
    """The edges of a definition whose targets exist, ready for many walks."""

    def __init__(self, definition: Definition) -> None:
        places = {*definition.steps, *definition.ends}
        self.start = definition.start
        self.live = {step.code for step in definition.steps.values() if not step.obsolete}
        self.edges = [Edge(step.code, action) for step, action in definition.acts() if action.to in places]
        self._out: dict[str, list[Edge]] = {}
        self._into: dict[str, list[str]] = {}
        for edge in self.edges:
            self._out.setdefault(edge.source, []).append(edge)
            self._into.setdefault(edge.target, []).append(edge.source)
        self._giving: dict[str, list[Edge]] | None = None

    def leaving(self, place: str) -> Sequence[Edge]:
        """The edges that leave a place."""
        return self._out.get(place, ())

    def giving(self, name: str) -> Sequence[Edge]:
        """The edges that are the named ``action:``, have the named ``effect:`` or lead to the named ``step:``."""
        if self._giving is None:
            self._giving = {}
            for edge in self.edges:
                effects = (f"effect:{code}" for code in edge.action.does)
                for gift in (f"action:{edge.action.code}", f"step:{edge.target}", *effects):
                    self._giving.setdefault(gift, []).append(edge)
        return self._giving.get(name, ())

    def walk(
        self,
        seeds: Mapping[str, tuple[str, ...]] | None = None,
        *,
        blocked: Callable[[Edge], bool] | None = None,
    ) -> Walk:
        """Go from the seeds (place → the path that leads to it; by default the start) along
        every edge that is not ``blocked``."""
        seeds = {self.start: (self.start,)} if seeds is None else seeds
        came_by: dict[str, Edge | None] = dict.fromkeys(seeds)
        waiting = deque(seeds)
        while waiting:
            for edge in self.leaving(waiting.popleft()):
                if edge.target not in came_by and not (blocked and blocked(edge)):
                    came_by[edge.target] = edge
                    waiting.append(edge.target)
        return Walk(came_by, seeds)

    def leading_to(self, goals: Iterable[str]) -> set[str]:
        """Every place from which one of the goals can be reached, the goals included."""
        found = set(goals)
        waiting = deque(found)
        while waiting:
            for source in self._into.get(waiting.popleft(), ()):
                if source not in found:
                    found.add(source)
                    waiting.append(source)
        return found
