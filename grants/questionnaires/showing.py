"""Answers as people read them: on summary pages, in documents, and side by side when a file was corrected."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from difflib import SequenceMatcher
from typing import Any

from flask import has_app_context
from flask_babel import force_locale, ngettext
from flask_babel import gettext as _

from grants.core import formatting
from grants.core.forms import show_phone
from grants.core.money import format_francs
from grants.core.quantities import counted
from grants.core.texts import language, pick
from grants.questionnaires.answer_sets import amount
from grants.questionnaires.inputs import show_point
from grants.questionnaires.model import Field, Questionnaire, Section, Sections


@dataclass(frozen=True)
class ShownTable:
    """The rows of a table as texts; `totals` has one text a column, empty where adding up means nothing."""

    columns: tuple[str, ...]
    numeric: tuple[bool, ...]  # which columns stand at the right, by rank
    rows: tuple[tuple[str, ...], ...]
    totals: tuple[str, ...] | None


@dataclass(frozen=True)
class Item:
    """One question and its answer. `value` is empty where there is no answer; a table has its rows in `table`."""

    code: str
    label: str
    value: str
    required: bool = False
    table: ShownTable | None = None

    @property
    def answered(self) -> bool:
        return bool(self.value)


@dataclass(frozen=True)
class ShownSection:
    """One section: its questions that are shown, then the amounts worked out from them."""

    code: str
    title: str
    items: tuple[Item, ...]
    results: tuple[Item, ...]


@dataclass(frozen=True)
class Change:
    """One answer that differs between two answer sets; `before` or `after` is empty where there was none."""

    section: str
    section_title: str
    field: str
    label: str
    before: str
    after: str


def describe(
    questionnaire: Questionnaire, stored: Mapping[str, Any] | None, locale: str | None = None
) -> tuple[ShownSection, ...]:
    """The answers in words, by section, in `locale` ("fr", "en"), else in the reader's language.

    Sections and questions that are not shown are left out.
    """
    with _speaking(locale):
        sections = questionnaire.sections_of(stored)
        return tuple(_section(questionnaire, section, sections) for section in questionnaire.shown_sections(sections))


def describe_section(
    questionnaire: Questionnaire, section: Section | str, stored: Mapping[str, Any] | None, locale: str | None = None
) -> ShownSection:
    """As `describe`, for one section."""
    section = questionnaire.section(section) if isinstance(section, str) else section
    with _speaking(locale):
        return _section(questionnaire, section, questionnaire.sections_of(stored))


def difference(
    questionnaire: Questionnaire,
    old: Mapping[str, Any] | None,
    new: Mapping[str, Any] | None,
    locale: str | None = None,
) -> tuple[Change, ...]:
    """What changed between two answer sets of the same questionnaire, in its order; a table is compared row by row."""
    before, after = questionnaire.sections_of(old), questionnaire.sections_of(new)
    with _speaking(locale):
        return tuple(
            Change(section.code, pick(section.title), field.code, label, left, right)
            for section in questionnaire.sections
            for field in section.fields
            for label, left, right in _differences(
                field, before.get(section.code, {}).get(field.code), after.get(section.code, {}).get(field.code)
            )
        )


def shown_value(field: Field, value: Any) -> str:
    """One kept value in the reader's language; empty when there is none. A table is told by its number of lines."""
    if value is None:
        return ""
    match field.kind:
        case "number" | "decimal":
            return counted(Decimal(str(value)), pick(field.unit))
        case "money":
            return format_francs(value)
        case "day":
            return formatting.day(datetime.date.fromisoformat(value))
        case "yes_no":
            return _("Yes") if value else _("No")
        case "one_of":
            return _choice(field, value)
        case "many_of":
            return ", ".join(_choice(field, code) for code in value)
        case "phone":
            return show_phone(value)
        case "place_point":
            return show_point(value)
        case "table":
            return ngettext("%(num)d line", "%(num)d lines", len(value))
    return value


def _choice(field: Field, code: str) -> str:
    choice = field.choice(code)
    return pick(choice.label) if choice else code


def _section(questionnaire: Questionnaire, section: Section, sections: Sections) -> ShownSection:
    values = sections.get(section.code, {})
    items = []
    for field in questionnaire.shown_fields(section, sections):
        value = values.get(field.code)
        table = _table(field, value) if field.kind == "table" and value else None
        items.append(
            Item(field.code, pick(field.label), shown_value(field, value), field.required or field.min_rows > 0, table)
        )
    results = []
    for result in section.results:
        plus, minus = amount(questionnaire, sections, result.plus), amount(questionnaire, sections, result.minus)
        known = plus is not None and (minus is not None or not result.minus)
        text = format_francs(int(plus - (minus or 0))) if known else ""
        results.append(Item(result.code, pick(result.label), text))
    return ShownSection(section.code, pick(section.title), tuple(items), tuple(results))


def _table(field: Field, rows: list[Mapping[str, Any]]) -> ShownTable:
    totals = []
    for column in field.columns:
        amounts = [row[column.code] for row in rows if row.get(column.code) is not None]
        # Unit prices are never added up: only amounts that the table itself computed, or money where it computes none.
        adds_up = column.computed or (column.kind == "money" and not any(other.computed for other in field.columns))
        totals.append(format_francs(sum(amounts)) if adds_up and amounts else "")
    return ShownTable(
        columns=tuple(pick(column.label) for column in field.columns),
        numeric=tuple(column.kind in ("number", "decimal", "money") for column in field.columns),
        rows=tuple(tuple(shown_value(column, row.get(column.code)) for column in field.columns) for row in rows),
        totals=tuple(totals) if any(totals) else None,
    )


def _differences(field: Field, before: Any, after: Any) -> Iterator[tuple[str, str, str]]:
    label = pick(field.label)
    if before == after:
        return
    if field.kind != "table":
        yield label, shown_value(field, before), shown_value(field, after)
        return
    left, right = [_row(field, row) for row in before or []], [_row(field, row) for row in after or []]
    for tag, from_, to, start, stop in SequenceMatcher(a=left, b=right, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        for offset in range(max(to - from_, stop - start)):
            old = left[from_ + offset] if from_ + offset < to else ""
            new = right[start + offset] if start + offset < stop else ""
            number = (start if new else from_) + offset + 1
            yield _("%(list)s, line %(number)s", list=label, number=number), old, new


def _row(field: Field, row: Mapping[str, Any]) -> str:
    return " · ".join(text for column in field.columns if (text := shown_value(column, row.get(column.code))))


@contextmanager
def _speaking(locale: str | None) -> Iterator[None]:
    """Speak another language than the reader's, for a document or a letter. Outside an application there is French only."""
    if locale is None or not has_app_context() or language() == str(locale)[:2]:
        yield
        return
    with force_locale(str(locale)):
        yield
