"""What reading a list of groups gives: rows with typed values, and what is wrong, cell by cell."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from flask_babel import lazy_gettext as _l


class Severity(StrEnum):
    """What a problem asks for: an `error` a correction in the file, a `choice` an answer, a `warning` a look."""

    ERROR = "error"
    CHOICE = "choice"
    WARNING = "warning"


@dataclass(frozen=True, eq=False)
class Candidate:
    """One possible answer to a choice: the value to give back, and words for the person."""

    value: str
    label: object


@dataclass(frozen=True, eq=False)
class SheetProblem:
    """Something wrong or doubtful, and where: sheet, row (as the spreadsheet numbers it), column letter and heading.

    `row` is None when the whole sheet is meant, `column` when the whole row is. A choice has a `key`, the same for all rows
    that one answer settles, and its `candidates`; `field` is the name of the value in `GroupRow`.
    """

    severity: Severity
    message: object
    sheet: str = ""
    row: int | None = None
    column: str | None = None
    heading: str | None = None
    field: str | None = None
    key: str | None = None
    candidates: tuple[Candidate, ...] = ()

    @property
    def where(self) -> object:
        """The place in the sheet in words: row 14, column C “Téléphone”."""
        if self.row is None:
            return _l("whole sheet")
        if self.column is None:
            return _l("row %(row)s", row=self.row)
        return _l(
            "row %(row)s, column %(column)s “%(heading)s”", row=self.row, column=self.column, heading=self.heading
        )

    def __str__(self) -> str:
        return f"{self.where}: {self.message}"


@dataclass(frozen=True)
class Account:
    """Where money can be sent: `kind` is `bank` (number = IBAN of 28 signs) or `wallet` (number = E.164).

    `operator` is that of the wallet, as in `labels.WALLET_OPERATORS`; of a bank account the name of the bank, if written.
    """

    kind: str
    number: str
    operator: str | None = None


@dataclass
class GroupRow:
    """One group as read. A value that could not be read is None and has a problem that says why.

    The sex of an officer (F or M) is known only where a civil title says it ("Mme", "M.").
    `place_code` is the deepest place that is certain: commune, else cercle, else region. Counts are people.
    """

    sheet: str
    row: int
    name: str | None = None
    kind: str | None = None
    registration_number: str | None = None
    registration_date: date | None = None
    registration_authority: str | None = None
    registration_pending: bool = False
    region_code: str | None = None
    cercle_code: str | None = None
    commune_code: str | None = None
    commune_name: str | None = None
    village: str | None = None
    women: int | None = None
    men: int | None = None
    youth: int | None = None
    president_name: str | None = None
    president_sex: str | None = None
    president_phone: str | None = None
    other_phone: str | None = None
    treasurer_name: str | None = None
    treasurer_sex: str | None = None
    secretary_name: str | None = None
    secretary_sex: str | None = None
    account: Account | None = None
    language: str | None = None
    left_out: bool = False
    # A column that every group needs is missing from the sheet: said once, above the rows.
    incomplete: bool = False
    problems: list[SheetProblem] = field(default_factory=list)
    # Where each field stands in the sheet, for what is found wrong later.
    columns: Mapping[str, "Column"] = field(default_factory=dict, repr=False, compare=False)

    def add(self, severity: Severity, name: str | None, message: object, **more) -> SheetProblem:
        """Note a problem with a field of this row, or with the whole row where `name` is None or has no column."""
        column = self.columns.get(name) if name else None
        letter, heading = (column.letter, column.heading) if column else (None, None)
        problem = SheetProblem(severity, message, self.sheet, self.row, letter, heading, name, **more)
        self.problems.append(problem)
        return problem

    @property
    def place_code(self) -> str | None:
        return self.commune_code or self.cercle_code or self.region_code

    @property
    def state(self) -> str:
        """`left_out` (by an answer), `error`, `choice` (waits for an answer) or `ready`."""
        if self.left_out:
            return "left_out"
        found = {problem.severity for problem in self.problems}
        if Severity.ERROR in found or self.incomplete:
            return "error"
        return "choice" if Severity.CHOICE in found else "ready"


@dataclass
class Sheet:
    """All that was read from a file: the groups, and every problem in the order of the file."""

    rows: list[GroupRow] = field(default_factory=list)
    problems: list[SheetProblem] = field(default_factory=list)

    @property
    def ready(self) -> list[GroupRow]:
        """The rows without error and open choice."""
        return [row for row in self.rows if row.state == "ready"]

    def questions(self) -> list[tuple[SheetProblem, list[int]]]:
        """Each choice once, with all the rows that its answer settles."""
        asked: dict[str, tuple[SheetProblem, list[int]]] = {}
        for problem in self.problems:
            if problem.severity == Severity.CHOICE:
                asked.setdefault(problem.key, (problem, []))[1].append(problem.row)
        return list(asked.values())


@dataclass
class Cell:
    """One cell as the file holds it. `value` is None, text, a number, a date; never the result of a formula."""

    value: object = None
    formula: bool = False
    broken: bool = False

    @property
    def text(self) -> str:
        """The value as text on one line; whole numbers without ".0"."""
        if self.value is None or self.broken or self.formula:
            return ""
        if isinstance(self.value, float) and self.value.is_integer():
            return str(int(self.value))
        return " ".join(str(self.value).split())


@dataclass(frozen=True)
class Column:
    """A column that was recognised: letter, heading as written."""

    letter: str
    heading: str
    index: int


class RowReader:
    """One row on its way from cells to values: gives the cells by field, collects problems, looks up answers."""

    def __init__(self, group: GroupRow, cells: list[Cell], columns: Mapping[str, Column], answers: Mapping[str, str]):
        self.group, self._cells, self.columns, self._answers = group, cells, columns, answers

    def cell(self, name: str) -> Cell:
        """The cell of a field; an empty one where the sheet has no such column."""
        column = self.columns.get(name)
        if column is None or column.index >= len(self._cells):
            return Cell()
        return self._cells[column.index]

    def text(self, name: str) -> str:
        return self.cell(name).text

    def unreadable(self, name: str) -> bool:
        """Whether a cell holds a formula or an error of the spreadsheet; says so once, and the value stays unknown."""
        cell = self.cell(name)
        if cell.formula:
            self.error(name, _l("This cell holds a formula. Type its value instead."))
        elif cell.broken:
            self.error(name, _l("This cell shows an error of the spreadsheet."))
        return cell.formula or cell.broken

    def error(self, name: str | None, message: object) -> None:
        self._add(Severity.ERROR, name, message)

    def missing(self, name: str, message: object) -> None:
        """Say that a needed value is not there, unless its cell has a problem already or the whole sheet lacks the column."""
        if name in self.columns and not any(problem.field == name for problem in self.group.problems):
            self.error(name, message)

    def warn(self, name: str | None, message: object) -> None:
        self._add(Severity.WARNING, name, message)

    def choose(self, name: str, message: object, key: str, candidates: list[Candidate]) -> str | None:
        """The answer given for `key` when it is one of the candidates; else asks for it and gives None."""
        answer = self._answers.get(key)
        if answer is not None and any(candidate.value == answer for candidate in candidates):
            return answer
        self._add(Severity.CHOICE, name, message, key=key, candidates=tuple(candidates))
        return None

    def _add(self, severity: Severity, name: str | None, message: object, **more) -> None:
        self.group.add(severity, name, message, **more)
