"""Quicker ways through three places in which the typesetter spends its time. Runs inside the press only.

Each gives exactly the bytes that the typesetter gives by itself (a test compares them), and each steps aside for what it
does not know. They know the insides of one version of WeasyPrint, the one in the lock: with another they are not
installed, and documents only take longer. What each is worth stands in docs/decisions/0016.
"""

import re
from functools import cache
from pathlib import Path

import weasyprint
from weasyprint.draw import text as drawing
from weasyprint.text import line_break
from weasyprint.text.constants import PANGO_DIRECTION
from weasyprint.text.ffi import FROM_UNITS, ffi, gobject, pango, unicode_to_char_p
from weasyprint.text.fonts import font_features, get_font_description

KNOWN = "70.0"

# Every element of every document gets six styles of notes and markers by these rules; no document of ours has a note.
_NOTES = re.compile(r"^::(footnote|note|marker)[^{]*\{[^}]*\}$", re.MULTILINE)
_FEATURES = (
    "font_kerning", "font_variant_ligatures", "font_variant_position", "font_variant_caps", "font_variant_numeric",
    "font_variant_alternates", "font_variant_east_asian", "font_feature_settings",
)  # fmt: skip
_GLYPH = ffi.sizeof("PangoGlyphInfo")

_setup, _draw_first_line = line_break.Layout.setup, drawing.draw_first_line
_reactivate, _deactivate = line_break.Layout.reactivate, line_break.Layout.deactivate


class Source(weasyprint.HTML):
    """A document that is styled without the rules for notes of the typesetter's own style sheet."""

    def _ua_stylesheets(self, forms=False):
        return [_without_notes()] if installed() else super()._ua_stylesheets(forms)


@cache
def _without_notes():
    own = Path(weasyprint.__file__).parent / "css" / "html5_ua.css"
    return weasyprint.CSS(string=_NOTES.sub("", own.read_text(encoding="utf-8")))


def install():
    """Take the quicker ways, where the typesetter is the version that they know."""
    if weasyprint.__version__ == KNOWN:
        line_break.Layout.setup = _quick_setup
        line_break.Layout.reactivate = _quick_reactivate
        line_break.Layout.deactivate = _keep
        drawing.draw_first_line = _quick_line


def remove():
    """Go the typesetter's own ways again."""
    line_break.Layout.setup, drawing.draw_first_line = _setup, _draw_first_line
    line_break.Layout.reactivate, line_break.Layout.deactivate = _reactivate, _deactivate


def installed():
    """Whether the quicker ways are taken."""
    return drawing.draw_first_line is _quick_line


@cache
def _context(font_map, direction, lang):
    """The context of Pango for a direction and a language: the typesetter makes one for each line of text."""
    context = ffi.gc(pango.pango_font_map_create_context(font_map), gobject.g_object_unref)
    pango.pango_context_set_round_glyph_positions(context, False)
    pango.pango_context_set_base_dir(context, PANGO_DIRECTION[direction])
    if lang:
        named, _held = unicode_to_char_p(lang)
        language = pango.pango_language_from_string(named)
        pango.pango_context_set_language(context, language)
    else:
        language = pango.pango_language_get_default()
    return context, language


@cache
def _features(*wanted):
    return ",".join(f"{name} {value}" for name, value in font_features(*wanted).items()).encode()


def _quick_setup(layout, style):
    alternates = style["font_variant_alternates"], style["font_feature_settings"]
    if (
        style["text_decoration_line"] != "none"
        or style["font_language_override"] != "normal"
        or alternates != ("normal",) * 2
    ):
        _setup(layout, style)
        return
    layout.style, layout.first_line_direction = style, 0
    layout.ascent = layout.underline_position = layout.strikethrough_position = None
    context, layout.language = _context(style.font_config.font_map, style["direction"], style["lang"])
    layout.layout = ffi.gc(pango.pango_layout_new(context), gobject.g_object_unref)
    pango.pango_layout_set_auto_dir(layout.layout, False)
    pango.pango_layout_set_font_description(layout.layout, get_font_description(style))
    if features := _features(*(style[name] for name in _FEATURES)):
        known = style.font_config.font_features
        if features not in known:
            known[features] = pango.pango_attr_font_features_new(features)
        attributes = pango.pango_attr_list_new()
        pango.pango_attr_list_insert(attributes, known[features])
        pango.pango_layout_set_attributes(layout.layout, attributes)


