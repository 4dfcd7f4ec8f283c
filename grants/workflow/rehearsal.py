"""A new version tried on past files: what would have gone otherwise. Nothing is changed by it.

Each act of a file is tried where the file would stand under the new version. An act that the
version does not know there is noted, and the file is put where it went in truth, so that one
difference does not hide those after it.
"""

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field

from grants.workflow.definition import LOCALES, Definition, Words
from grants.workflow.past import Act, File

# In the order in which a reader should meet them.
KINDS = ("absent", "not_allowed", "apart", "guard", "elsewhere", "gone", "ends_elsewhere")
_TEXTS: dict[str, Words] = {
    "absent": {
        "fr": "«\u00a0{action}\u00a0» n’aurait pas existé à l’étape «\u00a0{step}\u00a0»",
        "en": "“{action}” would not have existed at the step “{step}”",
    },
    "not_allowed": {
        "fr": "«\u00a0{action}\u00a0», à l’étape «\u00a0{step}\u00a0», n’aurait pas été permis au rôle de la personne",
        "en": "“{action}”, at the step “{step}”, would not have been allowed to the role of the person",
    },
    "apart": {
        "fr": "«\u00a0{action}\u00a0» aurait été refusé à une personne qui avait fait «\u00a0{detail}\u00a0»",
        "en": "“{action}” would have been refused to a person who had done “{detail}”",
    },
    "guard": {
        "fr": "«\u00a0{action}\u00a0» aurait demandé la condition {detail}, qui n’a pas été demandée",
        "en": "“{action}” would have asked for the condition {detail}, which was not asked for",
    },
    "elsewhere": {
        "fr": "«\u00a0{action}\u00a0» aurait mené à «\u00a0{detail}\u00a0»",
        "en": "“{action}” would have led to “{detail}”",
    },
    "gone": {
        "fr": "se tient à l’étape «\u00a0{step}\u00a0», que la nouvelle version n’a plus",
        "en": "stands at the step “{step}”, which the new version no longer has",
    },
    "ends_elsewhere": {
        "fr": "se tiendrait à «\u00a0{detail}\u00a0» au lieu de «\u00a0{step}\u00a0»",
        "en": "would stand at “{detail}” instead of “{step}”",
    },
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that would have gone otherwise; `text` says it, with the codes where a label is not known."""

    kind: str
    step: str
    action: str | None = None
    detail: str | None = None
    words: Words = field(default_factory=dict, hash=False, compare=False)

    def text(self, locale: str = "fr") -> str:
        """The sentence in French or English."""
        sentence = self.words[locale if locale in LOCALES else "fr"]
        return f"{sentence[:1].upper()}{sentence[1:]}."


@dataclass(frozen=True, slots=True)
class Changed:
    """A file for which something would have gone otherwise, with its findings in the order of its acts."""

    reference: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Count:
    """How often one thing would have gone otherwise: acts, and files in which it occurs."""

    finding: Finding
    acts: int
    files: int


@dataclass(frozen=True, slots=True)
class Report:
    """What came of a rehearsal: files and acts tried, the findings counted, and the files that have any."""

    files: int
    acts: int
    counts: tuple[Count, ...]
    changed: tuple[Changed, ...]

    @property
    def unchanged(self) -> int:
        """How many files would have gone just as they did."""
        return self.files - len(self.changed)


def rehearse(new: Definition, files: Iterable[File], *, old: Definition | None = None) -> Report:
    """Try a version on past files. ``old`` gives the words of steps and actions that the new one lacks."""
    replay = _Replay(new, old)
    tried = acts = 0
    changed, counted = [], {}
    for file in files:
        tried += 1
        acts += len(file.acts)
        findings = tuple(replay.of(file))
        if findings:
            changed.append(Changed(file.reference, findings))
        for finding in dict.fromkeys(findings):
            row = counted.setdefault(finding, [0, 0])
            row[0] += findings.count(finding)
            row[1] += 1
    order = sorted(counted.items(), key=lambda item: (KINDS.index(item[0].kind), -item[1][1], item[0].step))
    counts = tuple(Count(finding, acts, files) for finding, (acts, files) in order)
    return Report(tried, acts, counts, tuple(changed))


class _Replay:
    def __init__(self, new: Definition, old: Definition | None) -> None:
        self.new, self.old = new, old

    def of(self, file: File) -> Iterator[Finding]:
        here = self.new.start
        doers: dict[str, set[Hashable]] = {}
        for act in file.acts:
            if act.source is None:
                # The act that made the file: it stands at the start, whatever that was called.
                here = self.new.start
            elif act.target is not None and act.taken is not None:
                here = yield from self._try(act, here, doers)
            elif act.target is not None and self._there(act.target):
                # Moved to another version, or put somewhere by an act outside of the workflow.
                here = act.target
            doers.setdefault(act.action, set()).update(act.who)
        if not self._there(file.step):
            yield self._finding("gone", file.step)
        elif here != file.step:
            yield self._finding("ends_elsewhere", file.step, detail=here)

    def _try(self, act: Act, here: str, doers: dict[str, set[Hashable]]):
        """The findings about one act; returns where the file stands after it."""
        place = self.new.steps.get(here)
        action = place.actions.get(act.action) if place else None
        if action is None:
            yield self._finding("absent", here, act.action)
            return act.target if self._there(act.target) else here
        # An act of the system is allowed to nobody's role: what takes it is the definition itself.
        if act.roles is not None and act.who and not set(act.roles) & set(action.by):
            yield self._finding("not_allowed", here, act.action)
        for earlier in action.apart_from:
            if doers.get(earlier, set()) & set(act.who):
                yield self._finding("apart", here, act.action, earlier)
        for guard in action.needs:
            if guard not in act.taken.needs:
                yield self._finding("guard", here, act.action, guard)
        if action.to != act.target:
            yield self._finding("elsewhere", here, act.action, action.to)
        return action.to

    def _there(self, place: str | None) -> bool:
        return place in self.new.steps or place in self.new.ends

    def _finding(self, kind: str, step: str, action: str | None = None, detail: str | None = None) -> Finding:
        words = {}
        for locale in LOCALES:
            if kind == "apart":
                shown = self._label(detail, locale, action=True)
            elif kind == "guard":
                shown = detail
            else:
                shown = self._label(detail, locale)
            words[locale] = _TEXTS[kind][locale].format(
                step=self._label(step, locale), action=self._label(action, locale, action=True), detail=shown
            )
        return Finding(kind, step, action, detail, words)

    def _label(self, code: str | None, locale: str, *, action: bool = False) -> str | None:
        for definition in filter(None, (self.new, self.old)):
            if action:
                label = definition.action_label(code).get(locale) if code else None
                if label and label != code:
                    return label
            elif place := definition.steps.get(code) or definition.ends.get(code):
                return place.label.get(locale) or code
        return code
