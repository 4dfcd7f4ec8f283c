"""The journal and the balance to take away: written row by row into a file of its own, however many there are.

Amounts are numbers, days ISO 8601 in CSV and days in XLSX; no text runs as a formula.
"""

import csv
import io
import tempfile
from collections.abc import Iterable
from datetime import date
from typing import IO

import xlsxwriter

from grants.projects.takeaway import harmless

# Below this many bytes a file stays in memory.
IN_MEMORY = 1_000_000


def csv_file(heading: list[str], lines: Iterable[list]) -> IO[bytes]:
    """CSV with semicolons and a mark that tells spreadsheets its encoding; ready to be read."""
    file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 (whoever sends it closes it)
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text, delimiter=";")
    writer.writerow(heading)
    for line in lines:
        writer.writerow([_plain(cell) for cell in line])
    text.flush()
    text.detach()
    file.seek(0)
    return file


def _plain(cell):
    if cell is None:
        return ""
    if isinstance(cell, date):
        return cell.isoformat()
    return harmless(cell) if isinstance(cell, str) else cell


def xlsx_file(title: str, heading: list[str], lines: Iterable[list]) -> IO[bytes]:
    """A workbook of one sheet, written row by row; ready to be read."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 (whoever sends it closes it)
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(file, options) as book:
        head = book.add_format({"bold": True, "bottom": 1})
        day, francs = book.add_format({"num_format": "dd/mm/yyyy"}), book.add_format({"num_format": "# ##0"})
        sheet = book.add_worksheet(title[:31])
        sheet.freeze_panes(1, 0)
        for column, words in enumerate(heading):
            sheet.set_column(column, column, max(12, min(40, len(words) + 4)))
        sheet.write_row(0, 0, heading, head)
        for number, line in enumerate(lines, 1):
            for column, cell in enumerate(line):
                if isinstance(cell, str):
                    sheet.write_string(number, column, cell)
                elif isinstance(cell, date):
                    sheet.write_datetime(number, column, cell, day)
                elif cell is not None:
                    sheet.write_number(number, column, cell, francs)
    file.seek(0)
    return file
