"""The words for what committees are made of and what they say."""

from flask_babel import lazy_gettext as _l

LEVEL_LABELS = {"local": _l("Local"), "regional": _l("Regional"), "national": _l("National")}
OFFICE_LABELS = {"chair": _l("Chair"), "member": _l("Member"), "secretary": _l("Secretary")}
CHOICE_LABELS = {"for": _l("In favour"), "against": _l("Against"), "abstain": _l("Abstention")}
DECISION_LABELS = {"award": _l("Awarded"), "reject": _l("Rejected"), "adjourn": _l("Adjourned")}
DECISION_TONES = {"award": "ok", "reject": "late", "adjourn": "now"}
