"""What slices offer to workflows and to the pages about them: guards, effects, input forms, kinds, inbox items."""

import functools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm.attributes import set_committed_value

from grants.core.errors import Problems, Refused

guards: dict[str, Callable] = {}
effects: dict[str, Callable] = {}
# What the condition or the effect of a name is called by people (lazy text).
words: dict[str, object] = {}
input_forms: dict[str, type] = {}
kinds: dict[str, "Kind"] = {}
inbox_sources: list[Callable] = []
vias: dict[str, Callable] = {}
listeners: list[Callable] = []


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of subject that has a life, as the generic pages need it.

    `load(reference, person)` returns the subject or None where this person does not see it; `url(subject)` is its page,
    `title(subject)` its name. `eager` are the loader options with which lists read what `title`, `inbox_note` and
    `inbox_amount` need; `words` is the kind's name in lists. `acting` are those with which rows are read when acts are taken
    on many: what acts look at beside the row.
    """

    code: str
    model: type
    load: Callable
    url: Callable
    title: Callable
    eager: tuple = ()
    words: object = ""
    acting: tuple = ()


@dataclass(frozen=True, slots=True)
class Item:
    """A line of *My work*: what to do, on what, by when, and why me. `amount` in francs, or None."""

    title: str
    note: str
    url: str
    why: str
    due_at: datetime | None
    amount: int | None = None


@dataclass(slots=True)
class Act:
    """An act under way, as effects see it: who, when, what was given; `note` adds to what the journal keeps.

    `identity` is the confirmation of who it is, where one was given: an effect may ask for it whatever the workflow says.
    """

    action: str
    by: object
    at: datetime
    data: dict
    noted: dict
    reason: str | None = None
    identity: object = None
    becomes: dict = field(default_factory=dict)

    def note(self, **facts) -> None:
        """Keep plain facts of this act in the journal. Nothing is kept that is not noted."""
        self.noted.update(facts)

    def set(self, subject, **values) -> None:
        """Give columns of the subject itself new values: shown at once, written with its step by one statement.

        What the database is asked until then still answers with the old ones.
        """
        self.becomes.update(values)
        for name, value in values.items():
            set_committed_value(subject, name, value)


@dataclass(frozen=True, slots=True)
class Asked:
    """One of many acts: on which subject (its id), which, with what its form gave, and the revision that was seen."""

    subject_id: int
    action: str
    data: dict
    expected_revision: int | None = None


class NotAll(Exception):
    """Of many acts some were refused, so none is taken: `refusals` are their places in the list, each with why."""

    def __init__(self, refusals: dict[int, Refused | Problems]):
        self.refusals = dict(sorted(refusals.items()))
        super().__init__(self.refusals)

    def __str__(self) -> str:
        return " · ".join(str(one) for one in self.refusals.values())


def guard(name: str, called: object = None) -> Callable:
    """Register `f(subject, by)` that yields a reason (lazy text) for each thing that is missing.

    `called` says in words when the condition holds; without them it goes by its code.
    """
    words[name] = called or name
    return _into(guards, name)


def effect(name: str, called: object = None) -> Callable:
    """Register `f(subject, act)` that changes what the action changes beside the step; `called` says in words what it does."""
    words[name] = called or name
    return _into(effects, name)


def words_of_names() -> dict[str, dict[str, str]]:
    """What conditions and effects are called, as the engine takes it, each in the language of the page."""
    return {name: dict.fromkeys(("fr", "en"), str(called)) for name, called in words.items()}


def effect_each(name: str, called: object = None) -> Callable:
    """Register `f(acts)` over pairs (subject, act): an effect that asks the database once, however many there are.

    `called` as in `effect`. It is the effect of a single act too, with one pair, and raises `NotAll` with the places of
    what it refuses.
    """
    words[name] = called or name

    def register(do: Callable[[Sequence[tuple]], None]) -> Callable:
        return _into(effects, name)(_also_alone(do))

    return register


def input_form(name: str) -> Callable:
    """Register the form of what an action asks. `for_subject(subject)` makes one, where the class has it."""
    return _into(input_forms, name)


def via(name: str) -> Callable:
    """Register where an action with `via` is done: `f(subject)` returns the address of the page, or None."""
    return _into(vias, name)


def after_act(listener: Callable) -> Callable:
    """Register `f(subject, event, definition, action)`, called once an act is in the journal, in its transaction.

    `action` is the engine's `Action`, or None where the subject has just begun. What a listener raises undoes the act; an
    act that is answered again from its idempotency key is not told again.
    """
    listeners.append(listener)
    return listener


def after_acts(listener: Callable[[Sequence[tuple]], None]) -> Callable:
    """Register `f(acted)` over tuples (subject, event, definition, action) of one kind: `after_act` for many at once."""
    listeners.append(_also_alone(listener))
    return listener


def in_turn(do: Callable, each: Sequence[tuple]) -> None:
    """Call what was registered for each of many: at once where it was written for that, else one after the other.

    Raises `NotAll` with every refusal.
    """
    if not each:
        return
    if (together := getattr(do, "each", None)) is not None:
        together(each)
        return
    refusals = {}
    for place, what in enumerate(each):
        try:
            do(*what)
        except (Refused, Problems) as refusal:
            refusals[place] = refusal
    if refusals:
        raise NotAll(refusals)


def _also_alone(do: Callable[[Sequence[tuple]], None]) -> Callable:
    """What was written for many, as it is called for one; `in_turn` finds the other under `each`."""

    @functools.wraps(do)
    def alone(*what):
        try:
            do([what])
        except NotAll as refused:
            raise refused.refusals[0] from refused

    alone.each = do
    return alone


def register_kind(kind: Kind) -> None:
    """Register a kind of subject."""
    kinds[kind.code] = kind


def inbox(source: Callable[[object], Iterable[Item]]) -> Callable:
    """Register a source of items for *My work*: `f(person)` yields what waits for this person beyond the steps."""
    inbox_sources.append(source)
    return source


def _into(register: dict, name: str) -> Callable:
    def add(thing):
        if name in register and register[name] is not thing:
            raise ValueError(f"{name} is registered twice")
        register[name] = thing
        return thing

    return add
