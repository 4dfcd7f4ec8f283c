"""Builders of refusals and appeals: each plays the real operations and is committed."""

from datetime import date

from grants import lifecycle
from grants.core import clock
from grants.core.unit_of_work import unit_of_work
from grants.projects.models import Project
from tests.stories.committee import decided, in_session, voted
from tests.stories.rows import again

REASONS = "Le forage est à cent mètres de l’enclos depuis mars ; le comité ne le savait pas."
FINDING = "Introduit à temps par la présidente ; la pièce sur le forage est nouvelle."


def act(project: Project, action: str, by, **data) -> Project:
    """One act on a file."""
    with unit_of_work():
        lifecycle.perform(again(project), action, by=again(by), data=data)
    return again(project)


def refused(committee, project: Project) -> Project:
    """A recommended file that the committee refused in a session of today."""
    session = in_session(committee, [project])
    voted(session, project, "against")
    return decided(session, project, "reject", reason="Hors du marché local.")


def told(project: Project, agent, on: date | None = None) -> Project:
    """A refusal of which the group was told."""
    return act(project, "tell_refusal", agent, told_on=on or clock.today(), told_to="Mariam Traoré, présidente")


def lodged(project: Project, by, on: date | None = None, **over) -> Project:
    """A refusal that the group contests."""
    values = {
        "lodged_on": on or clock.today(),
        "way": "spoken",
        "spoken_by": "Mariam Traoré, présidente",
        "reasons": REASONS,
    }
    return act(project, "lodge_appeal", by, **values | over)


def admitted(project: Project, coordinator) -> Project:
    """An appeal that goes to the committee."""
    return act(project, "admit_appeal", coordinator, finding=FINDING)
