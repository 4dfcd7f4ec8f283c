"""From the nodes of a clause and the facts of a file to the blocks that a document prints: plain data, no markup.

What the file says never acts as a mark: a title that begins with a dash makes no list. Its words travel under a sign of their
own until the marks of the text have been read.
"""

import re

from grants.contracts.clauses.reading import Choice, Literal, Loop, Slot, Table

# Private signs, which no text may hold (see `reading`).
_OPEN, _CLOSE = "\ue000", "\ue001"
_VALUE = re.compile(f"{_OPEN}(\\d+){_CLOSE}")
_TABLE_LINE = re.compile(f"{_OPEN}T([a-z_]+){_CLOSE}")
# Not the spaces that do not break: amounts keep theirs.
_BREAKS = re.compile(r"[ \t\n]+")
_ITEM = re.compile(r"(?:(-)|(\d{1,2}\.)|([a-z]\)))\s+")
# What one article may come to, with every loop gone through.
LONGEST_SET = 60_000


class TooLong(ValueError):
    """With the lists of this file the text grows beyond what a contract can hold."""


def blocks(nodes: list, values: dict, *, article: int) -> list[dict]:
    """The blocks of an article: paragraphs, lists, headings and tables, each with its runs of words.

    `values` are what the file says (see `facts`); a name without a value becomes a line to fill in by hand. Raises TooLong.
    """
    kept: list[str | None] = []
    text = "".join(_spoken(nodes, values, {}, kept))
    if len(text) > LONGEST_SET:
        raise TooLong(len(text))
    return _numbered(_lines(text), article, kept)


def _spoken(nodes, values, items, kept):
    for node in nodes:
        if isinstance(node, Literal):
            yield node.text
        elif isinstance(node, Slot):
            kept.append(_value(node, values, items))
            yield f"{_OPEN}{len(kept) - 1}{_CLOSE}"
        elif isinstance(node, Table):
            yield f"{_OPEN}T{node.name}{_CLOSE}"
        elif isinstance(node, Choice):
            yield from _spoken(node.body if _value(node.slot, values, items) else node.other, values, items, kept)
        elif isinstance(node, Loop):
            for item in values[node.source]:
                yield from _spoken(node.body, values, {**items, node.variable: item}, kept)


def _value(slot, values, items):
    return items[slot.variable].get(slot.name) if slot.variable else values.get(slot.name)


def _lines(text):
    """(mark, words) of each block, in order; lines that follow without a mark belong to the block before."""
    found: list[list[str]] = []
    fresh = True
    for line in text.split("\n"):
        bare = line.strip()
        if not bare:
            fresh = True
            continue
        mark, words = _mark(bare)
        if mark == "p" and not fresh and found and found[-1][0] not in ("heading", "table"):
            found[-1][1] += " " + words
        else:
            found.append([mark, words])
        fresh = False
    return found


def _mark(line):
    if table := _TABLE_LINE.fullmatch(line):
        return "table", table[1]
    if line.startswith("### "):
        return "heading", line[4:].strip()
    if line.startswith("> "):
        return "party", line[2:].strip()
    if item := _ITEM.match(line):
        kind = "bullets" if item[1] else "points" if item[2] else "letters"
        return kind, line[item.end() :].strip()
    return "p", line


def _numbered(lines, article, kept):
    """Blocks with their marks: points go on through the whole article (8.1, 8.2 …), letters begin anew with each list."""
    made: list[dict] = []
    points = 0
    for mark, words in lines:
        if mark == "table":
            made.append({"kind": "table", "table": words, "runs": [], "items": []})
            continue
        runs = _runs(words, kept)
        if mark in ("bullets", "points", "letters"):
            if not made or made[-1]["kind"] != mark:
                made.append({"kind": mark, "table": "", "runs": [], "items": []})
            number = len(made[-1]["items"])
            points += mark == "points"
            sign = {"bullets": "—", "points": f"{article}.{points}", "letters": f"{chr(97 + number % 26)})"}[mark]
            made[-1]["items"].append({"mark": sign, "runs": runs})
        elif runs:
            made.append({"kind": mark, "table": "", "runs": runs, "items": []})
    return made


def _runs(words, kept):
    """Runs of words with their look: "", "bold", or "fill" for a line to fill in by hand."""
    found: list[dict] = []
    for number, part in enumerate(words.split("**")):
        bold, last = number % 2 == 1, 0
        for value in [*_VALUE.finditer(part), None]:
            before = part[last : value.start() if value else len(part)]
            _add(found, before, bold)
            if value is None:
                break
            last = value.end()
            said = kept[int(value[1])]
            if said:
                _add(found, _BREAKS.sub(" ", said).strip(), bold)
            else:
                found.append({"text": "", "look": "fill"})
    for run in found:
        run["text"] = french_spaces(run["text"])
    return found


def _add(found, words, bold):
    if not words:
        return
    look = "bold" if bold else ""
    if found and found[-1]["look"] == look:
        found[-1]["text"] += words
    else:
        found.append({"text": words, "look": look})


def french_spaces(text: str) -> str:
    """A text with the spaces of French print: none that breaks before « : » or « % », nor between a number and its unit."""
    text = text.replace("'", "’")
    text = re.sub(r" +([:;!?»%])", "\u00a0\\1", text)
    text = re.sub(r"« +", "«\u00a0", text)
    text = re.sub(r"\b([nN]°|[aA]rticles?|[aA]rt\.|[pP]age|[aA]nnexe) (?=\S)", "\\1\u00a0", text)
    return re.sub(r"(\d) (?=[a-zà-ÿ%F])", "\\1\u00a0", text)
