"""Eligibility, screening, field checks and scores."""
