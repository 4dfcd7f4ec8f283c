"""The words for what committees are made of and what they say."""

from flask_babel import lazy_gettext as _l

LEVEL_LABELS = {"local": _l("Local"), "regional": _l("Regional"), "national": _l("National")}
OFFICE_LABELS = {"chair": _l("Chair"), "member": _l("Member"), "secretary": _l("Secretary")}
CHOICE_LABELS = {"for": _l("In favour"), "against": _l("Against"), "abstain": _l("Abstention")}
DECISION_LABELS = {
    "award": _l("Awarded"),
    "reject": _l("Rejected"),
    "adjourn": _l("Adjourned"),
    "reopen": _l("Appeal granted"),
    "uphold": _l("Refusal upheld"),
}
DECISION_TONES = {"award": "ok", "reject": "late", "adjourn": "now", "reopen": "ok", "uphold": "late"}
# The acts of a session on a file, each with what stands on the agenda afterwards.
DECISION_OF = {
    "award": "award",
    "reject": "reject",
    "adjourn": "adjourn",
    "reopen_eligibility": "reopen",
    "reopen_appraisal": "reopen",
    "uphold_refusal": "uphold",
}
