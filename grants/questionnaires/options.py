"""What each kind of field lets its author say: units, limits, choices."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from grants.questionnaires.model import NUMERIC_KINDS, Bounds, Choice, Condition, Field
from grants.questionnaires.strict import Node, unique

LONGEST = {"text": 200, "long_text": 4000}


def common(node: Node, code: str, kind: str, shown_when: Condition | None) -> dict[str, Any]:
    return {
        "code": code,
        "kind": kind,
        "label": node.words("label"),
        "hint": node.words("hint", default=None),
        "required": node.flag("required"),
        "shown_when": shown_when,
    }


def simple(node: Node, given: dict[str, Any]) -> Field:
    """A field of any kind but table, with the options of its kind."""
    match given["kind"]:
        case "text" | "long_text" as kind:
            given["longest"] = node.whole("longest", default=LONGEST[kind])
        case "number" | "money":
            given |= _limits(node, node.whole)
        case "decimal":
            given |= _limits(node, node.number)
        case "day":
            given |= {"minimum": _day(node, "min"), "maximum": _day(node, "max")}
        case "one_of" | "many_of":
            given["choices"] = _choices(node)
        case "place_point":
            given["bounds"] = _bounds(node)
    if given["kind"] in ("number", "decimal"):
        given["unit"] = node.words("unit", default=None)
    low, high = given.get("minimum"), given.get("maximum")
    if low is not None and high is not None and low > high:
        node.fault("the least allowed is above the most allowed", "min")
    return Field(**given)


def _limits(node: Node, take: Any) -> dict[str, Any]:
    return {"minimum": take("min", default=None), "maximum": take("max", default=None)}


def _day(node: Node, key: str) -> datetime.date | None:
    text = node.text(key, default=None)
    try:
        return None if text is None else datetime.date.fromisoformat(text)
    except ValueError:
        node.fault(f"{text!r} is not a day such as 2026-05-03", key)
        return None


def _choices(node: Node) -> tuple[Choice, ...]:
    choices, codes = [], []
    for child in node.nodes("choices"):
        choices.append(Choice(child.code(), child.words("label")))
        codes.append((child, choices[-1].code))
        child.finish()
    unique(codes)
    if len(choices) < 2:
        node.fault("at least two choices are expected", "choices")
    return tuple(choices)


def _bounds(node: Node) -> Bounds | None:
    child = node.node("bounds", default=None)
    if child is None:
        return None
    found = [child.number(key, default=...) for key in ("south", "west", "north", "east")]
    child.finish()
    if None in found:
        return None
    bounds = Bounds(*found)
    if bounds.south >= bounds.north or bounds.west >= bounds.east:
        child.fault("south must be below north, and west below east")
    return bounds


def condition_value(node: Node, field: Field, operator: str, value: Any) -> Any:
    """The value a condition compares with, checked against what the question can be answered with."""
    allowed = {
        "is": ("yes_no", "one_of", "number", "money"),
        "in": ("one_of",),
        "has": ("many_of",),
        "at_least": NUMERIC_KINDS,
        "at_most": NUMERIC_KINDS,
    }[operator]
    if field.kind not in allowed:
        node.fault(f"cannot be asked of a question of kind {field.kind}", operator)
        return value
    if operator in ("at_least", "at_most"):
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            node.fault("a number is expected", operator)
            return value
        return Decimal(str(value))
    values = value if operator == "in" and isinstance(value, list) else [value]
    if operator == "in" and not isinstance(value, list):
        node.fault("a list is expected", operator)
    for one in values:
        if not _possible(field, one):
            node.fault(f"{one!r} can never be the answer to {field.code!r}", operator)
    return tuple(values) if operator == "in" else value


def _possible(field: Field, value: Any) -> bool:
    if field.kind == "yes_no":
        return isinstance(value, bool)
    if field.choices:
        return isinstance(value, str) and field.choice(value) is not None
    return isinstance(value, int) and not isinstance(value, bool)
