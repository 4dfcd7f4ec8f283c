"""What the articles and annexes of a contract are made of, as the typesetter gets them: plain data without markup."""

from typing import TypedDict


class Run(TypedDict):
    """Words with one look: "", "bold", or "fill" for a line to fill in by hand."""

    text: str
    look: str


class Point(TypedDict):
    """An item of a list with its mark: « 8.1 », « a) », « — »."""

    mark: str
    runs: list[Run]


class Block(TypedDict):
    """A piece of an article; `kind` is p, party, heading, bullets, points, letters or table (`table` names which)."""

    kind: str
    table: str
    runs: list[Run]
    items: list[Point]


class Article(TypedDict):
    number: int
    title: str
    blocks: list[Block]


class People(TypedDict):
    """Whom the micro-project serves."""

    direct: int
    women: int | None
    youth: int | None
    disabled: int | None
    displaced: int | None


class Answer(TypedDict):
    label: str
    value: str


class PlanPart(TypedDict):
    """A part of the approved plan, as the application says it."""

    title: str
    rows: list[Answer]
