"""The words for movements and counters."""

from flask_babel import lazy_gettext as _l

MOVEMENT_LABELS = {
    "endow": _l("Endowment"),
    "withdraw": _l("Withdrawal"),
    "reserve": _l("Reservation"),
    "release": _l("Reservation released"),
    "commit": _l("Commitment"),
    "uncommit": _l("Commitment released"),
    "pay": _l("Payment"),
    "justify": _l("Justification"),
    "refund": _l("Money given back"),
    "reverse_pay": _l("Payment taken back"),
    "reverse_justify": _l("Justification taken back"),
}
