"""The words for movements and counters, and for what an envelope may be kept for."""

from collections.abc import Callable

from flask_babel import lazy_gettext as _l

MOVEMENT_LABELS = {
    "endow": _l("Endowment"),
    "withdraw": _l("Withdrawal"),
    "shift_in": _l("Came from another envelope"),
    "shift_out": _l("Went to another envelope"),
    "reserve": _l("Reservation"),
    "release": _l("Reservation released"),
    "commit": _l("Commitment"),
    "uncommit": _l("Commitment released"),
    "pay": _l("Payment"),
    "justify": _l("Justification"),
    "refund": _l("Money given back"),
    "write_off": _l("Debt written off"),
    "reverse_pay": _l("Payment taken back"),
    "reverse_justify": _l("Justification taken back"),
}
RECEIPT_LABELS = {"receipt": _l("Received from the donor"), "return": _l("Given back to the donor")}
STATE_LABELS = {"proposed": _l("To be confirmed"), "confirmed": _l("Confirmed"), "refused": _l("Refused")}
STATE_TONES = {"proposed": "now", "confirmed": "ok", "refused": "neutral"}

# Which movements make up each figure of an envelope: the figure is followed down to these rows.
BEHIND = {
    "ceiling": ("endow", "withdraw", "shift_in", "shift_out"),
    "reserved": ("reserve", "release", "commit"),
    "committed": ("commit", "uncommit"),
    "paid": ("pay", "reverse_pay"),
    "justified": ("justify", "reverse_justify"),
    "refunded": ("refund",),
    "written_off": ("write_off",),
}
FIGURE_LABELS = {
    "ceiling": _l("Ceiling"),
    "reserved": _l("Reserved"),
    "committed": _l("Committed"),
    "paid": _l("Paid"),
    "justified": _l("Justified"),
    "refunded": _l("Given back"),
    "written_off": _l("Written off"),
}

_kinds: list[Callable[[], dict[str, object]]] = []


def offer_kinds(kinds: Callable[[], dict[str, object]]) -> None:
    """Register the kinds of micro-project and their words: the slice that knows them stands above this one."""
    _kinds[:] = [kinds]


def kinds() -> dict[str, object]:
    """The kinds of micro-project that an envelope may be kept for."""
    return _kinds[0]() if _kinds else {}
