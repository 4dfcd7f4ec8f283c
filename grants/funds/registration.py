"""What the funds offer to the rest: effects, words of the journal, the menu, what waits for a second person."""

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from grants import journal
from grants.access import policy
from grants.core import clock, navigation, periodic
from grants.core.database import db, mode
from grants.core.unit_of_work import unit_of_work
from grants.funds import effects, operations, queries  # noqa: F401 – importing effects registers them
from grants.lifecycle import Item, inbox, sums

navigation.entry(70, _l("Funds"), "funds.index", "funds.view")

journal.say("donor", "open", _l("Donor registered"))
journal.say("fund", "open", _l("Fund registered"))
journal.say("envelope", "open", _l("Envelope opened"))
journal.say("envelope", "endow", _l("Money put into the envelope"))
journal.say("envelope", "withdraw", _l("Money taken out of the envelope"))
journal.say("envelope", "shift_in", _l("Money came from another envelope"))
journal.say("envelope", "shift_out", _l("Money went to another envelope"))
journal.say("fund", "amend", _l("Agreement amended"))
journal.say("fund", "receipt", _l("Money received from the donor"))
journal.say("fund", "return", _l("Money given back to the donor"))
journal.say("reallocation", "propose", _l("Transfer between envelopes proposed"))
journal.say("reallocation", "confirm", _l("Transfer between envelopes confirmed"))
journal.say("reallocation", "refuse", _l("Transfer between envelopes refused"))


@inbox
def transfers_to_confirm(person):
    """Transfers between envelopes that somebody else proposed. One query."""
    if not policy.may(person, "funds.confirm"):
        return
    for proposal in queries.open_reallocations(not_of=person):
        yield Item(
            title=_("Transfer from %(source)s to %(target)s", source=proposal.source.code, target=proposal.target.code),
            note=proposal.reference,
            url=url_for("funds.reallocation", reference=proposal.reference),
            why=_("second person"),
            due_at=None,
            amount=proposal.amount,
        )


@periodic.job("check of the ledger", order=85)
def check_of_the_day() -> int:
    """Compare all counters with their movements, once a day. Looks before it takes the right to write."""
    with mode("read"):
        last = queries.last_daily_check()
        made = last is not None and last.at.astimezone(clock.BAMAKO).date() >= clock.today()
        db.session.rollback()
    if made:
        return 0
    with unit_of_work():
        operations.check_ledger()
    return 1


# The sums of where files wait belong to a room further down, which knows no check of the night.
operations.also_checks(sums.differences)
