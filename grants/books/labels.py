"""The words of the books."""

from collections.abc import Callable

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from grants.core.texts import pick
from grants.funds.labels import MOVEMENT_LABELS, RECEIPT_LABELS

CHANNEL_LABELS = {"any": _l("any"), "bank": _l("bank"), "wallet": _l("wallet")}
# What money goes through a bank or a wallet, and is therefore always booked.
CASH = ("receipt", "return", "pay", "refund")
BUCKETS = {
    "30": _l("30 days or less"),
    "60": _l("31 to 60 days"),
    "90": _l("61 to 90 days"),
    "over": _l("more than 90 days"),
}


def movement_label(code: str) -> object:
    """A movement of the ledger or of a donor's money, in words."""
    return MOVEMENT_LABELS.get(code) or RECEIPT_LABELS.get(code) or code


def account_label(account) -> str:
    """`652 Subventions accordées par l’entité`."""
    return f"{account.number} {pick(account.name)}"


def label_of(kind: str, reference: str) -> str:
    """The words of an entry: the movement and what it was for, in French, because the books are kept in it."""
    return labeller(kind)(reference)


def labeller(kind: str) -> Callable[[str], str]:
    """`label_of` for many entries of one kind: put into words once."""
    pattern, movement = _("%(movement)s · %(reference)s"), str(movement_label(kind))
    return lambda reference: (pattern % {"movement": movement, "reference": reference})[:160]


REASONS = {
    "order": _l("order under way"),
    "now": _l("may be paid now"),
    "plan": _l("by the plan of the contract"),
    "overdue": _l("overdue by the plan: conditions are missing"),
    "suspended": _l("suspended"),
}
