"""What changed between two versions of a text: line by line, and inside a line word by word."""

import re
from difflib import SequenceMatcher

_WORDS = re.compile(r"\s+|[^\s{}]+|\{[^{}]*\}|[{}]")


def difference(old: str, new: str) -> list[list[tuple[str, str]]]:
    """The lines of both texts as runs of (mark, words): "same", "gone" or "new". Unchanged lines are one run."""
    before, after = old.split("\n"), new.split("\n")
    lines: list[list[tuple[str, str]]] = []
    for tag, a, b, c, d in SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes():
        if tag == "equal":
            lines += [[("same", line)] for line in before[a:b]]
            continue
        pairs = min(b - a, d - c)
        lines += [_within(before[a + number], after[c + number]) for number in range(pairs)]
        lines += [[("gone", line)] for line in before[a + pairs : b]]
        lines += [[("new", line)] for line in after[c + pairs : d]]
    return lines


def _within(old: str, new: str) -> list[tuple[str, str]]:
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    runs: list[tuple[str, str]] = []
    for tag, a, b, c, d in SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes():
        if tag == "equal":
            runs.append(("same", "".join(before[a:b])))
            continue
        if a < b:
            runs.append(("gone", "".join(before[a:b])))
        if c < d:
            runs.append(("new", "".join(after[c:d])))
    return runs
