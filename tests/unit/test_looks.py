"""What the stylesheet, the sprite and the words of the components promise: contrast, little weight, French."""

import gzip
import re
from pathlib import Path

import html5lib
import polib
import pytest

ROOT = Path(__file__).parents[2]
CSS = (ROOT / "static" / "css" / "benkan.css").read_text(encoding="utf-8")
SPRITE = (ROOT / "static" / "img" / "icons.svg").read_text(encoding="utf-8")
FRENCH = ROOT / "grants/translations/fr/LC_MESSAGES/messages.po"
SOURCES = [path.read_text(encoding="utf-8") for path in (ROOT / "templates" / "components").glob("*.html")]
SOURCES.append((ROOT / "templates" / "base.html").read_text(encoding="utf-8"))


def test_every_text_has_its_french_with_the_same_places_and_french_spaces():
    french = {entry.msgid: entry.msgstr for entry in polib.pofile(str(FRENCH))}
    used = set()
    for text in [*SOURCES, (ROOT / "grants" / "core" / "gallery.py").read_text(encoding="utf-8")]:
        used |= set(re.findall(r"\b_l?\(\"([^\"]+)\"", text))
    assert len(used) > 40
    assert not used - set(french)
    for english in used:
        assert french[english]
        assert set(re.findall(r"%\(\w+\)s", english)) == set(re.findall(r"%\(\w+\)s", french[english])), english
        assert not re.search(r"(?<![\u00a0\d])[:;?!]|'", french[english]), french[english]


def test_every_icon_asked_for_is_in_the_sprite():
    symbols = set(re.findall(r'<symbol id="(\w+)"', SPRITE))
    asked = set(re.findall(r'(?:icon\(|sign=)"(\w+)"', " ".join(SOURCES)))
    assert asked
    assert asked <= symbols
    assert html5lib.HTMLParser(strict=True).parseFragment(SPRITE) is not None


def _tokens(block: str) -> dict[str, str]:
    found = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6}|var\(--\w+\))", block))
    return {k: found[v[6:-1]] if v.startswith("var") else v for k, v in found.items()}


LIGHT = _tokens(CSS.split("@media (prefers-color-scheme: dark)")[0])
DARK = LIGHT | _tokens(CSS.split("@media (prefers-color-scheme: dark)")[1].split("/* Ground */")[0])
TEXT_ON_GROUND = [
    *[(ink, ground) for ink in ("ink", "muted", "link", "red") for ground in ("paper", "card")],
    ("ink", "indigo-soft"), ("ink", "ochre-soft"), ("ink", "green-soft"), ("ink", "red-soft"), ("muted", "sand"),
    ("ochre-ink", "ochre-soft"), ("ochre-ink", "card"), ("indigo", "indigo-soft"), ("red", "red-soft"), ("green", "green-soft"),
    ("green", "card"), ("green", "paper"), ("act-ink", "act"), ("act-ink", "act-over"), ("off-ink", "off"),
    ("link", "indigo-soft"),
]  # fmt: skip


def contrast(one: str, other: str) -> float:
    """The contrast of two colours by WCAG 2.2, 1 to 21."""

    def light(colour):
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT_ON_GROUND)
def test_text_can_be_read_on_its_ground(scheme, ink, ground):
    assert contrast(scheme[ink], scheme[ground]) >= 4.5


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("sign", "ground"),
    [("edge", "card"), ("edge", "paper"), ("ochre", "paper"), ("indigo", "card"), ("focus", "paper")],
)
def test_signs_and_edges_can_be_seen_on_their_ground(scheme, sign, ground):
    assert contrast(scheme[sign], scheme[ground]) >= 3


def test_dark_is_dark():
    assert DARK["paper"] != LIGHT["paper"]
    assert contrast(DARK["paper"], "#000000") < 1.5


def test_the_stylesheet_is_light_and_knows_no_left_and_right():
    assert len(gzip.compress(CSS.encode())) <= 14_000
    assert not re.search(r"(?:margin|padding|border)-(?:left|right|top|bottom)|[^-](?:left|right): ", CSS)
    assert "url(" not in CSS
    assert "@font-face" not in CSS
    assert "@import" not in CSS


def test_a_first_visit_is_light():
    files = ["css/benkan.css", "js/benkan.js", "img/icons.svg", "img/favicon.svg"]
    assert sum(len(gzip.compress((ROOT / "static" / f).read_bytes())) for f in files) < 20_000


def test_only_the_link_that_names_a_line_takes_the_whole_of_it():
    """Another link of the line (a button, a paper) would lie under it, and a click on one would open the other."""
    covering = re.findall(r"([^{}]*a::after[^{}]*)\{[^}]*inset: 0", CSS)
    assert covering
    for selector in ",".join(covering).split(","):
        assert selector.strip().endswith("> a::after"), selector


def test_a_form_that_brings_its_own_buttons_has_not_that_of_the_macro_too():
    own = r"ui\.button\((?![^}]*\bname=)"  # one with a name does something else than sending the form
    found = {}
    for path in (ROOT / "templates").rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        for tag in re.findall(r"{% call ui\.form\(.*?%}", text):
            found.setdefault("submit=false" in tag, []).append((path.name, len(re.findall(own, text))))
    assert len(found[False]) > 15 and found[True]
    assert [name for name, buttons in found[False] if buttons] == []
    assert [name for name, buttons in found[True] if not buttons] == []
