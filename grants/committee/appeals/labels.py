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
# What a letter about an appeal is, by what it says.
LETTER_LABELS = {
    "receipt": _l("Receipt of the appeal"),
    "inadmissible": _l("Answer to the appeal"),
    "upheld": _l("Answer to the appeal"),
    "granted": _l("Answer to the appeal"),
}
