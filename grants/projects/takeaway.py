"""Lists to take away: XLSX and CSV of exactly the rows that are shown. Nothing in them runs as a formula."""

import csv
import io
from collections.abc import Iterable

import xlsxwriter
from flask_babel import gettext as _

from grants.core import clock
from grants.lifecycle import definition_of
from grants.projects.labels import kind_label
from grants.projects.models import Project
from grants.projects.path import badge

# What spreadsheets take for the beginning of a formula (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


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


def as_csv(heading: list[str], lines: list[list]) -> bytes:
    """CSV with semicolons, as a French spreadsheet opens it; texts that look like formulas are made plain."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerow(heading)
    for line in lines:
        writer.writerow(["" if cell is None else harmless(cell) if isinstance(cell, str) else cell for cell in line])
    return ("\ufeff" + text.getvalue()).encode()


def harmless(text: str) -> str:
    """A text that no spreadsheet runs as a formula."""
    return "'" + text if text.startswith(_FORMULA) else text


def as_xlsx(heading: list[str], lines: list[list], title: str) -> bytes:
    """A workbook of one sheet. Texts stay texts, amounts are numbers, days are days."""
    content = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(content, options) as book:
        head = book.add_format({"bold": True, "bottom": 1})
        day, francs = book.add_format({"num_format": "dd/mm/yyyy"}), book.add_format({"num_format": "# ##0"})
        sheet = book.add_worksheet(title[:31])
        sheet.freeze_panes(1, 1)
        sheet.write_row(0, 0, heading, head)
        for number, line in enumerate(lines, start=1):
            for column, cell in enumerate(line):
                if cell is None:
                    continue
                if isinstance(cell, str):
                    sheet.write_string(number, column, cell)
                elif isinstance(cell, int):
                    sheet.write_number(number, column, cell, francs)
                else:
                    sheet.write_datetime(number, column, cell, day)
        sheet.autofit()
        sheet.autofilter(0, 0, max(1, len(lines)), len(heading) - 1)
    return content.getvalue()
