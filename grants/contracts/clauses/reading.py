"""Reading the text of a clause: plain text with a few marks, and names from an allow-list in braces.

No template language is run on what people write. The text is cut at its braces by one pattern; what stands in them is one of
a handful of forms, and each name must be in the vocabulary. Everything else is a fault with its line and column.

    {group.name}   {for officer in group.officers} … {end}   {if rules.start} … {else} … {end}   {table costs}
"""

import re
import unicodedata
from dataclasses import dataclass, field

from flask_babel import gettext as _

from grants.contracts.clauses.vocabulary import Vocabulary, nearest, vocabulary

# A clause of two printed pages has some 8 000 signs.
LONGEST = 20_000
MOST_FAULTS = 20
DEEPEST = 3

_BRACES = re.compile(r"\{([^{}\n]*)\}")
_NAME = r"[a-z_]+(?:\.[a-z_]+)*"
_FOR = re.compile(rf"for\s+([a-z]+)\s+in\s+({_NAME})")
_IF = re.compile(rf"if\s+({_NAME})")
_TABLE = re.compile(rf"table\s+({_NAME})")
_WORD = re.compile(_NAME)
# What belongs to other languages. It would only be printed as it stands, and the person meant something else.
_FOREIGN = (
    (re.compile(r"\{\{|\}\}|\{%|%\}|\{#|#\}"), lambda: _("One brace on each side is enough, and nothing is computed.")),
    (re.compile(r"</?[a-zA-Z!][^<>\n]{0,60}>?"), lambda: _("HTML tags are not taken: write plain text.")),
    (re.compile(r"!?\[[^\]\n]{0,200}\]\("), lambda: _("Links and pictures are not taken: write plain text.")),
    (
        re.compile(r"\b[a-zA-Z][a-zA-Z0-9+.-]{1,20}://|\b(?:file|data|javascript):(?=\S)", re.IGNORECASE),
        lambda: _("Addresses of files and sites are not taken."),
    ),
)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a text, and where: line and column count from 1."""

    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return _(
            "Line %(line)s, column %(column)s: %(message)s", line=self.line, column=self.column, message=self.message
        )


@dataclass(frozen=True, slots=True)
class Literal:
    """Words as they were written."""

    text: str


@dataclass(frozen=True, slots=True)
class Slot:
    """A name to be replaced by what the file says; `variable` is the item of a loop that it belongs to, if any."""

    name: str
    variable: str | None = None


@dataclass(slots=True)
class Loop:
    """What is said once for each item of a list."""

    variable: str
    source: str
    body: list = field(default_factory=list)


@dataclass(slots=True)
class Choice:
    """What is said only where the file has something under a name, else the other words."""

    slot: Slot
    body: list = field(default_factory=list)
    other: list = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Table:
    """A ready-made table."""

    name: str


def read(text: str, known: Vocabulary | None = None) -> tuple[list, list[Fault]]:
    """The nodes of a text, and everything that is wrong with it; nodes are good for use only where nothing is."""
    if len(text) > LONGEST:
        message = _(
            "The text has %(count)s signs; at most %(most)s are taken. Make it shorter.", count=len(text), most=LONGEST
        )
        return [], [Fault(1, 1, message)]
    text = normal(text)
    reader = _Reader(text, known or vocabulary())
    nodes = reader.nodes()
    return nodes, sorted(reader.faults, key=lambda fault: (fault.line, fault.column))[:MOST_FAULTS]


def normal(text: str) -> str:
    """A text as it is kept: one sign for one letter (NFC), line feeds only, no spaces at the end of lines."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "\n".join(line.rstrip(" \t") for line in text.split("\n")).strip("\n")


def names_in(nodes: list) -> set[str]:
    """Every word, list and table (`table costs`) that a text names."""
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, Slot) and node.variable is None:
            found.add(node.name)
        elif isinstance(node, Table):
            found.add(f"table {node.name}")
        elif isinstance(node, Loop):
            found |= {node.source, *names_in(node.body)}
        elif isinstance(node, Choice):
            found |= {node.slot.name, *names_in(node.body), *names_in(node.other)}
    return found


