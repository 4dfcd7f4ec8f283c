"""Beneficiary groups: members, officers, payment accounts."""
