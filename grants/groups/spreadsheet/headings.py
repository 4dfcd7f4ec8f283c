"""Finding the row of headings in a sheet, whatever stands above it, and which column holds which value."""

from dataclasses import dataclass

from openpyxl.utils import get_column_letter

from grants.groups.spreadsheet.model import Cell, Column
from grants.groups.spreadsheet.vocabulary import HEADINGS, look_up
from grants.places.spelling import fold

# Titles, logos, the name of the programme and the date stand above the headings, rarely more.
ROWS_LOOKED_AT = 25
FEWEST_COLUMNS = 3

Row = tuple[int, list[Cell]]


@dataclass(frozen=True)
class Headings:
    """The row of headings: its number, the columns recognised by field, and those that were not."""

    row: int
    columns: dict[str, Column]
    unknown: tuple[Column, ...]

    def repeated_in(self, cells: list[Cell]) -> bool:
        """Whether a later row is the headings once more, as on each printed page."""
        same = sum(
            1
            for column in self.columns.values()
            if column.index < len(cells) and fold(cells[column.index].text) == fold(column.heading) != ""
        )
        return same >= FEWEST_COLUMNS


def find_headings(rows: list[Row]) -> Headings | None:
    """The row that names the most fields, the name of the group among them; None when there is no such row."""
    best = None
    for position, (number, cells) in enumerate(rows[:ROWS_LOOKED_AT]):
        above = rows[position - 1][1] if position and rows[position - 1][0] == number - 1 else []
        found = _columns(number, cells, above)
        if "name" not in found.columns or len(found.columns) < FEWEST_COLUMNS:
            continue
        if best is None or len(found.columns) > len(best.columns):
            best = found
    return best


def _columns(number: int, cells: list[Cell], above: list[Cell]) -> Headings:
    columns: dict[str, Column] = {}
    unknown: list[Column] = []
    over = ""
    for index, cell in enumerate(cells):
        upper = above[index].text if index < len(above) else ""
        # A merged heading holds its text in its first cell only: it reigns until the next one begins.
        over = upper or over
        own = cell.text
        meaning, heading = _meaning(own, upper, over)
        if meaning == "president_phone" and meaning in columns:
            meaning = "other_phone"
        column = Column(get_column_letter(index + 1), heading, index)
        if meaning and meaning not in columns:
            columns[meaning] = column
        elif heading and meaning != "unused":
            unknown.append(column)
    for nothing in ("order", "unused"):
        columns.pop(nothing, None)
    return Headings(number, columns, tuple(unknown))


def _meaning(own: str, upper: str, over: str) -> tuple[str | None, str]:
    if not own:
        return look_up(upper, HEADINGS), upper
    joined = fold(f"{over} {own}")
    if over and joined in HEADINGS:
        return HEADINGS[joined], f"{over} – {own}"
    return look_up(own, HEADINGS), own
