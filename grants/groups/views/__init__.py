"""Pages about groups."""

from flask import Blueprint

bp = Blueprint("groups", __name__, url_prefix="/groups")

from grants.groups.views import further, imports, pages  # noqa: E402, F401  (they hang their pages on the blueprint)
