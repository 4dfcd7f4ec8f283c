"""The smallest application that can speak: no database."""

import flask
import flask_babel
import pytest


@pytest.fixture(autouse=True)
def speaking():
    app = flask.Flask(__name__)
    flask_babel.Babel(app, default_locale="en")
    with app.app_context():
        yield app
