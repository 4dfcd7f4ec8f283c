"""What must be true for a claim to go on."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from grants.core.money import format_francs
from grants.followup.recovery import queries
from grants.lifecycle import Reason, guard


@guard("recovery.nothing_left", _l("all of it came back"))
def nothing_left(recovery, by):
    """All of it came back."""
    if recovery.left:
        yield Reason(_("%(left)s is still to be given back.", left=format_francs(recovery.left)))


@guard("recovery.no_claim", _l("no claim on the group is under way"))
def no_claim(order, by):
    """A claim on the group counts what was paid: it is withdrawn before a payment is taken back."""
    claim = queries.under_way(order.project)
    if claim is not None:
        yield Reason(
            _("The claim %(reference)s counts this payment: it is withdrawn first.", reference=claim.reference)
        )


@guard("recovery.something_left", _l("something is left to be given back"))
def something_left(recovery, by):
    """There is something to be given back."""
    if not recovery.left:
        yield Reason(_("Nothing is left to be given back."))


@guard("recovery.committee_sits", _l("the competent committee is in session"))
def committee_sits(recovery, by):
    """The competent committee is in session, and `by` presides."""
    if not queries.chaired(recovery, by):
        amount = format_francs(recovery.left)
        yield Reason(
            _("No session under way, of a committee competent for %(amount)s, has you in the chair.", amount=amount)
        )
