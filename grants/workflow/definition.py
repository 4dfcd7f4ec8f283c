"""What a workflow is: steps, the actions that leave them, ends, and what is promised on every path.

Everything is frozen: a definition that was read is never changed, and its `content_hash` says
which one a file was begun with. Texts are `Words`, one sentence a language: ``words["fr"]``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from grants.workflow.calendar import Duration

Words = Mapping[str, str]
LOCALES = ("fr", "en")
ACTION_KINDS = ("primary", "secondary", "warning")
END_TONES = ("good", "neutral", "bad")
# The role of nobody: an action that the system may take (a timer) names it in ``by``.
SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Late:
    """What happens when a file is still at a step ``after`` its due time.

    The roles in ``tell`` hear about it ("owner" means the step's); ``escalate`` marks that it is
    now theirs to see to. ``takes`` names an action of the step that the system then takes itself,
    so that a file nobody comes back to does not wait forever.
    """

    after: Duration
    tell: tuple[str, ...]
    escalate: bool = False
    takes: str | None = None


@dataclass(frozen=True, slots=True)
class Action:
    """One way out of a step: who may take it, what must be true, what it brings about.

    ``by`` are roles; ``apart_from`` are actions whose doers on this file may not do this one;
    ``needs``, ``does`` and ``asks`` name guards, effects and an input form of the host.
    ``confirm`` is the consequence, asked once before the act; ``hint`` explains it beside the
    button. ``via`` names the page through which alone the act is done, when it has one.
    ``reopens`` means that what was judged before no longer counts. ``past`` tells the act once it
    is done, in a history (“Application submitted”; the label where there is none).
    ``confirm_identity`` asks the host to make sure that it is still this person: they give their
    password with the act.
    """

    code: str
    to: str
    label: Words = field(hash=False)
    by: tuple[str, ...] = ()
    apart_from: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    does: tuple[str, ...] = ()
    tells: tuple[str, ...] = ()
    asks: str | None = None
    reopens: bool = False
    kind: str = "secondary"
    confirm: Words | None = field(default=None, hash=False)
    hint: Words | None = field(default=None, hash=False)
    via: str | None = None
    past: Words | None = field(default=None, hash=False)
    confirm_identity: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """Where a file can wait: who must act (`owner`, a role) and within what time.

    ``public`` is what outsiders read; it is the label when the definition gives no other.
    ``pauses`` marks a step in which the other side must act: its time is not counted as ours.
    ``obsolete`` marks a step that was taken out: no action leads there any more, but files that
    stand there can still leave it.
    """

    code: str
    label: Words = field(hash=False)
    public: Words = field(hash=False)
    owner: str | None = None
    within: Duration | None = None
    late: tuple[Late, ...] = ()
    actions: Mapping[str, Action] = field(default_factory=dict, hash=False)
    phase: str | None = None
    pauses: bool = False
    obsolete: bool = False


@dataclass(frozen=True, slots=True)
class End:
    """Where a file rests for good. ``tone`` is good, neutral or bad, for its colour."""

    code: str
    label: Words = field(hash=False)
    public: Words = field(hash=False)
    phase: str | None = None
    tone: str = "neutral"


@dataclass(frozen=True, slots=True)
class Phase:
    """A station of the rail: one or more steps under one name that everybody knows."""

    code: str
    label: Words = field(hash=False)


@dataclass(frozen=True, slots=True)
class Promise:
    """What holds on every path, or the definition is refused.

    Either ``never`` (``step:``, ``effect:`` or ``action:`` and a code) ``without`` each of the
    named things before it (``action:``, ``effect:``, ``guard:``, ``step:``), or ``apart``: actions
    done by different people, or ``by_people``: things (``action:``, ``effect:``, ``step:``) that the
    system never brings about, or ``confirmed``: things that are brought about only by acts that ask for
    a password (``confirm_identity``). ``renewed`` lets nothing count that happened before a reopening.
    ``subject`` limits a house promise to definitions of that subject; ``why`` says it in words.
    """

    never: str | None = None
    without: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()
    by_people: tuple[str, ...] = ()
    confirmed: tuple[str, ...] = ()
    renewed: bool = False
    subject: str | None = None
    why: Words | None = field(default=None, hash=False)


@dataclass(frozen=True, slots=True)
class Definition:
    """A whole workflow as it was read.

    ``created_as`` is the act that makes the subject, by one of ``created_by``: it comes before
    every path and counts for `Action.apart_from`. ``source`` is the text it was read from.
    """

    name: str
    version: int
    subject: str
    start: str
    title: Words
    steps: Mapping[str, Step]
    ends: Mapping[str, End]
    phases: Mapping[str, Phase]
    promises: tuple[Promise, ...]
    content_hash: str
    created_as: str | None = None
    created_by: tuple[str, ...] = ()
    created_label: Words | None = None
    created_past: Words | None = None
    file: str | None = field(default=None, compare=False)
    source: str = field(default="", compare=False, repr=False)

    def __hash__(self) -> int:
        return hash(self.content_hash)

    def place(self, code: str) -> Step | End:
        """The step or end of this code; raises `UnknownStep`."""
        found = self.steps.get(code) or self.ends.get(code)
        if found is None:
            raise UnknownStep(self.name, code)
        return found

    def is_end(self, code: str) -> bool:
        """Tell whether a file that stands here is finished."""
        return code in self.ends

    def acts(self) -> Iterator[tuple[Step, Action]]:
        """Every action with the step it leaves, in the order of the file."""
        for step in self.steps.values():
            for action in step.actions.values():
                yield step, action

    def action_label(self, code: str) -> Words:
        """The words of an action wherever it stands, the creating act included."""
        for _step, action in self.acts():
            if action.code == code:
                return action.label
        if code == self.created_as and self.created_label:
            return self.created_label
        return dict.fromkeys(LOCALES, code)

    def action_past(self, code: str) -> Words:
        """The words of an action once it is done; its label where the definition gives no other."""
        for _step, action in self.acts():
            if action.code == code and action.past:
                return action.past
        if code == self.created_as and self.created_past:
            return self.created_past
        return self.action_label(code)

    def steps_of(self, phase: str) -> tuple[str, ...]:
        """Codes of the steps and ends that stand under this station of the rail."""
        places = (*self.steps.values(), *self.ends.values())
        return tuple(place.code for place in places if place.phase == phase)


class UnknownStep(LookupError):
    """A file stands where its definition knows no step."""

    def __init__(self, workflow: str, step: str) -> None:
        super().__init__(f"{workflow} has no step {step!r}")
        self.workflow, self.step = workflow, step


class UnknownAction(LookupError):
    """An action was asked for that the step does not have."""

    def __init__(self, step: str, action: str) -> None:
        super().__init__(f"step {step!r} has no action {action!r}")
        self.step, self.action = step, action
