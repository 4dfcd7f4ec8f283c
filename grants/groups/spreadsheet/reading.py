"""From the bytes of a file to groups: sheets, headings, rows, values, twins."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

from grants.groups.spreadsheet import dates, workbook
from grants.groups.spreadsheet.accounts import read_account
from grants.groups.spreadsheet.cells import read_kind, read_language, read_members, read_name, read_person, read_sex
from grants.groups.spreadsheet.headings import Headings, find_headings
from grants.groups.spreadsheet.model import Cell, GroupRow, RowReader, Severity, Sheet, SheetProblem
from grants.groups.spreadsheet.phones import read_phones
from grants.groups.spreadsheet.receipts import read_receipt
from grants.groups.spreadsheet.twins import find_twins
from grants.groups.spreadsheet.whereabouts import read_place
from grants.places.gazetteer import Gazetteer
from grants.places.spelling import fold, without_rank

# Without these columns a list cannot be one of groups that may be registered.
_NEEDED = ("kind", "village", "women", "men", "president_name", "president_phone")
_TOTALS = ("total", "totaux", "sous total", "ensemble", "total general", "t o t a l")
_NO_ANSWERS: Mapping[str, str] = {}


def read(data: bytes, *, gazetteer: Gazetteer, answers: Mapping[str, str] = _NO_ANSWERS) -> Sheet:
    """Read a list of groups from the bytes of an .xlsx file.

    Never raises for what stands in the file: all that is wrong is in `problems`, in the order of the file. `answers` are the
    choices made so far, by the key of their problem: reading again with them settles those problems. Days are checked
    against `clock.today()`, places against `gazetteer`.
    """
    result = Sheet()
    try:
        pages = list(workbook.pages(data))
    except workbook.Unreadable as refusal:
        result.problems.append(SheetProblem(Severity.ERROR, refusal.message))
        return result
    readers: list[RowReader] = []
    for page in pages:
        headings = find_headings(page.rows)
        if headings is not None:
            result.problems += _remarks(page, headings)
            readers += _read_page(page, headings, gazetteer, answers, result.problems)
        elif page.rows and len(pages) > 1:
            result.problems.append(
                SheetProblem(Severity.WARNING, _l("No row of headings was found: this sheet was left out."), page.name)
            )
    if not readers and not result.problems:
        message = _l(
            "No list of groups was found. One row must hold the headings: name of the group, type, village, women, men …"
        )
        result.problems.append(SheetProblem(Severity.ERROR, message))
    find_twins(readers)
    result.rows = [reader.group for reader in readers]
    for row in result.rows:
        row.problems.sort(key=lambda problem: (problem.column is None, len(problem.column or ""), problem.column or ""))
        if not row.left_out:
            result.problems += row.problems
    order = {page.name: number for number, page in enumerate(pages)}
    result.problems.sort(key=lambda problem: (order.get(problem.sheet, -1), problem.row or 0))
    return result


def _remarks(page: workbook.Page, headings: Headings) -> list[SheetProblem]:
    missing = [field for field in _NEEDED if field not in headings.columns]
    found = [
        SheetProblem(
            Severity.ERROR,
            _l("A column is missing: %(name)s.", name=_FIELD_LABELS[field]),
            page.name,
            headings.row,
            field=field,
        )
        for field in missing
    ]
    found += [
        SheetProblem(
            Severity.WARNING, _l("The column “%(heading)s” was not understood: it is not used.", heading=column.heading),
            page.name, headings.row, column.letter, column.heading,
        )
        for column in headings.unknown
        if any(column.index < len(cells) and cells[column.index].text for number, cells in page.rows if number > headings.row)
    ]  # fmt: skip
    if page.cut:
        message = _l(
            "Only the first %(count)s rows were read: divide the list into several files.", count=workbook.MOST_ROWS
        )
        found.append(SheetProblem(Severity.ERROR, message, page.name))
    return found


_FIELD_LABELS = {
    "kind": _l("type of group"),
    "village": _l("village"),
    "women": _l("number of women"),
    "men": _l("number of men"),
    "president_name": _l("name of the president"),
    "president_phone": _l("telephone of the president"),
}


def _read_page(
    page: workbook.Page,
    headings: Headings,
    gazetteer: Gazetteer,
    answers: Mapping[str, str],
    problems: list[SheetProblem],
) -> list[RowReader]:
    rows = [(number, cells) for number, cells in page.rows if number > headings.row]
    column = headings.columns.get("registration_date")
    month_first = bool(column) and dates.month_comes_first(
        cells[column.index] for _, cells in rows if column.index < len(cells)
    )
    section: dict[str, str] = {}
    readers = []
    for number, cells in rows:
        if headings.repeated_in(cells) or _is_total(cells, headings):
            continue
        filled = [cell.text for cell in cells if cell.text]
        if len(filled) <= 1 and not any(cell.formula for cell in cells):
            if title := _section_title(filled[0] if filled else "", gazetteer):
                section = {**({} if "region" in title else section), **title}
            else:
                problems.append(SheetProblem(
                    Severity.WARNING, _l("This row holds a single cell: it was left out."), page.name, number
                ))  # fmt: skip
            continue
        reader = RowReader(GroupRow(page.name, number, columns=headings.columns), cells, headings.columns, answers)
        _read_row(reader, gazetteer, section, page, month_first=month_first)
        readers.append(reader)
    return readers


def _read_row(
    reader: RowReader, gazetteer: Gazetteer, section: dict[str, str], page: workbook.Page, *, month_first: bool
) -> None:
    group = reader.group
    group.incomplete = any(field not in reader.columns for field in _NEEDED)
    group.name = read_name(reader, "name")
    if group.name is None:
        reader.missing("name", _l("The name of the group is missing."))
    group.kind = read_kind(reader)
    read_receipt(reader, epoch=page.epoch, month_first=month_first)
    read_place(reader, gazetteer, section)
    group.women, group.men, group.youth = read_members(reader)
    _read_officers(reader)
    group.account = read_account(reader)
    group.language = read_language(reader)


def _read_officers(reader: RowReader) -> None:
    group = reader.group
    numbers = read_phones(reader, "president_phone") + read_phones(reader, "other_phone")
    group.president_name = read_person(reader, "president_name")
    if group.president_name is None:
        reader.missing("president_name", _l("The name of the president is missing."))
    if numbers:
        group.president_phone, group.other_phone = numbers[0], numbers[1] if len(numbers) > 1 else None
        if len(numbers) > 1 and reader.text("other_phone") == "":
            reader.warn("president_phone", _l("Two numbers in one cell: the first was taken as that of the president."))
    else:
        reader.missing("president_phone", _l("The telephone of the president is missing."))
    group.treasurer_name = read_person(reader, "treasurer_name")
    group.secretary_name = read_person(reader, "secretary_name")
    group.president_sex, group.treasurer_sex, group.secretary_sex = (
        read_sex(reader, f"{office}_name") for office in ("president", "treasurer", "secretary")
    )


def _is_total(cells: list[Cell], headings: Headings) -> bool:
    name = headings.columns["name"].index
    texts = [fold(cell.text) for cell in cells if cell.text]
    if not texts:
        return False
    starts = any(text in _TOTALS or text.startswith(("total ", "sous total ", "totaux ")) for text in texts[:2])
    # A group may be called "Total …"; a row of totals has no president.
    officer = headings.columns.get("president_name")
    has_officer = officer is not None and officer.index < len(cells) and bool(cells[officer.index].text)
    only_sums = all(cell.formula or isinstance(cell.value, (int, float)) for cell in cells if cell.text or cell.formula)
    nameless = name >= len(cells) or not cells[name].text
    return not has_officer and (starts or (only_sums and nameless and len(texts) > 0 and any(c.formula for c in cells)))


def _section_title(text: str, gazetteer: Gazetteer) -> dict[str, str]:
    """ "CERCLE DE MOPTI" alone in a row says where the groups below it live."""
    folded = fold(text)
    for level, kinds in (("region", ("region", "district")), ("cercle", ("cercle",)), ("commune", ("commune",))):
        if folded.startswith(level) and (place := gazetteer.find(without_rank(folded), *kinds).place):
            return {level: place.name}
    return {}
