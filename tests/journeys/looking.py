"""Everybody looks around: whatever page can be reached by links opens, and is read by axe once on each width."""

from playwright.sync_api import Error

from tests.journeys.people import Visitor
from tests.journeys.weighing import kind_of_page

# Who together see every page. The committee's people, appraisers and the monitor walk through theirs in the other stages.
_LOOKING = ("admin1", "coordinator1", "finance_officer1", "finance_controller1", "secretary1", "agent1", "monitor1")
# What ends the visit, or answers with a file.
_LEAVE = ("/sign-out",)
_FILES = (".pdf", ".xlsx", ".csv", ".zip", ".toml", ".svg", ".json", ".jsonl")


def everybody_looks_around(play) -> None:
    """From the first page on, follow a link to each kind of page that nobody has come to on this width yet."""
    for part in _LOOKING:
        _walk(play.person(part))


def _walk(visitor: Visitor) -> None:
    visitor.go("/")
    waiting, seen = _links(visitor), set()
    while waiting:
        path = waiting.pop(0)
        kind = kind_of_page(path)
        if kind in seen or visitor.has_shown(kind):
            continue
        seen.add(kind)
        try:
            visitor.go(path)
        except Error as error:
            # An address that answers with a file looks like any other.
            if "Download is starting" not in str(error):
                raise
            visitor.go("/")
        else:
            waiting += _links(visitor)


def _links(visitor: Visitor) -> list[str]:
    """The addresses of this house to which the page leads, those of files left out."""
    found = (
        visitor.page.locator("a[href^='/']:not([download])").evaluate_all(
            "all => all.map((a) => a.getAttribute('href'))"
        )
        if visitor.scripts
        else _links_without_scripts(visitor)
    )
    return [path for path in found if not path.startswith(_LEAVE) and not path.split("?")[0].endswith(_FILES)]


def _links_without_scripts(visitor: Visitor) -> list[str]:
    links = visitor.page.locator("a[href^='/']:not([download])")
    return [link.get_attribute("href") for link in links.all()]
