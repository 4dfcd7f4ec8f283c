"""Typesetting: a template and plain data become a PDF. Runs inside the press only.

Nothing is fetched: no network, no file of the host, only ``data:`` addresses that the templates make themselves. The
dates inside the PDF are the document's own day, so the same input gives the same bytes.
"""

import logging
import re
from datetime import date
from functools import cache, lru_cache
from pathlib import Path

import jinja2
import segno
from markupsafe import Markup

from grants.core import references
from grants.core.money import format_francs, format_number, francs_in_words
from grants.documents import copies as typesetter
from grants.documents import fonts, french, plain, quickened

_TAGS = re.compile(r"<[^>]*>")
_WRITTEN = re.compile(r">([^<>]*-[^<>]*)<")
TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "documents"


class SettingError(RuntimeError):
    """The document could not be set; the text says why in the words of the template's author."""


def copies(template, encoded):
    """Return `(archive, reading)`: two PDFs of ``template`` with the JSON ``encoded`` as its context (`copies.py`).

    Raises SettingError when the context lacks a name, when a sign has no glyph, and when anything had to be left out.
    """
    context = plain.loads(encoded)
    html, css = _checked(template, context)
    issued = context["issued"]
    # The canonical text of the data: whoever hashes kind, version and data again finds the printed fingerprint.
    attached = f'{{"kind":"{Path(template).stem}","version":"{issued["template_version"]}","data":{encoded}}}'
    with _Complaints() as complaints:
        made = typesetter.write(html, css, data=attached, on=issued["on"], mark=_marks(context))
    _refuse(complaints)
    return made


def paper(template, encoded):
    """Return the PDF of a paper that is printed and not issued, such as a blank form. Raises SettingError."""
    html, css = _checked(template, plain.loads(encoded))
    with _Complaints() as complaints:
        made = typesetter.write_plain(html, css)
    _refuse(complaints)
    return made


def _checked(template, context):
    html = unbroken(text(template, context))
    signs = fonts.signs(_TAGS.sub("", html))
    if lost := fonts.without_glyph(signs):
        raise SettingError("no glyph for " + ", ".join(f"U+{ord(sign):04X}" for sign in lost))
    return html, css(fonts.needed(signs))


def unbroken(html):
    """Return a page in whose texts no reference is broken at its hyphens; one that is a text alone has a line for itself."""
    head, body, rest = html.partition("<body")

    def kept(found):
        said = found[1]
        if references.WRITTEN.fullmatch(said):
            return found[0]
        return f">{references.WRITTEN.sub(_kept, said)}<"

    return head + body + _WRITTEN.sub(kept, rest)


def _kept(found):
    return f'<span class="amount">{found[0]}</span>'


def css(others):
    """Return the style sheet; ``others`` are the families beside Noto Serif and Sans that the text needs."""
    listed = "".join(f', "{family}"' for family in others)
    return _environment().get_template("style.css").render(others=Markup(listed))  # noqa: S704 - names of our own fonts


def _refuse(complaints):
    if complaints:
        raise SettingError("; ".join(dict.fromkeys(complaints)))


def text(template, context):
    """Return the HTML of ``template`` with ``context``. Raises SettingError that names a missing value."""
    try:
        return _environment().get_template(template).render(context)
    except jinja2.UndefinedError as error:
        raise SettingError(f"{template}: {error.message}") from error


def warm():
    """Load what every job needs: templates and style are compiled, hyphenation and fonts are loaded.

    An invented document of a few pages is set: a child then starts with the caches of the typesetter filled and with
    the interpreter's code specialised, which halves what its own document takes.
    """
    quickened.install()
    fonts.coverage()
    environment = _environment()
    for name in environment.list_templates():
        environment.get_template(name)
    day = date(2026, 1, 1)
    # Money, days and words bring their languages with them when they are first used.
    html = text("warming.html", {"day": day, "amount": 2_850_000})
    typesetter.write(html, css(()), data="{}", on=day)


@cache
def _environment():
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters |= {
        "francs": format_francs,
        "number": format_number,
        "words": francs_in_words,
        "day": french.printed_day,
        "short_hash": plain.short_hash,
        "qr": qr,
        "capital": french.capital,
        "letters": french.letters,
        "coordinates": french.coordinates,
    }
    return environment


@lru_cache(16)
def qr(address):
    """Return a QR code as a ``data:`` address: a quarter of it may be stained and it still reads (level Q)."""
    # One picture of 33 points a side, drawn once in the file and shown on every page: an SVG would be drawn anew on each.
    return segno.make(address, error="q", micro=False).png_data_uri(border=0, dark="#1a2150", scale=8)


# Where the code of a page stands: its left and lower edge and its side, in points (18 mm and 8.5 mm, 14 mm).
_CODE_PLACE = (51.02, 24.09, 39.69)
_CODE_COLOUR = "0.102 0.129 0.314 rg"
_POINTS = 3  # of a module: enough that no viewer smooths the code away


def _marks(context):
    """What each page is marked with: the contract's have codes of their own, so that a scan says which page is which."""
    if not context.get("coded_pages"):
        return None
    return lambda number: page_code(context["issued"]["address"], number)


def page_code(address, number):
    """Return the QR code of one page of a document, as PDF draws it: which document, and which page of it.

    It is drawn into the finished pages: there are as many codes as pages, and the typesetter sees none of them.
    """
    # The mask is given: trying all eight costs four times the rest, and any of them can be read.
    code = segno.make(f"{address}?p={number}", error="m", micro=False, boost_error=False, mask=3)
    side = len(code.matrix) * _POINTS
    rows = []
    for line in code.matrix:
        bits = "".join(("1" if dark else "0") * _POINTS for dark in line).ljust(-side % 8 + side, "0")
        rows.append(int(bits, 2).to_bytes(len(bits) // 8).hex() * _POINTS)
    left, low, edge = _CODE_PLACE
    return (
        f"{_CODE_COLOUR} {edge} 0 0 {edge} {left} {low} cm "
        f"BI /IM true /D [1 0] /W {side} /H {side} /BPC 1 /F /AHx ID {''.join(rows)}> EI"
    ).encode()


class _Complaints(logging.Handler):
    """Collects what the typesetter leaves out with no more than a line in the log: for a contract that is an error."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.lines = []

    def emit(self, record):
        self.lines.append(record.getMessage())

    def __enter__(self):
        self.logger = logging.getLogger("weasyprint")
        self.kept = self.logger.handlers, self.logger.propagate
        self.logger.handlers, self.logger.propagate = [self], False
        return self.lines

    def __exit__(self, *failure):
        self.logger.handlers, self.logger.propagate = self.kept
