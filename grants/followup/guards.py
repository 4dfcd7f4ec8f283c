"""What must be true after the money before a file goes on. Each reason names amounts and days."""

from flask_babel import gettext as _

from grants.calls import rules
from grants.core.formatting import day
from grants.core.money import format_francs
from grants.followup import queries
from grants.funds.queries import balance
from grants.lifecycle import Reason, guard


@guard("followup.contribution_proven")
def contribution_proven(project, by):
    """The group's own share, as it stands in the last revision, has its proofs."""
    proven = queries.contributed(project)
    for kind, wanted, words in (
        ("cash", project.own_cash, _("The cash share is proven for %(proven)s of %(wanted)s.")),
        ("in_kind", project.own_kind, _("The share in kind is proven for %(proven)s of %(wanted)s.")),
    ):
        if proven[kind] < wanted:
            yield Reason(words % {"proven": format_francs(proven[kind]), "wanted": format_francs(wanted)})


@guard("followup.justified_enough")
def justified_enough(project, by):
    """The share of the call's rules of what was paid is justified or given back."""
    money, wanted = balance(project), rules.parse(project.call.rules).justify_percent
    settled = money.justified + money.refunded
    if money.paid and settled * 100 < money.paid * wanted:
        yield Reason(
            _(
                "%(settled)s of %(paid)s is justified, %(percent)s %%; %(wanted)s %% is needed.",
                settled=format_francs(settled),
                paid=format_francs(money.paid),
                percent=settled * 100 // money.paid,
                wanted=wanted,
            )
        )
    yield from _unjudged(project)


@guard("followup.visit_on_track")
def visit_on_track(project, by):
    """Somebody went there after the last payment and found the activity on track."""
    receipt, visit = queries.last_receipt(project), queries.last_visit(project)
    if visit is None or (receipt is not None and visit.visited_on < receipt.received_on):
        since = receipt.received_on if receipt else None
        yield Reason(
            _("Nobody has visited the site since the payment of %(day)s.", day=day(since))
            if since
            else _("Nobody has visited the site yet.")
        )
    elif visit.verdict != "on_track":
        yield Reason(_("The visit of %(day)s did not find the activity on track.", day=day(visit.visited_on)))


@guard("followup.all_justified")
def all_justified(project, by):
    """Every franc that was paid is justified or given back."""
    left = balance(project).unjustified
    if left:
        yield Reason(_("%(left)s of what was paid is neither justified nor given back.", left=format_francs(left)))
    yield from _unjudged(project)


@guard("followup.acceptance_recorded")
def acceptance_recorded(project, by):
    """The acceptance minutes are on file."""
    if queries.closing(project) is None:
        yield Reason(_("The acceptance of what was bought or built is not recorded yet."))


def _unjudged(project):
    waiting = queries.waiting_amount(project)
    if waiting:
        yield Reason(_("Vouchers of %(amount)s wait to be judged.", amount=format_francs(waiting)))
