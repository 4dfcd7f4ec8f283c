"""What is asked and done when money of an order comes back."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from grants.access import identity
from grants.core.money import format_francs
from grants.funds.queries import balance
from grants.lifecycle import Reason, effect, guard
from grants.payments.comebacks import operations, queries


@guard("payments.unjustified", _l("at least this much is not justified"))
def unjustified(order, by):
    """What a group has justified, or gave back itself, cannot have come back from the bank as well."""
    held = balance(order.project)
    left = held.unjustified if held is not None else 0
    if left < order.amount:
        yield Reason(
            _(
                "Of what was paid to the group, only %(left)s is not justified yet: take the justifications back first, or "
                "enter what came as money given back.",
                left=format_francs(left),
            )
        )


@guard("payments.another_part", _l("another part may have come back"))
def another_part(order, by):
    """Another part of the same payment may have come back too."""
    if not queries.sendings(order):
        yield Reason(
            _(
                "All that was paid on order %(reference)s is reported as come back already.",
                reference=order.reference,
            )
        )


@effect("payments.state_return", _l("keeps what the bank says of money that came back"))
def state_return(order, act):
    """Keep what the bank says, with its evidence."""
    made = operations.state(order, act.data, by=act.by, at=act.at)
    act.note(
        amount=made.amount, fee=made.fee, returned_on=made.returned_on, evidence=act.data["evidence"],
        bank_reference=made.bank_reference, attempt=made.attempt.reference,
    )  # fmt: skip


@effect("payments.dismiss_return", _l("notes that the money did not come back"))
def dismiss_return(order, act):
    """The money did not come back; what was stated stays readable."""
    found = operations.dismiss(order, act.reason, by=act.by, at=act.at)
    act.note(amount=sum(one.amount for one in found))


@effect("payments.bring_back", _l("takes the payment back in the ledger"))
def bring_back(order, act):
    """Take the payment back in the ledger. The password is asked for whatever the definition says."""
    identity.require(act.identity, act.by, act.action, order)
    before = {"paid_on": order.paid_on, "bank_reference": order.bank_reference}
    found = operations.take_back(order, by=act.by, at=act.at)
    act.note(taken_back=order.amount, came_back=sum(one.amount for one in found), **before)
