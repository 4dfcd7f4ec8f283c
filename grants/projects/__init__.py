"""Micro-projects: drafts, revisions, budgets, papers."""
