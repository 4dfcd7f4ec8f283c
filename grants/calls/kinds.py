"""The kinds of micro-project, each told by one file: what is asked, what may be bought, which papers, risks, rules and visits.

A kind is data: adding one needs no code. What several kinds share (people, site, risks, account, exclusion list) stands once in
`kinds/shared/`; the resolved `data` of a kind is complete in itself, so that a call can keep a copy and read it again years later
with `read`, whatever the files have become.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from grants.calls.kind_sharing import resolved, toml
from grants.questionnaires import Condition, Fault, InvalidData, Questionnaire
from grants.questionnaires.reading import condition, content_hash, jsonable, read_into
from grants.questionnaires.strict import Node, Words, unique

FOLDER = Path(__file__).parent / "kinds"

# From the mildest to what the programme never pays for. The middle three follow the risk classes of the World Bank's framework.
SCREENING_CLASSES = ("low", "moderate", "high", "excluded")
PAPER_MOMENTS = ("submission", "after_purchase")
INDICATOR_VALUES = ("number", "decimal", "money", "percent")
BASELINES = ("zero", "measured")
PERIODS = ("visit", "quarter", "closing")
BREAKDOWNS = ("sex", "age", "disability", "displacement")


@dataclass(frozen=True)
class SuggestedLine:
    """A line that a budget of this kind usually has. `price` is francs a unit, only where `source` says where it was seen."""

    label: Words
    unit: Words
    price: int | None
    source: Words | None


@dataclass(frozen=True)
class BudgetCategory:
    code: str
    label: Words
    hint: Words | None
    lines: tuple[SuggestedLine, ...]


@dataclass(frozen=True)
class Paper:
    """A paper that the file must or may hold: `at` submission, or after_purchase (before the next tranche)."""

    code: str
    label: Words
    hint: Words | None
    mandatory: bool
    at: str
    needed_when: Condition | None  # on the answers of the kind's questionnaire; None: always


@dataclass(frozen=True)
class Indicator:
    """What is measured. `baseline` is zero, or measured before the first tranche; `period` is when it is measured again."""

    code: str
    label: Words
    definition: Words
    unit: Words
    value: str
    baseline: str
    period: str
    by: tuple[str, ...]


@dataclass(frozen=True)
class Risk:
    code: str
    label: Words
    measure: Words


@dataclass(frozen=True)
class ScreeningQuestion:
    """An environmental and social question: a yes puts the file at least in class `yes`, and asks for `measure`."""

    code: str
    label: Words
    hint: Words | None
    yes: str
    measure: Words | None


@dataclass(frozen=True)
class Criterion:
    """What must hold on a visit for the micro-project to be on track; a `grave` one stops the next tranche by itself."""

    code: str
    label: Words
    holds: Condition
    grave: bool


@dataclass(frozen=True)
class Kind:
    """One kind of micro-project, in one version; `hash` is the SHA-256 of `data`, which is JSON-safe and complete."""

    code: str
    label: Words
    summary: Words
    icon: str
    version: int
    questionnaire: Questionnaire
    categories: tuple[BudgetCategory, ...]
    papers: tuple[Paper, ...]
    indicators: tuple[Indicator, ...]
    risks: tuple[Risk, ...]
    screening: tuple[ScreeningQuestion, ...]
    screening_sheet: Questionnaire
    clauses: tuple[
        str, ...
    ]  # articles of the contract that hold for this kind, in French, the language of the contract
    visit: Questionnaire
    criteria: tuple[Criterion, ...]
    data: Mapping[str, Any]
    hash: str

    def category(self, code: str) -> BudgetCategory:
        """Raises KeyError when the kind has no such budget category."""
        return _one(self.categories, code)

    def paper(self, code: str) -> Paper:
        """Raises KeyError when the kind asks for no such paper."""
        return _one(self.papers, code)

    def papers_for(self, stored: Mapping[str, Any] | None, at: str = "submission") -> tuple[Paper, ...]:
        """The papers that these answers call for at one moment, the mandatory ones first."""
        sections = self.questionnaire.sections_of(stored)
        found = [paper for paper in self.papers if paper.at == at and self._applies(paper.needed_when, sections)]
        return tuple(sorted(found, key=lambda paper: not paper.mandatory))

    def _applies(self, needed_when: Condition | None, sections: Mapping[str, Any]) -> bool:
        return self.questionnaire.holds(needed_when, sections)

    def screening_class(self, stored: Mapping[str, Any] | None) -> str:
        """The class that the answers to the screening sheet give: the gravest of all yes, `low` when there is none."""
        given = self.screening_sheet.sections_of(stored).get("screening", {})
        found = [question.yes for question in self.screening if given.get(question.code) is True]
        return max(found, key=SCREENING_CLASSES.index, default="low")

    def off_track(self, stored: Mapping[str, Any] | None) -> tuple[Criterion, ...]:
        """The criteria that the answers of a visit do not meet; an unanswered question does not meet its own.

        A criterion on a question that the visit did not have to ask (its condition does not hold) is left out.
        """
        sections = self.visit.sections_of(stored)
        return tuple(
            criterion
            for criterion in self.criteria
            if self._asked(criterion, sections) and not self.visit.holds(criterion.holds, sections)
        )

    def _asked(self, criterion: Criterion, sections: Mapping[str, Any]) -> bool:
        section = self.visit.section(criterion.holds.term.section)
        field = section.field(criterion.holds.term.field)
        return self.visit.holds(section.shown_when, sections) and self.visit.holds(field.shown_when, sections)


@cache
def kinds() -> Mapping[str, Kind]:
    """All kinds by code, in the order of their files. Raises InvalidData with every fault of the first file that has one."""
    found = [load(path) for path in sorted(FOLDER.glob("*.toml"))]
    return MappingProxyType({kind.code: kind for kind in found})


def kind(code: str) -> Kind:
    """Raises KeyError for a kind that nobody described."""
    return kinds()[code]


def load(path: Path) -> Kind:
    """The kind of one file, with what it shares resolved. Raises InvalidData with every fault and its place."""
    faults: list[Fault] = []
    data = resolved(toml(path), path.parent / "shared", path.name, faults)
    if faults:
        raise InvalidData(faults)
    found = read(data, place=path.name)
    if found.code != path.stem:
        raise InvalidData([Fault(f"{path.name}.code", f"{found.code!r} is not the name of the file")])
    return found


def read(data: Mapping[str, Any], *, place: str = "kind") -> Kind:
    """The kind that complete `data` describes, as kept from `Kind.data`. Raises InvalidData with every fault and its place."""
    data, faults = jsonable(data), []
    node = Node(data, place, faults)
    code, version = node.code(), node.whole("version")
    label, summary, icon = node.words("label"), node.words("summary"), node.text("icon")
    questionnaire = read_into(node.take("questionnaire", dict, default={}), f"{place}.questionnaire", faults)
    screening = _list(node, "screening", _screening_question)
    visit = read_into(node.take("visit", dict, default={}), f"{place}.visit", faults)
    found = Kind(
        code=code,
        label=label,
        summary=summary,
        icon=icon,
        version=version,
        questionnaire=questionnaire,
        categories=_list(node, "categories", _category),
        papers=_list(node, "papers", lambda child: _paper(child, questionnaire)),
        indicators=_list(node, "indicators", _indicator),
        risks=_list(node, "risks", _risk),
        screening=screening,
        screening_sheet=_screening_sheet(code, version, screening, place, faults),
        clauses=node.strings("clauses"),
        visit=visit,
        criteria=_list(node, "criteria", lambda child: _criterion(child, visit)),
        data=data,
        hash=content_hash(data),
    )
    node.finish()
    if faults:
        raise InvalidData(faults)
    return found


def _one(things: tuple[Any, ...], code: str) -> Any:
    for thing in things:
        if thing.code == code:
            return thing
    raise KeyError(code)


def _list(node: Node, key: str, read_one: Any) -> tuple[Any, ...]:
    """The things of a list, each read whole, with a code of its own; a kind without any is not finished."""
    children = node.nodes(key)
    things = []
    for child in children:
        things.append(read_one(child))
        child.finish()
    unique([(child, thing.code) for child, thing in zip(children, things, strict=True)])
    if not things and node.has(key):
        node.fault("at least one is expected", key)
    return tuple(things)


def _category(node: Node) -> BudgetCategory:
    lines = []
    for child in node.nodes("lines"):
        price, source = child.whole("price", default=None), child.words("source", default=None)
        if (price is None) != (source is None):
            child.fault("a price is given with its source, or not at all", "price")
        if price is not None and price <= 0:
            child.fault("a price in whole francs is expected", "price")
        lines.append(SuggestedLine(child.words("label"), child.words("unit"), price, source))
        child.finish()
    return BudgetCategory(node.code(), node.words("label"), node.words("hint", default=None), tuple(lines))


def _paper(node: Node, questionnaire: Questionnaire) -> Paper:
    return Paper(
        node.code(),
        node.words("label"),
        node.words("hint", default=None),
        node.flag("mandatory"),
        node.one_of("at", PAPER_MOMENTS, default="submission"),
        condition(node, "needed_when", (), "", list(questionnaire.sections)),
    )


def _indicator(node: Node) -> Indicator:
    by = node.strings("by", default=())
    for one in by:
        if one not in BREAKDOWNS:
            node.fault(f"{one!r} is none of {', '.join(BREAKDOWNS)}", "by")
    return Indicator(
        node.code(),
        node.words("label"),
        node.words("definition"),
        node.words("unit"),
        node.one_of("value", INDICATOR_VALUES),
        node.one_of("baseline", BASELINES),
        node.one_of("period", PERIODS),
        by,
    )


def _risk(node: Node) -> Risk:
    return Risk(node.code(), node.words("label"), node.words("measure"))


def _screening_question(node: Node) -> ScreeningQuestion:
    question = ScreeningQuestion(
        node.code(),
        node.words("label"),
        node.words("hint", default=None),
        node.one_of("yes", SCREENING_CLASSES),
        node.words("measure", default=None),
    )
    if question.measure is None and question.yes != "excluded":
        node.fault("is missing: only what is excluded needs no measure", "measure")
    return question


def _criterion(node: Node, visit: Questionnaire) -> Criterion:
    holds = condition(node, "holds", (), "", list(visit.sections))
    if not node.has("holds"):
        node.fault("is missing", "holds")
    return Criterion(node.code(), node.words("label"), holds, node.flag("grave"))


def _screening_sheet(
    code: str, version: int, questions: tuple[ScreeningQuestion, ...], place: str, faults: list[Fault]
) -> Questionnaire:
    """The screening sheet as a form: a yes or no to each question, and after a yes what the group will do about it."""
    fields: list[dict[str, Any]] = []
    for question in questions:
        asked: dict[str, Any] = {"code": question.code, "kind": "yes_no", "label": question.label, "required": True}
        fields.append(asked | ({"hint": question.hint} if question.hint else {}))
        if question.measure:
            fields.append(
                {
                    "code": f"{question.code}_measure",
                    "kind": "long_text",
                    "label": {"fr": "Mesure prévue par le groupement", "en": "What the group will do about it"},
                    "hint": question.measure,
                    "required": True,
                    "shown_when": {"field": question.code, "is": True},
                }
            )
    title = {"fr": "Fiche de tri environnemental et social", "en": "Environmental and social screening sheet"}
    section = {"code": "screening", "title": title, "fields": fields}
    data = {"code": f"{code}_screening", "title": title, "version": version, "sections": [section]}
    return read_into(data, f"{place}.screening", faults)
