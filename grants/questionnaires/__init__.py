"""Forms as data: what a programme asks, told in a file; from it the form, the typed answers, the gaps and the differences."""

from grants.questionnaires.answer_sets import (
    blank,
    broken_rules,
    missing,
    problems,
    section_problems,
    section_state,
    stored_with,
)
from grants.questionnaires.forms import SectionForm, answers, form_for
from grants.questionnaires.model import Condition, Field, Questionnaire, Section, WrongQuestionnaire
from grants.questionnaires.reading import load, read
from grants.questionnaires.showing import (
    Change,
    Item,
    ShownSection,
    ShownTable,
    describe,
    describe_section,
    difference,
)
from grants.questionnaires.strict import Fault, InvalidData

__all__ = [
    "Change",
    "Condition",
    "Fault",
    "Field",
    "InvalidData",
    "Item",
    "Questionnaire",
    "Section",
    "SectionForm",
    "ShownSection",
    "ShownTable",
    "WrongQuestionnaire",
    "answers",
    "blank",
    "broken_rules",
    "describe",
    "describe_section",
    "difference",
    "form_for",
    "load",
    "missing",
    "problems",
    "read",
    "section_problems",
    "section_state",
    "stored_with",
]
