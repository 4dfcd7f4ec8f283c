"""Reading: our templates are XML as well as HTML, and are styled without the typesetter's rules for notes."""

import re
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import weasyprint

# Every element of every document gets six styles of notes and markers by these rules; no document of ours has a note.
_NOTES = re.compile(r"^::(footnote|note|marker)[^{]*\{[^}]*\}$", re.MULTILINE)


class Quick(weasyprint.HTML):
    """A document that is read by the interpreter's own parser of XML, which is written in C."""

    def __init__(self, *, string, base_url, url_fetcher):
        root = tree(string)
        if root is None:
            super().__init__(string=string, base_url=base_url, url_fetcher=url_fetcher)
            return
        self.base_url, self.url_fetcher, self.media_type = base_url, url_fetcher, "print"
        self.wrapper_element = weasyprint.cssselect2.ElementWrapper.from_html_root(root, content_language=None)
        self.etree_element = self.wrapper_element.etree_element

    def _ua_stylesheets(self, forms=False):
        return [_without_notes()]


def tree(html):
    """Return the root of a page that is XML and means the same as HTML; None for any other, which HTML's rules complete."""
    try:
        root = ElementTree.fromstring(html)  # noqa: S314  our own template; what people wrote is escaped in it
    except ElementTree.ParseError:
        return None
    if root.find("head") is None or any(row.tag == "tr" for table in root.iter("table") for row in table):
        return None
    return root


@cache
def _without_notes():
    own = Path(weasyprint.__file__).parent / "css" / "html5_ua.css"
    return weasyprint.CSS(string=_NOTES.sub("", own.read_text(encoding="utf-8")))
