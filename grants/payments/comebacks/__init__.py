"""Payments that came back: stated from what the bank says, confirmed by another person, taken back in the ledger."""
