"""The quicker ways of the typesetter give the bytes that it gives by itself."""

import os
from contextlib import contextmanager

import pytest

from grants.documents import fonts, plain, quickened, setting
from tests.unit.documents import samples


@pytest.fixture(scope="module", autouse=True)
def _our_fonts_only(tmp_path_factory):
    folder = tmp_path_factory.mktemp("fonts")
    (folder / "fonts.conf").write_text(fonts.fontconfig(folder / "cache"), encoding="utf-8")
    before = os.environ.get("FONTCONFIG_FILE")
    os.environ["FONTCONFIG_FILE"] = str(folder / "fonts.conf")
    yield
    if before is None:
        del os.environ["FONTCONFIG_FILE"]
    else:
        os.environ["FONTCONFIG_FILE"] = before


@contextmanager
def quick():
    quickened.install()
    try:
        assert quickened.installed()
        yield
    finally:
        quickened.remove()


def test_the_version_in_the_lock_is_the_one_that_is_known():
    with quick():
        pass


# The typesetter leaves its colour profile to the collector; in the press a child ends before that.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("kind", ["minutes", "receipt"])
def test_quicker_ways_give_the_same_bytes(kind):
    context = samples.sample(kind)
    if kind == "receipt":
        # Right to left, joined letters, marks above letters, hyphens within words, signs of three fonts.
        context["group"]["name"] = "ߞߐߣߍ عبد الله → ≥ 3 Kɔ̀nɛ́ anticonstitutionnellement « fiancé » AV To."
    data = plain.dumps(context)
    plainly = setting.copies(f"{kind}.html", data)
    with quick():
        assert setting.copies(f"{kind}.html", data) == plainly


def test_what_it_does_not_know_is_left_to_the_typesetter():
    html = (
        "<html lang=fr><style>p { font: 12pt 'Noto Serif'; width: 50mm } u { letter-spacing: 1pt }</style>"
        "<p><u>souligné</u> <b>gras</b></p><p style='white-space: nowrap; overflow: hidden; text-overflow: ellipsis'>"
        "Une ligne bien trop longue pour la place qui lui est donnée</p><p style='font-size: 0'>rien</p>"
    )
    from grants.documents import copies

    plainly = copies.write_plain(html, "")
    with quick():
        assert copies.write_plain(html, "") == plainly


def test_another_version_is_not_touched(monkeypatch):
    monkeypatch.setattr(quickened, "KNOWN", "1.0")
    quickened.install()
    assert not quickened.installed()
