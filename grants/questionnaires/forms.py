"""The form of one section, made from its questions.

Nothing is required while it is being filled in: what is missing is told by `answer_sets.missing`. Bad input is told all at
once. Without JavaScript every conditional question is shown, with a hint that says when to answer it; when its condition does
not hold, what was typed into it is neither checked nor kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from grants.core.errors import Problem
from grants.core.forms import Form
from grants.core.texts import pick
from grants.questionnaires import inputs
from grants.questionnaires.model import Condition, Field, Questionnaire, Section, Sections


class SectionForm(Form):
    """The base of every section's form; `form_for` makes the class and the instance."""

    questionnaire: Questionnaire
    section: Section
    stored: Sections

    def typed(self) -> dict[str, Any]:
        """Every value that could be read, also of questions whose condition does not hold."""
        values = {}
        for field in self.section.fields:
            if field.code in self._fields:
                value = inputs.kept(field, self._fields[field.code].data)
                if value is not None:
                    values[field.code] = value
        return values

    def shown_codes(self) -> set[str]:
        """The questions whose condition holds with what the form now contains."""
        sections = {**self.stored, self.section.code: self.typed()}
        return {field.code for field in self.questionnaire.shown_fields(self.section, sections)}

    def show(self, problems: list[Problem]) -> None:
        """As on any form; a place such as `activity.species` is found by its field, and other sections' problems stay out."""
        here = f"{self.section.code}."
        own = [problem for problem in problems if "." not in (problem.field or "") or problem.field.startswith(here)]
        super().show([Problem(problem.message, (problem.field or "").removeprefix(here) or None) for problem in own])

    def validate(self, extra_validators=None) -> bool:
        everything, shown = self._fields, self.shown_codes()
        questions = {field.code for field in self.section.fields}
        self._fields = {name: field for name, field in everything.items() if name in shown or name not in questions}
        try:
            return super().validate(extra_validators)
        finally:
            self._fields = everything


def form_for(
    questionnaire: Questionnaire, section: Section | str, stored: Mapping[str, Any] | None = None, **given: Any
) -> SectionForm:
    """The form of a section, holding the stored answers, or what was posted (as any Flask-WTF form, on an unsafe request).

    `stored` is the whole answer set, since a condition may look at another section; questions that another section hides are left
    out. Other keywords go to the form (`formdata`, `meta`). Raises WrongQuestionnaire for answers of another version.
    """
    section = questionnaire.section(section) if isinstance(section, str) else section
    sections = questionnaire.sections_of(stored)
    asked = [field for field in section.fields if _may_be_shown(questionnaire, section, field, sections)]
    values = sections.get(section.code, {})
    controls = {field.code: inputs.control(field, values.get(field.code)) for field in asked}
    context = {"questionnaire": questionnaire, "section": section, "stored": sections}
    form = type("SectionForm", (SectionForm,), {**context, **controls})(**given)
    for field in asked:
        _explain(form, field)
    return form


def answers(form: SectionForm) -> dict[str, Any]:
    """What a valid form says, as JSON can keep it: questions without an answer, or whose condition fails, are absent."""
    shown = form.shown_codes()
    return {code: value for code, value in form.typed().items() if code in shown}


def _may_be_shown(questionnaire: Questionnaire, section: Section, field: Field, sections: Sections) -> bool:
    """Whether the answers to other sections leave the question open; what stands in the same form may still change."""
    condition = field.shown_when
    if condition is None:
        return True
    if condition.term.section != section.code:
        return questionnaire.holds(condition, sections)
    return _may_be_shown(questionnaire, section, section.field(condition.term.field), sections)


def _explain(form: SectionForm, field: Field) -> None:
    """Give the bound control its unit and, where it is conditional, a hint and marks that a script can read."""
    control = form._fields[field.code]
    control.unit = pick(field.unit)
    condition = field.shown_when
    if condition is None or condition.term.section != form.section.code:
        return
    control.description = " ".join(
        part for part in (condition_hint(form.section, condition), control.description) if part
    )
    control.render_kw = {**(control.render_kw or {}), **_marks(condition, form._prefix)}


def condition_hint(section: Section, condition: Condition) -> str:
    """When to answer a question that depends on another one of the same page."""
    other = section.field(condition.term.field)
    question = pick(other.label)
    match condition.operator:
        case "is" if other.kind == "yes_no" and condition.value:
            return _("If yes to “%(question)s”:", question=question)
        case "is" if other.kind == "yes_no":
            return _("If no to “%(question)s”:", question=question)
        case "at_least":
            return _("If “%(question)s” is %(value)s or more:", question=question, value=condition.value)
        case "at_most":
            return _("If “%(question)s” is %(value)s or less:", question=question, value=condition.value)
    values = condition.value if isinstance(condition.value, tuple) else (condition.value,)
    texts = [pick(other.choice(value).label) if other.choices else str(value) for value in values]
    shown = _(" or ").join(_("“%(text)s”", text=text) for text in texts)
    return _("If “%(question)s” is %(values)s:", question=question, values=shown)


def _marks(condition: Condition, prefix: str) -> dict[str, str]:
    values = condition.value if isinstance(condition.value, tuple) else (condition.value,)
    words = [("yes" if value else "no") if isinstance(value, bool) else str(value) for value in values]
    named = f"{prefix}{condition.term.field}"
    return {"data-when": named, "data-when-rule": condition.operator, "data-when-value": " ".join(words)}
