"""Walking through the house by its links, as one person: no page offers a way that ends at a refusal."""

import re

from flask.testing import FlaskClient

_LINK = re.compile(r'<a [^>]*href="(/[^"#]*)')
_NUMBER = re.compile(r"[A-Z]{2}-\d{4}-\d+-\w|[0-9a-f]{8}-[0-9a-f-]{27}|\d+")
# Files are large, and asked for elsewhere.
_FILE = re.compile(r"\.(pdf|zip|xlsx|csv|svg|jsonl?|xml)\b|/files?/|/export\b|^/static/")


def refusals(client: FlaskClient, *, most: int = 400) -> list[str]:
    """Follow links from the first page, one page of each kind; gives those that did not open, with the page they stood on."""
    waiting, kinds, found = [("/", "")], set(), []
    while waiting and len(kinds) < most:
        address, seen_on = waiting.pop(0)
        kind = _NUMBER.sub("…", address.partition("?")[0])
        if "part=" in address:
            kind += address.partition("part=")[2]
        if kind in kinds or _FILE.search(address):
            continue
        kinds.add(kind)
        # Each page of a test costs most where its HTML is read strictly, which the tests of the pages do.
        answer = FlaskClient.open(client, address.replace("&amp;", "&"), buffered=True)
        if answer.status_code >= 400:
            found.append(f"{answer.status_code} {address} on {seen_on}")
        if answer.mimetype == "text/html":
            waiting += [(link, address) for link in _LINK.findall(answer.get_data(as_text=True))]
    assert len(kinds) > 20, kinds
    return found
