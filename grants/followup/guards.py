"""What must be true after the money before a file goes on. Each reason names amounts and days."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from grants.contracts.amendments.acts import covers
from grants.core.formatting import day
from grants.core.money import format_francs
from grants.followup import queries
from grants.funds.queries import balance
from grants.lifecycle import Reason, guard
from grants.payments import conditions
from grants.payments import queries as tranches
from grants.payments.conditions import Evidence, condition


@guard("followup.contribution_proven", _l("the group’s own share is proven"))
def contribution_proven(project, by):
    """The group's own share has its proofs, or they were lifted for the first tranche."""
    if not conditions.is_lifted("contribution_proven", tranches.next_unpaid(tranches.tranches(project))):
        yield from share_proven(project)


def share_proven(project):
    """What is still to be proven of the group's own share, as it stands in the last revision."""
    proven = queries.contributed(project)
    for kind, wanted, words in (
        ("cash", project.own_cash, _("The cash share is proven for %(proven)s of %(wanted)s.")),
        ("in_kind", project.own_kind, _("The share in kind is proven for %(proven)s of %(wanted)s.")),
    ):
        if proven[kind] < wanted:
            yield Reason(words % {"proven": format_francs(proven[kind]), "wanted": format_francs(wanted)})


@guard("followup.justified_enough", _l("enough of the tranches before is justified"))
def justified_enough(project, by):
    """What the next tranche asks of the ones before it: the same check as before its payment."""
    following = tranches.next_unpaid(tranches.tranches(project))
    if following is not None and not conditions.is_lifted("previous_justified", following):
        yield from (found for found in conditions.previous_justified(following) if isinstance(found, Reason))
    yield from _unjudged(project)


@guard("followup.visit_on_track", _l("a visit found the activity on track"))
def visit_on_track(project, by):
    """Somebody went there after the last payment and found the activity on track, or that was lifted for the next tranche."""
    if not conditions.is_lifted("visit_on_track", tranches.next_unpaid(tranches.tranches(project))):
        yield from seen_on_track(project)


def seen_on_track(project):
    """What a visit after the last payment has still to find."""
    receipt, visit = queries.last_receipt(project), queries.last_visit(project)
    if visit is None or (receipt is not None and visit.visited_on < receipt.received_on):
        since = receipt.received_on if receipt else None
        yield Reason(
            _("Nobody has visited the site since the payment of %(day)s.", day=day(since))
            if since
            else _("Nobody has visited the site of %(village)s yet.", village=project.group.village)
        )
    elif visit.verdict != "on_track":
        yield Reason(_("The visit of %(day)s did not find the activity on track.", day=day(visit.visited_on)))


@guard("followup.all_justified", _l("every franc paid is justified or given back"))
def all_justified(project, by):
    """Every franc that was paid is justified or given back."""
    left = balance(project).unjustified
    if left:
        yield Reason(_("%(left)s of what was paid is neither justified nor given back.", left=format_francs(left)))
    yield from _unjudged(project)


@guard("followup.acceptance_recorded", _l("the acceptance minutes are on file"))
def acceptance_recorded(project, by):
    """The acceptance minutes are on file."""
    if queries.closing(project) is None:
        paid = format_francs(balance(project).paid)
        yield Reason(_("The acceptance of what was bought or built with %(paid)s is not recorded yet.", paid=paid))


@covers
def vouchers_fit(project, lines):
    """No line of a changed budget holds less than the vouchers that were accepted or wait on it."""
    spent: dict[int, int] = {}
    for expense in queries.expenses(project):
        counted = expense.amount if expense.judged_at is None else expense.accepted
        spent[expense.budget_position] = spent.get(expense.budget_position, 0) + counted
    for line in lines:
        if spent.get(line["position"], 0) > line["amount"]:
            yield Reason(
                _(
                    "%(label)s would hold %(amount)s, and vouchers of %(spent)s are on it.",
                    label=line["label"],
                    amount=format_francs(line["amount"]),
                    spent=format_francs(spent[line["position"]]),
                )
            )


@guard("followup.visit_made", _l("the report of the visit is recorded"))
def visit_made(plan, by):
    """The visit has its report."""
    if plan.visit is None:
        yield Reason(_("The report of the visit planned until %(day)s is not recorded yet.", day=day(plan.planned_for)))


@guard("followup.nothing_to_settle", _l("the visit found the activity on track"))
def nothing_to_settle(plan, by):
    """The report found the activity on track."""
    if plan.visit is not None and plan.visit.verdict != "on_track":
        yield Reason(_("The visit of %(day)s did not find the activity on track.", day=day(plan.visit.visited_on)))


@guard("followup.points_to_settle", _l("the visit found points to settle"))
def points_to_settle(plan, by):
    """The report says what must be done."""
    if plan.visit is not None and plan.visit.verdict == "on_track":
        yield Reason(_("The visit of %(day)s found the activity on track.", day=day(plan.visit.visited_on)))


@guard("followup.file_ended", _l("the file is closed or terminated"))
def file_ended(plan, by):
    """The file is closed or terminated."""
    if plan.project.waits_for is not None:
        yield Reason(_("The file %(reference)s goes on: the visit can be put off.", reference=plan.project.reference))


def _unjudged(project):
    waiting = [expense for expense in queries.expenses(project) if expense.judged_at is None]
    if waiting:
        yield Reason(
            ngettext(
                "%(num)d voucher of %(amount)s waits to be judged: “%(label)s”, entered on %(day)s.",
                "%(num)d vouchers of %(amount)s wait to be judged, the first since %(day)s: “%(label)s”.",
                len(waiting),
                amount=format_francs(sum(expense.amount for expense in waiting)),
                day=day(min(expense.entered_at for expense in waiting)),
                label=min(waiting, key=lambda expense: expense.entered_at).label,
            )
        )


@condition("contribution_proven", _l("Own contribution proven"))
def _contribution(tranche):
    yield from share_proven(tranche.project)
    proven = queries.contributed(tranche.project)
    if total := proven["cash"] + proven["in_kind"]:
        yield Evidence(_("%(amount)s proven", amount=format_francs(total)))


@condition("visit_on_track", _l("Visit on track since the last payment"))
def _visit(tranche):
    missing = list(seen_on_track(tranche.project))
    yield from missing
    if not missing:
        visit = queries.last_visit(tranche.project)
        yield Evidence(_("visit of %(day)s by %(name)s", day=day(visit.visited_on), name=visit.by.name))
