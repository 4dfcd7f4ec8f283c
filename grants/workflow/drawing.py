"""A definition as a drawing (SVG) and as a table.

Colours stand as attributes, so the drawing is complete by itself; every shape also carries a class
(``wf-…``), so that a page may restyle it, for a dark screen for instance.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from html import escape

from grants.workflow.definition import LOCALES, Action, Definition, End, Words
from grants.workflow.layout import CARD, Card, Lane, Layout, Row, arrange

INK, MUTED, RULE, PAPER, WHITE = "#1c1a24", "#5d5a68", "#e2dccf", "#fbf8f2", "#ffffff"
INDIGO, OCHRE, GREEN, RED, PALE = "#27306b", "#b8741a", "#2d6a4f", "#9d2f25", "#cdc6b7"
_FONT = "system-ui, 'Noto Sans', 'DejaVu Sans', sans-serif"
_STYLES = {
    "label": f'font-size="15" font-weight="700" fill="{INK}"',
    "action": f'font-size="14" fill="{INK}"',
    "small": f'font-size="11.5" fill="{MUTED}"',
    "phase": f'font-size="12" font-weight="700" fill="{MUTED}"',
}
_TONES = {"good": GREEN, "neutral": MUTED, "bad": RED}
_KINDS = {"primary": INDIGO, "secondary": OCHRE, "warning": RED}
_SAID = {
    "fr": {"now": "En ce moment\u00a0: ", "path": "Chemin suivi\u00a0: "},
    "en": {"now": "Now: ", "path": "Path taken: "},
}


def draw(
    definition: Definition,
    taken: Iterable[tuple[str, str]] = (),
    now: str | None = None,
    locale: str = "fr",
    *,
    role_words: Mapping[str, Words] | None = None,
) -> str:
    """The definition as SVG, narrow enough for a phone.

    With ``taken`` (what a file did: pairs of step and action, in order) and ``now`` (where it
    stands) the file's own path is lit up. Acts that the definition does not know are left out,
    so that a file that was moved from another version can still be drawn. Raises TypeError for
    anything but pairs: the same action may lead on from several steps, so a code alone is a guess.
    """
    locale = locale if locale in LOCALES else "fr"
    layout = arrange(definition, locale, role_words)
    lit = _known(definition, taken)
    drawing = _Drawing(definition, layout, lit, now, locale)
    return "\n".join(drawing.svg())


def _known(definition: Definition, taken: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    acts = list(taken)
    if wrong := [act for act in acts if not isinstance(act, tuple) or len(act) != 2]:
        raise TypeError(f"a path is pairs of step and action, not {wrong[0]!r}")
    return [
        (step, action) for step, action in acts if step in definition.steps and action in definition.steps[step].actions
    ]


class _Drawing:
    """The marks of one drawing, in the order in which they cover each other."""

    def __init__(
        self,
        definition: Definition,
        layout: Layout,
        lit: list[tuple[str, str]],
        now: str | None,
        locale: str,
    ) -> None:
        self.definition, self.layout, self.now, self.locale = definition, layout, now, locale
        self.lit = set(lit)
        self.visited = {step for step, _action in lit}
        self.path = lit
        self.plain = not lit and now is None

    def svg(self) -> Iterator[str]:
        width, height = f"{self.layout.width:g}", f"{self.layout.height:g}"
        title = escape(self.definition.title.get(self.locale, self.definition.name))
        yield (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="wf" role="img" viewBox="0 0 {width} {height}" '
            f'width="{width}" height="{height}" font-family="{_FONT}">'
        )
        yield f"<title>{title}</title>"
        yield f"<desc>{escape(self._told())}</desc>"
        yield f'<rect class="wf-paper" width="{width}" height="{height}" fill="{PAPER}"/>'
        for line in self.layout.headings:
            yield self._text(self.layout.left, line.y, line.text, "phase")
        for lane in sorted(self.layout.lanes, key=lambda lane: -lane.column):
            yield from self._lane(lane, None)
        for lane in self.layout.lanes:
            yield from self._lane(lane, self.lit)
        for card in self.layout.cards.values():
            yield from self._card(card)
        yield "</svg>"

    def _told(self) -> str:
        """The drawing in words, for those who hear it."""
        words = _SAID[self.locale]
        steps = [place.label.get(self.locale, place.code) for place in self.definition.steps.values()]
        told = [" → ".join(steps) + "."]
        if self.path:
            labels = [self.definition.action_label(action).get(self.locale, action) for _step, action in self.path]
            told.append(f"{words['path']}{', '.join(labels)}.")
        if self.now in self.layout.cards:
            told.append(f"{words['now']}{self.layout.cards[self.now].place.label.get(self.locale, self.now)}.")
        return " ".join(told)

    def _lane(self, lane: Lane, only: set[tuple[str, str]] | None) -> Iterator[str]:
        """The line to one place: all of it, or only the acts that the file took."""
        sources = [
            (card, row) for card, row in lane.sources if only is None or (card.place.code, row.action.code) in only
        ]
        if not sources:
            return
        x, side = self.layout.lane_x(lane), self._side(lane)
        colour = INDIGO if only else (_lane_colour(lane) if self.plain else PALE)
        strokes = [f"M{side:g} {row.y:g}H{x:g}V{lane.target.entry:g}" for _card, row in sources]
        strokes.append(f"M{x:g} {lane.target.entry:g}H{side:g}")
        yield from self._stroke(" ".join(strokes), colour, lit=bool(only))
        yield self._head(side, lane.target.entry, -1 if lane.down else 1, colour)

    def _side(self, lane: Lane) -> float:
        return self.layout.left + CARD if lane.down else self.layout.left

    def _stroke(self, path: str, colour: str, *, lit: bool) -> Iterator[str]:
        width = 2.6 if lit else 1.4
        # A wider stroke in the colour of the paper makes crossings read as bridges.
        yield (f'<path class="wf-halo" d="{path}" fill="none" stroke="{PAPER}" stroke-width="{width + 3:g}"/>')
        yield (
            f'<path class="{"wf-lit" if lit else "wf-line"}" d="{path}" fill="none" stroke="{colour}" '
            f'stroke-width="{width:g}" stroke-linejoin="round"/>'
        )

    def _head(self, x: float, y: float, way: int, colour: str) -> str:
        return f'<path class="wf-head" d="M{x:g} {y:g}l{-8 * way} -4.5v9z" fill="{colour}"/>'

    def _card(self, card: Card) -> Iterator[str]:
        code, left = card.place.code, self.layout.left
        end = isinstance(card.place, End)
        here, done = code == self.now, code in self.visited
        edge = OCHRE if here else RULE
        height = card.bottom - card.top
        yield (
            f'<rect class="wf-card{" wf-now" if here else ""}" x="{left:g}" y="{card.top:g}" width="{CARD}" '
            f'height="{height:g}" rx="{height / 2 if end and height < 60 else 6:g}" fill="{WHITE}" '
            f'stroke="{edge}" stroke-width="{2 if here else 1}"/>'
        )
        colour = _TONES[card.place.tone] if end else INDIGO
        fill = OCHRE if here else colour if done or (self.plain and end) else WHITE
        yield self._diamond(left + 18, card.entry, 6, fill, OCHRE if here else colour)
        for line in card.lines:
            yield self._text(left + line.indent, line.y, line.text, line.style)
        for row in card.rows:
            yield from self._row(card, row)

    def _row(self, card: Card, row: Row) -> Iterator[str]:
        left, colour = self.layout.left, _KINDS[row.action.kind]
        taken = (card.place.code, row.action.code) in self.lit
        yield self._diamond(left + 35, row.y, 3.5, colour if taken or self.plain else WHITE, colour)
        if row.action.to == card.place.code:
            x, y = left + CARD, row.y
            line = INDIGO if taken else (colour if self.plain else PALE)
            yield from self._stroke(f"M{x:g} {y - 5:g}c14 -2 14 12 4 10", line, lit=taken)
            yield self._head(x, y + 5, -1, line)

    def _diamond(self, x: float, y: float, size: float, fill: str, stroke: str) -> str:
        return (
            f'<path class="wf-diamond" d="M{x:g} {y - size:g}l{size:g} {size:g}l{-size:g} {size:g}'
            f'l{-size:g} {-size:g}z" fill="{fill}" stroke="{stroke}" stroke-width="1.4"/>'
        )

    def _text(self, x: float, y: float, text: str, style: str) -> str:
        return f'<text class="wf-{style}" x="{x:g}" y="{y:g}" {_STYLES[style]}>{escape(text)}</text>'


def _lane_colour(lane: Lane) -> str:
    if isinstance(lane.target.place, End):
        return _TONES[lane.target.place.tone]
    return INDIGO if lane.down else OCHRE


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the table: in this step this role may take this action."""

    step: str
    role: str
    action: Action

    @property
    def to(self) -> str:
        return self.action.to


def table(definition: Definition) -> list[Entry]:
    """Step × role × action, every combination that is allowed, in the order of the file.

    The act that makes the subject stands first, with an empty step.
    """
    rows = []
    if definition.created_as:
        making = Action(
            definition.created_as, to=definition.start, label=definition.action_label(definition.created_as),
            by=definition.created_by,
        )  # fmt: skip
        rows = [Entry("", role, making) for role in making.by]
    return rows + [Entry(step.code, role, act) for step, act in definition.acts() for role in act.by]
