"""Tests without a database: they may need words, never a session."""

import pytest
from flask import Flask
from flask_babel import Babel


@pytest.fixture
def app_words():
    """A context in which texts have their words, and nothing else works."""
    app = Flask("words")
    Babel(app)
    with app.test_request_context():
        yield
