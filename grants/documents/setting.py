"""Typesetting: a template and plain data become a PDF. Runs inside the press only.

Nothing is fetched: no network, no file of the host, only ``data:`` addresses that the templates make themselves. The
dates inside the PDF are the document's own day, so the same input gives the same bytes.
"""

import logging
import re
from functools import cache
from pathlib import Path

import jinja2
import segno
from weasyprint import HTML, URLFetcher
from weasyprint.text.fonts import FontConfiguration

from grants.core.money import format_francs, format_number, francs_in_words
from grants.documents import fonts, french, plain

TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "documents"


class SettingError(RuntimeError):
    """The document could not be set; the text says why in the words of the template's author."""


def pdf(template, encoded):
    """Return the PDF of ``template`` (a file of templates/documents) with the JSON ``encoded`` as its context.

    Raises SettingError when the context lacks a name, when a sign has no glyph, and when anything had to be left out.
    """
    html = text(template, plain.loads(encoded))
    lost = fonts.not_drawn(re.sub(r"<style>.*?</style>|<[^>]*>", "", html, flags=re.DOTALL))
    if lost:
        raise SettingError("no glyph for " + ", ".join(f"U+{ord(sign):04X}" for sign in lost))
    with _Complaints() as complaints:
        made = HTML(string=html, base_url="about:blank", url_fetcher=_fetcher()).write_pdf(
            font_config=FontConfiguration(), pdf_variant="pdf/ua-1", pdf_tags=True
        )
    if complaints:
        raise SettingError("; ".join(dict.fromkeys(complaints)))
    return made


def text(template, context):
    """Return the HTML of ``template`` with ``context``. Raises SettingError that names a missing value."""
    try:
        return _environment().get_template(template).render(context)
    except jinja2.UndefinedError as error:
        raise SettingError(f"{template}: {error.message}") from error


def warm():
    """Load what every job needs: templates are compiled, hyphenation and fonts are indexed once."""
    _environment()
    fonts.coverage()
    HTML(string="<html lang=fr><p style='hyphens:auto'>échauffement</p></html>").write_pdf()


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
        "day": french.day,
        "short_hash": plain.short_hash,
        "qr": qr,
        "capital": french.capital,
        "letters": french.letters,
        "coordinates": french.coordinates,
    }
    return environment


def qr(address):
    """Return a QR code as a ``data:`` address: a quarter of it may be stained and it still reads (level Q)."""
    # One picture of 33 points a side, drawn once in the file and shown on every page: an SVG would be drawn anew on each.
    return segno.make(address, error="q", micro=False).png_data_uri(border=0, dark="#1a2150", scale=8)


def _fetcher():
    return URLFetcher(allowed_protocols=("data",), allow_redirects=False, fail_on_errors=True)


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
