"""What places offer to the menu and to the journal."""

from flask import g
from flask_babel import lazy_gettext as _l

from grants import journal
from grants.access import territory
from grants.core import navigation
from grants.places import queries

navigation.entry(910, _l("Places"), "places.index", "places.manage")
journal.say("place_edition", "import", _l("List of places imported"))
journal.say("place_edition", "make_current", _l("Edition of places made current"))


def _territories() -> dict[str, str]:
    """Regions and cercles by code, in words; read once a request."""
    if "territories" not in g:
        g.territories = {place.code: queries.title(place) for place in queries.territories()}
    return g.territories


territory.describe(
    label=lambda code: _territories().get(code, code),
    choices=lambda: list(_territories().items()),
)
