"""People: every action has somebody to take it, on every path, whoever must keep apart from whom."""

from collections import deque
from collections.abc import Collection, Hashable, Iterator, Mapping

from grants.workflow.definition import SYSTEM, Action, Definition
from grants.workflow.faults import Fault
from grants.workflow.proofs.known import Known
from grants.workflow.walk import Edge, Graph

# Beyond this many situations we no longer tell paths apart and ask for people enough for all acts together,
# and beyond this many attempts to share acts out we give up: in doubt a definition is refused.
_MOST = 20_000


def people(definition: Definition, graph: Graph, known: Known) -> Iterator[Fault]:
    """Each action names a known role and does not exclude itself; with `Known.holders`, nobody is missing."""
    for step, action in definition.acts():
        here = (definition.file, step.code, action.code)
        roles = set(action.by) if known.roles is None else set(action.by) & {*known.roles, SYSTEM}
        if not roles:
            yield Fault("nobody", *here)
        if action.code in action.apart_from:
            yield Fault("apart_from_itself", *here)
    if known.holders is not None:
        yield from _Sharing(definition, graph, known.holders).faults()


class _Sharing:
    """Whether the acts of every path can be shared out so that all keep apart who must.

    An act may be repeated by the person who did it before, so a path needs one person for each of
    its acts; two acts need two people when the later one excludes the doer of the earlier.
    """

    def __init__(self, definition: Definition, graph: Graph, holders: Mapping[str, Collection[Hashable]]) -> None:
        self.definition, self.graph = definition, graph
        # The same action with the same roles and separations is one act, wherever it stands.
        self.acts: list[Action] = []
        self.number: dict[int, int] = {}
        kinds: dict[tuple, int] = {}
        making = Action(definition.created_as or "", to=definition.start, label={}, by=definition.created_by)
        for edge in [Edge("", making), *graph.edges]:
            action = edge.action
            kind = kinds.setdefault((action.code, action.by, action.apart_from), len(self.acts))
            if kind == len(self.acts):
                self.acts.append(action)
            self.number[id(edge)] = kind
        self.doers = [frozenset(p for role in act.by for p in holders.get(role, ())) for act in self.acts]
        self.tight = self._tight()
        self._possible: dict[frozenset[tuple[int, int]], bool] = {frozenset(): True}

    def _tight(self) -> set[int]:
        """The acts for which people could run short.

        An act with more possible doers than acts to keep apart from always finds one, however the
        others were shared out, so it can be left aside; this is repeated until nothing changes.
        """
        by_code: dict[str, list[int]] = {}
        for n, act in enumerate(self.acts):
            by_code.setdefault(act.code, []).append(n)
        near: dict[int, set[int]] = {}
        for n, act in enumerate(self.acts):
            for other in (o for code in act.apart_from for o in by_code.get(code, ())):
                if self.acts[other].code != act.code:
                    near.setdefault(n, set()).add(other)
                    near.setdefault(other, set()).add(n)
        # Only people are short: what the system may do can always be done.
        free = deque(n for n in near if len(self.doers[n]) > len(near[n]) or SYSTEM in self.acts[n].by)
        while free:
            n = free.popleft()
            for other in near.pop(n, ()):
                near[other].discard(n)
                if len(self.doers[other]) > len(near[other]):
                    free.append(other)
        return set(near)

    def faults(self) -> Iterator[Fault]:
        """One fault an action for which a path leaves nobody, with a shortest such path."""
        if not self.tight:
            return
        begun = frozenset({0}) & self.tight  # the act that makes the subject
        first = (self.graph.start, begun, frozenset())
        came: dict[tuple, tuple | None] = {first: None}
        waiting, named = deque([first]), set()
        while waiting:
            state = waiting.popleft()
            for edge in self.graph.leaving(state[0]):
                then = self._then(state, edge)
                if then in came:
                    continue
                came[then] = (state, edge)
                if self._can_be_shared(then[2]):
                    waiting.append(then)
                elif (edge.source, edge.action.code) not in named:
                    named.add((edge.source, edge.action.code))
                    yield self._fault(edge, self._path(came, then))
            if len(came) > _MOST:
                yield from self._all_together()
                return

    def _then(self, state: tuple, edge: Edge) -> tuple:
        """Where the file stands after the edge, which tight acts were done, and which pairs must be two people."""
        _place, done, pairs = state
        n = self.number[id(edge)]
        if n not in self.tight:
            return edge.target, done, pairs
        apart = {(n, other) for other in done if other != n and self.acts[other].code in edge.action.apart_from}
        return edge.target, done | {n}, pairs | frozenset(apart)

    def _all_together(self) -> Iterator[Fault]:
        pairs = frozenset(
            (n, other)
            for n in self.tight
            for other in self.tight
            if n != other and self.acts[other].code in self.acts[n].apart_from
        )
        if not self._can_be_shared(pairs):
            named = max(n for n, _other in pairs)
            yield self._fault(next(edge for edge in self.graph.edges if self.number[id(edge)] == named), ())

    def _can_be_shared(self, pairs: frozenset[tuple[int, int]]) -> bool:
        if pairs not in self._possible:
            near: dict[int, set[int]] = {}
            for one, other in pairs:
                near.setdefault(one, set()).add(other)
                near.setdefault(other, set()).add(one)
            # Those with the fewest possible doers choose first.
            line = sorted(near, key=lambda n: (len(self.doers[n]), n))
            self._possible[pairs] = self._share(line, near)
        return self._possible[pairs]

    def _share(self, line: list[int], near: Mapping[int, set[int]]) -> bool:
        """Try one person after the other for each act of the line, going back where nobody is left."""
        chosen: dict[int, Hashable] = {}

        def choices(act: int) -> Iterator[Hashable]:
            return iter(self.doers[act] - {chosen[other] for other in near[act] if other in chosen})

        open_choices = [choices(line[0])]
        for _attempt in range(_MOST):
            act = line[len(open_choices) - 1]
            chosen.pop(act, None)
            person = next(open_choices[-1], None)
            if person is None:
                open_choices.pop()
                if not open_choices:
                    return False
                continue
            chosen[act] = person
            if len(open_choices) == len(line):
                return True
            open_choices.append(choices(line[len(open_choices)]))
        return False

    def _path(self, came: Mapping[tuple, tuple | None], state: tuple) -> tuple[str, ...]:
        tail: list[str] = []
        step = came[state]
        while step is not None:
            before, edge = step
            tail += [edge.target, edge.action.code]
            step = came[before]
        return (self.graph.start, *reversed(tail))

    def _fault(self, edge: Edge, path: tuple[str, ...]) -> Fault:
        data = {"others": ", ".join(edge.action.apart_from) or edge.action.code}
        return Fault("too_few_people", self.definition.file, edge.source, edge.action.code, path, data)
