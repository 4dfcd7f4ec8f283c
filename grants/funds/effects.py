"""What the ledger does when a workflow's action is taken."""

from flask_babel import lazy_gettext as _l

from grants.funds import operations
from grants.funds.queries import balance
from grants.lifecycle import effect, effect_each


def _act_key(verb: str, project) -> str:
    # The revision of the state counts the acts on a file: one act moves money once.
    return f"{verb}:{project.reference}:{project.state_revision}"


@effect("funds.reserve", _l("reserves the money"))
def reserve(project, act):
    """Set aside the amount that was decided."""
    amount = act.data["amount"]
    operations.reserve(project, amount, key=_act_key("reserve", project), reference=project.reference, by=act.by)
    act.note(reserved=amount)


@effect("funds.release", _l("gives the money back to the envelope"))
def release(project, act):
    """Give back what is reserved, and what is committed and was not paid."""
    held = balance(project)
    # The row follows the ledger: its figures are taken before anything moves.
    reserved, unpaid = held.reserved, held.committed - held.paid
    context = {"reference": project.reference, "by": act.by}
    if reserved:
        operations.release(project, reserved, key=_act_key("release", project), **context)
        act.note(released=reserved)
    if unpaid:
        operations.uncommit(project, unpaid, key=_act_key("uncommit", project), **context)
        act.note(uncommitted=unpaid)


@effect("funds.commit", _l("commits the money"))
def commit(project, act):
    """Commit all that is reserved for the micro-project."""
    amount = balance(project).reserved
    operations.commit(project, amount, key=_act_key("commit", project), reference=project.reference, by=act.by)
    act.note(committed=amount)


@effect_each("funds.pay", _l("enters the payment in the ledger"))
def pay(acts):
    """Record the payment of orders, once for each attempt at one."""
    payments = [
        operations.Payment(order.project, order.amount, f"pay:{order.reference}:{order.attempts}", order.reference)
        for order, _act in acts
    ]
    operations.pay_each(payments, by=acts[0][1].by)
    for order, act in acts:
        act.note(paid=order.amount)
