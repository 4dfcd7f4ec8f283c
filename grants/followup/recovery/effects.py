"""What acts on a claim change."""

from flask_babel import lazy_gettext as _l

from grants.core.database import db
from grants.core.money import format_francs
from grants.followup import operations as followup
from grants.followup.recovery import operations, queries
from grants.followup.recovery.models import Recovery
from grants.lifecycle import SYSTEM, after_act, effect, perform


@effect("recovery.agree", _l("keeps the instalments agreed"))
def agree(recovery, act) -> None:
    """The instalments hold."""
    made = operations.agree(recovery, act.data["instalments"], by=act.by)
    act.note(
        schedule=made.number, total=made.total, instalments=[f"{one.due_on} {one.amount}" for one in made.instalments]
    )


@effect("recovery.pay_back", _l("enters what came back"))
def pay_back(recovery, act) -> None:
    """Money came back: the refund, its receipt, and the ledger."""
    made = followup.take_back(recovery.project, act.data, recovery=recovery, by=act.by)
    db.session.refresh(recovery, ["refunded"])
    act.note(amount=made.amount, bank_reference=made.bank_reference, left=recovery.left)


@effect("recovery.propose", _l("keeps the proposal"))
def propose(recovery, act) -> None:
    """Who put the write-off to the committee."""
    recovery.proposed_by_id = act.by.id
    act.note(amount=recovery.left)


@effect("recovery.write_off", _l("writes the rest off"))
def write_off(recovery, act) -> None:
    """The committee gave the rest up."""
    made = operations.write_off(recovery, act.data, by=act.by)
    votes = {"for": made.votes_for, "against": made.votes_against, "abstain": made.abstentions}
    # Who voted how stands beside the counts, as for awards.
    act.note(amount=made.amount, session=made.session.reference, votes=votes, voters=queries.votes(made))


@effect("recovery.remind", _l("sends a reminder"))
def remind(recovery, act) -> None:
    """The letter about an instalment."""
    made = operations.remind(recovery, by=act.by)
    left = next(line.left for line in queries.lines(recovery) if line.instalment.id == made.instalment_id)
    act.note(kind=made.kind, instalment=made.instalment.number, due_on=made.instalment.due_on, code=made.document.code)
    act.note(left=format_francs(left))


@after_act
def settle(subject, event, definition, _action) -> None:
    """A claim of which nothing is left ends by itself."""
    if isinstance(subject, Recovery) and event.action == "pay_back" and subject.left == 0:
        perform(subject, "settle", by=SYSTEM)
