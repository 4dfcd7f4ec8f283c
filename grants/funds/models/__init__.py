"""What the ledger keeps: agreements, envelopes, movements, transfers between envelopes."""

from grants.funds.models.agreements import CENTS, RATE_PARTS, Donor, Fund, FundReceipt, LedgerCheck
from grants.funds.models.ledger import COUNTERS, FILLS, MOVEMENTS, SPENDING, AwardBalance, Envelope, Transfer
from grants.funds.models.reallocation import Reallocation

__all__ = [
    "CENTS", "COUNTERS", "FILLS", "MOVEMENTS", "RATE_PARTS", "SPENDING", "AwardBalance", "Donor", "Envelope", "Fund",
    "FundReceipt", "LedgerCheck", "Reallocation", "Transfer",
]  # fmt: skip
