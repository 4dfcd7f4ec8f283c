"""The pages of the books and of what finance plans and chases."""

from grants.books.views import chart, keeping, looking_ahead
from grants.books.views.blueprint import bp

__all__ = ["bp", "chart", "keeping", "looking_ahead"]
