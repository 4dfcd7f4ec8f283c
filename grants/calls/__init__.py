"""Calls for micro-projects: the dated rules of the game."""
