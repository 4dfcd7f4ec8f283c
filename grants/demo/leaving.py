"""From where the money of the demonstration leaves, and the batches in which it left."""

from sqlalchemy import select

from grants.core import clock
from grants.core.database import db
from grants.demo.timeline import Timeline
from grants.demo.world import World
from grants.funds.models import Fund
from grants.payments.out import accounts, operations, queries
from grants.payments.out.layouts import Layout

# Days from today on which the officer puts together what was released until then; what came later still waits.
BATCHES = (-95, -60, -30, -12, -5, -1.9)
_LIST = Layout(
    columns=(
        ("position", "N°"),
        ("msisdn", "Numéro"),
        ("amount", "Montant"),
        ("holder", "Nom"),
        ("reference", "Référence"),
    )
)


def plan(timeline: Timeline, world: World, founded: float) -> None:
    """Open the accounts of the programme, describe an operator's list, and make the batches on their days."""
    timeline.add(timeline.instant(founded), lambda: _open(world))
    for day in BATCHES:
        timeline.add(timeline.instant(day), lambda: _leave(world))


def _open(world: World) -> None:
    by, fund = world.cast.coordinator, db.session.scalar(select(Fund).order_by(Fund.id).limit(1))
    for kind, institution, number in (
        ("bank", "BNDA", "ML13ML0160120102600100668497"),
        ("wallet", "Orange Money", "MARCHAND 70021"),
    ):
        values = {"fund": fund, "kind": kind, "institution": institution, "number": number}
        accounts.open_payer(values | {"holder": "Programme d’appui à la cohésion sociale"}, by=by)
    accounts.save_profile(None, "Orange Money, paiement de masse", "Orange Money", _LIST, by=by)


def _leave(world: World) -> None:
    officer = world.cast.officer
    waiting = [attempt.order.reference for attempt in queries.waiting(officer, right="payments.transmit")]
    if waiting:
        operations.transmit(waiting, execution_on=clock.today(), by=officer)
