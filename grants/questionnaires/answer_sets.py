"""Stored answers: kept by section, and judged as a whole: what is missing, which rules they break."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l

from grants.core import formatting
from grants.core.errors import Problem
from grants.core.money import format_francs, format_number
from grants.core.texts import Words
from grants.questionnaires.model import Check, Field, Questionnaire, Section, Sections, Term


class _Filled:
    """A message of data with its figures, in the reader's language when it is printed."""

    __slots__ = ("values", "words")

    def __init__(self, words: Mapping[str, str], values: Mapping[str, str]):
        self.words, self.values = Words(words), values

    def __str__(self) -> str:
        return str(self.words) % self.values


def blank(questionnaire: Questionnaire) -> dict[str, Any]:
    """An answer set with no answer in it."""
    return {"questionnaire": questionnaire.hash, "sections": {}}


def stored_with(
    questionnaire: Questionnaire, stored: Mapping[str, Any] | None, section: str, values: Mapping[str, Any]
) -> dict[str, Any]:
    """A new answer set: the stored one with the answers of one section replaced.

    Answers elsewhere whose question is no longer shown are dropped, so that nothing is decided on what nobody sees.
    Raises KeyError for an unknown section, WrongQuestionnaire for answers of another version.
    """
    questionnaire.section(section)
    sections = {**questionnaire.sections_of(stored), section: dict(values)}
    kept: dict[str, Any] = {}
    # In the order of the questions: a condition looks back only, so what it looks at has been settled.
    for one in questionnaire.sections:
        if one.code in sections and questionnaire.holds(one.shown_when, kept):
            kept[one.code] = {}
            for field in one.fields:
                if field.code in sections[one.code] and questionnaire.holds(field.shown_when, kept):
                    kept[one.code][field.code] = sections[one.code][field.code]
    return {"questionnaire": questionnaire.hash, "sections": kept}


def missing(questionnaire: Questionnaire, stored: Mapping[str, Any] | None) -> list[Problem]:
    """Every required answer that is not there yet, each with its place `section.field` in `Problem.field`."""
    sections = questionnaire.sections_of(stored)
    return [
        problem
        for section in questionnaire.shown_sections(sections)
        for problem in _gaps(questionnaire, section, sections)
    ]


def broken_rules(questionnaire: Questionnaire, stored: Mapping[str, Any] | None) -> list[Problem]:
    """Every check that the answers do not pass, beside its `section.field`; a check without its answers says nothing yet."""
    sections = questionnaire.sections_of(stored)
    return [
        problem
        for section in questionnaire.shown_sections(sections)
        for problem in _broken(questionnaire, section, sections)
    ]


def problems(questionnaire: Questionnaire, stored: Mapping[str, Any] | None) -> list[Problem]:
    """All that keeps the answers from being complete, section after section."""
    sections = questionnaire.sections_of(stored)
    found: list[Problem] = []
    for section in questionnaire.shown_sections(sections):
        found += [*_gaps(questionnaire, section, sections), *_broken(questionnaire, section, sections)]
    return found


def section_problems(
    questionnaire: Questionnaire, section: Section | str, stored: Mapping[str, Any] | None
) -> list[Problem]:
    """All that keeps one section from being complete."""
    section = questionnaire.section(section) if isinstance(section, str) else section
    sections = questionnaire.sections_of(stored)
    if not questionnaire.holds(section.shown_when, sections):
        return []
    return [*_gaps(questionnaire, section, sections), *_broken(questionnaire, section, sections)]


def section_state(questionnaire: Questionnaire, section: Section | str, stored: Mapping[str, Any] | None) -> str:
    """`hidden`, `empty` (nobody opened it), `started` (something is missing or broken) or `complete`, for a task list."""
    section = questionnaire.section(section) if isinstance(section, str) else section
    sections = questionnaire.sections_of(stored)
    if not questionnaire.holds(section.shown_when, sections):
        return "hidden"
    if section.code not in sections:
        return "empty"
    return "started" if section_problems(questionnaire, section, stored) else "complete"


def amount(questionnaire: Questionnaire, sections: Sections, terms: tuple[Term, ...]) -> Decimal | None:
    """The sum of some terms; one without an answer counts nothing, and there is no sum when none has an answer."""
    found = [value for term in terms if (value := _value(questionnaire, sections, term)) is not None]
    return sum(found, Decimal(0)) if found else None


def _value(questionnaire: Questionnaire, sections: Sections, term: Term) -> Decimal | None:
    given = sections.get(term.section, {}).get(term.field)
    if given is None:
        return None
    if term.column is None:
        return Decimal(str(given))
    cells = [Decimal(str(row[term.column])) for row in given if row.get(term.column) is not None]
    return sum(cells, Decimal(0)) if cells else None


def _gaps(questionnaire: Questionnaire, section: Section, sections: Sections) -> Iterator[Problem]:
    values = sections.get(section.code, {})
    for field in questionnaire.shown_fields(section, sections):
        place, label = f"{section.code}.{field.code}", Words(field.label)
        value = values.get(field.code)
        if field.kind == "table":
            yield from _table_gaps(field, place, value or [])
        elif field.required and value is None:
            yield Problem(_l("“%(question)s” has no answer yet.", question=label), field=place)


def _table_gaps(field: Field, place: str, rows: list[Mapping[str, Any]]) -> Iterator[Problem]:
    table = Words(field.label)
    if not rows and field.min_rows:
        yield Problem(_l("“%(table)s” has no line yet.", table=table), field=place)
    elif len(rows) < field.min_rows:
        yield Problem(
            _l("“%(table)s” needs at least %(count)s lines.", table=table, count=field.min_rows),
            field=place,
        )
    for number, row in enumerate(rows, start=1):
        for column in field.columns:
            if column.required and not column.computed and row.get(column.code) is None:
                yield Problem(
                    _l(
                        "“%(table)s”, line %(number)s: “%(column)s” has no answer yet.",
                        table=table,
                        number=number,
                        column=Words(column.label),
                    ),
                    field=place,
                )


def _broken(questionnaire: Questionnaire, section: Section, sections: Sections) -> Iterator[Problem]:
    shown = {field.code for field in questionnaire.shown_fields(section, sections)}
    for check in section.checks:
        if check.field in shown and (message := _judge(questionnaire, check, sections)):
            yield Problem(message, field=f"{section.code}.{check.field}")


def _judge(questionnaire: Questionnaire, check: Check, sections: Sections) -> _Filled | None:
    """The message of a check that fails, None for one that holds or cannot be judged yet."""
    if check.rule == "before":
        return _judge_days(check, sections)
    left, right = amount(questionnaire, sections, check.left), amount(questionnaire, sections, check.right)
    if left is None or right is None:
        return None
    holds = {"exceeds": left > right, "at_least": left >= right, "at_most": left <= right, "equals": left == right}[
        check.rule
    ]
    if holds:
        return None
    in_francs = questionnaire.field(check.left[0]).kind == "money"
    show = (lambda number: format_francs(int(number))) if in_francs else format_number
    return _Filled(check.message, {"left": show(left), "right": show(right), "gap": show(abs(left - right))})


def _judge_days(check: Check, sections: Sections) -> _Filled | None:
    """Days are kept as 2026-05-03, so that the order of the texts is that of the days."""
    first, second = (sections.get(term.section, {}).get(term.field) for term in (check.left[0], check.right[0]))
    if not (first and second) or first < second:
        return None
    left, right = date.fromisoformat(first), date.fromisoformat(second)
    values = {"left": formatting.day(left), "right": formatting.day(right), "gap": formatting.days((left - right).days)}
    return _Filled(check.message, values)
