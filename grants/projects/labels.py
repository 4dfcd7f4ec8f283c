"""The words for what applications are made of."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from grants.calls.kinds import Kind, kinds
from grants.core.texts import pick

PAYER_LABELS = {"grant": _l("grant"), "cash": _l("group, in cash"), "in_kind": _l("group, in kind")}
LEVEL_LABELS = {
    "local": _l("local committee"),
    "regional": _l("regional committee"),
    "national": _l("national committee"),
}
STATE_LABELS = {"empty": _l("To do"), "started": _l("Incomplete"), "complete": _l("Complete")}
STATE_TONES = {"empty": "neutral", "started": "now", "complete": "ok"}


def kind_label(code: str) -> str:
    """A kind of micro-project in the reader's language; its code where nobody describes it any more."""
    known = kinds().get(code)
    return pick(known.label) if known else code


def paper_label(kind: Kind, paper: dict) -> str:
    """What a paper is: the name that the kind gives it, or the agent's own note."""
    named = next((pick(p.label) for p in kind.papers if p.code == paper["kind"]), None)
    return named or paper["note"] or _("Another paper")
