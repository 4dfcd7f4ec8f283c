"""The generated documentation says what the code says."""

from pathlib import Path

import pytest
from flask import Flask

from grants.core import language
from grants.docs_pages import FOLDER, pages

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def made():
    app = Flask("grants", root_path=str(ROOT / "grants"))
    language.init_app(app)
    with app.app_context():
        return pages()


def test_generated_pages_are_up_to_date(made):
    there = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.iterdir()}
    assert sorted(there) == sorted(made)
    stale = [name for name, text in made.items() if there[name] != text]
    assert stale == [], "write them anew: .venv/bin/flask --app wsgi docs"


def test_every_right_and_every_action_is_told(made):
    assert "`payments.verify`" in made["access.md"]
    assert "Équipe régionale d’appui" in made["access.md"], "the French catalogue is not compiled"
    assert "`register_signature`" in made["workflow-micro-project.md"]
    assert "Convoquer la session" in made["workflow-committee-session.md"]
