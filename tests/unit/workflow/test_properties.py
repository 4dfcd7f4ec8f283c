"""Definitions made at random: the proofs refuse exactly those in which some file can break a promise.

What a file can do is found here by playing it, act by act, with none of the proofs' own code: every
situation (where it stands, what has happened) is visited once.
"""

from collections import deque

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from grants.workflow import Actor, Known, check, load, offers
from grants.workflow.faults import Fault

STEPS = ["s0", "s1", "s2", "s3", "s4"]
CODES = ["a", "b", "c", "d"]
ROLES = ["r", "q"]
GUARDS, EFFECTS = ["g.one", "g.two"], ["e.one", "e.two"]
WORDS = 'label = { fr = "x", en = "x" }'
HEAD = """[workflow]
name = "made"
version = 1
subject = "made"
start = "s0"
title = { fr = "x", en = "x" }
created_as = "make"
created_by = ["r"]
created_label = { fr = "x", en = "x" }
[ends.done]
public = { fr = "x", en = "x" }
"""
REQUIRED = [f"action:{code}" for code in [*CODES, "make"]] + [f"step:{step}" for step in STEPS]
REQUIRED += [f"guard:{guard}" for guard in GUARDS] + [f"effect:{effect}" for effect in EFFECTS]
TARGETS = [f"action:{code}" for code in CODES] + [f"step:{step}" for step in [*STEPS, "done"]]
TARGETS += [f"effect:{effect}" for effect in EFFECTS]


def quoted(values) -> str:
    return "[" + ", ".join(f'"{value}"' for value in values) + "]"


@st.composite
def definitions(draw):
    """The text of a definition of two to five steps, with promises that may hold or not."""
    steps = STEPS[: draw(st.integers(2, 5))]
    text = [HEAD]
    for step in steps:
        text.append(f'[steps.{step}]\n{WORDS}\nowner = "r"\nwithin = "1 d"')
        for code in draw(st.lists(st.sampled_from(CODES), min_size=1, max_size=3, unique=True)):
            text.append(
                f'[steps.{step}.actions.{code}]\n{WORDS}\nto = "{draw(st.sampled_from([*steps, "done"]))}"\n'
                f"by = {quoted(draw(st.lists(st.sampled_from(ROLES), min_size=1, max_size=2, unique=True)))}\n"
                f"apart_from = {quoted(draw(st.lists(st.sampled_from([c for c in [*CODES, 'make'] if c != code]), max_size=3, unique=True)))}\n"
                f"needs = {quoted(draw(st.lists(st.sampled_from(GUARDS), max_size=1)))}\n"
                f"does = {quoted(draw(st.lists(st.sampled_from(EFFECTS), max_size=2, unique=True)))}\n"
                f"reopens = {str(draw(st.integers(0, 4)) == 0).lower()}"
            )
    for _ in range(draw(st.integers(1, 3))):
        without = draw(st.lists(st.sampled_from(REQUIRED), min_size=1, max_size=2, unique=True))
        renewed = str(draw(st.booleans())).lower()
        text.append(
            f'[[promises]]\nnever = "{draw(st.sampled_from(TARGETS))}"\nwithout = {quoted(without)}\nrenewed = {renewed}'
        )
    apart = draw(st.lists(st.sampled_from([*CODES, "make"]), min_size=2, max_size=3, unique=True))
    text.append(f"[[promises]]\napart = {quoted(apart)}")
    return "\n".join(text) + "\n"


# Playing -----------------------------------------------------------------------------------------


def never_broken(definition) -> set[tuple[str, str]]:
    """(what must never be, what it must not be without) for every promise that some file breaks."""
    broken = set()
    for promise in definition.promises:
        for requirement in promise.without if promise.never else ():
            if _some_file_breaks(definition, promise.never, requirement, promise.renewed):
                broken.add((promise.never, requirement))
    return broken


def _some_file_breaks(definition, never: str, requirement: str, renewed: bool) -> bool:
    met = requirement in ("action:make", f"step:{definition.start}")
    if never == f"step:{definition.start}" and not met:
        return True
    first = (definition.start, met)
    seen, waiting = {first}, deque([first])
    while waiting:
        step, met = waiting.popleft()
        if definition.is_end(step):
            continue
        for action in definition.steps[step].actions.values():
            now = met or requirement in {f"action:{action.code}", *(f"guard:{guard}" for guard in action.needs)}
            broken = never == f"action:{action.code}" and not (now or requirement in _effects(action))
            for effect in action.does:
                broken |= never == f"effect:{effect}" and not now
                now |= requirement == f"effect:{effect}"
            if renewed and action.reopens:
                now = False
            now |= requirement == f"step:{action.to}"
            if broken or (never == f"step:{action.to}" and not now):
                return True
            if (action.to, now) not in seen:
                seen.add((action.to, now))
                waiting.append((action.to, now))
    return False


def _effects(action) -> set[str]:
    return {f"effect:{effect}" for effect in action.does}


