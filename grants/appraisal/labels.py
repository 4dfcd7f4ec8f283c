"""The words for what the regional team finds."""

from flask_babel import lazy_gettext as _l

ANSWER_LABELS = {"yes": _l("Yes"), "no": _l("No"), "not_applicable": _l("Not applicable")}
OPINION_LABELS = {"favourable": _l("Favourable"), "reserved": _l("Reserved"), "unfavourable": _l("Unfavourable")}
OPINION_TONES = {"favourable": "ok", "reserved": "now", "unfavourable": "late"}
CLASS_LABELS = {
    "A": _l("Class A: refused"),
    "B": _l("Class B: measures to be taken"),
    "C": _l("Class C: light effects"),
}
CLASS_TONES = {"A": "late", "B": "now", "C": "ok"}