def _keep(layout):
    """A line that was laid out is kept until it is drawn: a document of a few pages has room for its lines."""


def _quick_reactivate(layout, _style):
    if layout.justification_spacing:
        layout.set_text(layout.text, justify=True)


def _quick_line(stream, textbox, text_overflow, block_ellipsis, matrix):
    if (
        text_overflow == "ellipsis" or block_ellipsis != "none" or not textbox.text.strip()
        or textbox.style["font_size"] < 1e-6 or pango.pango_version() < 14802
    ):  # fmt: skip
        return _draw_first_line(stream, textbox, text_overflow, block_ellipsis, matrix)
    pango.pango_layout_set_single_paragraph_mode(textbox.pango_layout.layout, True)
    first_line, _index = textbox.pango_layout.get_first_line()
    runs = list(_runs(stream, textbox, first_line))
    if None in runs:
        return _draw_first_line(stream, textbox, text_overflow, block_ellipsis, matrix)
    stream.set_text_matrix(*matrix.values)
    previous, shown = None, ""
    for font, size, glyphs in runs:
        if (font, size) != previous:
            if shown:
                stream.show_text(shown)
            previous, shown = (font, size), ""
            stream.set_font_size(font.hash, size)
        shown += glyphs
    stream.show_text(shown)
    return []


def _runs(stream, textbox, line):
    """`(font, size, hexadecimal glyphs)` of each run of a line; None for one with more to it than glyphs in a row."""
    run, item = line.runs[0], None
    while run != ffi.NULL:
        item, run = run.data, run.next
        font, size = stream.add_font(item.item.analysis.font)
        if font.svg or font.png or font.colr or font.bitmap:
            yield None
            return
        string = item.glyphs
        numbers = memoryview(ffi.buffer(string.glyphs, string.num_glyphs * _GLYPH)).cast("i")
        step = _GLYPH // 4
        glyphs, widths, moved, raised = (numbers[column::step].tolist() for column in range(4))
        if any(raised) or not 0 <= min(glyphs) <= max(glyphs) < 65536:
            yield None
            return
        shapes = vars(font).setdefault("_shapes", {}).setdefault(size, {})
        shown = []
        for place, measures in enumerate(zip(glyphs, widths, moved, strict=True)):
            shape = shapes.get(measures)
            if shape is None:
                shape = shapes[measures] = _shape(stream, textbox, font, size, item, place, *measures)
            shown.append(shape)
        string = f"<{''.join(shown)}"
        # The last shape may have closed the string of glyphs and opened it again.
        yield font, size, string[:-1] if string[-1] == "<" else string + ">"


def _shape(stream, textbox, font, size, item, place, glyph, width, moved):
    """What draws a glyph: its number, and how far the next one is moved. Notes its text and its width on the way."""
    if glyph not in font.to_unicode:
        clusters, last = item.glyphs.log_clusters, item.glyphs.num_glyphs - 1
        start = clusters[place]
        if item.item.analysis.level % 2:
            end = item.item.length if place == 0 else clusters[place - 1]
        else:
            end = item.item.length if place == last else clusters[place + 1]
        encoded = textbox.pango_layout.text.encode()
        font.to_unicode[glyph] = encoded[item.item.offset + start : item.item.offset + end].decode()
    if glyph not in font.widths:
        pango.pango_font_get_glyph_extents(item.item.analysis.font, glyph, stream.ink_rect, stream.logical_rect)
        font.widths[glyph] = round(stream.logical_rect.width * 1000 * FROM_UNITS / size)
    offset = moved / size
    kerning = font.widths[glyph] + offset - width * 1000 * FROM_UNITS / size
    return (f">{-offset}<" if offset else "") + (f"{glyph:04x}>{int(kerning)}<" if kerning else f"{glyph:04x}")
