"""Who may do what now, and if not, why not: every reason at once, in words a person understands.

Nothing here reads a database: what happened so far and what is true of the file come in through
`Facts`. The same answer enables a button, feeds an interface and explains a refusal.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from grants.workflow.definition import SYSTEM, Action, Definition, UnknownAction, Words


@dataclass(frozen=True, slots=True)
class Actor:
    """A person with the roles that they hold for this very file.

    ``stands_for`` is whom they act for where the roles are lent to them (an interim): what either
    of the two did before counts against them, as lending a right never makes one person two.
    """

    person_id: Hashable
    roles: frozenset[str] = frozenset()
    stands_for: Hashable | None = None


class Facts(Protocol):
    """What the host knows about one file."""

    def who_did(self, action: str) -> Mapping[Any, str]:
        """Person id → name of everybody who did this action since the file began."""

    def unmet(self, guard: str) -> Sequence[Any]:
        """What is missing for this guard, one text or `Reason` each; empty when it is met."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason against an action.

    ``text`` is anything that ``str`` turns into a sentence; for the engine's own reasons (codes
    "role" and "apart") it is the French one and ``words`` has each language. ``names`` are the
    roles that could act (role) or the earlier actions of this person (apart).
    """

    text: Any
    code: str = "guard"
    words: Words | None = field(default=None, hash=False)
    names: tuple[str, ...] = ()

    def __str__(self) -> str:
        return str(self.text)

    def in_locale(self, locale: str) -> str:
        """The sentence in this language where the engine wrote it, else the host's own text."""
        return self.words.get(locale, str(self)) if self.words else str(self)


@dataclass(frozen=True, slots=True)
class Offer:
    """An action of the current step, allowed or refused with all its reasons.

    ``concerns_me`` is true when the person holds a role that takes this action, even if
    something else is still in the way.
    """

    action: Action
    allowed: bool
    reasons: tuple[Reason, ...] = ()
    concerns_me: bool = False


def offers(
    definition: Definition,
    step: str,
    actor: Actor,
    facts: Facts,
    *,
    role_words: Mapping[str, Words] | None = None,
) -> list[Offer]:
    """Every action of ``step`` for this actor, in the order of the definition.

    Each guard is asked once, however many actions need it. ``role_words`` gives the names of
    roles for the reasons. Raises `UnknownStep`; an end offers nothing.
    """
    place = definition.place(step)
    if definition.is_end(step):
        return []
    asked = _AskedOnce(facts)
    return [_judge(definition, action, actor, asked, role_words) for action in place.actions.values()]


def decide(
    definition: Definition,
    step: str,
    action: str,
    actor: Actor,
    facts: Facts,
    *,
    role_words: Mapping[str, Words] | None = None,
) -> Offer:
    """One action of ``step`` for this actor. Raises `UnknownStep`, `UnknownAction`."""
    place = definition.place(step)
    found = None if definition.is_end(step) else place.actions.get(action)
    if found is None:
        raise UnknownAction(step, action)
    return _judge(definition, found, actor, _AskedOnce(facts), role_words)


class _AskedOnce:
    """Facts that remember their answers for the length of one question."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._doers: dict[str, Mapping[Any, str]] = {}
        self._unmet: dict[str, tuple[Reason, ...]] = {}

    def who_did(self, action: str) -> Mapping[Any, str]:
        if action not in self._doers:
            self._doers[action] = self._facts.who_did(action)
        return self._doers[action]

    def unmet(self, guard: str) -> tuple[Reason, ...]:
        if guard not in self._unmet:
            missing = self._facts.unmet(guard)
            self._unmet[guard] = tuple(item if isinstance(item, Reason) else Reason(item) for item in missing)
        return self._unmet[guard]


def _judge(
    definition: Definition,
    action: Action,
    actor: Actor,
    facts: _AskedOnce,
    role_words: Mapping[str, Words] | None,
) -> Offer:
    mine = not actor.roles.isdisjoint(action.by)
    reasons: list[Reason] = []
    if not mine:
        reasons.append(_not_your_role(action.by, role_words or {}))
    done = tuple(code for code in action.apart_from if actor.person_id in facts.who_did(code))
    if done:
        reasons.append(_you_did(definition, done))
    lent = tuple(code for code in action.apart_from if code not in done and actor.stands_for in facts.who_did(code))
    if lent and actor.stands_for is not None:
        reasons.append(_they_did(definition, lent, facts.who_did(lent[0])[actor.stands_for]))
    for guard in action.needs:
        reasons.extend(facts.unmet(guard))
    return Offer(action, allowed=not reasons, reasons=tuple(reasons), concerns_me=mine)


def _not_your_role(roles: Iterable[str], role_words: Mapping[str, Words]) -> Reason:
    roles = tuple(role for role in roles if role != SYSTEM)
    if not roles:
        words = {
            "fr": "Cette action se fait d’elle-même, à l’expiration du délai.",
            "en": "This action is taken by itself when the time is up.",
        }
        return Reason(words["fr"], code="role", words=words)

    def named(locale: str) -> list[str]:
        return [role_words.get(role, {}).get(locale, role.replace("_", " ")) for role in roles]

    words = {
        "fr": f"Cette action revient à\u00a0: {_listed(named('fr'), 'ou')}.",
        "en": f"This action belongs to: {_listed(named('en'), 'or')}.",
    }
    return Reason(words["fr"], code="role", words=words, names=roles)


def _you_did(definition: Definition, done: tuple[str, ...]) -> Reason:
    french, english = _acts(definition, done)
    words = {
        "fr": f"Vous avez déjà fait {french} sur ce dossier\u00a0: une autre personne doit agir.",
        "en": f"You already did {english} on this file: another person must act.",
    }
    return Reason(words["fr"], code="apart", words=words, names=done)


def _they_did(definition: Definition, done: tuple[str, ...], name: str) -> Reason:
    french, english = _acts(definition, done)
    words = {
        "fr": f"Vous agissez au nom de {name}, qui a déjà fait {french} sur ce dossier\u00a0: une autre personne doit agir.",
        "en": f"You act for {name}, who already did {english} on this file: another person must act.",
    }
    return Reason(words["fr"], code="apart", words=words, names=done)


def _acts(definition: Definition, done: tuple[str, ...]) -> tuple[str, str]:
    labels = [definition.action_label(code) for code in done]
    french = _listed([f"«\u00a0{label.get('fr', '')}\u00a0»" for label in labels], "et")
    return french, _listed([f"“{label.get('en', '')}”" for label in labels], "and")


def _listed(names: list[str], last: str) -> str:
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {last} {names[-1]}"
