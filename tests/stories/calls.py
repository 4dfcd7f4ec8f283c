"""Builders of calls: each plays the real operations."""

from datetime import timedelta

from grants.calls import operations
from grants.calls.models import Call
from grants.calls.rules import default_rules
from grants.core import clock
from grants.core.unit_of_work import unit_of_work
from grants.funds.models import Envelope
from tests.stories.funds import envelope

__all__ = ["draft_call", "envelope", "open_call"]


def draft_call(by_admin, in_envelope: Envelope, **over) -> Call:
    """A committed draft of a call, for livestock and commerce in the region of Mopti unless `over` says otherwise."""
    today = clock.today()
    given = {
        "title": "Microprojets de cohésion 2026",
        "summary": "Pour les groupements de femmes et de jeunes des communes riveraines.",
        "opens_on": today,
        "closes_on": today + timedelta(days=60),
        "places": ["05"],
        "kinds": ["commerce", "livestock", "moto_taxi"],
        "least_grant": 200_000,
        "most_grant": 5_000_000,
        "own_contribution_percent": 10,
        "rules": default_rules(),
    }
    with unit_of_work():
        return operations.draft_call(envelope=in_envelope, by=by_admin, **{**given, **over})


def open_call(by_admin, in_envelope: Envelope, **over) -> Call:
    """A committed call that is published, and open today unless `over` says otherwise."""
    call = draft_call(by_admin, in_envelope, **over)
    with unit_of_work():
        operations.publish_call(call, by=by_admin)
    return call
