"""The margins of pages: a running head or foot that says the same on each page is laid out once for all of them.

The number of the page stands in a corner, which is laid out for each page: a foot that holds it would be another on each.
"""

from weasyprint import layout

_EDGES = tuple(
    f"@{edge}-{place}"
    for edge, places in (("top bottom", "left center right"), ("left right", "top middle bottom"))
    for edge in edge.split()
    for place in places.split()
)

_NOTHING = ("normal", "none", "inhibit")

_make = layout.make_margin_boxes


def places():
    """`(owner, name, replacement)` of each function that is replaced."""
    yield layout, "make_margin_boxes", _quick_margins


def _quick_margins(context, page, state):
    styles = {name: context.style_for(page.page_type, name) for name in _EDGES}
    said = _said(context, page, styles.values())
    if said is None:
        return list(_make(context, page, state))
    kept = vars(context).setdefault("_margins", [])
    boxes = next((boxes for known, boxes in kept if known == said), None)
    if boxes is None:
        boxes = list(_make(context, page, state))
        kept.append((said, [box for box in boxes if box.at_keyword in styles]))
        return boxes
    styled = context.style_for
    context.style_for = lambda element, pseudo=None: None if pseudo in styles else styled(element, pseudo)
    try:
        return boxes + list(_make(context, page, state))
    finally:
        context.style_for = styled


def _said(context, page, styles):
    """All that the edges of a page depend on; None where they hold more than texts and elements of the document."""
    said = [
        page.margin_top, page.margin_right, page.margin_bottom, page.margin_left, page.border_width(), page.border_height()
    ]  # fmt: skip
    for style in styles:
        if style is None or style["content"] in _NOTHING:
            said.append(None)
            continue
        said.append(style.cascaded)
        for kind, value in style["content"]:
            if kind == "string":
                continue
            if kind != "element()" or value[1] == "all-once":
                return None
            running = context.get_running_element_for(page, *value)
            if not all(_constant(box.style["content"]) for one in running for box in one.descendants()):
                return None
            said.append(running)
    return said


def _constant(content):
    return content in _NOTHING or all(kind == "string" for kind, _value in content)
