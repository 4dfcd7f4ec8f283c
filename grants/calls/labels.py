"""The words for what calls hold."""

from flask_babel import lazy_gettext as _l

STATE_LABELS = {
    "draft": _l("Draft"),
    "upcoming": _l("Opens soon"),
    "open": _l("Open for applications"),
    "closed": _l("Closed to applications"),
}
STATE_TONES = {"draft": "neutral", "upcoming": "now", "open": "ok", "closed": "neutral"}
LEVEL_LABELS = {
    "local": _l("Local committee"),
    "regional": _l("Regional committee"),
    "national": _l("National committee"),
}
FEES_LABELS = {
    "programme": _l("borne by the programme"),
    "group": _l("borne by the group"),
    "shared": _l("sending borne by the programme, withdrawing by the group"),
}
CONDITION_LABELS = {
    "contract_in_force": _l("The contract is signed and in force"),
    "account_verified": _l("The group’s account is verified and unchanged since"),
    "contribution_proven": _l("The group’s contribution is proven"),
    "previous_justified": _l("The earlier tranche is justified, up to the share that is asked for"),
    "visit_on_track": _l("The last visit found the micro-project on track"),
    "training_held": _l("The training of the group was held"),
}
