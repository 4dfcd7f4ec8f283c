"""Styles of elements: what a style does not say is what its parent says, or what every style begins with."""

from collections import defaultdict

from weasyprint import css
from weasyprint.css.computed_values import PHYSICAL_FUNCTIONS
from weasyprint.css.functions import check_math
from weasyprint.css.properties import INHERITED, INITIAL_NOT_COMPUTED, INITIAL_VALUES

# Worked out from others, or handed down in ways of their own.
_OTHERS = {name for name in INITIAL_VALUES if name.startswith("text_decoration_")} | {
    "page",
    "position",
    "float",
    "display",
}
_BEGINNING = {
    name: value
    for name, value in INITIAL_VALUES.items()
    if name not in INHERITED and name not in INITIAL_NOT_COMPUTED and name not in _OTHERS
}
_HANDED_DOWN = frozenset(INHERITED) - _OTHERS - frozenset(PHYSICAL_FUNCTIONS)
_ZERO = {f"{edge}_width": 0 for edge in ("border_top", "border_bottom", "border_left", "border_right", "outline")}

# The sides and sizes that a property such as `margin-inline-start` may mean.
_MEANT = defaultdict(set)
for _name, _logical in PHYSICAL_FUNCTIONS.items():
    for _direction in ("ltr", "rtl"):
        _MEANT[_logical(block="ttb", inline=_direction)].add(_name)

_style, _anonymous = css.ComputedStyle.__init__, css.AnonymousStyle.__init__
_missing, _anonymous_missing = css.ComputedStyle.__missing__, css.AnonymousStyle.__missing__


def places():
    """`(owner, name, replacement)` of each function that is replaced."""
    yield css.ComputedStyle, "__init__", _quick_style
    yield css.ComputedStyle, "__missing__", _quick_missing
    yield css.AnonymousStyle, "__init__", _quick_anonymous
    yield css.AnonymousStyle, "__missing__", _quick_anonymous_missing


def _quick_style(style, parent_style, cascaded, *others):
    _style(style, parent_style, cascaded, *others)
    if parent_style is None:
        return
    style.update(_BEGINNING)
    for name in cascaded:
        style.pop(name, None)
        if name in _MEANT:
            for physical in _MEANT[name]:
                style.pop(physical, None)


def _quick_missing(style, name):
    if name in _HANDED_DOWN and name not in style.cascaded and style.parent_style is not None:
        value = style.parent_style[name]
        if not check_math(value):
            style[name] = value
            return value
    return _missing(style, name)


def _quick_anonymous(style, parent_style):
    _anonymous(style, parent_style)
    style.update(_BEGINNING)
    style.update(_ZERO)


def _quick_anonymous_missing(style, name):
    if name in _HANDED_DOWN:
        value = style[name] = style.parent_style[name]
        return value
    return _anonymous_missing(style, name)
