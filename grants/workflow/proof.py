"""Prove a definition before it may run: nothing dangling, no dead end, every promise on every path.

A promise "never X without Y" holds exactly when X cannot be reached once everything that gives Y
is taken out of the graph, which is what it means for Y to dominate X. So each promise costs one
walk over all edges and a broken one comes with the path that breaks it; nothing is sampled.
"""

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations

from grants.workflow.definition import LOCALES, Action, Definition, Promise, Step, Words
from grants.workflow.faults import Fault
from grants.workflow.walk import Edge, Graph, Walk


@dataclass(frozen=True)
class Known:
    """What the host provides. A part that is None is not checked.

    ``holders`` gives the people of each role, to prove that a separation leaves somebody; without
    it that cannot be decided, as roles alone do not say who holds them.
    """

    roles: Collection[str] | None = None
    guards: Collection[str] | None = None
    effects: Collection[str] | None = None
    forms: Collection[str] | None = None
    house_promises: Sequence[Promise] = ()
    holders: Mapping[str, Collection[Hashable]] | None = None


_NOTHING_KNOWN = Known()


def check(definition: Definition, known: Known = _NOTHING_KNOWN) -> list[Fault]:
    """Everything that keeps this definition from being published; empty when it is sound."""
    return list(_all_faults(definition, known))


def _all_faults(definition: Definition, known: Known) -> Iterator[Fault]:
    graph = Graph(definition)
    yield from _texts(definition)
    yield from _names(definition, known)
    yield from _shape(definition, graph)
    yield from _people(definition, known)
    for promise in definition.promises:
        yield from _promise(definition, graph, promise, prefix="")
    for promise in known.house_promises:
        if promise.subject in (None, definition.subject):
            yield from _promise(definition, graph, promise, prefix="house_")


# Texts: every sentence in every language -----------------------------------------------------


def _texts(definition: Definition) -> Iterator[Fault]:
    file = definition.file

    def missing(key: str, words: Words | None, step: str | None = None, action: str | None = None):
        for locale in LOCALES:
            if words is not None and not words.get(locale, "").strip():
                yield Fault("label_missing", file, step, action, data={"key": key, "language": locale})

    yield from missing("workflow.title", definition.title)
    yield from missing("workflow.created_label", definition.created_label)
    for phase in definition.phases.values():
        yield from missing(f"phases.{phase.code}.label", phase.label)
    for place in (*definition.steps.values(), *definition.ends.values()):
        yield from missing("label", place.label, place.code)
        if place.public is not place.label:
            yield from missing("public", place.public, place.code)
    for step, action in definition.acts():
        for key in ("label", "confirm", "hint"):
            yield from missing(key, getattr(action, key), step.code, action.code)
    for promise in definition.promises:
        yield from missing("promises.why", promise.why)


# Names: everything that is cited exists ------------------------------------------------------


def _names(definition: Definition, known: Known) -> Iterator[Fault]:
    file = definition.file
    actions = _action_codes(definition)

    def unknown(code: str, key: str, cited: Iterable[str], there: Collection[str] | None, **where: str):
        for value in cited:
            if there is not None and value not in there:
                data = {"key": key, "value": value, "known": sorted(there)}
                yield Fault(code, file, **where, data=data)

    if definition.start not in definition.steps:
        yield Fault("unknown_start", file, data={"value": definition.start})
    yield from unknown("unknown_role", "created_by", definition.created_by, known.roles)
    for place in (*definition.steps.values(), *definition.ends.values()):
        phase = [place.phase] if place.phase else []
        yield from unknown("unknown_phase", "phase", phase, definition.phases, step=place.code)
    for step in definition.steps.values():
        owner = [step.owner] if step.owner else []
        yield from unknown("unknown_role", "owner", owner, known.roles, step=step.code)
        told = [role for late in step.late for role in late.tell if role != "owner"]
        yield from unknown("unknown_role", "late.tell", told, known.roles, step=step.code)
    places = {*definition.steps, *definition.ends}
    for step, act in definition.acts():
        here = {"step": step.code, "action": act.code}
        yield from unknown("unknown_step", "to", [act.to], places, **here)
        yield from unknown("unknown_action", "apart_from", act.apart_from, actions, **here)
        yield from unknown("unknown_role", "by", act.by, known.roles, **here)
        yield from unknown("unknown_role", "tells", act.tells, known.roles, **here)
        yield from unknown("unknown_guard", "needs", act.needs, known.guards, **here)
        yield from unknown("unknown_effect", "does", act.does, known.effects, **here)
        yield from unknown("unknown_form", "asks", [act.asks] if act.asks else [], known.forms, **here)
    # A promise about something that does not exist would hold for the wrong reason.
    there = {"step": places, "action": actions, "effect": known.effects, "guard": known.guards}
    for promise in definition.promises:
        yield from unknown("unknown_action", "promises.apart", promise.apart, actions)
        for cited in filter(None, (promise.never, *promise.without)):
            kind, _, code = cited.partition(":")
            yield from unknown(f"unknown_{kind}", "promises", [code], there.get(kind))


