"""What surely and what possibly happened before a file stands somewhere, over all paths at once.

Both questions are settled for every place in one sweep: a set of facts (bits of an integer) runs
along the edges until nothing changes. Where paths meet, what *surely* happened is what all of them
share (the dominators of the place), what *possibly* happened is what any of them brings. So the
cost follows the edges, not the number of promises. Only a promise that does not hold costs a walk
of its own, to show the shortest path that breaks it.
"""

from collections import deque
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence

from grants.workflow.definition import Definition
from grants.workflow.walk import Edge, Graph, Walk


class Paths:
    """All paths of a definition, those included that begin in an earlier one and come out of an obsolete step."""

    def __init__(self, definition: Definition, earlier: Sequence["Paths"] = ()) -> None:
        self.definition, self.graph = definition, Graph(definition)
        obsolete = [step.code for step in definition.steps.values() if step.obsolete]
        # Obsolete step → the earlier definitions in which files came to stand there.
        self._before = {
            code: [paths for paths in earlier if code in paths.graph.live and code in paths.everywhere]
            for code in obsolete
        }
        self._unmet: dict[tuple[str, bool], Walk] = {}
        self._following: dict[str, Walk] = {}
        self.everywhere = self.graph.walk(self._seeds(lambda paths: paths.everywhere))

    @classmethod
    def after(cls, definition: Definition, earlier: Sequence[Definition]) -> "Paths":
        """The paths of a definition that follows others, oldest first."""
        chain: list[Paths] = []
        for one in earlier:
            chain.append(cls(one, tuple(chain)))
        return cls(definition, tuple(chain))

    def surely(self, requirements: Iterable[tuple[str, bool]]) -> "Happened":
        """What was met on every path to each place.

        A requirement is a name (``action:``, ``guard:``, ``effect:``, ``step:``) and whether a
        reopening wipes it out.
        """
        bits = list(dict.fromkeys(requirements))
        return Happened(bits, self._surely(bits))

    def _surely(self, bits: list[tuple[str, bool]]) -> dict[str, int]:
        by_name: dict[str, int] = {}
        for n, (name, _renewed) in enumerate(bits):
            by_name[name] = by_name.get(name, 0) | 1 << n
        kept = sum(1 << n for n, (_name, renewed) in enumerate(bits) if not renewed)
        given = {id(edge): _mask(by_name, gifts(edge)) for edge in self.graph.edges}

        def along(edge: Edge, met: int) -> int:
            met |= given[id(edge)]
            return met & kept | by_name.get(f"step:{edge.target}", 0) if edge.action.reopens else met

        seeds = {self.graph.start: _mask(by_name, self._at_once())}
        for code, before in self._before.items():
            masks = [paths._surely(bits)[code] for paths in before]
            if masks:
                seeds[code] = _meet(masks)
        return _spread(self.graph, seeds, along, lambda one, other: one & other)

    def possibly(self, actions: Iterable[str]) -> "Happened":
        """Which of the actions may have been taken on some path to each place."""
        bits = list(dict.fromkeys(actions))
        return Happened(bits, self._possibly(bits))

    def _possibly(self, bits: list[str]) -> dict[str, int]:
        by_code = {code: 1 << n for n, code in enumerate(bits)}
        seeds = {self.graph.start: by_code.get(self.definition.created_as or "", 0)}
        for code, before in self._before.items():
            for paths in before:
                seeds[code] = seeds.get(code, 0) | paths._possibly(bits)[code]
        return _spread(
            self.graph,
            seeds,
            lambda edge, done: done | by_code.get(edge.action.code, 0),
            lambda one, other: one | other,
        )

    def without(self, requirement: str, *, renewed: bool) -> Walk:
        """Where a file can be while the requirement has not been met (or not since a reopening), and how."""
        key = (requirement, renewed)
        if key not in self._unmet:
            seeds = self._seeds(lambda paths: paths.without(requirement, renewed=renewed))
            if requirement in self._at_once():
                seeds.pop(self.graph.start, None)
            if renewed:
                for edge in self.graph.edges:
                    if edge.action.reopens and edge.source in self.everywhere and requirement != f"step:{edge.target}":
                        seeds.setdefault(edge.target, self._path_over(edge))
            self._unmet[key] = self.graph.walk(seeds, blocked=lambda edge: requirement in gifts(edge))
        return self._unmet[key]

    def following(self, action: str) -> Walk:
        """Where a file can be after this action, and how."""
        if action in self._following:
            return self._following[action]
        seeds = self._seeds(lambda paths: paths.following(action))
        if action != self.definition.created_as:
            seeds.pop(self.graph.start, None)
        for edge in self.graph.edges:
            if edge.action.code == action and edge.source in self.everywhere:
                seeds.setdefault(edge.target, self._path_over(edge))
        self._following[action] = self.graph.walk(seeds)
        return self._following[action]

    def _seeds(self, walk_of: Callable[["Paths"], Walk]) -> dict[str, tuple[str, ...]]:
        """Where paths begin: at the start, and in obsolete steps that the same walk reached earlier."""
        seeds = {self.graph.start: (self.graph.start,)}
        for code, before in self._before.items():
            for walk in map(walk_of, before):
                if code in walk:
                    seeds.setdefault(code, walk.path(code))
        return seeds

    def _path_over(self, edge: Edge) -> tuple[str, ...]:
        return (*self.everywhere.path(edge.source), edge.action.code, edge.target)

    def _at_once(self) -> tuple[str, ...]:
        made = f"action:{self.definition.created_as}"
        return (made, f"step:{self.graph.start}")


class Happened:
    """For every place that can be reached, the facts that hold there; asked one at a time, kept as bits."""

    def __init__(self, facts: Sequence[Hashable], masks: Mapping[str, int]) -> None:
        self._number = {fact: n for n, fact in enumerate(facts)}
        self._masks = masks

    def reaches(self, place: str) -> bool:
        """Whether any path leads to the place."""
        return place in self._masks

    def holds(self, fact: Hashable, place: str) -> bool:
        """Whether the fact holds at a place that is reached."""
        return bool(self._masks.get(place, 0) >> self._number[fact] & 1)


def gifts(edge: Edge) -> tuple[str, ...]:
    """Everything that has happened once this edge was taken, by the names that promises use."""
    action = edge.action
    return (
        f"action:{action.code}",
        f"step:{edge.target}",
        *(f"guard:{code}" for code in action.needs),
        *(f"effect:{code}" for code in action.does),
    )


def _mask(by_name: Mapping[str, int], names: Iterable[str]) -> int:
    mask = 0
    for name in names:
        mask |= by_name.get(name, 0)
    return mask


def _meet(masks: Sequence[int]) -> int:
    common = masks[0]
    for mask in masks[1:]:
        common &= mask
    return common


def _spread(
    graph: Graph,
    seeds: Mapping[str, int],
    along: Callable[[Edge, int], int],
    join: Callable[[int, int], int],
) -> dict[str, int]:
    """Carry facts from the seeds along all edges until no place learns anything more."""
    facts = dict(seeds)
    waiting = deque(seeds)
    queued = set(seeds)
    while waiting:
        place = waiting.popleft()
        queued.discard(place)
        for edge in graph.leaving(place):
            brought = along(edge, facts[place])
            there = facts.get(edge.target)
            joined = brought if there is None else join(there, brought)
            if joined != there:
                facts[edge.target] = joined
                if edge.target not in queued:
                    queued.add(edge.target)
                    waiting.append(edge.target)
    return facts
