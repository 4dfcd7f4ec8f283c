"""Subjects to hang files on, and files to send."""

import io

import pytest
from PIL import Image

from grants.access.models import Person
from grants.documents import ownership


@pytest.fixture
def thing(app, make_person, monkeypatch):
    """A subject that only agents of Mopti (05) and the whole programme see."""
    subject = make_person("agent", place="05", name="Sujet")

    known = subject.id

    def may_see(person, subject_id):
        return subject_id == known and any(grant.covers("05040603") for grant in person.grants)

    monkeypatch.setitem(ownership.owner_access, Person.__subject__, may_see)
    return subject


@pytest.fixture
def jpeg():
    out = io.BytesIO()
    Image.effect_noise((640, 480), 60).convert("RGB").save(out, "JPEG")
    return out.getvalue()
