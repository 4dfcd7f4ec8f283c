"""What changes from one version of a workflow to another, in words, grouped by step.

Whatever differs is said: what has no sentence of its own is named by its key, so that a change
never hides behind a comparison that did not know it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from grants.workflow.calendar import Duration
from grants.workflow.definition import LOCALES, Definition, End, Late, Promise, Step, Words

RoleWords = Mapping[str, Words]
NameWords = Mapping[str, Words]

_TEXTS: dict[str, Words] = {
    "added": {"fr": "{what} nouvelle.", "en": "New {what}."},
    "removed": {"fr": "{what} retirée.", "en": "{what} taken out."},
    "became_end": {"fr": "Cette étape devient une fin.", "en": "This step becomes an end."},
    "became_step": {"fr": "Cette fin devient une étape.", "en": "This end becomes a step."},
    "action_added": {
        "fr": "Acte nouveau\u00a0: «\u00a0{action}\u00a0», par {by}, qui mène à «\u00a0{to}\u00a0».",
        "en": "New action: “{action}”, by {by}, which leads to “{to}”.",
    },
    "action_removed": {
        "fr": "Acte retiré\u00a0: «\u00a0{action}\u00a0».",
        "en": "Action taken out: “{action}”.",
    },
    "changed": {
        "fr": "{subject}{key}\u00a0: {new}, au lieu de {old}.",
        "en": "{subject}{key}: {new} instead of {old}.",
    },
    "set": {"fr": "{subject}{key}\u00a0: {new}.", "en": "{subject}{key}: {new}."},
    "unset": {"fr": "{subject}{key}\u00a0: n’a plus {old}.", "en": "{subject}{key}: no longer {old}."},
    "gained": {"fr": "{subject}{key}, en plus\u00a0: {new}.", "en": "{subject}{key}, added: {new}."},
    "lost": {"fr": "{subject}{key}, en moins\u00a0: {old}.", "en": "{subject}{key}, taken out: {old}."},
    "reordered": {
        "fr": "{subject}{key}\u00a0: un autre ordre, {new}.",
        "en": "{subject}{key}: another order, {new}.",
    },
    "promise_added": {"fr": "Promesse nouvelle\u00a0: {new}", "en": "New promise: {new}"},
    "promise_removed": {"fr": "Promesse retirée\u00a0: {old}", "en": "Promise taken out: {old}"},
    "order": {
        "fr": "L’ordre dans lequel les étapes ou les actes sont présentés a changé.",
        "en": "The order in which steps or actions are shown has changed.",
    },
}
_WHATS = {
    "step": {"fr": "Étape", "en": "step"},
    "end": {"fr": "Fin", "en": "end"},
    "phase": {"fr": "Phase", "en": "phase"},
}
_KEYS: dict[str, Words] = {
    "label": {"fr": "nom", "en": "name"},
    "public": {"fr": "texte public", "en": "public text"},
    "phase": {"fr": "phase", "en": "phase"},
    "owner": {"fr": "qui doit agir", "en": "who must act"},
    "within": {"fr": "délai", "en": "time limit"},
    "late": {"fr": "rappel de retard", "en": "reminder when late"},
    "pauses": {"fr": "notre délai est suspendu", "en": "our clock stands still"},
    "obsolete": {"fr": "étape abandonnée", "en": "obsolete step"},
    "tone": {"fr": "sens de la fin", "en": "tone of the end"},
    "title": {"fr": "titre", "en": "title"},
    "start": {"fr": "étape de départ", "en": "first step"},
    "subject": {"fr": "objet", "en": "subject"},
    "name": {"fr": "code du circuit", "en": "code of the workflow"},
    "created_as": {"fr": "acte de création", "en": "act of creation"},
    "created_by": {"fr": "création par", "en": "created by"},
    "created_label": {"fr": "nom de la création", "en": "name of the creation"},
    "to": {"fr": "mène à", "en": "leads to"},
    "by": {"fr": "rôle", "en": "role"},
    "apart_from": {"fr": "interdit à qui a fait", "en": "not by who did"},
    "needs": {"fr": "condition", "en": "condition"},
    "does": {"fr": "effet", "en": "effect"},
    "tells": {"fr": "prévient", "en": "tells"},
    "asks": {"fr": "formulaire", "en": "form"},
    "reopens": {"fr": "rouvre le dossier", "en": "reopens the file"},
    "kind": {"fr": "importance du bouton", "en": "weight of the button"},
    "confirm": {"fr": "conséquence annoncée", "en": "consequence announced"},
    "hint": {"fr": "explication", "en": "explanation"},
    "via": {"fr": "page de l’acte", "en": "page of the act"},
    "past": {"fr": "texte au passé", "en": "text once done"},
    "created_past": {"fr": "texte de la création au passé", "en": "text of the creation once done"},
    "confirm_identity": {"fr": "mot de passe demandé", "en": "password asked for"},
}
_YES = {True: {"fr": "oui", "en": "yes"}, False: {"fr": "non", "en": "no"}}
_NOTHING = {"fr": "rien", "en": "nothing"}


# What is said of something new beyond its name; its texts and reminders are read in the version itself.
_OF_A_NEW_STEP = {"owner": None, "within": None, "pauses": False, "obsolete": False, "actions": {}}
_OF_A_NEW_ACTION = {"apart_from": (), "needs": (), "does": (), "reopens": False, "confirm_identity": False}


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs. ``key`` is the key of the definition, where there is one; ``action``
    the action of the step; ``text`` says it to a person."""

    code: str
    key: str | None = None
    action: str | None = None
    words: Mapping[str, Words] = field(default_factory=dict, hash=False)

    def text(self, locale: str = "fr") -> str:
        """The sentence in French or English."""
        locale = locale if locale in LOCALES else "fr"
        said = {name: words.get(locale) or words.get("fr", "") for name, words in self.words.items()}
        sentence = _TEXTS[self.code][locale].format(**{"subject": "", **said})
        return sentence[:1].upper() + sentence[1:]


