"""Which slices the house has, in the order of the plan. Importing a slice's rooms registers what it offers."""

import importlib
import importlib.util

from flask import Flask

from grants.access import gate
from grants.core import gallery, health, navigation

# In the order in which one may import another. Each may have `registration.py`, which registers guards, effects,
# inbox items, menu entries and sections, and `views.py`, whose `bp` (or `blueprints`) is served.
SLICES = (
    "journal", "access", "places", "lifecycle", "documents", "messages", "groups", "funds", "calls", "projects", "appraisal",
    "committee", "contracts", "payments", "followup", "books", "grievances", "demo",
)  # fmt: skip


def init_app(app: Flask) -> None:
    """Register every slice with an application."""
    gate.init_app(app)
    app.view_functions["static"].entrance = gate.PUBLIC
    for view in (health.healthz, health.readyz):
        gate.public(view)
    app.register_blueprint(health.bp)
    if app.config["ENVIRONMENT"] == "development":
        gate.public(gallery.show)
        app.register_blueprint(gallery.bp)
    navigation.init_app(app)
    for name in SLICES:
        for room in ("models", "registration", "views"):
            module = _room(f"grants.{name}.{room}")
            if room == "registration" and hasattr(module, "init_app"):
                module.init_app(app)
            if room == "views" and module is not None:
                for blueprint in getattr(module, "blueprints", None) or (module.bp,):
                    app.register_blueprint(blueprint)


def _room(name: str):
    """The module of a room, or None where the slice has no such room. A room that fails to import is an error."""
    parent, _, _room_name = name.rpartition(".")
    if importlib.util.find_spec(parent) is None or importlib.util.find_spec(name) is None:
        return None
    return importlib.import_module(name)
