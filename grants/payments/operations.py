"""Planning tranches, preparing the orders that pay them, and what each act on an order leaves behind."""

from flask_babel import gettext as _
from sqlalchemy import select

from grants import lifecycle
from grants.access import policy
from grants.calls import rules as call_rules
from grants.contracts import queries as contracts
from grants.core import clock
from grants.core.database import db
from grants.core.errors import Problem, Problems, Refused
from grants.core.money import format_francs
from grants.core.references import new_reference
from grants.funds.models import Fund
from grants.funds.queries import balance
from grants.groups.models import Group, PaymentAccount
from grants.groups.operations import before_new_account, on_new_account
from grants.lifecycle import SYSTEM, definition_of
from grants.payments import conditions, queries
from grants.payments.evidence import queries as lifts
from grants.payments.models import PaymentOrder, Tranche
from grants.payments.splits import operations as splits
from grants.payments.splits import queries as split_queries
from grants.payments.splits import routes
from grants.projects.models import Project

# Orders at these steps have not left the house.
NOT_SENT = ("prepared", "verified", "held", "account_changed", "failed")
# From these an order goes back when the group gets another account.
RETURNED = ("prepared", "verified", "held", "failed")


def plan_tranches(project: Project) -> list[Tranche]:
    """Make the tranches of the contract that has come into force, by the rules of its call. Their sum is the grant.

    Raises Problems where the grant is too small for them, Refused where the commitment is not the contract's amount.
    """
    contract = contracts.live(project)
    if contract is None or contract.in_force_at is None:
        raise Refused(_("The contract is not in force."))
    committed = balance(project).committed
    if committed != contract.amount:
        raise Refused(
            _(
                "The contract is for %(amount)s, but %(committed)s is committed.",
                amount=format_francs(contract.amount),
                committed=format_francs(committed),
            )
        )
    rules = call_rules.parse(project.call.rules)
    try:
        parts = rules.schedule(contract.amount, project.kind)
    except ValueError:
        text = _("%(amount)s is too little to be paid in tranches.", amount=format_francs(contract.amount))
        raise Problems(Problem(text)) from None
    planned = [
        Tranche(
            project_id=project.id,
            contract_id=contract.id,
            number=part.number,
            percent=part.percent,
            amount=part.amount,
            held=part.held,
            retention=part.retention,
            conditions=list(part.conditions),
        )
        for part in parts
    ]
    # One by one, in their order: the database looks what was kept back of the others before it takes the last one.
    for tranche in planned:
        db.session.add(tranche)
        db.session.flush()
    return planned


def prepare(tranche: Tranche, *, by, route: str | None = None, seen: str | None = None) -> PaymentOrder:
    """Prepare the order of the next tranche. The account is copied as it is: a change sends the order back.

    `route` is a code of `splits.routes`, for an amount that the main account cannot take at once, and `seen` the digest of
    that route as it was shown. Raises Refused with everything that stands in the way: another tranche comes first, an order
    is under way, a condition is not met.
    """
    project = tranche.project
    policy.require(by, "payments.prepare", project)
    lifecycle.hold(project)
    found = queries.tranches(project)
    waiting = queries.under_way(found)
    if waiting is not None:
        raise Refused(_("The order %(reference)s is still under way.", reference=waiting.reference))
    if queries.next_unpaid(found) is not tranche:
        raise Refused(_("Tranche %(number)s is not the next one to be paid.", number=tranche.number))
    but = ("wallet_limits",) if route else ()
    if gaps := [*conditions.missing(tranche, but=but), *lifts.not_apart(tranche, by)]:
        raise Refused(*gaps)
    way = _way(tranche, route, seen)
    accounts = {one.account.id: one.account for one in way.transfers} if way else {0: project.group.account}
    for _number, one in sorted(accounts.items()):
        lock_account(one)
    account = next(iter(accounts.values()))
    order = PaymentOrder(
        reference=new_reference("OP"),
        project=project,
        tranche=tranche,
        place_code=project.place_code,
        amount=tranche.amount,
        account=account,
        account_number=account.number,
        prepared_by=by,
    )
    lifecycle.begin(
        order,
        by=by,
        data={
            "project": project.reference,
            "tranche": tranche.number,
            "amount": order.amount,
            "account_ends_in": account.number[-4:],
            **({"route": way.code, "transfers": [one.amount for one in way.transfers]} if way else {}),
        },
    )
    if way is not None and len(way.transfers) > 1:
        splits.choose(order, way, by=by)
    db.session.expire(tranche, ["orders"])
    return order


