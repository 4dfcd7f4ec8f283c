"""The generated documentation says what the code says."""

import re
import tomllib
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from flask import Flask

from grants.core import language
from grants.docs_pages import DEFINITIONS, FOLDER, pages

ROOT = Path(__file__).resolve().parents[2]
GUIDES = ROOT / "docs" / "guides"


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


def plain(text: str) -> str:
    """A text of the screen as a guide quotes it: spaces that may break, and “…” where a name or amount stands."""
    return re.sub(r"%\(\w+\)[sd]", "…", re.sub(r"\s+", " ", text)).replace("%%", "%")


def french(data) -> list[str]:
    if isinstance(data, list):
        return [text for one in data for text in french(one)]
    if not isinstance(data, dict):
        return []
    own = [data["fr"]] if isinstance(data.get("fr"), str) else []
    return own + [text for one in data.values() for text in french(one)]


@pytest.fixture(scope="module")
def on_screen():
    """All that the screens say in French: the catalogue, and the words of the workflows."""
    said = [french(tomllib.loads(path.read_text(encoding="utf-8"))) for path in DEFINITIONS.glob("*.toml")]
    with (ROOT / "grants/translations/fr/LC_MESSAGES/messages.po").open("rb") as file:
        said += [[m.string] if isinstance(m.string, str) else m.string for m in read_po(file)]
    return {plain(text) for texts in said for text in texts}


@pytest.mark.parametrize("guide", sorted(path.name for path in GUIDES.glob("*.md")))
def test_guides_quote_what_the_screens_say(guide, on_screen):
    """What a guide sets in italics is a text of the screen; “…” stands for whatever is left out."""
    text = (GUIDES / guide).read_text(encoding="utf-8")
    quoted = {plain(found) for found in re.findall(r"(?<![*\w])\*([^*]+)\*(?!\*)", text)}
    assert quoted
    wrong = []
    for words in quoted - on_screen:
        wanted = re.compile(
            r"\s?".join(".*" if part == "…" else re.escape(part) for part in re.split(r"\s*(…)\s*", words))
        )
        if "…" not in words or not any(wanted.fullmatch(said) for said in on_screen):
            wrong.append(words)
    assert sorted(wrong) == []
