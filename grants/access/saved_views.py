"""Saved views: a person keeps the filters of a list under a name of their own and finds them above that list."""

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from flask import current_app, g, request, url_for
from flask_babel import gettext as _
from sqlalchemy import func, select
from werkzeug.exceptions import HTTPException

from grants.access.models import Person, SavedView
from grants.core.database import db
from grants.core.errors import NotFound, Problem, Problems
from grants.core.references import new_uuid

MOST = 12
LONGEST_NAME, LONGEST_QUERY = 40, 1000
# Where one is in the list, and what a page asks of itself: no part of what is looked for.
_PASSING = frozenset({"after", "part"})


@dataclass(frozen=True, slots=True)
class Views:
    """What stands above a list: this person's views of it, the one that is shown, and what could be kept now."""

    views: list[SavedView]
    current: SavedView | None
    path: str
    query: str


def tidy(query: str) -> str:
    """The filters of an address in one fixed form: empty ones and the place in the list left out, sorted by name."""
    pairs = parse_qsl(query.lstrip("?"), keep_blank_values=False)
    return urlencode(sorted((name, value) for name, value in pairs if name not in _PASSING))


def of(person: Person, path: str) -> list[SavedView]:
    """The views of a list that this person keeps, by name."""
    return list(
        db.session.scalars(
            select(SavedView)
            .where(SavedView.person_id == person.id, SavedView.path == path)
            .order_by(func.lower(SavedView.name))
        )
    )


def here() -> Views | None:
    """The views of the list that is being shown; None where nobody is signed in."""
    if (person := g.get("person")) is None:
        return None
    query, views = tidy(request.query_string.decode("utf-8", "replace")), of(person, request.path)
    return Views(views, next((view for view in views if view.query == query), None), request.path, query)


def keep(person: Person, path: str, query: str, name: str) -> SavedView:
    """Keep a view under a name. The same filters under another name take that name; the same name takes the filters.

    Raises Problems (fields `name`, `query`): no list of this house, nothing to keep, or too many kept already.
    """
    query, problems = tidy(query), []
    if not 1 <= len(name) <= LONGEST_NAME:
        problems.append(Problem(_("Write a name of at most %(count)s signs.", count=LONGEST_NAME), "name"))
    if not is_list(path) or not query or len(query) > LONGEST_QUERY:
        problems.append(Problem(_("Filter a list first: a saved view keeps its filters."), "query"))
    views = of(person, path)
    alike = next((view for view in views if view.query == query), None) or next(
        (view for view in views if view.name.casefold() == name.casefold()), None
    )
    if alike is None and len(views) >= MOST:
        problems.append(
            Problem(_("You keep %(count)s views of this list already. Remove one first.", count=len(views)), "name")
        )
    if any(view is not alike and view.name.casefold() == name.casefold() for view in views):
        problems.append(
            Problem(_("Another view of this list has this name. Remove it, or choose another name."), "name")
        )
    if problems:
        raise Problems(problems)
    if alike is None:
        alike = SavedView(uuid=new_uuid(), person_id=person.id, path=path)
        db.session.add(alike)
    alike.name, alike.query = name, query
    db.session.flush()
    return alike


def forget(person: Person, uuid: str) -> SavedView:
    """Remove a view of one's own. Raises NotFound for any other."""
    view = db.session.scalar(select(SavedView).where(SavedView.uuid == uuid, SavedView.person_id == person.id))
    if view is None:
        raise NotFound(uuid)
    db.session.delete(view)
    db.session.flush()
    return view


def is_list(path: str) -> bool:
    """Whether this is the address of a page of the house that one can look at."""
    if not path.startswith("/") or len(path) > 200:
        return False
    try:
        endpoint, _values = current_app.url_map.bind("").match(path, method="GET")
    except HTTPException:
        return False
    return endpoint != "static"


def address(view: SavedView) -> str:
    """The list with the filters of a view."""
    return f"{view.path}?{view.query}"


def init_app(app) -> None:
    """Let the pages of lists show the views that a person keeps."""
    app.jinja_env.globals["saved_views"] = here
    app.jinja_env.filters["view_address"] = address
    app.jinja_env.globals["save_view_address"] = lambda found: url_for(
        "saved_views.keep", list=found.path, query=found.query or None
    )
