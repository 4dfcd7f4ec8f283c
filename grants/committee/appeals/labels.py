"""The words for appeals."""

from flask_babel import lazy_gettext as _l

WAY_LABELS = {"spoken": _l("By word of mouth"), "written": _l("In writing")}
AGAINST_LABELS = {"ineligible": _l("Declared ineligible"), "rejected": _l("Rejected by the committee")}
OUTCOME_LABELS = {
    None: _l("Being examined"),
    "inadmissible": _l("Inadmissible"),
    "upheld": _l("Refusal upheld"),
    "granted": _l("Appeal granted"),
}
OUTCOME_TONES = {None: "now", "inadmissible": "late", "upheld": "late", "granted": "ok"}
