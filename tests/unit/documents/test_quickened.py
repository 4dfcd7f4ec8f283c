"""The quicker ways of the typesetter give the bytes that it gives by itself."""

import os
from contextlib import contextmanager

import pytest

from grants.documents import fonts, plain, quickened, setting
from grants.documents.kinds import KINDS
from grants.documents.quickened import sources
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
@pytest.mark.parametrize("kind", ["contract", "minutes", "receipt"])
def test_quicker_ways_give_the_same_bytes(kind):
    context = samples.sample(kind)
    if kind == "receipt":
        # Right to left, joined letters, marks above letters, hyphens within words, signs of three fonts.
        context["group"]["name"] = "ߞߐߣߍ عبد الله → ≥ 3 Kɔ̀nɛ́ anticonstitutionnellement « fiancé » AV To."
    data = plain.dumps(context)
    plainly = setting.copies(f"{kind}.html", data)
    with quick():
        assert setting.copies(f"{kind}.html", data) == plainly


@pytest.mark.parametrize("kind", KINDS)
def test_pages_are_read_as_xml(kind):
    html = setting.text(KINDS[kind].template, plain.loads(plain.dumps(samples.sample(kind))))
    assert sources.tree(html) is not None


@pytest.mark.parametrize("html", ["<p>a<br>b", "<html><p>a</p></html>", "<html><head/><table><tr/></table></html>"])
def test_what_html_has_to_complete_is_not_read_as_xml(html):
    assert sources.tree(html) is None


def test_a_head_that_says_another_thing_on_each_page_is_laid_out_on_each():
    html = (
        "<html lang='fr'><head><style>@page { size: A6; @top-center { content: element(head) } "
        "@bottom-left { content: string(part) } @bottom-right { content: counter(page) } } "
        ".head { position: running(head) } h1 { string-set: part content(); break-before: page } "
        "td { border: 1pt solid; padding: 2% } table { border-collapse: collapse; width: 80% } "
        "div { float: left; width: 30mm; border-radius: 2pt; background: #eee; box-sizing: border-box; padding: 3mm }"
        "</style></head><body><div class='head'>A</div>"
    )
    words = "Un mot anticonstitutionnel\u00adlement long, puis d’autres. " * 9
    for number in range(3):
        html += (
            f"<div class='head'>tête {number}<br/>deux</div><h1>Partie {number}</h1><div>à côté</div>"
            f"<p style='text-align: justify'>{words}</p>"
            "<p style='direction: rtl; margin-inline-start: 5mm'>عبد الله abc</p>"
            "<table><tbody><tr><td>un</td><td style='hyphens: auto'>incontestablement</td></tr></tbody></table>"
        )
    html += "</body></html>"
    from grants.documents import copies

    plainly = copies.write_plain(html, "")
    with quick():
        assert copies.write_plain(html, "") == plainly


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
