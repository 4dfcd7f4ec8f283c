"""Statements of the programme's own accounts, compared line by line with what we know to have moved on them."""
