"""A bare application: forms need a request and a language, nothing else of the house."""

from pathlib import Path

import pytest
from flask import Flask
from flask_babel import Babel
from werkzeug.datastructures import MultiDict

from grants import questionnaires

HERE = Path(__file__).parent


@pytest.fixture
def speak():
    """The language of the request, to be changed by a test."""
    return {"locale": "en"}


@pytest.fixture
def app(speak):
    app = Flask(__name__)
    app.config.update(SECRET_KEY="only for this test", WTF_CSRF_ENABLED=False)
    Babel(app, locale_selector=lambda: speak["locale"])
    return app


@pytest.fixture
def request_context(app):
    with app.test_request_context():
        yield


@pytest.fixture
def sample():
    return questionnaires.load(HERE / "sample.toml")


@pytest.fixture
def post(app, sample):
    """Post a section: gives back the form, after validation."""

    def send(section, data, stored=None):
        with app.test_request_context("/", method="POST"):
            form = questionnaires.form_for(sample, section, stored, formdata=MultiDict(data))
            form.validate()
        return form

    return send
