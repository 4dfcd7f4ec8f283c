"""What the books take from the ledger, and what they offer to the house."""

from flask_babel import lazy_gettext as _l

from grants import journal
from grants.books import operations
from grants.books.queries import checking
from grants.core import navigation
from grants.funds import operations as funds

navigation.entry(72, _l("Books"), "books.index", "books.view")

journal.say("booking_rule", "change", _l("Booking changed"))
journal.say("book_chart", "open_account", _l("Account opened"))
journal.say("book_chart", "rename_account", _l("Account renamed"))
journal.say("books_period", "close", _l("Month closed"))
journal.say("book_entry", "correct", _l("Entry corrected"))

funds.follow_movements(operations.book_transfers)
funds.follow_receipts(operations.book_receipt)
funds.also_checks(checking.differences)
