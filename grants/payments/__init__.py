"""Tranches, payment orders, receipts."""
