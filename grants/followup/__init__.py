"""Contributions, visits, justification, closing."""
