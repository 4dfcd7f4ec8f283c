"""What changes about funds: agreements, envelopes, the ledger, transfers between envelopes, its check."""

from grants.funds.operations.agreements import (
    CURRENCIES,
    FRANC,
    amend_fund,
    follow_receipts,
    in_francs,
    open_donor,
    open_envelope,
    open_fund,
    record_receipt,
)
from grants.funds.operations.checks import also_checks, check_ledger
from grants.funds.operations.ledger import (
    NotEnough,
    Payment,
    commit,
    endow,
    follow_movements,
    justify,
    pay,
    pay_each,
    refund,
    release,
    reserve,
    reverse_justify,
    reverse_pay,
    short_of_money,
    uncommit,
    withdraw,
    write_off,
)
from grants.funds.operations.reallocations import (
    confirm_reallocation,
    propose_reallocation,
    proposed_by,
    refuse_reallocation,
    why_not_alone,
)

__all__ = [
    "CURRENCIES", "FRANC", "NotEnough", "Payment", "also_checks", "amend_fund", "check_ledger", "commit",
    "confirm_reallocation", "endow", "follow_movements", "follow_receipts", "in_francs", "justify", "open_donor",
    "open_envelope", "open_fund", "pay", "pay_each", "propose_reallocation", "proposed_by", "record_receipt", "refund",
    "refuse_reallocation", "release", "reserve", "reverse_justify", "reverse_pay", "short_of_money", "uncommit",
    "why_not_alone", "withdraw", "write_off",
]  # fmt: skip
