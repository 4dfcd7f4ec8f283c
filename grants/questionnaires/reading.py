"""Read a questionnaire from its file, and refuse it whole when anything in it is wrong."""

from __future__ import annotations

import datetime
import hashlib
import json
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from grants.questionnaires import columns as column_reading
from grants.questionnaires import options
from grants.questionnaires.model import (
    NUMERIC_KINDS,
    SIMPLE_KINDS,
    Check,
    Condition,
    Field,
    Questionnaire,
    Result,
    Section,
    Term,
)
from grants.questionnaires.strict import Fault, InvalidData, Node, unique

RULES = ("exceeds", "at_least", "at_most", "equals", "before")
_PLACEHOLDER = re.compile(r"%\((\w+)\)s|%")
# Names that a form object already uses for itself: a question may not take them.
RESERVED = frozenset(
    "data errors meta validate process populate_obj values catching csrf_token form_errors hidden_tag is_submitted submit "
    "validate_on_submit questionnaire section stored show all_errors keep_files hidden".split()
)


def load(path: Path | str) -> Questionnaire:
    """The questionnaire of a TOML file. Raises InvalidData with every fault and its place."""
    path = Path(path)
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise InvalidData([Fault(path.name, f"not readable as TOML: {error}")]) from error
    return read(data, place=path.name)


def read(data: Mapping[str, Any], *, place: str = "questionnaire") -> Questionnaire:
    """The questionnaire that `data` describes (as loaded from TOML, or kept earlier from `Questionnaire.data`).

    Raises InvalidData with every fault and its place.
    """
    faults: list[Fault] = []
    questionnaire = read_into(jsonable(data), place, faults)
    if faults:
        raise InvalidData(faults)
    return questionnaire


def read_into(data: Mapping[str, Any], place: str, faults: list[Fault]) -> Questionnaire:
    """As `read`, adding to a list of faults that the caller raises; for files of which a questionnaire is one part."""
    node = Node(data, place, faults)
    code, title, version = node.code(), node.words("title"), node.whole("version")
    sections: list[Section] = []
    codes = []
    for child in node.nodes("sections"):
        sections.append(_section(child, sections))
        codes.append((child, sections[-1].code))
    unique(codes)
    node.finish()
    if not sections:
        node.fault("a questionnaire needs at least one section", "sections")
    return Questionnaire(code, title, version, tuple(sections), data, content_hash(data))


def jsonable(data: Any) -> Any:
    """The same data with days written as texts, so that JSON can keep it and give it back unchanged."""
    if isinstance(data, Mapping):
        return {key: jsonable(value) for key, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [jsonable(value) for value in data]
    return data.isoformat() if isinstance(data, datetime.date) else data


def content_hash(data: Any) -> str:
    """SHA-256, in hexadecimal, of the canonical JSON of `data`."""
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _section(node: Node, earlier: list[Section]) -> Section:
    code = node.code()
    title, intro = node.words("title"), node.words("intro", default=None)
    shown_when = condition(node, "shown_when", (), code, earlier)
    fields: list[Field] = []
    codes = []
    for child in node.nodes("fields"):
        fields.append(_field(child, fields, code, earlier))
        codes.append((child, fields[-1].code))
    unique(codes)
    if not fields:
        node.fault("a section needs at least one field", "fields")
    checks = tuple(_check(child, fields, code, earlier) for child in node.nodes("checks", default=[]))
    results = tuple(_result(child, fields, code, earlier) for child in node.nodes("results", default=[]))
    node.finish()
    return Section(code, title, intro, tuple(fields), checks, results, shown_when)


def _field(node: Node, before: list[Field], section: str, earlier: list[Section]) -> Field:
    code = node.code()
    if code in RESERVED:
        node.fault(f"{code!r} is a name that forms keep for themselves", "code")
    kind = node.one_of("kind", (*SIMPLE_KINDS, "table"))
    shown_when = condition(node, "shown_when", before, section, earlier)
    common = options.common(node, code, kind, shown_when)
    field = column_reading.table(node, common) if kind == "table" else options.simple(node, common)
    node.finish()
    return field


def condition(
    node: Node, key: str, before: list[Field] | tuple[Field, ...], section: str, earlier: list[Section]
) -> Condition | None:
    """The condition under `key`, which may look only at what was asked before it."""
    child = node.node(key, default=None)
    if child is None:
        return None
    name = child.text("field")
    found = _find(child, name, before, section, earlier, "field") if name else None
    operators = [operator for operator in ("is", "in", "has", "at_least", "at_most") if child.has(operator)]
    value = child.take(operators[0], (str, int, bool, float, list)) if operators else None
    if len(operators) != 1:
        child.fault("exactly one of is, in, has, at_least, at_most is expected")
    child.finish()
    if found is None or len(operators) != 1:
        return None
    term, field = found
    value = options.condition_value(child, field, operators[0], value)
    return Condition(term, operators[0], value)


def _find(
    node: Node, name: str, before: list[Field] | tuple[Field, ...], section: str, earlier: list[Section], key: str
) -> tuple[Term, Field] | None:
    """The question that a name such as `species`, `site.point` or `account.income.amount` means."""
    scopes = {(section, field.code): field for field in before}
    scopes |= {(one.code, field.code): field for one in earlier for field in one.fields}
    parts = name.split(".")
    for path in ((section, *parts), tuple(parts)):
        field = scopes.get(path[:2])
        if field and len(path) == 2:
            return Term(*path), field
        if field and len(path) == 3:
            for column in field.columns:
                if column.code == path[2]:
                    return Term(*path), column
    node.fault(f"{name!r} is no question asked before this", key)
    return None


def _terms(
    node: Node, key: str, fields: list[Field], section: str, earlier: list[Section], kinds: tuple[str, ...]
) -> tuple[Term, ...]:
    terms = []
    for name in node.strings(key, default=()):
        found = _find(node, name, fields, section, earlier, key)
        if found and found[1].kind not in kinds:
            node.fault(f"{name!r} is of kind {found[1].kind}, one of {', '.join(kinds)} is expected", key)
        elif found:
            terms.append(found[0])
    return tuple(terms)


def _check(node: Node, fields: list[Field], section: str, earlier: list[Section]) -> Check:
    code, rule = node.code(), node.one_of("rule", RULES)
    kinds = ("day",) if rule == "before" else NUMERIC_KINDS
    left = _terms(node, "left", fields, section, earlier, kinds)
    right = _terms(node, "right", fields, section, earlier, kinds)
    for key, terms in (("left", left), ("right", right)):
        if not terms or (rule == "before" and len(terms) > 1):
            node.fault("names the questions to compare (one day only for `before`)", key)
    message, beside = node.words("message"), node.text("field")
    for language, text in message.items():
        for found in _PLACEHOLDER.finditer(text):
            if found.group(1) not in ("left", "right", "gap"):
                node.fault("only %(left)s, %(right)s and %(gap)s may stand in it", f"message.{language}")
    if beside and beside not in {field.code for field in fields}:
        node.fault(f"{beside!r} is no field of this section", "field")
    node.finish()
    return Check(code, rule, left, right, message, beside)


def _result(node: Node, fields: list[Field], section: str, earlier: list[Section]) -> Result:
    code, label = node.code(), node.words("label")
    plus = _terms(node, "plus", fields, section, earlier, ("money",))
    minus = _terms(node, "minus", fields, section, earlier, ("money",))
    if not plus:
        node.fault("names the amounts to add up", "plus")
    node.finish()
    return Result(code, label, plus, minus)
