"""The menu: slices register their entries, each person sees those that their rights open."""

from dataclasses import dataclass

from flask import Flask, g, request, url_for


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the menu. `order` places it; `right` opens it."""

    order: int
    label: object
    endpoint: str
    right: str


_entries: list[Entry] = []


def entry(order: int, label: object, endpoint: str, right: str) -> None:
    """Register an entry of the menu."""
    new = Entry(order, label, endpoint, right)
    if new not in _entries:
        _entries.append(new)
        _entries.sort(key=lambda e: e.order)


def init_app(app: Flask) -> None:
    """Give the menu to the templates."""

    @app.context_processor
    def menu() -> dict:
        person = g.get("person")
        may = app.jinja_env.globals["may"]
        here = request.blueprint
        entries = [e for e in _entries if may(e.right)] if person is not None else []
        return {
            "person": person,
            "navigation": [
                {"label": e.label, "url": url_for(e.endpoint), "current": here == e.endpoint.split(".")[0]}
                for e in entries
            ],
        }