def _action_codes(definition: Definition) -> set[str]:
    codes = {action.code for _step, action in definition.acts()}
    return codes | {definition.created_as} if definition.created_as else codes


# Shape: no orphan, no dead end, nobody forgotten ---------------------------------------------


def _shape(definition: Definition, graph: Graph) -> Iterator[Fault]:
    file = definition.file
    if not definition.ends:
        yield Fault("no_ends", file)
    reached = graph.walk()
    finishing = graph.leading_to(definition.ends)
    if definition.start in definition.steps:
        for code in (*definition.steps, *definition.ends):
            if code not in reached:
                yield Fault("unreachable", file, code, data={"start": definition.start})
    for step in definition.steps.values():
        if definition.ends and step.code not in finishing:
            path = reached.path(step.code) if step.code in reached else ()
            yield Fault("no_way_out", file, step.code, path=path)
        yield from _waiting(step, file)


def _waiting(step: Step, file: str | None) -> Iterator[Fault]:
    if not step.owner:
        yield Fault("no_owner", file, step.code)
    if step.within is None and step.late:
        yield Fault("late_without_deadline", file, step.code)
    elif step.within is None and not step.pauses:
        yield Fault("no_deadline", file, step.code)


# People: somebody is left for every action ---------------------------------------------------


def _people(definition: Definition, known: Known) -> Iterator[Fault]:
    for step, action in definition.acts():
        here = (definition.file, step.code, action.code)
        if not action.by or (known.roles is not None and not set(action.by) & set(known.roles)):
            yield Fault("nobody", *here)
        if action.code in action.apart_from:
            yield Fault("apart_from_itself", *here)
        elif not (action.apart_from and known.holders is not None):
            continue
        elif not _can_be_shared_out(definition, action, known.holders):
            yield Fault("too_few_people", *here, data={"others": ", ".join(action.apart_from)})


def _can_be_shared_out(definition: Definition, action: Action, holders: Mapping[str, Collection[Hashable]]) -> bool:
    """Whether the action and those it is apart from can be done by people who respect it.

    Earlier actions may share a person unless they exclude each other; a handful of actions, so
    trying every choice is cheap.
    """
    roles: dict[str, set[str]] = {}
    excluded: set[frozenset[str]] = set()
    for _step, act in definition.acts():
        roles.setdefault(act.code, set()).update(act.by)
        excluded.update(frozenset((act.code, other)) for other in act.apart_from)
    if definition.created_as:
        roles.setdefault(definition.created_as, set()).update(definition.created_by)
    line = [action.code, *(code for code in action.apart_from if code in roles)]
    people = {code: {person for role in roles[code] for person in holders.get(role, ())} for code in line}

    def share(rest: list[str], chosen: dict[str, Hashable]) -> bool:
        if not rest:
            return True
        code, *others = rest
        for person in people[code]:
            clash = (o for o, p in chosen.items() if p == person and frozenset((o, code)) in excluded)
            if next(clash, None) is None and share(others, {**chosen, code: person}):
                return True
        return False

    # The action itself is asked for last: whoever is left must be apart from all before.
    return share([*line[1:], line[0]], {})


