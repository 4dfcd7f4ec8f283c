"""Tables of a questionnaire: typed columns, how many rows, rows suggested to the agent, amounts computed from others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grants.questionnaires import options
from grants.questionnaires.model import NUMERIC_KINDS, Field
from grants.questionnaires.strict import LANGUAGES, Node, unique

COLUMN_KINDS = ("text", "number", "decimal", "money", "day", "yes_no", "one_of")
MOST_ROWS = 40


def table(node: Node, given: dict[str, Any]) -> Field:
    """A field of kind table: `columns`, `min_rows`, `max_rows`, `suggested` rows."""
    columns: list[Field] = []
    codes = []
    for child in node.nodes("columns"):
        columns.append(_column(child, columns))
        codes.append((child, columns[-1].code))
    unique(codes)
    if not any(not column.computed for column in columns):
        node.fault("at least one column to fill in is expected", "columns")
    given["columns"] = tuple(columns)
    given["min_rows"] = node.whole("min_rows", default=1 if given["required"] else 0) or 0
    given["max_rows"] = node.whole("max_rows", default=12) or 0
    if not 0 <= given["min_rows"] <= given["max_rows"] <= MOST_ROWS or given["max_rows"] < 1:
        node.fault(f"0 ≤ min_rows ≤ max_rows ≤ {MOST_ROWS} is expected", "max_rows")
    given["suggested"] = tuple(_suggested(node, columns))
    if len(given["suggested"]) > given["max_rows"]:
        node.fault("more suggested rows than the table may have", "suggested")
    return Field(**given)


def _column(node: Node, before: list[Field]) -> Field:
    code = node.code()
    kind = node.one_of("kind", COLUMN_KINDS)
    given = options.common(node, code, kind, None)
    factors = node.strings("product_of", default=())
    if factors:
        numeric = {column.code for column in before if column.kind in NUMERIC_KINDS and not column.computed}
        if kind != "money" or len(factors) != 2 or not set(factors) <= numeric:
            node.fault("an amount is the product of two numeric columns that stand before it", "product_of")
        given["product_of"] = factors
        field = Field(**given)
    else:
        field = options.simple(node, given)
    node.finish()
    return field


def _suggested(node: Node, columns: list[Field]) -> list[Mapping[str, Any]]:
    by_code = {column.code: column for column in columns if not column.computed}
    rows = []
    for index, row in enumerate(node.take("suggested", list, default=[], what="a list of rows")):
        place = f"suggested[{index}]"
        if not isinstance(row, dict) or not row:
            node.fault("a row is expected", place)
            continue
        for code, value in row.items():
            column = by_code.get(code)
            if column is None:
                node.fault(f"{code!r} is no column to fill in", place)
            elif not _fits(column, value):
                node.fault(f"{value!r} does not fit the column {code!r}", place)
        rows.append(row)
    return rows


def _fits(column: Field, value: Any) -> bool:
    if column.kind == "text":
        return isinstance(value, dict) and all(isinstance(value.get(language), str) for language in LANGUAGES)
    if column.kind == "one_of":
        return isinstance(value, str) and column.choice(value) is not None
    return column.kind in ("number", "money") and isinstance(value, int) and not isinstance(value, bool)
