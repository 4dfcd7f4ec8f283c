"""Lists to take away as CSV and XLSX. Nothing in them runs as a formula."""

import csv
import io

import xlsxwriter
from flask import Response

# What spreadsheets take for the beginning of a formula (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


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


def download(heading: list[str], lines: list[list], *, name: str, title: str, format: str) -> Response:
    """The answer that a browser keeps as a file: `format` is "csv" or "xlsx"."""
    if format == "csv":
        content, mime = as_csv(heading, lines), "text/csv; charset=utf-8"
    else:
        content = as_xlsx(heading, lines, title)
        mime = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    response = Response(content, content_type=mime)
    response.headers.set("Content-Disposition", "attachment", filename=f"{name}.{format}")
    return response
