"""The menu: slices register their entries, each person sees those that their rights open."""

from dataclasses import dataclass

from flask import Flask, g, request, url_for


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the menu. `order` places it; `right` opens it; `beside` names the number that stands beside it."""

    order: int
    label: object
    endpoint: str
    right: str
    beside: str | None = None


_entries: list[Entry] = []
_public: list[tuple[int, object, str]] = []


def entry(order: int, label: object, endpoint: str, right: str, beside: str | None = None) -> None:
    """Register an entry of the menu."""
    new = Entry(order, label, endpoint, right, beside)
    if new not in _entries:
        _entries.append(new)
        _entries.sort(key=lambda e: e.order)


def public_link(order: int, label: object, endpoint: str) -> None:
    """Register a link at the foot of every page, for everybody."""
    if (order, label, endpoint) not in _public:
        _public.append((order, label, endpoint))
        _public.sort(key=lambda link: link[0])


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
            "public_links": [{"label": label, "url": url_for(endpoint)} for _order, label, endpoint in _public],
            "navigation": [
                {
                    "label": e.label,
                    "url": url,
                    "current": here == e.endpoint.split(".")[0] and _is_at(url, entries, here),
                    "count": g.get("beside", {}).get(e.beside),
                }
                for e in entries
                for url in (url_for(e.endpoint),)
            ],
        }


def _is_at(url: str, entries: list[Entry], blueprint: str) -> bool:
    """Whether the page lies below an entry; asked only where a blueprint has several entries."""
    several = sum(entry.endpoint.split(".")[0] == blueprint for entry in entries) > 1
    return not several or request.path == url or request.path.startswith(f"{url}/")