def _way(tranche: Tranche, code: str | None, seen: str | None) -> routes.Route | None:
    """The route that was chosen, as it is possible now; None where none was. Raises Refused where it is not, or not as seen."""
    if code is None:
        return None
    way = routes.route(code, tranche.project.group, tranche.amount)
    if way is None or not way.possible:
        raise Refused(way.gap if way else _("Choose one of the ways that are possible."))
    if seen != way.digest:
        raise Refused(_("What is possible has changed meanwhile: look at it once more."))
    return way


def cancel_remaining(project: Project, reason: str, *, by) -> list[Tranche]:
    """Cancel what was not paid: orders that have not left, then their tranches.

    Raises Refused where an order was sent and its outcome is not known: money that has left cannot be called back here.
    """
    lifecycle.hold(project)
    found = queries.tranches(project)
    orders = [order for order in map(queries.live_order, found) if order is not None and order.paid_on is None]
    sent = [order for order in orders if order.step not in NOT_SENT]
    if sent:
        raise Refused(
            *(
                _(
                    "The order %(reference)s was sent: wait until it is confirmed or reported as failed.",
                    reference=order.reference,
                )
                for order in sent
            )
        )
    for order in orders:
        lifecycle.perform(order, "cancel", by=by, data={"reason": reason})
    left = [one for one in found if one.cancelled_at is None and not queries.is_paid(one)]
    for tranche in left:
        tranche.cancelled_at = clock.now()
    db.session.flush()
    return left


@before_new_account
def hold_files_of(group: Group) -> None:
    """Hold the files of a group: whoever signs one of its orders now is waited for, and finds the new account next."""
    lifecycle.hold(*db.session.scalars(select(Project).where(Project.group_id == group.id)).unique())


@on_new_account
def send_back_of(group: Group) -> None:
    """Send back what was prepared for the account that the group had until now; what has left is not called back.

    The system does it, in the journal, in the transaction of the new account: no order waits for a signature that the
    conditions of payment would refuse anyway.
    """
    waiting = (
        select(PaymentOrder)
        .join(PaymentOrder.project)
        .where(Project.group_id == group.id, PaymentOrder.step.in_(RETURNED))
        .order_by(PaymentOrder.id)
    )
    for order in db.session.scalars(waiting).unique().all():
        if not splits.changed(order):
            continue
        # An order that began under an earlier definition has no such step: its guards stop it at each signature.
        if "send_back" in definition_of(order).place(order.step).actions:
            lifecycle.perform(order, "send_back", by=SYSTEM)


def hold_still(order: PaymentOrder) -> None:
    """Keep the accounts of an order as they are until the end of the transaction, and look at them and its file again.

    The act holds the file, but guards look before anybody is kept waiting here: a new account may have come between.
    Raises Refused.
    """
    splits.lock(order)
    account = order.account
    if account.closed_at is not None and not split_queries.parts(order):
        raise Refused(_("The account of the group was replaced meanwhile: send the order back."))
    if order.project.step != conditions.PAYABLE_STEP:
        raise Refused(_("The file is not at the step in which a tranche is paid."))
    # Two orders of one fund leave one after the other: each sees what the other takes.
    db.session.refresh(order.project.call.envelope.fund, with_for_update={"of": Fund})
    if gaps := conditions.missing_of("donor_money", order.tranche):
        raise Refused(*gaps)


def keep_apart(order: PaymentOrder, by) -> None:
    """Raise Refused where this person lifted a condition of what the order pays."""
    if gaps := lifts.not_apart(order.tranche, by):
        raise Refused(*gaps)


def lock_account(account: PaymentAccount) -> None:
    """Hold the account as it is until the end of the transaction, and read it again."""
    db.session.refresh(account, with_for_update={"of": PaymentAccount})
