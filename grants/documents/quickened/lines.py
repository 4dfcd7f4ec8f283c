"""Lines of text: what Pango is asked for, and what is drawn of its answer."""

import re
from functools import cache

from weasyprint.draw import text as drawing
from weasyprint.layout import inline
from weasyprint.text import line_break
from weasyprint.text.constants import PANGO_DIRECTION
from weasyprint.text.ffi import FROM_UNITS, TO_UNITS, ffi, gobject, pango, unicode_to_char_p
from weasyprint.text.fonts import font_features, get_font_description

_FEATURES = (
    "font_kerning", "font_variant_ligatures", "font_variant_position", "font_variant_caps", "font_variant_numeric",
    "font_variant_alternates", "font_variant_east_asian", "font_feature_settings",
)  # fmt: skip
_GLYPH = ffi.sizeof("PangoGlyphInfo")

# Signs of text that are looked at to find where a line ends, in widths of a letter: somewhat more than a line.
_AHEAD = 2.6
# What ends a paragraph within a text, or may be a hyphen in it: left to the typesetter.
_SPECIAL = re.compile("[\n\r\u00ad\u2028\u2029]")

_setup, _draw_first_line, _strut = line_break.Layout.setup, drawing.draw_first_line, line_break.strut
_split = line_break.split_first_line


def places():
    """`(owner, name, replacement)` of each function that is replaced."""
    yield line_break.Layout, "setup", _quick_setup
    yield line_break.Layout, "reactivate", _quick_reactivate
    yield line_break.Layout, "deactivate", _keep
    yield drawing, "draw_first_line", _quick_line
    yield inline, "split_first_line", _quick_split
    yield line_break, "strut", _quick_strut
    yield inline, "strut", _quick_strut


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


def _quick_strut(style):
    """The height of a line of this style and its baseline: the typesetter writes the whole style as text to look it up."""
    said = style["font_size"], style["line_height"], style["lang"]
    known = vars(style).get("_strut")
    if known is None or known[0] != said:
        known = style._strut = said, _strut(style)
    return known[1]


_FONT = ("font_style", "font_stretch", "font_weight", "font_size", "font_variant_caps", "font_variation_settings")


def _description(style):
    said = tuple(style["font_family"]), *(style[name] for name in _FONT)
    known = _descriptions.get(said)
    if known is None:
        known = _descriptions[said] = get_font_description(style)
    return known


_descriptions = {}


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
    pango.pango_layout_set_font_description(layout.layout, _description(style))
    if features := _features(*(style[name] for name in _FEATURES)):
        known = style.font_config.font_features
        if features not in known:
            known[features] = pango.pango_attr_font_features_new(features)
        attributes = pango.pango_attr_list_new()
        pango.pango_attr_list_insert(attributes, known[features])
        pango.pango_layout_set_attributes(layout.layout, attributes)


def _quick_split(text, style, context, max_width, justification_spacing, is_line_start=True, minimum=False):
    """The first line of a text, laid out with less of what follows it than the typesetter takes."""

    def otherwise():
        return _split(text, style, context, max_width, justification_spacing, is_line_start, minimum)

    if (
        max_width is None or style["white_space"] != "normal" or style["hyphens"] == "auto"
        or style["overflow_wrap"] != "normal" or style["word_break"] == "break-all"
        or not style["font_size"] * 4 <= max_width < 2**21 or _SPECIAL.search(text)
    ):  # fmt: skip
        return otherwise()
    short = text[: int(max_width / style["font_size"] * _AHEAD)]
    layout = line_break.Layout(style, justification_spacing, max_width)
    # Drawing asks for it, and what is asked for later is laid out once more.
    pango.pango_layout_set_single_paragraph_mode(layout.layout, True)
    pango.pango_layout_set_width(layout.layout, int(max_width * TO_UNITS))
    layout.set_text(short)
    line, resume = layout.get_first_line()
    width, _height = line_break.line_size(line, style)
    if resume is None:
        if short == text and width <= max_width:
            return line_break.first_line_metrics(line, text, layout, None, True, style)
        return otherwise()
    if width > max_width:
        return otherwise()
    first = short.encode()[:resume].decode()
    signs = pango.pango_layout_get_log_attrs_readonly(layout.layout, ffi.NULL)[len(first) + 1 : len(short)]
    end = line_break.get_next_break_point(signs)
    if end is None or _word_may_fit(
        layout, style, len(short[len(first) : len(first) + end].encode()), max_width - width
    ):
        return otherwise()
    return line_break.first_line_metrics(line, short, layout, resume, True, style)


def _word_may_fit(layout, style, length, room):
    """Whether the next `length` bytes after the first line of a layout might still stand on it, in pixels of `room`."""
    if style["letter_spacing"] not in ("normal", 0) or style["word_spacing"]:
        return True
    line = pango.pango_layout_get_line_readonly(layout.layout, 1)
    run, end, width = line.runs[0], line.start_index + length, 0
    while run != ffi.NULL:
        item, run = run.data, run.next
        string, start = item.glyphs, item.item.offset
        if start >= end:
            break
        if item.item.analysis.level % 2:
            return True
        numbers = memoryview(ffi.buffer(string.glyphs, string.num_glyphs * _GLYPH)).cast("i")[1 :: _GLYPH // 4]
        for place, cluster in enumerate(ffi.unpack(string.log_clusters, string.num_glyphs)):
            if start + cluster >= end:
                break
            width += numbers[place]
    # A pixel for spaces and for pairs of letters that are set closer or wider.
    return width * FROM_UNITS <= room + 1


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
    run, item, drawn = line.runs[0], None, None
    while run != ffi.NULL:
        item, run = run.data, run.next
        # A justified line is a run for each word, mostly in one font.
        if item.item.analysis.font != drawn:
            drawn = item.item.analysis.font
            font, size = stream.add_font(drawn)
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
        wanted = list(zip(glyphs, widths, moved, strict=True))
        shown = list(map(shapes.get, wanted))
        if None in shown:
            for place, measures in enumerate(wanted):
                if shown[place] is None:
                    shown[place] = shapes[measures] = _shape(stream, textbox, font, size, item, place, *measures)
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
