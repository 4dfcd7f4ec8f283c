"""What must be true of money for a file or an order to go on."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from grants.core.money import format_francs
from grants.groups.guards import account_verified as account_gaps
from grants.lifecycle import Reason, guard
from grants.payments import conditions, queries
from grants.payments.evidence import queries as lifts
from grants.payments.splits import operations as splits


@guard("payments.conditions_met", _l("every condition of the tranche holds"))
def conditions_met(order, by):
    """Every condition of the tranche holds now, not only when the order was prepared."""
    for reason in conditions.missing(order.tranche):
        yield Reason(reason)
    for reason in lifts.not_apart(order.tranche, by):
        yield Reason(reason)


@guard("payments.account_unchanged", _l("the account is the one of the order"))
def account_unchanged(order, by):
    """The money goes where the order said when it was prepared."""
    if differs(order):
        text = _(
            "The account of the group is no longer the one ending in %(end)s for which the order was prepared: "
            "send the order back.",
            end=order.account_number[-4:],
        )
        yield Reason(text)


@guard("payments.account_differs", _l("the account has changed since the order"))
def account_differs(order, by):
    """An order goes back only where the account has really changed."""
    if not differs(order):
        end = order.account_number[-4:]
        yield Reason(_("The account of the group is still the one of the order, ending in %(end)s.", end=end))


@guard("payments.account_ready", _l("the account is verified by a second person"))
def account_ready(order, by):
    """The group has an account that a second person has verified."""
    yield from account_gaps(order.project, by)


def differs(order) -> bool:
    """Whether money of an order would go to an account that was changed or closed, or is no longer verified."""
    return splits.changed(order)


@guard("payments.tranche_received", _l("the receipt of the tranche is recorded"))
def tranche_received(project, by):
    """The receipt of the tranche being paid was recorded. One of an earlier tranche does not count."""
    order = queries.current_order(project)
    if order is None or order.sent_at is None or order.sent_at < project.step_since:
        following = queries.next_unpaid(queries.tranches(project))
        number = following.number if following else "–"
        yield Reason(
            _("No payment of tranche %(number)s has been sent: the finance officer prepares the order.", number=number)
        )
    elif order.received_on is None:
        yield Reason(_("The receipt of order %(reference)s has not been recorded.", reference=order.reference))


@guard("payments.tranche_left", _l("a tranche is left to pay"))
def tranche_left(project, by):
    """There is something left to pay, its time may have come, and nothing is half paid."""
    found = queries.tranches(project)
    following = queries.next_unpaid(found)
    if following is not None and following.retention:
        for code in ("works_accepted", "guarantee_over"):
            for reason in conditions.missing_of(code, following):
                yield Reason(reason)
    waiting = queries.under_way(found)
    if waiting is not None:
        yield Reason(_("The order %(reference)s is still under way.", reference=waiting.reference))
    if following is None:
        words = {"count": len(found), "amount": format_francs(sum(one.amount for one in found if queries.is_paid(one)))}
        yield Reason(_("All %(count)s tranches have been paid: %(amount)s.", **words))


@guard("payments.no_tranche_left", _l("no tranche is left to pay"))
def no_tranche_left(project, by):
    """All that was promised was paid, or is no longer to be."""
    found = queries.tranches(project)
    waiting = queries.under_way(found)
    if waiting is not None:
        yield Reason(_("The order %(reference)s is still under way.", reference=waiting.reference))
    left = [one for one in found if one.cancelled_at is None and not queries.is_paid(one)]
    if left:
        words = {
            "numbers": ", ".join(str(one.number) for one in left),
            "amount": format_francs(sum(one.amount for one in left)),
        }
        yield Reason(_("Not yet paid: tranche %(numbers)s (%(amount)s).", **words))