@dataclass(frozen=True, slots=True)
class Part:
    """The changes of one step or end (``place`` is its code), or of the whole (``place`` None)."""

    place: str | None
    label: Words = field(hash=False)
    changes: tuple[Change, ...]


def difference(
    old: Definition, new: Definition, *, role_words: RoleWords | None = None, name_words: NameWords | None = None
) -> list[Part]:
    """What ``new`` changes against ``old``: the whole first, then step by step in the order of the
    new version, then what was taken out. Empty when only the version number or comments differ.

    ``name_words`` says what the host calls its guards and effects; one without words is named by its code."""
    return _Difference(old, new, role_words or {}, name_words or {}).parts()


class _Difference:
    def __init__(self, old: Definition, new: Definition, role_words: RoleWords, name_words: NameWords) -> None:
        self.old, self.new, self.role_words, self.name_words = old, new, role_words, name_words

    def parts(self) -> list[Part]:
        whole = {"fr": "Tout le circuit", "en": "The whole workflow"}
        found = [Part(None, whole, tuple(self._whole()))]
        for code, place in {**self.new.steps, **self.new.ends}.items():
            found.append(Part(code, place.label, tuple(self._place(code))))
        there = {*self.new.steps, *self.new.ends}
        for code, place in {**self.old.steps, **self.old.ends}.items():
            if code not in there:
                what = "step" if code in self.old.steps else "end"
                found.append(Part(code, place.label, (Change("removed", words={"what": _WHATS[what]}),)))
        found = [part for part in found if part.changes]
        if not found and self._order(self.old) != self._order(self.new):
            found.append(Part(None, whole, (Change("order"),)))
        return found

    def _order(self, definition: Definition) -> list:
        acts = [(step.code, action.code) for step, action in definition.acts()]
        return [list(definition.steps), list(definition.ends), list(definition.phases), acts]

    def _whole(self) -> Iterator[Change]:
        # The version always differs; the parts below have their own comparison; the rest is derived from the text.
        apart = {"version", "steps", "ends", "phases", "promises", "content_hash", "file", "source"}
        yield from self._fields(self.old, self.new, apart, "", None)
        for code, phase in self.new.phases.items():
            before = self.old.phases.get(code)
            if before is None:
                yield Change("added", words={"what": _named("phase", phase.label)})
            else:
                yield from self._fields(before, phase, {"code"}, _named("phase", before.label), None)
        for code, phase in self.old.phases.items():
            if code not in self.new.phases:
                yield Change("removed", words={"what": _named("phase", phase.label)})
        kept = list(self.new.promises)
        for promise in self.old.promises:
            if promise in kept:
                kept.remove(promise)
            else:
                yield Change("promise_removed", "promises", words={"old": self._promise(promise, self.old)})
        kept = list(self.old.promises)
        for promise in self.new.promises:
            if promise in kept:
                kept.remove(promise)
            else:
                yield Change("promise_added", "promises", words={"new": self._promise(promise, self.new)})

    def _place(self, code: str) -> Iterator[Change]:
        after = self.new.place(code)
        before = self.old.steps.get(code) or self.old.ends.get(code)
        if before is None:
            what = "step" if code in self.new.steps else "end"
            yield Change("added", words={"what": _WHATS[what]})
            if isinstance(after, End):
                return
            before = replace(after, **_OF_A_NEW_STEP)
        elif type(before) is not type(after):
            yield Change("became_end" if isinstance(after, End) else "became_step")
            before = type(after)(code, before.label, before.public)
        yield from self._fields(before, after, {"code", "actions"}, "", None)
        if isinstance(after, Step):
            yield from self._actions(before, after)

    def _actions(self, before: Step, after: Step) -> Iterator[Change]:
        for code, action in after.actions.items():
            earlier = before.actions.get(code)
            if earlier is None:
                to = self.new.steps.get(action.to) or self.new.ends.get(action.to)
                by = self._shown("by", action.by, self.new)
                leads = to.label if to else dict.fromkeys(LOCALES, action.to)
                yield Change("action_added", None, code, {"action": action.label, "by": by, "to": leads})
                # Who and whereto are in the sentence; under which conditions and with what effect follows.
                earlier = replace(action, **_OF_A_NEW_ACTION)
            subject = {loc: f"{_quoted(earlier.label.get(loc, code), loc)}, " for loc in LOCALES}
            yield from self._fields(earlier, action, {"code"}, subject, code)
        for code, action in before.actions.items():
            if code not in after.actions:
                yield Change("action_removed", None, code, {"action": action.label})

    def _fields(self, old: Any, new: Any, apart: set[str], subject: Any, action: str | None) -> Iterator[Change]:
        said = subject or dict.fromkeys(LOCALES, "")
        if subject and not action:
            said = {loc: f"{subject[loc]}, " for loc in LOCALES}
        for key in (one.name for one in fields(new)):
            before, after = getattr(old, key), getattr(new, key)
            if key in apart or _plain(before) == _plain(after):
                continue
            # A place without a public text of its own shows its label: that change is said once.
            if key == "public" and _plain(new.public) == _plain(new.label) and _plain(old.public) == _plain(old.label):
                continue
            yield self._change(key, before, after, said, action)

    def _change(self, key: str, before: Any, after: Any, subject: Words, action: str | None) -> Change:
        words = {"subject": subject, "key": _KEYS.get(key, dict.fromkeys(LOCALES, key))}
        if isinstance(after, tuple) and isinstance(before, tuple):
            more = tuple(item for item in after if item not in before)
            less = tuple(item for item in before if item not in after)
            if more and not less:
                return Change("gained", key, action, {**words, "new": self._shown(key, more, self.new)})
            if less and not more:
                return Change("lost", key, action, {**words, "old": self._shown(key, less, self.old)})
            if not more and not less:
                return Change("reordered", key, action, {**words, "new": self._shown(key, after, self.new)})
            if key == "late":
                # Reminders are long: only those that differ are read out.
                before, after = less, more
        if isinstance(before, Mapping) and isinstance(after, Mapping):
            words["old"], words["new"] = _texts(before, after)
        else:
            words["old"], words["new"] = self._shown(key, before, self.old), self._shown(key, after, self.new)
        if before in (None, ()):
            return Change("set", key, action, words)
        return Change("unset" if after in (None, ()) else "changed", key, action, words)

    def _shown(self, key: str, value: Any, definition: Definition) -> Words:
        """A value of a key as people read it, in each language."""
        if isinstance(value, bool):
            return _YES[value]
        if value is None or value == ():
            return _NOTHING
        if isinstance(value, Duration):
            return value.words
        if isinstance(value, Mapping):
            return {locale: _quoted(value.get(locale, ""), locale) for locale in LOCALES}
        if isinstance(value, Sequence) and not isinstance(value, str):
            if key == "late":
                return _joined([self._late(one, definition) for one in value], "\u00a0; ", "; ")
            return _joined([self._shown(key, one, definition) for one in value])
        return self._code(key, str(value), definition)

    def _code(self, key: str, code: str, definition: Definition) -> Words:
        if key in ("owner", "by", "tells", "created_by"):
            return self.role_words.get(code) or dict.fromkeys(LOCALES, code)
        label = None
        if key in ("to", "start") and (code in definition.steps or code in definition.ends):
            label = definition.place(code).label
        elif key == "phase" and code in definition.phases:
            label = definition.phases[code].label
        elif key == "apart_from":
            label = definition.action_label(code)
        elif key in ("needs", "does"):
            label = self.name_words.get(code)
        return {loc: _quoted((label or {}).get(loc) or code, loc) for loc in LOCALES}

    def _late(self, late: Late, definition: Definition) -> Words:
        tell = _joined([self._told(role) for role in late.tell])
        when = {"fr": "à l’échéance", "en": "at the due time"}
        if late.after.amount:
            length = late.after.words
            when = {"fr": f"{length['fr']} après l’échéance", "en": f"{length['en']} after the due time"}
        words = {"fr": f"{when['fr']}, prévenir {tell['fr']}", "en": f"{when['en']}, tell {tell['en']}"}
        if late.escalate:
            words = {"fr": f"{words['fr']} (transmis plus haut)", "en": f"{words['en']} (passed up)"}
        if takes := getattr(late, "takes", None):
            label = definition.action_label(takes)
            words["fr"] += f", et le système fait {_quoted(label.get('fr', takes), 'fr')}"
            words["en"] += f", and the system takes {_quoted(label.get('en', takes), 'en')}"
        return words

    def _told(self, role: str) -> Words:
        if role == "owner":
            return {"fr": "qui doit agir", "en": "who must act"}
        return self.role_words.get(role) or dict.fromkeys(LOCALES, role)

    def _promise(self, promise: Promise, definition: Definition) -> Words:
        if promise.why:
            return promise.why
        if promise.apart:
            names = _joined([self._code("apart_from", code, definition) for code in promise.apart])
            return {
                "fr": f"{names['fr']} reviennent à des personnes différentes.",
                "en": f"{names['en']} belong to different people.",
            }
        if promise.by_people:
            things = ", ".join(promise.by_people)
            return {"fr": f"jamais par le système\u00a0: {things}.", "en": f"never by the system: {things}."}
        if promise.confirmed:
            things = ", ".join(promise.confirmed)
            return {"fr": f"jamais sans mot de passe\u00a0: {things}.", "en": f"never without a password: {things}."}
        without = ", ".join(promise.without)
        return {"fr": f"jamais {promise.never} sans {without}.", "en": f"never {promise.never} without {without}."}


def _named(what: str, label: Words) -> Words:
    return {loc: f"{_WHATS[what][loc]} {_quoted(label.get(loc, ''), loc)}" for loc in LOCALES}


def _texts(before: Words, after: Words) -> tuple[Words, Words]:
    """A text before and after, in each language; in a language where it stayed, the one that changed is shown."""
    differing = [loc for loc in {**before, **after} if before.get(loc) != after.get(loc)]
    shown = {loc: loc if loc in differing else differing[0] for loc in LOCALES}
    return tuple({loc: _quoted(words.get(shown[loc], ""), loc) for loc in LOCALES} for words in (before, after))


def _quoted(text: str, locale: str) -> str:
    return f"«\u00a0{text}\u00a0»" if locale == "fr" else f"“{text}”"


def _joined(items: Sequence[Words], french: str = ", ", english: str = ", ") -> Words:
    return {"fr": french.join(one["fr"] for one in items), "en": english.join(one["en"] for one in items)}


def _plain(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else value
