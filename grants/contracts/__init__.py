"""Contracts and their signature."""
