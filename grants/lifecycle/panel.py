"""“What can I do now, and why not”: the offers of a subject as rows for the panel of its page."""

from flask import url_for
from flask_babel import gettext as _

from grants.core.texts import Words, language, pick
from grants.lifecycle import registry
from grants.lifecycle.running import offers


def panel(subject, person) -> list[dict]:
    """The actions of the present step that concern a person, as `ui.offers` shows them: allowed, or with all reasons.

    An action with `via` leads to the page on which it is done.
    """
    return [_row(subject, offer) for offer in offers(subject, person) if offer.concerns_me]


def _row(subject, offer) -> dict:
    action = offer.action
    if action.via:
        url = registry.vias[action.via](subject)
    else:
        url = url_for("work.act", kind=subject.__subject__, reference=subject.reference, action=action.code)
    return {
        "label": Words(action.label),
        "url": url,
        "allowed": offer.allowed and url is not None,
        "reasons": [reason.in_locale(language()) for reason in offer.reasons],
        "note": _note(action),
        "tone": action.kind,
    }


def _note(action) -> str:
    """What is good to know before: what the action is for, and whether one's password is asked."""
    asked = _("Your password is asked.") if action.confirm_identity else None
    return " ".join(filter(None, (pick(action.hint), asked)))
