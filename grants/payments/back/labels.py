"""The words of findings and states, and how each looks."""

from flask_babel import lazy_gettext as _l

# finding → (words, tone, what it means)
FINDINGS = {
    "matched": (_l("Matched"), "ok", _l("The payment and all it says agree.")),
    "pending": (_l("Under way"), "neutral", _l("The bank or the operator has not decided yet: nothing changes.")),
    "known": (_l("Already known"), "neutral", _l("Said before, in this file or in another: nothing changes.")),
    "amount": (_l("Another amount"), "late", _l("The amount is not the one of the order: a part is not a payment.")),
    "account": (_l("Another account"), "late", _l("Our reference is right, but the money went to another account.")),
    "ambiguous": (_l("Several fit"), "late", _l("Several payments of this amount go to this account.")),
    "unknown": (_l("Not recognised"), "late", _l("No payment has this reference, nor this account and amount.")),
    "unclear": (_l("Not clear"), "late", _l("The state, the day or the direction of the money says nothing sure.")),
    "contradicts": (_l("Contradiction"), "late", _l("It says otherwise than what is known of this payment.")),
    "taken": (_l("Reference used twice"), "late", _l("The bank’s reference belongs to another payment.")),
    "own": (
        _l("For another person"),
        "late",
        _l("Who released a payment, or for whom it was done, does not confirm it."),
    ),
}
STATES = {
    "paid": (_l("Paid"), "ok"),
    "failed": (_l("Refused"), "late"),
    "pending": (_l("Under way"), "neutral"),
    "unclear": (_l("Not clear"), "now"),
}
RULINGS = {
    "paid": _l("attached as paid"),
    "failed": _l("attached as refused"),
    "unknown": _l("outcome not known"),
    "set_aside": _l("set aside"),
}
FORMATS = {"csv": "CSV", "xlsx": "XLSX", "camt054": "camt.054", "pain002": "pain.002"}
