"""Where everything of a drawing stands: cards one below the other, lines in lanes beside them.

A card holds a step with its actions, so that no text ever stands on a line. Lines that lead down
run on the right, lines that lead back up on the left; all lines to one place share a lane, and
lanes that do not meet share a column. Lengths are in pixels of the drawing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from grants.workflow.definition import Action, Definition, End, Step, Words

MARGIN, CARD, LANE, STUB = 14, 330, 13, 22
LABEL, SMALL = 14, 11.5
_NARROW, _WIDE = frozenset("iljtfrI.,:;’'|!()[]· "), frozenset("mwMW—…≠«»")
_WAITING = {"fr": "en pause", "en": "paused"}
_APART = {"fr": "pas par l’auteur de\u00a0: {0}", "en": "not by whoever did: {0}"}


@dataclass(slots=True)
class Line:
    """One line of text; ``style`` is label, action, small or phase."""

    y: float
    text: str
    style: str
    indent: float = 0


@dataclass(slots=True)
class Row:
    """An action inside a card, leaving it at height ``y``."""

    action: Action
    y: float


@dataclass(slots=True)
class Card:
    """A step or an end: its box, its texts, its rows."""

    place: Step | End
    index: int
    top: float
    bottom: float = 0
    entry: float = 0
    lines: list[Line] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)


@dataclass(slots=True)
class Lane:
    """The common line of all actions that lead to ``target`` from one side."""

    target: Card
    down: bool
    sources: list[tuple[Card, Row]]
    column: int = 0

    @property
    def span(self) -> tuple[float, float]:
        heights = [self.target.entry, *(row.y for _card, row in self.sources)]
        return min(heights), max(heights)


@dataclass(slots=True)
class Layout:
    """All of a drawing, measured."""

    cards: dict[str, Card]
    headings: list[Line]
    lanes: list[Lane]
    left: float
    width: float
    height: float

    def lane_x(self, lane: Lane) -> float:
        offset = STUB + lane.column * LANE
        return self.left + CARD + offset if lane.down else self.left - offset


def arrange(definition: Definition, locale: str, role_words: Mapping[str, Words] | None = None) -> Layout:
    """Place cards in the order of the file, then lines beside them."""
    cards: dict[str, Card] = {}
    headings: list[Line] = []
    y, phase = float(MARGIN), None
    for index, place in enumerate((*definition.steps.values(), *definition.ends.values())):
        if place.phase and place.phase != phase and place.phase in definition.phases:
            y += 16
            headings.append(Line(y, _in(definition.phases[place.phase].label, locale), "phase"))
            y += 9
        phase = place.phase or phase
        card = _card(definition, place, index, y, locale, role_words or {})
        cards[place.code] = card
        y = card.bottom + 14
    lanes = _lanes(cards)
    columns = {down: max((lane.column + 1 for lane in lanes if lane.down is down), default=0) for down in (True, False)}
    left = MARGIN + (STUB + (columns[False] - 1) * LANE if columns[False] else 0)
    right = STUB + max(columns[True] - 1, 0) * LANE + MARGIN
    return Layout(cards, headings, lanes, left, left + CARD + right, y - 14 + MARGIN)


def _card(
    definition: Definition,
    place: Step | End,
    index: int,
    top: float,
    locale: str,
    role_words: Mapping[str, Words],
) -> Card:
    card = Card(place, index, top, entry=top + 20)
    y = top + 25
    for text in wrap(_in(place.label, locale) or place.code, CARD - 46, LABEL + 1, bold=True):
        card.lines.append(Line(y, text, "label", 32))
        y += 19
    if isinstance(place, Step):
        for text in wrap(_who_and_when(place, locale, role_words), CARD - 46, SMALL):
            card.lines.append(Line(y - 2, text, "small", 32))
            y += 15
        for action in place.actions.values():
            y = _row(card, definition, action, y + 9, locale, role_words)
    card.bottom = y - (4 if card.rows else 7)
    return card


def _row(
    card: Card,
    definition: Definition,
    action: Action,
    y: float,
    locale: str,
    role_words: Mapping[str, Words],
) -> float:
    card.rows.append(Row(action, y - 1))
    y += 4
    for text in wrap(_in(action.label, locale) or action.code, CARD - 58, LABEL):
        card.lines.append(Line(y, text, "action", 46))
        y += 17
    small = [", ".join(_role(role, locale, role_words) for role in action.by)]
    if action.apart_from:
        labels = (_in(definition.action_label(code), locale) for code in action.apart_from)
        small.append(_APART[locale].format(", ".join(labels)))
    for sentence in filter(None, small):
        for text in wrap(sentence, CARD - 58, SMALL):
            card.lines.append(Line(y - 1, text, "small", 46))
            y += 15
    return y


def _lanes(cards: Mapping[str, Card]) -> list[Lane]:
    lanes: dict[tuple[str, bool], Lane] = {}
    for card in cards.values():
        for row in card.rows:
            target = cards.get(row.action.to)
            if target is None or target is card:
                continue
            down = target.index > card.index
            lane = lanes.setdefault((target.place.code, down), Lane(target, down, []))
            lane.sources.append((card, row))
    # Short lines stay close to the cards, long ones run outside: fewest crossings, easiest to follow.
    placed: list[Lane] = []
    for lane in sorted(lanes.values(), key=lambda lane: lane.span[1] - lane.span[0]):
        taken = {
            other.column
            for other in placed
            if other.down is lane.down and other.span[0] < lane.span[1] + 10 and lane.span[0] < other.span[1] + 10
        }
        lane.column = next(n for n in range(len(placed) + 1) if n not in taken)
        placed.append(lane)
    return placed


def wrap(text: str, width: float, size: float, *, bold: bool = False) -> list[str]:
    """Break at spaces so that every line fits ``width``, by a cautious guess at the letters' widths."""
    lines: list[str] = []
    for word in text.split(" ") if text else []:
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and _wide(longer, size, bold=bold) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _wide(text: str, size: float, *, bold: bool) -> float:
    ems = sum(0.36 if c in _NARROW else 0.95 if c in _WIDE else 0.72 if c.isupper() else 0.6 for c in text)
    return ems * size * (1.08 if bold else 1)


def _who_and_when(step: Step, locale: str, role_words: Mapping[str, Words]) -> str:
    parts: Iterable[str | None] = (
        _role(step.owner, locale, role_words) if step.owner else None,
        step.within.words[locale] if step.within else None,
        _WAITING[locale] if step.pauses else None,
    )
    return " · ".join(part for part in parts if part)


def _role(role: str, locale: str, role_words: Mapping[str, Words]) -> str:
    return role_words.get(role, {}).get(locale) or role.replace("_", " ")


def _in(words: Words, locale: str) -> str:
    return words.get(locale) or next(iter(words.values()), "")
