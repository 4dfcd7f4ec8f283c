"""Moving running files to another version: where each would stand, and what is in the way.

A file fits at a step of the new version when everything that the version promises still holds for
it. What the proofs show for files that begin there has to be shown anew for one that arrives in the
middle: whatever can still be reached from its step without the required act, guard or effect must
have had it before, by its own journal; and people whom the version keeps apart must be apart on it.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from grants.workflow.definition import LOCALES, Definition, Promise, Words
from grants.workflow.faults import DefinitionError, Fault, arrows
from grants.workflow.past import File, given, given_by
from grants.workflow.walk import Graph

_TEXTS: dict[str, Words] = {
    "unknown_source": {
        "fr": "la table des étapes cite «\u00a0{step}\u00a0», que la version {old} n’a pas",
        "en": "the map names “{step}”, which version {old} does not have",
    },
    "unknown_target": {
        "fr": "la table mène de «\u00a0{step}\u00a0» à «\u00a0{to}\u00a0», que la version {new} n’a pas",
        "en": "the map leads from “{step}” to “{to}”, which version {new} does not have",
    },
    "ends_nothing": {
        "fr": "la table mène de «\u00a0{step}\u00a0» à la fin «\u00a0{to}\u00a0»\u00a0: déplacer un dossier ne le termine pas",
        "en": "the map leads from “{step}” to the end “{to}”: moving a file does not finish it",
    },
    "ended": {
        "fr": "la table cite la fin «\u00a0{step}\u00a0»\u00a0: un dossier terminé garde sa version",
        "en": "the map names the end “{step}”: a finished file keeps its version",
    },
    "orphan": {
        "fr": "l’étape «\u00a0{step}\u00a0» n’existe plus dans la version {new}, et la table ne dit pas où aller",
        "en": "the step “{step}” no longer exists in version {new}, and the map does not say where to go",
    },
    "unmet": {
        "fr": "le dossier atteindrait {never} sans {value}, qui n’a pas eu lieu",
        "en": "the file would reach {never} without {value}, which has not happened",
    },
    "missing": {
        "fr": "dans la version {new}, {value} précède toujours cette étape, et n’a pas eu lieu sur ce dossier",
        "en": "in version {new}, {value} always comes before this step, and has not happened on this file",
    },
    "open": {
        "fr": "{first} a eu lieu, et rien n’interdirait à la même personne {second}",
        "en": "{first} has happened, and nothing would keep the same person from {second}",
    },
    "same_person": {
        "fr": "{name} a fait {first} et {second}, que la version {new} réserve à des personnes différentes",
        "en": "{name} did {first} and {second}, which version {new} keeps for different people",
    },
}
_CITED: dict[str, Words] = {
    "action": {"fr": "l’acte «\u00a0{0}\u00a0»", "en": "the action “{0}”"},
    "step": {"fr": "l’étape «\u00a0{0}\u00a0»", "en": "the step “{0}”"},
    "guard": {"fr": "la condition «\u00a0{0}\u00a0»", "en": "the condition “{0}”"},
    "effect": {"fr": "l’effet «\u00a0{0}\u00a0»", "en": "the effect “{0}”"},
}
_PATH = {"fr": "Chemin\u00a0: ", "en": "Path: "}


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What keeps a file from moving, or is wrong with the map; ``path`` shows it on the new version."""

    code: str
    data: Mapping[str, Any] = field(default_factory=dict, hash=False)
    path: tuple[str, ...] = ()

    def text(self, locale: str = "fr") -> str:
        """The sentence in French or English."""
        locale = locale if locale in LOCALES else "fr"
        said = {k: v[locale] if isinstance(v, Mapping) else v for k, v in self.data.items()}
        sentence = _TEXTS[self.code][locale].format(**said)
        sentence = f"{sentence[:1].upper()}{sentence[1:]}."
        # A path of one step is the step at which the file would stand.
        if len(self.path) < 2:
            return sentence
        return f"{sentence} {_PATH[locale]}{arrows(self.path)}."


