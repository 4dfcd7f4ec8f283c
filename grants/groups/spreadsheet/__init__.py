"""Reading the lists of groups that agents keep in spreadsheets: pure, nothing here touches the database.

`read` gives every row with typed values, and every problem with its row, column and heading as the spreadsheet shows them.
"""

from grants.groups.spreadsheet.model import Account, Candidate, GroupRow, Severity, Sheet, SheetProblem
from grants.groups.spreadsheet.reading import read

__all__ = ["Account", "Candidate", "GroupRow", "Severity", "Sheet", "SheetProblem", "read"]
