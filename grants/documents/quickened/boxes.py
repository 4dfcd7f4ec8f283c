"""Boxes: their sizes and backgrounds, where these do not depend on where the boxes stand."""

from weasyprint.draw.color import get_color
from weasyprint.formatting_structure.boxes import Box, PageBox
from weasyprint.layout import absolute, background, block, column, grid, inline, page, percent, table
from weasyprint.layout import float as floats

# A placeholder passes on what is set on it, one name at a time.
_LEFT = (PageBox, absolute.AbsolutePlaceholder)
_SIZES = ("width", "min_width", "max_width", "height", "min_height", "max_height")
_EDGES = tuple(f"{kind}_{side}" for kind in ("margin", "padding") for side in ("top", "right", "bottom", "left"))
_BORDERS = tuple(f"border_{side}_width" for side in ("top", "right", "bottom", "left"))
_RADII = tuple(f"border_{corner}_radius" for corner in ("top_left", "top_right", "bottom_right", "bottom_left"))
_NO_RADII = dict.fromkeys(_RADII, (0, 0))

_flow, _percentages, _backgrounds, _collisions = (
    Box.is_in_normal_flow,
    percent.resolve_percentages,
    background.layout_box_backgrounds,
    floats.avoid_collisions,
)


def places():
    """`(owner, name, replacement)` of each function that is replaced."""
    for module in (percent, absolute, block, column, floats, grid, inline, page, table):
        yield module, "resolve_percentages", _quick_percentages
    yield Box, "is_in_normal_flow", _quick_flow
    yield background, "layout_box_backgrounds", _quick_backgrounds
    for module in (floats, block, inline):
        yield module, "avoid_collisions", _quick_collisions


def _quick_flow(box):
    style = box.style
    return (style["float"] == "none" and style["position"] == "static") or _flow(box)


def _quick_percentages(box, containing_block):
    style = box.style
    sizes = tuple([style[name] for name in _SIZES])
    known = vars(style).get("_used")
    if known is None or known[0] != sizes:
        known = style._used = (sizes, _used(style))
    used = known[1]
    if used is None or isinstance(box, _LEFT):
        _percentages(box, containing_block)
        return
    if style["border_collapse"] == "collapse":
        # The borders of a table are worked out by the table.
        mine = vars(box)
        kept = {name: mine[name] for name in _BORDERS if name in mine}
        mine.update(used)
        mine.update(kept)
    else:
        vars(box).update(used)


def _used(style):
    """The sizes of a box of this style, where they are lengths and nothing has to be taken off; None otherwise."""
    if style["box_sizing"] != "content-box":
        return None
    used = {name: style[name] for name in _BORDERS}
    for name in _SIZES + _EDGES:
        value = style[name]
        if value == "auto":
            used[name] = 0 if name in ("min_width", "min_height") else "auto"
        elif getattr(value, "unit", None) == "px":
            used[name] = value.value
        else:
            return None
    return used


def _quick_backgrounds(page_box, box, get_image, layout_children=True, style=None):
    if style is not None or isinstance(box, _LEFT) or not _plain(box.style):
        _backgrounds(page_box, box, get_image, layout_children, style)
        return
    vars(box).update(_NO_RADII)
    if layout_children:
        for child in box.all_children():
            _quick_backgrounds(page_box, child, get_image)
    box.background = None


def _plain(style):
    """Whether a style has neither colour nor picture behind it nor a round corner."""
    known = vars(style).get("_plain")
    if known is None:
        known = style._plain = (
            style["border_image_source"][0] == style["mask_border_source"][0] == "none"
            and style["visibility"] != "hidden"
            and all(kind == "none" for kind, _value in style["background_image"])
            and get_color(style, "background_color").alpha == 0
            and not style["box_shadow"]
            and all((0, "px") in style[name] for name in _RADII)
        )
    return known


def _quick_collisions(context, box, containing_block, outer=True):
    if context.excluded_shapes or containing_block.style["direction"] != "ltr" or box.is_floated():
        return _collisions(context, box, containing_block, outer)
    left = containing_block.content_box_x()
    right = left + containing_block.width
    if outer:
        return left, box.position_y, right - left
    left += box.margin_left
    right -= box.margin_right
    return left - box.margin_left, box.border_box_y() - box.margin_top, right - left
