"""What pages weigh on the wire, and what axe finds on them."""

import re
from dataclasses import dataclass, field
from pathlib import Path

KB = 1024
AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
# Kilobytes on the wire, compressed (docs: what a page may cost on a slow telephone).
PAGE, LIST, STYLE, SCRIPT, FIRST_VISIT, FIRST_REQUESTS = 15, 25, 14, 25, 60, 6
_LISTS = ("/", "/projects", "/groups", "/calls", "/payments", "/people", "/funds", "/journal", "/places", "/followup")
_REFERENCE = re.compile(r"/(?:[A-Z]{2}-\d{4}-\d+-\w|[0-9a-f]{8}-[0-9a-f-]{27})(?=/|$)")
_RUN = """async () => {
  const found = await axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]});
  return found.violations.filter((v) => ["serious", "critical"].includes(v.impact))
    .map((v) => `${v.id}: ${v.help}: ${v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160)).join(" | ")}`);
}"""


def kind_of_page(path: str) -> str:
    """The address of a page without its references: the same page of another file is the same kind."""
    return _REFERENCE.sub("/…", path.split("?")[0]) or "/"


@dataclass
class Findings:
    """What a journey found out about its pages."""

    html: dict[str, int] = field(default_factory=dict)
    styles: dict[str, int] = field(default_factory=dict)
    scripts: dict[str, int] = field(default_factory=dict)
    first_visits: dict[str, tuple[int, int]] = field(default_factory=dict)
    barriers: dict[str, list[str]] = field(default_factory=dict)
    looked_at: set[tuple[str, int]] = field(default_factory=set)
    console: list[str] = field(default_factory=list)

    def weigh(self, request) -> int:
        """Note what an answer weighs by its kind, in bytes as they travelled; gives the weight with its headers."""
        response = request.response()
        if response is None or response.status == 304:
            return 0
        sizes = request.sizes()
        name = kind_of_page("/" + request.url.split("/", 3)[-1])
        book = {"document": self.html, "stylesheet": self.styles, "script": self.scripts}.get(request.resource_type)
        if book is not None and sizes["responseBodySize"]:
            book[name] = max(book.get(name, 0), sizes["responseBodySize"])
        return sizes["responseBodySize"] + sizes["responseHeadersSize"]

    def examine(self, readable, path: str, width: int) -> None:
        """Let axe read the page that `readable` gives, once for each kind of page and width of screen."""
        key = (kind_of_page(path), width)
        if key in self.looked_at:
            return
        self.looked_at.add(key)
        page = readable()
        page.evaluate(AXE.read_text(encoding="utf-8"))
        found = page.evaluate(_RUN)
        if found:
            self.barriers[f"{key[0]} at {key[1]} px"] = found

    def table(self) -> str:
        """Every weight beside its budget, heaviest first."""
        lines = [f"{'page':<58}{'KB':>7}{'budget':>8}"]
        for book, budget in ((self.html, None), (self.styles, STYLE), (self.scripts, SCRIPT)):
            for name, size in sorted(book.items(), key=lambda one: -one[1]):
                most = budget or (LIST if name in _LISTS else PAGE)
                lines.append(f"{name:<58}{size / KB:>7.1f}{most:>8}{' OVER' if size > most * KB else ''}")
        for name, (size, requests) in self.first_visits.items():
            over = " OVER" if size > FIRST_VISIT * KB or requests > FIRST_REQUESTS else ""
            lines.append(f"first visit: {name:<45}{size / KB:>7.1f}{FIRST_VISIT:>8} ({requests} requests){over}")
        lines.append(f"axe looked at {len(self.looked_at)} kinds of pages and widths")
        return "\n".join(lines)
