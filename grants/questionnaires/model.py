"""What a questionnaire is: sections of fields, with conditions, tables and checks, all of it data.

A questionnaire never changes once answers were given to it: a new wording is a new version with another `hash`. Answers are
a plain dict that JSON can hold:

    {"questionnaire": "<hash>", "sections": {"<section>": {"<field>": value}}}

Values by kind of field: text, long_text → text; number → int; decimal → text such as "12.5" (never a float); money → int,
whole francs; day → "2026-05-03"; yes_no → bool; one_of → code; many_of → list of codes in the order of the questionnaire;
phone → E.164 ("+22366712345"); place_point → {"latitude": "14.4962", "longitude": "-4.1987"} in degrees; table → list of
rows, each a dict by column. A question without an answer is absent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from grants.questionnaires.strict import Words

Sections = Mapping[str, Mapping[str, Any]]

SIMPLE_KINDS = (
    "text",
    "long_text",
    "number",
    "decimal",
    "money",
    "day",
    "yes_no",
    "one_of",
    "many_of",
    "phone",
    "place_point",
)
FIELD_KINDS = (*SIMPLE_KINDS, "table")
NUMERIC_KINDS = ("number", "decimal", "money")


@dataclass(frozen=True)
class Choice:
    code: str
    label: Words


@dataclass(frozen=True)
class Term:
    """Where a value stands: a field, or a column of a table (then the sum over its rows)."""

    section: str
    field: str
    column: str | None = None

    def __str__(self) -> str:
        return ".".join(part for part in (self.section, self.field, self.column) if part)


@dataclass(frozen=True)
class Condition:
    """A simple test on one earlier answer; a question without an answer never satisfies it."""

    term: Term
    operator: str  # is · in · has · at_least · at_most
    value: Any

    def satisfied_by(self, given: Any) -> bool:
        if given is None:
            return False
        match self.operator:
            case "is":
                return given == self.value
            case "in":
                return given in self.value
            case "has":
                return self.value in given
            case "at_least":
                return Decimal(str(given)) >= self.value
            case "at_most":
                return Decimal(str(given)) <= self.value
        raise ValueError(f"unknown operator {self.operator!r}")


@dataclass(frozen=True)
class Bounds:
    """The rectangle in which a point on the map must lie, in degrees."""

    south: Decimal
    west: Decimal
    north: Decimal
    east: Decimal


@dataclass(frozen=True)
class Field:
    """One question, or one column of a table. Attributes that do not belong to its kind keep their default."""

    code: str
    kind: str
    label: Words
    hint: Words | None = None
    required: bool = False
    shown_when: Condition | None = None
    unit: Words | None = None
    minimum: Any = None  # int, Decimal, francs or date, by kind
    maximum: Any = None
    longest: int | None = None  # characters
    choices: tuple[Choice, ...] = ()
    bounds: Bounds | None = None
    product_of: tuple[str, ...] = ()  # a column computed from two other columns, never typed
    columns: tuple[Field, ...] = ()
    min_rows: int = 0
    max_rows: int = 0
    suggested: tuple[Mapping[str, Any], ...] = ()  # rows offered in an empty table; the texts in each language

    @property
    def computed(self) -> bool:
        return bool(self.product_of)

    def column(self, code: str) -> Field:
        return next(column for column in self.columns if column.code == code)

    def choice(self, code: str) -> Choice | None:
        return next((choice for choice in self.choices if choice.code == code), None)


@dataclass(frozen=True)
class Check:
    """A rule between answers: left and right are sums of terms, compared as `rule` says, refused with `message`."""

    code: str
    rule: str  # exceeds · at_least · at_most · equals · before
    left: tuple[Term, ...]
    right: tuple[Term, ...]
    message: Words  # may name %(left)s %(right)s %(gap)s
    field: str  # the field of the section beside which the message stands


@dataclass(frozen=True)
class Result:
    """An amount worked out for the reader: the sum of some terms minus the sum of others."""

    code: str
    label: Words
    plus: tuple[Term, ...]
    minus: tuple[Term, ...]


@dataclass(frozen=True)
class Section:
    code: str
    title: Words
    intro: Words | None
    fields: tuple[Field, ...]
    checks: tuple[Check, ...] = ()
    results: tuple[Result, ...] = ()
    shown_when: Condition | None = None

    def field(self, code: str) -> Field:
        """Raises KeyError when the section has no such field."""
        for field in self.fields:
            if field.code == code:
                return field
        raise KeyError(f"{self.code}.{code}")


class WrongQuestionnaire(ValueError):
    """Answers were given to another version of the questionnaire than the one they are read with."""


@dataclass(frozen=True)
class Questionnaire:
    code: str
    title: Words
    version: int
    sections: tuple[Section, ...]
    data: Mapping[str, Any]  # what it was read from, JSON-safe: keep it with the file that began with it
    hash: str  # SHA-256 of the canonical JSON of `data`

    @cached_property
    def _by_code(self) -> dict[str, Section]:
        return {section.code: section for section in self.sections}

    def section(self, code: str) -> Section:
        """Raises KeyError when there is no such section."""
        return self._by_code[code]

    def has_section(self, code: str) -> bool:
        return code in self._by_code

    def field(self, term: Term) -> Field:
        field = self.section(term.section).field(term.field)
        return field.column(term.column) if term.column else field

    def sections_of(self, answers: Mapping[str, Any] | None) -> Sections:
        """The answers by section, once it is sure that they were given to this very questionnaire."""
        if not answers:
            return {}
        if answers.get("questionnaire") != self.hash:
            raise WrongQuestionnaire(f"answers to {answers.get('questionnaire')!r} read with {self.code} {self.hash}")
        return answers["sections"]

    def holds(self, condition: Condition | None, sections: Sections) -> bool:
        """Whether a condition holds; it does not when the question it looks at is itself not shown."""
        if condition is None:
            return True
        section = self.section(condition.term.section)
        field = section.field(condition.term.field)
        if not (self.holds(section.shown_when, sections) and self.holds(field.shown_when, sections)):
            return False
        return condition.satisfied_by(sections.get(section.code, {}).get(field.code))

    def shown_sections(self, sections: Sections) -> tuple[Section, ...]:
        return tuple(section for section in self.sections if self.holds(section.shown_when, sections))

    def shown_fields(self, section: Section, sections: Sections) -> tuple[Field, ...]:
        return tuple(field for field in section.fields if self.holds(field.shown_when, sections))
