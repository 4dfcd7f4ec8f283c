"""Lists to take away: XLSX and CSV of exactly the rows that are shown. Nothing in them runs as a formula."""

from collections.abc import Iterable

from flask_babel import gettext as _

from grants.core import clock
from grants.core.sheets import as_csv, as_xlsx, harmless
from grants.lifecycle import definition_of
from grants.projects.labels import kind_label
from grants.projects.models import Project
from grants.projects.path import badge

__all__ = ["as_csv", "as_xlsx", "harmless", "rows"]


def rows(projects: Iterable[Project], places: dict[str, str]) -> tuple[list[str], list[list]]:
    """The heading and the rows of a list of files; amounts in francs, days in Bamako."""
    heading = [
        _("Reference"), _("Title"), _("Group"), _("Kind"), _("Place"), _("Village"), _("Call"), _("Step"), _("Due on"),
        _("Asked"), _("Own contribution"), _("Granted"), _("Paid out"), _("Justified"), _("Begun on"),
    ]  # fmt: skip
    found = []
    for project in projects:
        balance = project.balance
        found.append(
            [
                project.reference, project.title, project.group.name, kind_label(project.kind),
                places.get(project.place_code, project.place_code), project.group.village, project.call.title,
                badge(project, definition_of(project))[0], _day(project.due_at), project.requested,
                project.own_cash + project.own_kind, project.granted, balance.paid if balance else None,
                balance.justified if balance else None, _day(project.created_at),
            ]
        )  # fmt: skip
    return heading, found


def _day(instant):
    return instant.astimezone(clock.BAMAKO).date() if instant else None
