"""The pages of files: lists, the file itself, and the writing of its application."""

from flask import Blueprint

bp = Blueprint("projects", __name__)

from grants.projects.views import lists, papers, reading, starting, writing  # noqa: E402, F401  (they hang on `bp`)