@dataclass(frozen=True, slots=True)
class Verdict:
    """Where one file would stand (``to``, empty for an orphan), and what is in the way."""

    reference: str
    step: str
    to: str | None
    obstacles: tuple[Obstacle, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole move: what is wrong with the map, and a verdict on each file, in the order given."""

    problems: tuple[Obstacle, ...]
    verdicts: tuple[Verdict, ...]

    @property
    def fits(self) -> bool:
        """Whether every file may move; it is all of them or none."""
        return not self.problems and not self.refused

    @property
    def refused(self) -> list[Verdict]:
        return [verdict for verdict in self.verdicts if verdict.obstacles]


def load_map(source: str | Path) -> dict[str, str]:
    """Read a map of steps, ``[steps]`` with a line ``old = "new"`` for each that goes elsewhere.

    Raises `DefinitionError` with every fault of form.
    """
    path = source if isinstance(source, Path) else None
    text = path.read_text(encoding="utf-8") if path else str(source)
    file = path.name if path else None
    try:
        raw = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise DefinitionError([Fault("not_toml", file, data={"error": str(error)})]) from error
    faults = [Fault("unknown_key", file, data={"key": key, "known": ["steps"]}) for key in raw if key != "steps"]
    steps = raw.get("steps", {})
    if not isinstance(steps, dict):
        faults.append(Fault("wrong_kind", file, data={"key": "steps", "kind": "table"}))
        steps = {}
    for key, value in steps.items():
        if not isinstance(value, str) or not value:
            faults.append(Fault("wrong_kind", file, data={"key": f"steps.{key}", "kind": "text"}))
    if faults:
        raise DefinitionError(faults)
    return steps


def plan(
    old: Definition,
    new: Definition,
    mapping: Mapping[str, str],
    files: Iterable[File],
    *,
    house_promises: Sequence[Promise] = (),
    name_words: Mapping[str, Words] | None = None,
) -> Plan:
    """Judge the move of running files from one version to another.

    ``mapping`` leads from steps of the old version to steps of the new one; a step that it does not
    name leads to the step of the same code. ``files`` stand at steps of the old version, none at an end.
    ``name_words`` says what the host calls its guards and effects.
    """
    house = [promise for promise in house_promises if promise.subject in (None, new.subject)]
    judge = _Judge(old, new, [*new.promises, *house], name_words or {})
    return Plan(tuple(judge.of_map(mapping)), tuple(judge.of_file(file, mapping) for file in files))


class _Judge:
    def __init__(
        self, old: Definition, new: Definition, promises: Sequence[Promise], name_words: Mapping[str, Words]
    ) -> None:
        self.old, self.new, self.promises, self.name_words = old, new, promises, name_words
        self.graph = Graph(new)
        self._reached: dict[str, list[tuple[Promise, str, tuple[str, ...]]]] = {}
        self._open: dict[str, list[tuple[str, str, tuple[str, ...]]]] = {}

    def of_map(self, mapping: Mapping[str, str]) -> Iterator[Obstacle]:
        for step, to in mapping.items():
            data = {"step": step, "to": to, "old": self.old.version, "new": self.new.version}
            if step in self.old.ends:
                yield Obstacle("ended", data)
            elif step not in self.old.steps:
                yield Obstacle("unknown_source", data)
            if to in self.new.ends:
                yield Obstacle("ends_nothing", data)
            elif to not in self.new.steps:
                yield Obstacle("unknown_target", data)

    def of_file(self, file: File, mapping: Mapping[str, str]) -> Verdict:
        to = mapping.get(file.step, file.step)
        if to not in self.new.steps:
            data = {"step": file.step, "new": self.new.version}
            # A wrong line of the map is said once, of the map.
            found = () if file.step in mapping else (Obstacle("orphan", data),)
            return Verdict(file.reference, file.step, None, found)
        unmet = tuple(self._promises(file, to))
        missed = {obstacle.data["value"]["en"] for obstacle in unmet}
        # What a promise misses already need not be said again as an act that always comes before.
        people = (
            one for one in self._people(file, to) if one.code != "missing" or one.data["value"]["en"] not in missed
        )
        return Verdict(file.reference, file.step, to, (*unmet, *people))

    # What must have happened ----------------------------------------------------------------

    def _promises(self, file: File, to: str) -> Iterator[Obstacle]:
        ever, lately, said = given(file.acts), None, set()
        for promise, requirement, path in self._needed(to):
            had = ever
            if promise.renewed:
                lately = given(file.acts, since_reopening=True) if lately is None else lately
                had = lately
            # The house and the version may promise the same: it is said once.
            if requirement not in had and (promise.never, requirement) not in said:
                said.add((promise.never, requirement))
                data = {"never": self._cited(promise.never), "value": self._cited(requirement)}
                yield Obstacle("unmet", data, path)

    def _needed(self, to: str) -> list[tuple[Promise, str, tuple[str, ...]]]:
        """What a file that stands at ``to`` must have had, and the path on which it would be missed."""
        if to not in self._reached:
            self._reached[to] = [
                (promise, requirement, path)
                for promise in self.promises
                if promise.never
                for requirement in promise.without
                if (path := self._path_without(to, promise.never, requirement)) is not None
            ]
        return self._reached[to]

    def _path_without(self, to: str, never: str, requirement: str) -> tuple[str, ...] | None:
        walk = self.graph.walk({to: (to,)}, blocked=lambda edge: requirement in given_by(edge.action))
        kind, _, code = never.partition(":")
        if kind == "step":
            return walk.path(code) if code in walk else None
        for edge in self.graph.edges:
            gives = given_by(edge.action)
            # The act that reaches the target may meet the requirement itself; the proof of the version saw in which order.
            if edge.source in walk and never in gives and requirement not in gives:
                return (*walk.path(edge.source), edge.action.code, edge.target)
        return None

    # Who must be different people -----------------------------------------------------------

    @cached_property
    def _apart(self) -> list[tuple[str, ...]]:
        return [promise.apart for promise in self.promises if promise.apart]

    def _people(self, file: File, to: str) -> Iterator[Obstacle]:
        done = {act.action for act in file.acts}
        for first, second, path in self._left_open(to):
            if first in done:
                data = {"first": self._cited(f"action:{first}"), "second": self._cited(f"action:{second}")}
                yield Obstacle("open", data, path)
        for code in self._always_before(to):
            if code not in done:
                yield Obstacle("missing", {"value": self._cited(f"action:{code}"), "new": self.new.version})
        yield from self._merged(file)

    def _left_open(self, to: str) -> list[tuple[str, str, tuple[str, ...]]]:
        """Pairs that are to be apart although an action that can still come does not exclude the earlier one."""
        if to not in self._open:
            walk = self.graph.walk({to: (to,)})
            found = {}
            for apart in self._apart:
                for edge in self.graph.edges:
                    if edge.source in walk and edge.action.code in apart:
                        for first in apart:
                            if first not in (edge.action.code, *edge.action.apart_from):
                                path = (*walk.path(edge.source), edge.action.code, edge.target)
                                found.setdefault((first, edge.action.code), path)
            self._open[to] = [(first, second, path) for (first, second), path in found.items()]
        return self._open[to]

    def _always_before(self, to: str) -> list[str]:
        """The actions kept for different people that lie on every path to a step: renamed, they would be forgotten."""
        if to not in self.graph.walk():
            return []
        codes = dict.fromkeys(code for apart in self._apart for code in apart)
        return [code for code in codes if code == self.new.created_as or not self._reached_without(to, code)]

    def _reached_without(self, to: str, action: str) -> bool:
        return to in self.graph.walk(blocked=lambda edge: edge.action.code == action)

    def _merged(self, file: File) -> Iterator[Obstacle]:
        doers: dict[str, dict[Any, str]] = {}
        for act in file.acts:
            doers.setdefault(act.action, {}).update(zip(act.who, act.names, strict=False))
        seen = set()
        for apart in self._apart:
            for number, first in enumerate(apart):
                for second in apart[number + 1 :]:
                    for person in doers.get(first, {}).keys() & doers.get(second, {}).keys():
                        if (person, first, second) not in seen:
                            seen.add((person, first, second))
                            data = {
                                "name": doers[first][person],
                                "first": self._cited(f"action:{first}"),
                                "second": self._cited(f"action:{second}"),
                                "new": self.new.version,
                            }
                            yield Obstacle("same_person", data)

    def _cited(self, name: str) -> Words:
        """A name of a promise as people read it."""
        kind, _, code = name.partition(":")
        label: Words = self.name_words.get(code, {}) if kind in ("guard", "effect") else {}
        if kind == "action":
            label = self.new.action_label(code)
        elif kind == "step" and (code in self.new.steps or code in self.new.ends):
            label = self.new.place(code).label
        return {loc: _CITED[kind][loc].format(label.get(loc) or code) for loc in LOCALES}
