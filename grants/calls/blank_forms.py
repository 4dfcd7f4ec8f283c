"""The questionnaire of a kind of micro-project on paper: to be filled in by hand where there is no telephone."""

from flask import current_app

from grants.calls.kinds import Kind
from grants.documents.rendering import paper

# Lines of 8 mm to write on, and rows in the tables: hands are larger than letters of a screen.
LINES = {"text": 1, "long_text": 5}
ROWS = 6
BUDGET_ROWS = 14


# The few forms of this process, by the hash of their kind: they are the same for everybody, and anybody may ask.
_printed: dict[str, bytes] = {}


def pdf(kind: Kind) -> bytes:
    """The blank form of a kind as PDF/UA, in French; made once for each version in this process."""
    if kind.hash not in _printed:
        _printed[kind.hash] = paper("blank_form.html", context(kind, current_app.config["PROGRAMME"]))
    return _printed[kind.hash]


def context(kind: Kind, programme: str) -> dict:
    """The questionnaire as plain data for the template."""
    return {
        "programme": programme,
        "kind": _fr(kind.label),
        "version": kind.version,
        "fingerprint": kind.hash,
        "sections": [
            {
                "title": _fr(section.title),
                "intro": _fr(section.intro),
                "fields": [_field(field) for field in section.fields if not field.product_of],
            }
            for section in kind.questionnaire.sections
        ],
        "categories": [_fr(category.label) for category in kind.categories],
        "papers": [_fr(one.label) for one in kind.papers],
        "budget_rows": BUDGET_ROWS,
    }


def _field(field) -> dict:
    return {
        "label": _fr(field.label),
        "hint": _fr(field.hint),
        "unit": _fr(field.unit) or ("F\u00a0CFA" if field.kind == "money" else None),
        "kind": field.kind,
        "only_if": field.shown_when is not None,
        "lines": LINES.get(field.kind, 1),
        "choices": [_fr(choice.label) for choice in field.choices] or (["oui", "non"] if field.kind == "yes_no" else []),
        "columns": [_fr(column.label) for column in field.columns if not column.product_of],
        "rows": [[_fr(row[column.code]) if isinstance(row.get(column.code), dict) else None
                  for column in field.columns if not column.product_of] for row in field.suggested],
        "blank_rows": max(ROWS - len(field.suggested), 3) if field.columns else 0,
    }  # fmt: skip


def _fr(words):
    if words is None or isinstance(words, str):
        return words
    return words.get("fr") or next(iter(words.values()))
