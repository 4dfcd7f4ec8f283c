"""Donors, funds, envelopes and the ledger."""
