"""What changes in the books: booking, the chart and its rules, corrections, the closing of months."""

from grants.books.operations.booking import book_receipt, book_transfers, catch_up
from grants.books.operations.chart import bookable, install_chart, open_account, rename_account, set_rule
from grants.books.operations.closing import close_month, next_month
from grants.books.operations.correcting import correct

__all__ = [
    "book_receipt", "book_transfers", "bookable", "catch_up", "close_month", "correct", "install_chart", "next_month",
    "open_account", "rename_account", "set_rule",
]  # fmt: skip
