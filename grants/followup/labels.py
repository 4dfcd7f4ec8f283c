"""The words of what happens after the money."""

from flask_babel import lazy_gettext as _l

CONTRIBUTION_LABELS = {"cash": _l("Cash"), "in_kind": _l("In kind: labour, materials, premises")}
VERDICT_LABELS = {
    "on_track": _l("On track"),
    "concerns": _l("With concerns"),
    "off_track": _l("Off track"),
}
VERDICT_TONES = {"on_track": "ok", "concerns": "now", "off_track": "late"}
ASSET_STATES = {"good": _l("good"), "worn": _l("worn"), "broken": _l("out of order")}
PURPOSE_LABELS = {
    "after_payment": _l("after the payment"),
    "watched": _l("after the payment of a file to be watched"),
    "asked": _l("asked for"),
    "unplanned": _l("made without a plan"),
}
