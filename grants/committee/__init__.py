"""Committees, sessions, conflicts, votes, decisions, minutes."""