# Promises: on every path ---------------------------------------------------------------------


def _promise(definition: Definition, graph: Graph, promise: Promise, prefix: str) -> Iterator[Fault]:
    if promise.never:
        for requirement in promise.without:
            yield from _never_without(definition, graph, promise, requirement, prefix)
    actions = _action_codes(definition)
    for first, second in permutations([code for code in promise.apart if code in actions], 2):
        yield from _apart(definition, graph, first, second, prefix)


def _never_without(
    definition: Definition, graph: Graph, promise: Promise, requirement: str, prefix: str
) -> Iterator[Fault]:
    """One fault, with the shortest offending path, where the target can be had without it."""
    kind, _, code = promise.never.partition(":")
    walk = _walk_without(definition, graph, promise, requirement)

    def broken(step: str, action: str | None, path: tuple[str, ...]) -> Fault:
        data = {"never": promise.never, "value": requirement}
        return Fault(f"{prefix}promise_broken", definition.file, step, action, path, data)

    if kind == "step":
        if code in walk:
            yield broken(code, None, walk.path(code))
        return
    for edge in graph.edges:
        if edge.source not in walk or not _gives(edge, kind, code):
            continue
        if not _in_the_same_act(edge, promise.never, requirement):
            path = (*walk.path(edge.source), edge.action.code, edge.target)
            yield broken(edge.source, edge.action.code, path)
            return


def _walk_without(definition: Definition, graph: Graph, promise: Promise, requirement: str) -> Walk:
    """Where a file can be while the requirement has not been met (or not since a reopening)."""
    kind, _, code = requirement.partition(":")
    seeds: dict[str, tuple[str, ...]] = {}
    met_at_once = requirement in (f"action:{definition.created_as}", f"step:{definition.start}")
    if not met_at_once:
        seeds[definition.start] = (definition.start,)
    if promise.renewed:
        everywhere = graph.walk()
        for edge in graph.edges:
            if edge.action.reopens and edge.source in everywhere and requirement != f"step:{edge.target}":
                path = (*everywhere.path(edge.source), edge.action.code, edge.target)
                seeds.setdefault(edge.target, path)
    return graph.walk(seeds, blocked=lambda edge: _gives(edge, kind, code))


def _gives(edge: Edge, kind: str, code: str) -> bool:
    """Whether taking this edge is, does, or has proved the named thing, or arrives there."""
    if kind == "action":
        return edge.action.code == code
    if kind == "effect":
        return code in edge.action.does
    if kind == "guard":
        return code in edge.action.needs
    return edge.target == code


def _in_the_same_act(edge: Edge, never: str, requirement: str) -> bool:
    """Whether the act that reaches the target meets the requirement itself, and before it."""
    kind, _, code = requirement.partition(":")
    if kind == "step" or not _gives(edge, kind, code):
        return False
    if kind == "effect" and never.startswith("effect:"):
        # Effects happen in the order in which they are written.
        does = edge.action.does
        return does.index(code) < does.index(never.removeprefix("effect:"))
    return True


def _apart(definition: Definition, graph: Graph, first: str, second: str, prefix: str) -> Iterator[Fault]:
    """A fault for every ``second`` that can come after ``first`` without excluding its doer."""
    open_edges = [edge for edge in graph.edges if edge.action.code == second and first not in edge.action.apart_from]
    if not open_edges:
        return
    everywhere = graph.walk()
    seeds: dict[str, tuple[str, ...]] = {}
    if first == definition.created_as:
        seeds[definition.start] = (definition.start,)
    for edge in graph.edges:
        if edge.action.code == first and edge.source in everywhere:
            seeds.setdefault(edge.target, (*everywhere.path(edge.source), first, edge.target))
    after = graph.walk(seeds)
    for edge in open_edges:
        if edge.source in after:
            path = (*after.path(edge.source), second, edge.target)
            data = {"other": first, "value": second}
            yield Fault(f"{prefix}apart_broken", definition.file, edge.source, second, path, data)
