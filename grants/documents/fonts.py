"""The fonts of documents: our own, never the host's.

A bare server has no fonts at all and a desktop has others, so the same contract would look different on each. The
files come from npm packages in the lock (``@expo-google-fonts/*``, the Noto fonts of Google under the OFL) and are
copied to ``static/vendor/fonts`` by ``script/setup``; the press is shown this folder and nothing else.
"""

from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape

FOLDER = Path(__file__).resolve().parents[2] / "static" / "vendor" / "fonts"

# package → files taken from it (path inside the package). The last three only lend single signs: N'Ko and Arabic
# names, arrows and comparisons that people type.
FILES = {
    "noto-sans": (
        "400Regular/NotoSans_400Regular.ttf",
        "600SemiBold/NotoSans_600SemiBold.ttf",
        "700Bold/NotoSans_700Bold.ttf",
    ),
    "noto-serif": (
        "400Regular/NotoSerif_400Regular.ttf",
        "400Regular_Italic/NotoSerif_400Regular_Italic.ttf",
        "700Bold/NotoSerif_700Bold.ttf",
    ),
    "noto-sans-nko": ("400Regular/NotoSansNKo_400Regular.ttf",),
    "noto-naskh-arabic": ("400Regular/NotoNaskhArabic_400Regular.ttf",),
    "noto-sans-math": ("400Regular/NotoSansMath_400Regular.ttf",),
}

# Signs without a shape of their own: they space, join or break, and no font needs a glyph for them.
SHAPELESS = frozenset(map(ord, "\n\t \u00a0\u00ad\u200b\u200c\u200d\u2060\ufeff"))


def missing_files():
    """Return the names of font files that are not installed (all of them on a fresh checkout without setup)."""
    names = [Path(path).name for paths in FILES.values() for path in paths]
    return [name for name in names if not (FOLDER / name).is_file()]


def fontconfig(cache_folder):
    """Return a fontconfig file that knows our folder only, and keeps its index in ``cache_folder``."""
    return (
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">'
        f"<fontconfig><dir>{escape(str(FOLDER))}</dir><cachedir>{escape(str(cache_folder))}</cachedir></fontconfig>"
    )


# The families that set the text, and those that lend single signs: a page that needs none of these is set without them,
# since the typesetter asks every family of the list for every line.
FIRST = ("NotoSerif", "NotoSans_")
LENT = {
    "Noto Sans NKo": "NotoSansNKo",
    "Noto Naskh Arabic": "NotoNaskhArabic",
    "Noto Sans Math": "NotoSansMath",
}


@cache
def coverage():
    """Return the set of code points that at least one of our fonts can draw."""
    return frozenset().union(*(_drawn(path.name) for path in FOLDER.glob("*.ttf")))


@cache
def _drawn(name):
    from fontTools.ttLib import TTFont

    with TTFont(FOLDER / name, lazy=True) as font:
        return frozenset(font.getBestCmap())


@cache
def _first():
    """The code points that every face of the two main families draws."""
    names = [path.name for path in FOLDER.glob("*.ttf") if path.name.startswith(FIRST)]
    return frozenset.intersection(*map(_drawn, names))


@cache
def _lent(family):
    names = [path.name for path in FOLDER.glob("*.ttf") if path.name.startswith(LENT[family])]
    return frozenset().union(*map(_drawn, names))


def signs(text):
    """Return the signs of a text that need a glyph, each once, in order of appearance."""
    return [sign for sign in dict.fromkeys(text) if ord(sign) not in SHAPELESS]


def without_glyph(signs):
    """Return those of the signs that no font of ours can draw."""
    known = coverage()
    return [sign for sign in signs if ord(sign) not in known]


def needed(signs):
    """Return the lent families that the signs need beside the main ones, in the order of preference."""
    rare = {ord(sign) for sign in signs} - _first()
    return tuple(family for family in LENT if rare & _lent(family))


def not_drawn(text):
    """Return the characters of ``text`` that no font of ours can draw, each once, in order of appearance."""
    return without_glyph(signs(text))