class _Reader:
    """One reading: where we are, what is open, what is wrong."""

    def __init__(self, text: str, known: Vocabulary):
        self.text, self.known, self.faults = text, known, []

    def nodes(self) -> list:
        covered = self._foreign()
        found: list = []
        # (the node that is open, the list that takes what follows, where it was opened)
        open_nodes: list[tuple[object, int]] = []
        taking = [found]
        last = 0
        for match in _BRACES.finditer(self.text):
            if match.start() in covered:
                continue
            start, end = self._alone(match)
            self._literal(taking[-1], last, start, covered)
            last = end
            self._form(match, taking, open_nodes)
        self._literal(taking[-1], last, len(self.text), covered)
        for _node, at in open_nodes:
            self._fault(at, _("This is not closed: {end} is missing."))
        return found

    def _form(self, match, taking, open_nodes) -> None:
        """Take one form in braces: open, close or fill something."""
        inside, at = match[1].strip(), match.start()
        if inside == "end":
            if not open_nodes:
                self._fault(at, _("{end} closes nothing: no {for …} or {if …} is open."))
                return
            open_nodes.pop()
            taking.pop()
        elif inside == "else":
            node = open_nodes[-1][0] if open_nodes else None
            if not isinstance(node, Choice) or taking[-1] is node.other:
                self._fault(at, _("{else} belongs to an {if …} that is open."))
                return
            taking[-1] = node.other
        elif opened := self._opening(inside, at, open_nodes):
            if len(open_nodes) >= DEEPEST:
                self._fault(at, _("At most %(count)s of these stand in one another.", count=DEEPEST))
            taking[-1].append(opened)
            open_nodes.append((opened, at))
            taking.append(opened.body)
        elif table := _TABLE.fullmatch(inside):
            if table[1] not in self.known.tables:
                self._unknown(at, table[1], self.known.tables, "table ")
            elif not self._whole_line(match):
                self._fault(at, _("A table stands alone on its line."))
            taking[-1].append(Table(table[1]))
        elif _WORD.fullmatch(inside):
            taking[-1].append(self._slot(inside, at, open_nodes))
        else:
            self._fault(at, _("“{%(text)s}” is not understood here.", text=inside[:40]))

    def _opening(self, inside, at, open_nodes):
        """The loop or the condition that a form opens, or None."""
        if loop := _FOR.fullmatch(inside):
            variable, source = loop.groups()
            if source not in self.known.lists:
                self._unknown(at, source, self.known.lists, "for … in ")
            if variable in {name.split(".")[0] for name in (*self.known.words, *self.known.lists)}:
                self._fault(at, _("“%(name)s” is a name already: call the item something else.", name=variable))
            return Loop(variable, source)
        if condition := _IF.fullmatch(inside):
            name = condition[1]
            if name in self.known.lists:
                return Choice(Slot(name))
            return Choice(self._slot(name, at, open_nodes))
        return None

    def _slot(self, name, at, open_nodes) -> Slot:
        first, _dot, rest = name.partition(".")
        for node, _at in reversed(open_nodes):
            if isinstance(node, Loop) and node.variable == first:
                source = self.known.lists.get(node.source)
                if source is not None and rest not in source.parts:
                    self._unknown(at, name, [f"{first}.{part}" for part in source.parts])
                return Slot(rest, first)
        if name not in self.known.words:
            loops = [
                (node.variable, self.known.lists.get(node.source)) for node, _at in open_nodes if isinstance(node, Loop)
            ]
            near = [f"{variable}.{part}" for variable, source in loops if source for part in source.parts]
            self._unknown(at, name, [*self.known.words, *near])
        return Slot(name)

    def _unknown(self, at, name, known, before="") -> None:
        meant = nearest(name, known)
        if meant is None:
            self._fault(at, _("“{%(name)s}” is not in the list of what may be named.", name=before + name[:60]))
        else:
            text = _(
                "“{%(name)s}” is not in the list of what may be named. Did you mean “{%(meant)s}”?",
                name=before + name[:60],
                meant=before + meant,
            )
            self._fault(at, text)

    def _foreign(self) -> set[int]:
        """Note what is no text of a contract; return the places that need no second look."""
        covered: set[int] = set()
        for pattern, words in _FOREIGN:
            for match in pattern.finditer(self.text):
                if match.start() not in covered:
                    self._fault(match.start(), words())
                covered |= set(range(match.start(), match.end()))
        for place, sign in enumerate(self.text):
            if sign not in "\n\t" and unicodedata.category(sign) in ("Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp"):
                self._fault(place, _("This sign cannot be printed (U+%(code)s): remove it.", code=f"{ord(sign):04X}"))
        return covered

    def _literal(self, into, start, end, covered) -> None:
        words = self.text[start:end]
        for place, sign in enumerate(words, start):
            if sign in "{}" and place not in covered:
                self._fault(place, _("This brace has no partner on its line."))
        if words:
            into.append(Literal(words))

    def _whole_line(self, match) -> bool:
        before = self.text.rfind("\n", 0, match.start()) + 1
        after = self.text.find("\n", match.end())
        line_end = len(self.text) if after < 0 else after
        return not self.text[before : match.start()].strip() and not self.text[match.end() : line_end].strip()

    def _alone(self, match) -> tuple[int, int]:
        """The span of a form; where {for}, {if}, {else} or {end} has a line to itself, that line goes with it."""
        if not re.fullmatch(r"\s*(for\s.*|if\s.*|else|end)\s*", match[1]) or not self._whole_line(match):
            return match.span()
        after = self.text.find("\n", match.end())
        return self.text.rfind("\n", 0, match.start()) + 1, len(self.text) if after < 0 else after + 1

    def _fault(self, at: int, message: str) -> None:
        line = self.text.count("\n", 0, at) + 1
        self.faults.append(Fault(line, at - (self.text.rfind("\n", 0, at) + 1) + 1, message))