def one_person_can_do(definition) -> set[tuple[str, str, str]]:
    """(earlier act, step, later act) for every promised separation that one person can get around."""
    wanted = {(a, b) for promise in definition.promises for a in promise.apart for b in promise.apart if a != b}
    found = set()
    first = (definition.start, frozenset({"make"}))
    seen, waiting = {first}, deque([first])
    while waiting:
        step, mine = waiting.popleft()
        if definition.is_end(step):
            continue
        for action in definition.steps[step].actions.values():
            free = {code for code in mine if code not in action.apart_from}
            found |= {(code, step, action.code) for code in free if (code, action.code) in wanted}
            then = (action.to, mine | {action.code})
            if then not in seen:
                seen.add(then)
                waiting.append(then)
    return found


def promised(definition, faults: list[Fault]):
    """The promises that the proofs say are broken, in the same shape as what playing finds."""
    never = {(fault.data["never"], fault.data["value"]) for fault in faults if fault.code == "promise_broken"}
    apart = {(fault.data["other"], fault.step, fault.action) for fault in faults if fault.code == "apart_broken"}
    return never, apart


@settings(max_examples=400, deadline=None)
@given(definitions())
def test_refused_are_exactly_the_promises_that_some_file_breaks(text):
    definition = load(text)
    never, apart = promised(definition, check(definition))
    assert never == never_broken(definition)
    assert apart == one_person_can_do(definition)


@settings(max_examples=200, deadline=None)
@given(definitions())
def test_the_path_of_a_fault_can_be_walked_and_breaks_what_it_says(text):
    definition = load(text)
    for fault in check(definition):
        if fault.code not in ("promise_broken", "apart_broken", "no_way_out", "too_few_people"):
            continue
        if fault.code == "no_way_out" and not fault.path:
            continue  # a step that nothing reaches is refused for that as well
        step = definition.start
        assert fault.path[0] == step
        for code, target in zip(fault.path[1::2], fault.path[2::2], strict=True):
            step = definition.steps[step].actions[code].to
            assert step == target
        if fault.code == "apart_broken":
            acts = ["make", *fault.path[1::2]]
            assert fault.data["other"] in acts[:-1]
            assert acts[-1] == fault.action


# People ------------------------------------------------------------------------------------------


class Journal:
    """What was done on one file, with every condition met."""

    def __init__(self) -> None:
        self.acts: list[tuple[str, int, str]] = []

    def who_did(self, action: str) -> dict[int, str]:
        return {person: str(person) for code, person, _to in self.acts if code == action}

    def unmet(self, _guard: str):
        return ()


@settings(max_examples=200, deadline=None)
@given(definitions(), st.data())
def test_no_walk_acts_without_right_or_forgets_who_was_there(text, data):
    definition, journal = load(text), Journal()
    people = [Actor(n, frozenset(data.draw(st.sets(st.sampled_from(ROLES))))) for n in range(4)]
    journal.acts.append(("make", 0, definition.start))
    step = definition.start
    for _ in range(data.draw(st.integers(0, 12))):
        actor = data.draw(st.sampled_from(people))
        found = offers(definition, step, actor, journal)
        assert [offer.action.code for offer in found] == (
            [] if definition.is_end(step) else list(definition.steps[step].actions)
        )
        for offer in found:
            done = {code for code, person, _to in journal.acts if person == actor.person_id}
            may = set(offer.action.by) & actor.roles and not done & set(offer.action.apart_from)
            assert offer.allowed == bool(may)
            assert offer.allowed or offer.reasons
        allowed = [offer.action for offer in found if offer.allowed]
        if not allowed:
            continue
        action = data.draw(st.sampled_from(allowed))
        step = action.to
        journal.acts.append((action.code, actor.person_id, step))
    # Replayed from the start, the acts lead to where the file stands.
    here = definition.start
    for code, _person, to in journal.acts[1:]:
        here = definition.steps[here].actions[code].to
        assert here == to
    assert here == step


@settings(max_examples=150, deadline=None)
@given(definitions(), st.dictionaries(st.sampled_from(ROLES), st.sets(st.integers(0, 2), min_size=1), min_size=2))
def test_too_few_people_is_said_exactly_when_some_path_cannot_be_shared_out(text, holders):
    definition = load(text)
    faults = [fault for fault in check(definition, Known(holders=holders)) if fault.code == "too_few_people"]
    # Where there are too many ways to look at each, all acts are taken together, which refuses rather too much: such a
    # fault names no path.
    assume(all(fault.path for fault in faults))
    assert bool(faults) == _some_path_leaves_nobody(definition, holders)


def _some_path_leaves_nobody(definition, holders) -> bool:
    """Play with all ways to share acts out at once: a path is lost when no way is left."""
    first = (definition.start, frozenset(("make", person) for person in holders["r"]))
    ways = frozenset(frozenset({one}) for one in first[1])
    first = (definition.start, ways)
    seen, waiting = {first}, deque([first])
    while waiting:
        step, ways = waiting.popleft()
        if definition.is_end(step):
            continue
        for action in definition.steps[step].actions.values():
            doers = {person for role in action.by for person in holders[role]}
            then = set()
            for way in ways:
                barred = {person for code, person in way if code in action.apart_from}
                then |= {way | {(action.code, person)} for person in doers - barred}
            if not then:
                return True
            # A way that has barred fewer people is at least as good as one that has barred more.
            least = frozenset(way for way in then if not any(other < way for other in then))
            if (action.to, least) not in seen:
                seen.add((action.to, least))
                waiting.append((action.to, least))
    return False
