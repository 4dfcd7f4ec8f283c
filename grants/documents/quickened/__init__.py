"""Quicker ways through the places in which the typesetter spends its time. Runs inside the press only.

Each gives exactly the bytes that the typesetter gives by itself (a test compares them), and each steps aside for what it
does not know. They know the insides of one version of WeasyPrint, the one in the lock: with another they are not
installed, and documents only take longer. What each is worth stands in docs/decisions/0016.
"""

import weasyprint

from grants.documents.quickened import boxes, lines, margins, sources, styles

KNOWN = "70.0"

_replaced: list[tuple[object, str, object]] = []


def install():
    """Take the quicker ways, where the typesetter is the version that they know."""
    if weasyprint.__version__ != KNOWN or installed():
        return
    for part in (styles, boxes, margins, lines):
        for owner, name, quick in part.places():
            _replaced.append((owner, name, vars(owner)[name]))
            setattr(owner, name, quick)


def remove():
    """Go the typesetter's own ways again."""
    while _replaced:
        setattr(*_replaced.pop())


def installed():
    """Whether the quicker ways are taken."""
    return bool(_replaced)


def source(html, url_fetcher):
    """Return a document to be set: read by the quicker way where it is taken."""
    return (sources.Quick if installed() else weasyprint.HTML)(
        string=html, base_url="about:blank", url_fetcher=url_fetcher
    )
