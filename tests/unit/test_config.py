"""Settings: what is missing or wrong stops the start, with one line that says which and how to mend it."""

import pytest

import config
from config import SettingError, read

SAFE = {
    "BENKAN_ENV": "production",
    "BENKAN_SECRET_KEY": "k" * 40,
    "BENKAN_PUBLIC_URL": "https://benkan.example",
    "BENKAN_DATABASE_URL": "postgresql://benkan:secret@localhost/benkan",
}


def test_production_starts_with_what_it_needs():
    settings = read(SAFE)
    assert settings.production and settings.database_url.startswith("postgresql+psycopg://")
    flask = settings.flask()
    assert flask["SESSION_COOKIE_SECURE"] and flask["SESSION_COOKIE_NAME"].startswith("__Host-")


@pytest.mark.parametrize("missing", ["BENKAN_SECRET_KEY", "BENKAN_PUBLIC_URL"])
def test_production_does_not_start_without_its_secrets(missing):
    with pytest.raises(SettingError, match=missing) as found:
        read({name: value for name, value in SAFE.items() if name != missing})
    assert "\n" not in str(found.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BENKAN_ENV", "prod"),
        ("BENKAN_SECRET_KEY", "short"),
        ("BENKAN_PUBLIC_URL", "http://benkan.example"),
        ("BENKAN_DATABASE_URL", "mysql://x"),
        ("BENKAN_PROXIES", "many"),
        ("BENKAN_UPLOAD_MB", "0"),
        ("BENKAN_PHOTO_MB", "1000"),
        ("BENKAN_CLAMD", "somewhere"),
        ("BENKAN_LOG", "xml"),
    ],
)
def test_a_wrong_setting_is_named(name, value):
    with pytest.raises(SettingError, match=name):
        read({**SAFE, name: value})


def test_elsewhere_a_key_is_made_once_and_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(config, "ROOT", tmp_path)
    first, second = read({}), read({})
    assert first.secret_key == second.secret_key and len(first.secret_key) >= 32
    assert (tmp_path / "instance" / "secret_key").stat().st_mode & 0o077 == 0


def test_the_server_says_in_one_line_why_it_does_not_start():
    import os
    import subprocess
    import sys

    answer = subprocess.run(
        [sys.executable, "-c", "import wsgi"],
        cwd=config.ROOT, env={"PATH": os.environ["PATH"], "BENKAN_ENV": "production"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert answer.returncode != 0
    assert answer.stderr.strip().count("\n") == 0 and "BENKAN_" in answer.stderr
